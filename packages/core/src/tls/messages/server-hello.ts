/** ServerHello and its form HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4; RFC 5246 §7.4.1.3). */
import { equalBytes, fromHex } from '../../base/bytes.ts';
import type { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { TLS12 } from '../parameters/version.ts';
import { Refusal } from '../refusal.ts';
import {
  readExtensions,
  readOne,
  writeExtensions,
  type Extension,
  type Extensions,
} from './extensions.ts';
import { encodeMessage, parseBody, type HandshakeMessage } from './message.ts';

/** SHA-256 of "HelloRetryRequest": the random value that marks one. */
export const RETRY_RANDOM = fromHex(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
)!;

/** The last eight octets of a server's random when it could have spoken TLS 1.3, resp. 1.2. */
export const DOWNGRADE_TO_12 = fromHex('444f574e47524401')!;
export const DOWNGRADE_TO_11 = fromHex('444f574e47524400')!;

export interface ServerHello {
  readonly message: HandshakeMessage;
  readonly isRetry: boolean;
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly compression: number;
  readonly extensions: Extensions;
  /** From supported_versions; undefined where the version is the legacy one. */
  readonly selectedVersion: number | undefined;
}

export interface ServerHelloToWrite {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly extensions: readonly Extension[];
}

export function writeServerHello(hello: ServerHelloToWrite): HandshakeMessage {
  const writer = new Writer()
    .u16(TLS12)
    .bytes(hello.random)
    .vector(1, hello.sessionId)
    .u16(hello.suite)
    .u8(0);
  writeExtensions(writer, hello.extensions);
  return encodeMessage('ServerHello', writer.toBytes());
}

export function readServerHello(message: HandshakeMessage): ServerHello | Refusal {
  return parseBody('the ServerHello', message.body, (reader) => read(reader, message));
}

function read(reader: Reader, message: HandshakeMessage): ServerHello | Refusal {
  const legacyVersion = reader.u16();
  const random = reader.take(32);
  const sessionId = reader.vector8(0, 32);
  const suite = reader.u16();
  const compression = reader.u8();
  const extensions: Extensions | Refusal =
    reader.remaining === 0 ? new Map() : readExtensions(reader);
  if (extensions instanceof Refusal) return extensions;
  const selectedVersion = readOne(extensions, 'supported_versions', (r) => r.u16());
  if (selectedVersion instanceof Refusal) return selectedVersion;
  const isRetry = equalBytes(random, RETRY_RANDOM);
  const fields = { message, isRetry, legacyVersion, random, sessionId, suite, compression };
  return { ...fields, extensions, selectedVersion };
}
