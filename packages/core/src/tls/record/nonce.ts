/** The per-record nonce (RFC 8446 §5.3, RFC 7905 §2): the record's number, in exclusive or with the IV. */
export function recordNonce(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = iv.slice();
  let rest = sequence;
  for (let i = nonce.length - 1; rest > 0; i -= 1) {
    nonce[i]! ^= rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  return nonce;
}
