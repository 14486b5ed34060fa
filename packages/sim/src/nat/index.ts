/**
 * nat: a small router that shares one public address among the hosts inside, RFC 3022 (NAPT), with the
 * mapping and filtering of RFC 4787 and RFC 5382 that home routers have. It forgets idle mappings, which
 * is how middleboxes cut connections nobody uses.
 *
 * Start reading at `sim-nat.ts`. Deliberately absent: application gateways (it does not read FTP, which
 * is why active mode fails behind it), hairpinning, port forwarding, fragments.
 */
export * from './mapping-table.ts';
export * from './sim-nat.ts';
