import type { Micros } from '../base/index.ts';

/** How one end behaves; all of it is its own choice, nothing is negotiated. */
export interface WebSocketOptions {
  /** Bytes of the longest message that is taken. @default MAX_MESSAGE_BYTES */
  readonly maxMessageBytes?: number;
  /** Bytes of the longest payload of one frame that is taken. @default MAX_MESSAGE_BYTES */
  readonly maxFrameBytes?: number;
  /** Bytes that may wait before `send` refuses. @default MAX_QUEUED_BYTES */
  readonly maxQueuedBytes?: number;
  /** Send messages in fragments of at most so many bytes. @default in one frame */
  readonly fragmentBytes?: number;
  /** Messages below this many bytes are not compressed. @default 64 */
  readonly compressFrom?: number;
  /** Send a Ping this often. @default never */
  readonly pingInterval?: Micros;
  /** After a Ping: silence for this long ends the connection. @default PONG_TIMEOUT */
  readonly pongTimeout?: Micros;
  /** How long the closing handshake may take. @default CLOSE_TIMEOUT */
  readonly closeTimeout?: Micros;
}
