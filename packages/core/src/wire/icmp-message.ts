/** An ICMP message as meaning, RFC 792. */

export interface IcmpMessage {
  readonly kind: 'icmp';
  /** 0 echo reply, 3 destination unreachable, 4 source quench, 8 echo, 11 time exceeded, 12 parameter problem. */
  readonly type: number;
  readonly code: number;
  /** The four octets after the checksum: identifier and sequence, next-hop MTU (RFC 1191 §4), or unused. */
  readonly rest: number;
  /** Errors quote the offending internet header and at least its first 8 data octets. */
  readonly data: Uint8Array;
}
