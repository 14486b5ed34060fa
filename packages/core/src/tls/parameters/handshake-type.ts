/** Handshake messages by name and number (RFC 8446 §4, RFC 5246 §7.4, RFC 5077 §3.3). */
export const HANDSHAKE = {
  HelloRequest: 0,
  ClientHello: 1,
  ServerHello: 2,
  NewSessionTicket: 4,
  EndOfEarlyData: 5,
  EncryptedExtensions: 8,
  Certificate: 11,
  ServerKeyExchange: 12,
  CertificateRequest: 13,
  ServerHelloDone: 14,
  CertificateVerify: 15,
  ClientKeyExchange: 16,
  Finished: 20,
  KeyUpdate: 24,
  message_hash: 254,
} as const;

export type HandshakeName = keyof typeof HANDSHAKE;

const NAMES = new Map<number, HandshakeName>(
  Object.entries(HANDSHAKE).map(([name, type]) => [type, name as HandshakeName]),
);

/** The name of a message, or its number where it has none. */
export function handshakeText(type: number): string {
  return NAMES.get(type) ?? `handshake message ${type}`;
}
