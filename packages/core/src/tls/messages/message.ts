/** A handshake message: a type, a length of three octets, a body (RFC 8446 §4). */
import { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { HANDSHAKE, handshakeText, type HandshakeName } from '../parameters/handshake-type.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';

export interface HandshakeMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body: what the transcript hashes. */
  readonly bytes: Uint8Array;
}

export function encodeMessage(name: HandshakeName, body: Uint8Array): HandshakeMessage {
  const type = HANDSHAKE[name];
  return { type, body, bytes: new Writer().u8(type).vector(3, body).toBytes() };
}

/** Octets of a message's header. */
export const MESSAGE_HEADER = 4;

/** The message does not parse by its syntax. */
export function malformed(what: string): Refusal {
  return refuse('decode_error', RULES.decode, `${what} does not follow its syntax`);
}

/** Another message was due. */
export function unexpected(got: HandshakeMessage, expected: string): Refusal {
  const why = `expected ${expected}, got ${handshakeText(got.type)}`;
  return refuse('unexpected_message', RULES.unexpectedMessage, why);
}

/** Parses a body with `read`; leftovers and reads past the end are a decode_error. */
export function parseBody<T>(
  what: string,
  body: Uint8Array,
  read: (reader: Reader) => T | Refusal,
): T | Refusal {
  const reader = new Reader(body);
  const value = read(reader);
  return reader.finished ? value : malformed(what);
}
