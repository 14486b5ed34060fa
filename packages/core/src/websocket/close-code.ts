/** RFC 6455 §7.4.1 and the registry of §11.7. 1005, 1006 and 1015 never stand in a frame. */
export const CLOSE_CODE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  noStatus: 1005,
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  mandatoryExtension: 1010,
  internalError: 1011,
  tlsHandshake: 1015,
} as const;

/**
 * Whether a Close frame may carry this code: the defined ones, 1012 … 1014 which the registry added
 * later, 3000 … 3999 for libraries and 4000 … 4999 for private use (RFC 6455 §7.4.2).
 */
export function mayBeSent(code: number): boolean {
  if (code >= 1000 && code <= 1014) return code !== 1004 && code !== 1005 && code !== 1006;
  return code >= 3000 && code <= 4999;
}

const MEANINGS = new Map<number, string>([
  [1000, 'normal closure'],
  [1001, 'going away'],
  [1002, 'protocol error'],
  [1003, 'unsupported data'],
  [1005, 'no status received'],
  [1006, 'abnormal closure'],
  [1007, 'invalid payload data'],
  [1008, 'policy violation'],
  [1009, 'message too big'],
  [1010, 'mandatory extension'],
  [1011, 'internal error'],
  [1012, 'service restart'],
  [1013, 'try again later'],
  [1014, 'bad gateway'],
  [1015, 'TLS handshake'],
]);

/** `1002 (protocol error)`; private codes have no meaning of their own. */
export function describeCloseCode(code: number): string {
  const meaning = MEANINGS.get(code);
  return meaning === undefined ? String(code) : `${code} (${meaning})`;
}
