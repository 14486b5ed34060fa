/** The receiving end of a transfer: frames in, acknowledgments out, messages in order. */
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { Cause } from '../base/cause.ts';
import type { SansIo } from '../base/sans-io.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { decodeFrame, encodeFrame, type ArqFrame } from './frame.ts';
import { ARQ_RULES } from './rules.ts';
import { windowOf, type ArqOptions } from './sender.ts';
import { MAX_SEQUENCE_BITS, SequenceSpace, type ArqProtocol } from './sequence-space.ts';

export type ArqReceiverEvent =
  | { readonly kind: 'message'; readonly seq: number; readonly data: Uint8Array }
  /** The sender's `finish` was received in order: all messages are there. */
  | { readonly kind: 'end' }
  | { readonly kind: 'ignored'; readonly cause: Cause };

export class ArqReceiver implements SansIo<Uint8Array, Uint8Array, ArqReceiverEvent> {
  readonly protocol: ArqProtocol;
  readonly #space: SequenceSpace;
  readonly #window: number;
  /** Frames that came too early, by sequence number; selective repeat only. */
  readonly #early = new Map<number, ArqFrame>();
  #transfer: number | undefined;
  #expected = 0;
  #ended = false;
  #outputs: Uint8Array[] = [];
  #events: ArqReceiverEvent[] = [];

  /** Both ends need the same protocol, window and sequence bits. @throws CallError as the sender */
  constructor(options: Pick<ArqOptions, 'protocol' | 'window' | 'sequenceBits'> = {}) {
    this.protocol = options.protocol ?? 'go-back-n';
    this.#space = new SequenceSpace(options.sequenceBits ?? MAX_SEQUENCE_BITS);
    this.#window = windowOf(options, this.#space);
  }

  /** Whether all messages were received. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The transfer this end belongs to, once its first frame came. */
  get transfer(): number | undefined {
    return this.#transfer;
  }

  handleInput(bytes: Uint8Array, _now: Micros): void {
    const frame = decodeFrame(bytes);
    if (frame === undefined) return this.#ignore('corrupt', 'its checksum does not fit');
    if (frame.type === 'ack' || frame.seq >= this.#space.size) {
      return this.#ignore('oldFrame', 'it is no message of this transfer');
    }
    // Simplified: without a handshake the first transfer that speaks is the one.
    this.#transfer ??= frame.transfer;
    if (frame.transfer !== this.#transfer) {
      return this.#ignore('oldFrame', `it belongs to transfer ${frame.transfer}`);
    }
    if (this.protocol === 'selective-repeat') this.#takeBuffered(frame);
    else this.#takeInOrder(frame);
  }

  handleTimeout(_now: Micros): void {}

  pollOutput(_now: Micros): Uint8Array | undefined {
    return this.#outputs.shift();
  }

  pollEvent(): ArqReceiverEvent | undefined {
    return this.#events.shift();
  }

  pollTimeout(): Micros {
    return NEVER;
  }

  /** ARQ-06: the last in order is acknowledged, again and again, until the expected one comes. */
  #takeInOrder(frame: ArqFrame): void {
    if (frame.seq === this.#expected && !this.#ended) this.#deliver(frame);
    else this.#ignore('cumulative', `number ${frame.seq} came, ${this.#expected} is expected`);
    this.#acknowledge(this.#space.add(this.#expected, -1));
  }

  #takeBuffered(frame: ArqFrame): void {
    const ahead = this.#space.distance(frame.seq, this.#expected);
    if (ahead < this.#window && !this.#ended) {
      this.#early.set(frame.seq, frame);
      this.#acknowledge(frame.seq);
      for (let next = this.#early.get(this.#expected); next !== undefined;) {
        this.#early.delete(next.seq);
        this.#deliver(next);
        next = this.#early.get(this.#expected);
      }
      return;
    }
    // ARQ-08: in [base − N, base − 1] the acknowledgment was lost; anywhere else it means nothing.
    if (this.#space.size - ahead <= this.#window) this.#acknowledge(frame.seq);
    this.#ignore('oldFrame', `number ${frame.seq} is not in the window from ${this.#expected} on`);
  }

  #deliver(frame: ArqFrame): void {
    this.#expected = this.#space.add(this.#expected, 1);
    if (frame.type === 'end') {
      this.#ended = true;
      this.#early.clear();
      this.#events.push({ kind: 'end' });
    } else {
      this.#events.push({ kind: 'message', seq: frame.seq, data: frame.data });
    }
  }

  #acknowledge(seq: number): void {
    if (this.#transfer === undefined) return;
    const frame = { type: 'ack', transfer: this.#transfer, seq, data: EMPTY_BYTES } as const;
    this.#outputs.push(encodeFrame(frame));
  }

  #ignore(rule: keyof typeof ARQ_RULES, why: string): void {
    this.#events.push({ kind: 'ignored', cause: { rule: ARQ_RULES[rule], why } });
  }
}
