/** Two ends of a WebSocket without a network, and the frames of the wire between them. */
import { seconds, us, type Micros, type RandomStream } from '@tcplab/core';
import {
  encodeFrame,
  PLAIN_AGREEMENT,
  WebSocketConnection,
  type Agreement,
  type CloseInfo,
  type MessageData,
  type OpcodeName,
  type WebSocketEvent,
  type WebSocketOptions,
} from '@tcplab/core/websocket';

/** Counts up: keys differ from frame to frame and every run is the same. */
export function countingRandom(): RandomStream {
  let next = 0;
  const u32 = (): number => (next = (next + 0x9e3779b9) >>> 0);
  return {
    u32,
    below: (n) => u32() % n,
    bytes: (length) => Uint8Array.from({ length }, () => u32() >>> 24),
  };
}

/** One open end with everything it said so far. */
export class End {
  readonly connection: WebSocketConnection;
  readonly events: WebSocketEvent[] = [];
  readonly sent: Uint8Array[] = [];
  now: Micros = us(0);

  constructor(
    role: 'client' | 'server',
    options: WebSocketOptions = {},
    agreement: Agreement = PLAIN_AGREEMENT,
  ) {
    this.connection = new WebSocketConnection(role, countingRandom(), options);
    this.connection.established(agreement, this.now);
  }

  /** Hands in octets, in one piece or in pieces of `cut`, and drains. */
  receives(bytes: Uint8Array, cut = Math.max(1, bytes.length)): this {
    for (let at = 0; at < bytes.length; at += cut) {
      this.connection.handleInput(bytes.subarray(at, at + cut), this.now);
      while (this.drain().connection.paused) this.connection.proceed(this.now);
    }
    return this;
  }

  passes(duration: Micros): this {
    this.now = us(this.now + duration);
    if (this.connection.pollTimeout() <= this.now) this.connection.handleTimeout(this.now);
    return this.drain();
  }

  drain(): this {
    for (;;) {
      const frame = this.connection.pollOutput();
      if (frame === undefined) break;
      this.sent.push(frame);
    }
    for (;;) {
      const event = this.connection.pollEvent();
      if (event === undefined) break;
      this.events.push(event);
    }
    return this;
  }

  get messages(): MessageData[] {
    return this.events.filter((one) => one.kind === 'message').map((one) => one.data);
  }

  get closed(): CloseInfo | undefined {
    return this.events.find((one) => one.kind === 'closed');
  }

  /** The code of the Close that was sent; 'none' where none was, 'empty' for one without a code. */
  get sentClose(): number | 'none' | 'empty' {
    const wasSent = this.events.some(
      (one) => one.kind === 'frame' && one.direction === 'sent' && one.opcode === 'close',
    );
    return wasSent ? (this.closed?.sentCode ?? 'empty') : 'none';
  }
}

/** Lets both ends talk until neither has anything to say. */
export function settle(a: End, b: End): void {
  for (let round = 0; round < 1_000; round += 1) {
    const fromA = a.drain().sent.splice(0);
    const fromB = b.drain().sent.splice(0);
    if (fromA.length + fromB.length === 0) return;
    for (const frame of fromA) b.receives(frame);
    for (const frame of fromB) a.receives(frame);
  }
  throw new Error('the two ends do not come to rest');
}

const KEY = Uint8Array.of(1, 2, 3, 4);

/** A frame as a client writes it. */
export function clientFrame(opcode: OpcodeName, payload: Uint8Array, fin = true): Uint8Array {
  return encodeFrame({ fin, rsv1: false, opcode, maskKey: KEY }, payload);
}

/** A frame as a server writes it. */
export function serverFrame(opcode: OpcodeName, payload: Uint8Array, fin = true): Uint8Array {
  return encodeFrame({ fin, rsv1: false, opcode, maskKey: undefined }, payload);
}

export const A_WHILE = seconds(60);
