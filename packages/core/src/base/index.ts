/**
 * base: the small things every protocol stands on. No protocol is known here.
 *
 * Start reading at `sans-io.ts` (the contract every layer keeps), then `seq.ts` and `time.ts`.
 * For programs that run on hosts: `process.ts`, `byte-stream.ts`, `datagram-socket.ts`,
 * `program-host.ts`.
 * Deliberately absent: clocks, timers, randomness, sockets, text encoders of a platform.
 */
export * from './base64.ts';
export * from './byte-queue.ts';
export * from './byte-stream.ts';
export * from './bytes.ts';
export * from './cause.ts';
export * from './checksum.ts';
export * from './datagram-socket.ts';
export * from './dispose.ts';
export * from './errors.ts';
export * from './heap.ts';
export * from './host-name.ts';
export * from './ipv6-text.ts';
export * from './machine/index.ts';
export * from './payload.ts';
export * from './percent.ts';
export * from './polled-stream.ts';
export * from './prefixed-stream.ts';
export * from './process.ts';
export * from './program-host.ts';
export * from './random.ts';
export * from './range-set.ts';
export * from './ring-buffer.ts';
export * from './sans-io.ts';
export * from './seq.ts';
export * from './sha1.ts';
export * from './time.ts';
export * from './url.ts';
export * from './utf8.ts';
export * from './within.ts';
