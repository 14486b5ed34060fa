/** What a handler gives back: the parts of a response, or a program that makes them. */
import type { ByteStream } from '../../base/byte-stream.ts';
import type { Payload } from '../../base/payload.ts';
import type { Process } from '../../base/process.ts';
import type { HeadersInit } from '../headers.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** A part of a body: text is sent as UTF-8. */
export type BodyPart = string | Uint8Array | Payload;

/** Makes a body bit by bit. `write` returns when the part is queued; it waits while the client is slow. */
export type BodyProducer = (write: (part: BodyPart) => Process) => Process;

export interface HttpAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly reason?: string;
  /** Date, Server, Content-Length and what persistence needs are added. */
  readonly headers?: HeadersInit;
  /** Of known length unless a producer makes it; then it goes in chunks (to HTTP/1.0: until the close). */
  readonly body?: BodyPart | BodyProducer;
  /** After a body that a producer made. Asked for when the body is complete. */
  readonly trailers?: () => HeadersInit;
  /**
   * With status 101, or 2xx to CONNECT: speaks the new protocol. `trailing` are octets of it that
   * arrived already. The stream is closed when it returns.
   */
  readonly upgrade?: (stream: ByteStream, trailing: Uint8Array) => Process;
}

/** Answers requests: at once, or as a process that may wait, read content, ask others. */
export type Handler = (request: IncomingRequest) => HttpAnswer | Process<HttpAnswer>;

/** Whether a handler gave a process and not yet an answer. */
export function isProcess(result: HttpAnswer | Process<HttpAnswer>): result is Process<HttpAnswer> {
  return 'next' in result && typeof result.next === 'function';
}
