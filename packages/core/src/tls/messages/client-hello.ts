/** ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2). */
import type { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { EXTENSION } from '../parameters/extension-type.ts';
import { SSL30, TLS12, versionText } from '../parameters/version.ts';
import { readHelloExtensions, type HelloExtensions } from './client-hello-extensions.ts';
import { readExtensions, writeExtensions, type Extension, type Extensions } from './extensions.ts';
import { encodeMessage, parseBody, type HandshakeMessage } from './message.ts';

export interface ClientHello extends HelloExtensions {
  readonly message: HandshakeMessage;
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suites: readonly number[];
  readonly compression: Uint8Array;
  readonly extensions: Extensions;
}

export interface ClientHelloToWrite {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suites: readonly number[];
  readonly extensions: readonly Extension[];
}

export function writeClientHello(hello: ClientHelloToWrite): HandshakeMessage {
  const writer = new Writer()
    .u16(TLS12)
    .bytes(hello.random)
    .vector(1, hello.sessionId)
    .list16(hello.suites)
    .vector(1, Uint8Array.of(0));
  writeExtensions(writer, hello.extensions);
  return encodeMessage('ClientHello', writer.toBytes());
}

export function readClientHello(message: HandshakeMessage): ClientHello | Refusal {
  return parseBody('the ClientHello', message.body, (reader) => read(reader, message));
}

function read(reader: Reader, message: HandshakeMessage): ClientHello | Refusal {
  const legacyVersion = reader.u16();
  const random = reader.take(32);
  const sessionId = reader.vector8(0, 32);
  const suites = reader.list16();
  const compression = reader.vector8(1);
  // RFC 5246 §7.4.1.2: the whole block may be absent.
  const extensions: Extensions | Refusal =
    reader.remaining === 0 ? new Map() : readExtensions(reader);
  if (extensions instanceof Refusal) return extensions;
  // RFC 8446 §D.5: SSL 3.0 must not be negotiated, not even as a wrapping.
  if (legacyVersion <= SSL30 && !reader.failed) {
    const why = `the client's version is ${versionText(legacyVersion)}`;
    return refuse('protocol_version', RULES.versionRange, why);
  }
  const types = [...extensions.keys()];
  if (types.includes(EXTENSION.pre_shared_key) && types.at(-1) !== EXTENSION.pre_shared_key) {
    const why = 'pre_shared_key is not the last extension of the ClientHello';
    return refuse('illegal_parameter', RULES.pskModes, why);
  }
  const decoded = readHelloExtensions(extensions);
  if (decoded instanceof Refusal) return decoded;
  const fields = { message, legacyVersion, random, sessionId, suites, compression };
  return { ...fields, extensions, ...decoded };
}
