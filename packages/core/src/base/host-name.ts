/** The host of a URL: a name of the DNS, an IPv4 or an IPv6 address (RFC 3986 §3.2.2, RFC 1123 §2.1). */

/** RFC 1035 §2.3.4: a label has at most 63 octets, a name 253 as text. */
const MAX_LABEL_LENGTH = 63;
const MAX_NAME_LENGTH = 253;

/**
 * What is wrong with a host as it stands in a URL (IPv6 in brackets), in words for people; undefined
 * when nothing is. Strict where readers of URLs differ: percent escapes, `0x7f.1` and `127.1` are
 * refused, because two programs that read them differently talk to two hosts.
 */
export function hostProblem(host: string): string | undefined {
  if (host === '') return 'the host is missing';
  if (host.startsWith('[')) {
    const inner = host.endsWith(']') ? host.slice(1, -1) : '';
    return isIpv6(inner) ? undefined : `${host} is no IPv6 address`;
  }
  if (/\P{ASCII}/u.test(host)) {
    return `${host} is an internationalized name, which needs its xn-- form here`;
  }
  const wrong = /[^A-Za-z0-9._-]/.exec(host);
  if (wrong !== null) return `a host name cannot contain ${JSON.stringify(wrong[0])}`;
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  const labels = name.split('.');
  if (labels.some((label) => label === '')) return `${host} has an empty label`;
  if (name.length > MAX_NAME_LENGTH)
    return `the host name is longer than ${MAX_NAME_LENGTH} octets`;
  if (labels.some((label) => label.length > MAX_LABEL_LENGTH)) {
    return `a label of the host name is longer than ${MAX_LABEL_LENGTH} octets`;
  }
  // A name whose last label is a number is an address or nothing (WHATWG URL, "ends in a number").
  const last = labels.at(-1)!;
  if (/^(?:\d+|0[xX][0-9A-Fa-f]*)$/.test(last) && !isIpv4(name)) {
    return `${host} is no IPv4 address of four decimal numbers`;
  }
  return undefined;
}

/** Whether the text is four decimal octets without leading zeros. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  );
}

/** Whether the text is an IPv6 address (RFC 4291 §2.2) without brackets and without a zone. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') {
      if (halves.length === 1) return false;
      continue;
    }
    const parts = half.split(':');
    for (const [at, part] of parts.entries()) {
      const isLast = index === halves.length - 1 && at === parts.length - 1;
      if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups += 1;
      else if (isLast && isIpv4(part)) groups += 2;
      else return false;
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}
