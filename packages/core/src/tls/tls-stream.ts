/**
 * TLS over any byte stream, itself a byte stream: what HTTP and programs use.
 *
 *     const secure = yield* tlsConnect(stream, { serverName, trust, random, now });
 *     yield* secure.sendAll('…');
 */
import type { ByteStream } from '../base/byte-stream.ts';
import { waitFor, type Process } from '../base/process.ts';
import type { TlsClientOptions, TlsServerOptions } from './endpoint/options.ts';
import { TlsClient } from './endpoint/tls-client.ts';
import { TlsServer } from './endpoint/tls-server.ts';
import { SecureStream, type TlsStream, type TlsStreamOptions } from './secure-stream.ts';

/**
 * Makes a stream secure as the client. `earlyData` is sent again by itself when the server does not
 * take it early. When the handshake fails the stream below is closed.
 * @throws ConnectionError `protocol error` with the alert and its reason
 */
export function tlsConnect(
  stream: ByteStream,
  options: TlsClientOptions & TlsStreamOptions,
): Process<TlsStream> {
  return handshake(new SecureStream(stream, new TlsClient(options), options), options.earlyData);
}

/** How a server gets its stream. */
export interface TlsAcceptOptions {
  /**
   * Have the stream as soon as early data can be read, before the client's Finished proves that the
   * client is there now: what is read may be a replay, and only what a replay cannot harm may be
   * answered then (RFC 8446 §2.3, §8). An answer goes out at once (0.5-RTT data), unless the client
   * must show a certificate. Without early data it changes nothing.
   * @default false
   */
  readonly early?: boolean;
}

/**
 * Makes a stream secure as the server.
 * @throws ConnectionError `protocol error` with the alert and its reason
 */
export function tlsAccept(
  stream: ByteStream,
  options: TlsServerOptions & TlsStreamOptions & TlsAcceptOptions,
): Process<TlsStream> {
  const secure = new SecureStream(stream, new TlsServer(options), options);
  return handshake(secure, undefined, options.early);
}

function* handshake(
  secure: SecureStream,
  earlyData: Uint8Array | undefined,
  early = false,
): Process<TlsStream> {
  const isReady = (): boolean => secure.isEstablished || (early && secure.hasEarlyData);
  while (!isReady()) {
    secure.pump();
    if (secure.failure !== undefined) throw secure.failure;
    if (!isReady()) yield* waitFor(secure.signalsBelow);
  }
  if (earlyData !== undefined && secure.established.earlyData !== 'accepted') {
    yield* secure.sendAll(earlyData);
  }
  return secure;
}
