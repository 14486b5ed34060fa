import {
  after,
  ByteQueue,
  CallError,
  ConnectionError,
  EMPTY_BYTES,
  PolledStream,
  Signal,
  waitFor,
  type ConnectionEnd,
  type Micros,
  type Payload,
  type Process,
  type StreamEnd,
} from '@tcplab/core';
import type { Scheduler } from './memory-task.ts';

export interface PairOptions {
  /** One way. @default 0 */
  readonly latency?: Micros;
  /** Bytes sent and not yet read by the peer, at most. @default 65,536 */
  readonly sendBuffer?: number;
  /** Every delivery is cut into pieces of at most so many bytes. @default no cut */
  readonly cut?: number;
}

/** The two ends of one connection. */
export function memoryPair(
  world: Scheduler,
  labels: readonly [string, string],
  options: PairOptions,
): [MemoryStream, MemoryStream] {
  const left = new MemoryStream(world, labels[0], options);
  const right = new MemoryStream(world, labels[1], options);
  left.peer = right;
  right.peer = left;
  return [left, right];
}

export class MemoryStream extends PolledStream {
  readonly label: string;
  readonly readable = new Signal();
  readonly writable = new Signal();
  failure: ConnectionError | undefined;
  ended = false;
  local: StreamEnd | undefined;
  remote: StreamEnd | undefined;
  peer!: MemoryStream;
  /** What this end sent in all, for tests that look at the wire. */
  readonly sent: Uint8Array[] = [];

  readonly #world: Scheduler;
  readonly #latency: Micros;
  readonly #sendBuffer: number;
  readonly #cut: number;
  #outstanding = 0;
  /** Has come over the wire, but is let in piece by piece. */
  #arriving: (Uint8Array | 'end')[] = [];
  #pumping = false;
  readonly #arrived = new ByteQueue();
  #endArrived = false;
  #shut = false;
  #closed = false;

  constructor(world: Scheduler, label: string, options: PairOptions) {
    super();
    this.#world = world;
    this.label = label;
    this.#latency = options.latency ?? (0 as Micros);
    this.#sendBuffer = options.sendBuffer ?? 65_536;
    this.#cut = options.cut ?? Number.MAX_SAFE_INTEGER;
  }

  /** Bytes that have arrived here and were not read yet. */
  get unread(): number {
    return this.#arrived.length;
  }

  /** Whether this end has sent its end of stream. */
  get isShut(): boolean {
    return this.#shut;
  }

  trySend(data: Payload): number {
    if (this.failure !== undefined) return 0;
    if (this.#shut) throw new CallError('connection closing');
    const count = Math.min(data.length, this.#sendBuffer - this.#outstanding);
    if (count === 0) return 0;
    this.#outstanding += count;
    const bytes = data.slice(0, count).toBytes().slice();
    this.sent.push(bytes);
    this.#later(() => this.peer.#deliver(bytes));
    return count;
  }

  tryReceive(max = 65_536): Uint8Array | undefined {
    if (this.#closed) return EMPTY_BYTES;
    if (this.failure !== undefined) return undefined;
    const taken = this.#arrived.take(max);
    if (taken === undefined) {
      if (!this.#endArrived) return undefined;
      this.ended = true;
      return EMPTY_BYTES;
    }
    this.#later(() => this.peer.#acknowledged(taken.length));
    return taken;
  }

  shutdown(): void {
    if (this.#shut || this.failure !== undefined) return;
    this.#shut = true;
    this.#later(() => this.peer.#deliverEnd());
  }

  close(): void {
    if (this.#closed) return;
    this.shutdown();
    this.#closed = true;
    // Like TCP: who closes with bytes unread answers with a reset, and the peer learns of the loss.
    if (this.unread > 0) this.#reset();
    this.#raise();
  }

  abort(): void {
    if (this.failure !== undefined) return;
    this.#fail('connection aborted');
    this.#reset();
  }

  *closed(): Process {
    const over = (): boolean => this.failure !== undefined || (this.#shut && this.#endArrived);
    while (!over()) yield* waitFor([this.readable, this.writable]);
  }

  #later(action: () => void): void {
    this.#world.at(after(this.#world.now, this.#latency), action);
  }

  #reset(): void {
    this.#shut = true;
    this.#later(() => this.peer.#fail('connection reset'));
  }

  #fail(reason: ConnectionEnd): void {
    // Both directions ended in order before: a late reset changes nothing.
    if (this.failure !== undefined || (this.#closed && this.#endArrived)) return;
    this.failure = new ConnectionError(reason, this.label);
    this.#shut = true;
    this.#arrived.clear();
    this.#raise();
  }

  #deliver(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += this.#cut) {
      this.#arriving.push(bytes.subarray(from, from + this.#cut));
    }
    if (!this.#pumping) this.#pump();
  }

  #deliverEnd(): void {
    this.#arriving.push('end');
    if (!this.#pumping) this.#pump();
  }

  /** Lets one piece arrive; the next follows after whoever reads had a turn. */
  #pump(): void {
    const piece = this.#arriving.shift();
    this.#pumping = piece !== undefined;
    if (piece === undefined || this.failure !== undefined) return;
    if (piece === 'end') this.#endArrived = true;
    else if (this.#closed) this.#reset();
    else this.#arrived.push(piece);
    this.#raise();
    this.#world.at(this.#world.now, () => this.#pump());
  }

  #acknowledged(count: number): void {
    this.#outstanding -= count;
    this.writable.raise();
  }

  #raise(): void {
    this.readable.raise();
    this.writable.raise();
  }
}
