/** The sending end of a transfer: messages in, frames out, and again until they are acknowledged. */
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { Cause } from '../base/cause.ts';
import { CallError } from '../base/errors.ts';
import { MachineRunner } from '../base/machine/runner.ts';
import type { SansIo } from '../base/sans-io.ts';
import { after, ms, NEVER, ZERO_TIME, type Micros } from '../base/time.ts';
import { decodeFrame, encodeFrame, MAX_ARQ_MESSAGE, type ArqFrame } from './frame.ts';
import { goBackNMachine } from './go-back-n.machine.ts';
import { ARQ_RULES } from './rules.ts';
import { selectiveRepeatMachine } from './selective-repeat.machine.ts';
import type { ArqSenderActions, ArqSenderArrow, ArqSenderState } from './sender-actions.ts';
import { MAX_SEQUENCE_BITS, SequenceSpace, type ArqProtocol } from './sequence-space.ts';
import { stopAndWaitMachine } from './stop-and-wait.machine.ts';

export const DEFAULT_ARQ_TIMEOUT: Micros = ms(500);
export const DEFAULT_ARQ_ATTEMPTS = 20;
export const DEFAULT_ARQ_WINDOW = 8;

export interface ArqOptions {
  /** @default 'go-back-n' */
  readonly protocol?: ArqProtocol;
  /** N: frames that may be unacknowledged; always 1 for stop-and-wait. @default 8 */
  readonly window?: number;
  /**
   * Bits of the sequence number, 1 … 16. Few bits are safe only where the network does not reorder.
   * @default 16
   */
  readonly sequenceBits?: number;
  /** Simplified: fixed, where TCP measures (RFC 6298). @default DEFAULT_ARQ_TIMEOUT */
  readonly timeout?: Micros;
  /** How often one frame is sent before the sender gives up. @default DEFAULT_ARQ_ATTEMPTS */
  readonly attempts?: number;
}

export type ArqSenderEvent =
  | { readonly kind: 'acknowledged'; readonly seq: number }
  | { readonly kind: 'resent'; readonly seq: number; readonly cause: Cause }
  | { readonly kind: 'ignored'; readonly cause: Cause }
  | { readonly kind: 'given up'; readonly seq: number; readonly cause: Cause };

interface Outstanding {
  readonly seq: number;
  readonly bytes: Uint8Array;
  attempts: number;
  acknowledged: boolean;
  /** When its own timer runs out; selective repeat only. */
  due: Micros;
}

const MACHINES = {
  'stop-and-wait': stopAndWaitMachine,
  'go-back-n': goBackNMachine,
  'selective-repeat': selectiveRepeatMachine,
};

export class ArqSender implements SansIo<Uint8Array, Uint8Array, ArqSenderEvent> {
  readonly protocol: ArqProtocol;
  readonly window: number;
  readonly #space: SequenceSpace;
  readonly #transfer: number;
  readonly #timeout: Micros;
  readonly #attempts: number;
  readonly #machine: MachineRunner<ArqSenderState, ArqSenderArrow>;
  #outstanding: Outstanding[] = [];
  #next = 0;
  #timerAt: Micros = NEVER;
  #now: Micros = ZERO_TIME;
  #outputs: Uint8Array[] = [];
  #events: ArqSenderEvent[] = [];

  /**
   * @param transfer a number that earlier transfers between the same sockets did not use, 0 … 65,535
   * @throws CallError `window too large`, `invalid window`, `invalid sequence bits`
   */
  constructor(transfer: number, options: ArqOptions = {}) {
    this.protocol = options.protocol ?? 'go-back-n';
    this.#transfer = transfer;
    this.#space = new SequenceSpace(options.sequenceBits ?? MAX_SEQUENCE_BITS);
    this.#timeout = options.timeout ?? DEFAULT_ARQ_TIMEOUT;
    this.#attempts = options.attempts ?? DEFAULT_ARQ_ATTEMPTS;
    this.window = windowOf(options, this.#space);
    const actions: ArqSenderActions = {
      sendNewest: () => this.#transmit(this.#outstanding.at(-1)!),
      resendOutstanding: () => this.#resend(this.#outstanding, 'goBackN'),
      resendOverdue: () => this.#resend(this.#overdue(), 'selectiveRepeat'),
      moveWindow: () => this.#moveWindow(),
      startTimer: () => (this.#timerAt = after(this.#now, this.#timeout)),
      stopTimer: () => (this.#timerAt = NEVER),
    };
    this.#machine = new MachineRunner(MACHINES[this.protocol], this.protocol, actions);
  }

  get state(): ArqSenderState {
    return this.#machine.state;
  }

  /** Whether `send` would take a message now. */
  get canSend(): boolean {
    return this.#outstanding.length < this.window && this.state !== 'given up';
  }

  /** Whether everything that was sent is acknowledged. */
  get isIdle(): boolean {
    return this.#outstanding.length === 0;
  }

  /** Sends one message. @throws CallError `window full`, `message too long`, `transfer given up` */
  send(message: Uint8Array, now: Micros): void {
    if (message.length > MAX_ARQ_MESSAGE) {
      throw new CallError('message too long', `${message.length}; at most ${MAX_ARQ_MESSAGE}`);
    }
    this.#take('data', message, now);
  }

  /** Says that no message follows. Takes a place in the window like a message. */
  finish(now: Micros): void {
    this.#take('end', EMPTY_BYTES, now);
  }

  handleInput(bytes: Uint8Array, now: Micros): void {
    this.#now = now;
    if (this.state === 'given up') return;
    const frame = decodeFrame(bytes);
    if (frame === undefined) return this.#ignore('corrupt', 'its checksum does not fit');
    if (frame.type !== 'ack' || frame.transfer !== this.#transfer) {
      return this.#ignore('oldFrame', 'it is no acknowledgment of this transfer');
    }
    const base = this.#outstanding[0]?.seq ?? this.#next;
    const index = this.#space.distance(frame.seq, base);
    const entry = this.#outstanding[index];
    if (frame.seq >= this.#space.size || entry === undefined || entry.acknowledged) {
      return this.#ignore('oldFrame', `number ${frame.seq} is not outstanding`);
    }
    this.#acknowledge(index);
  }

  handleTimeout(now: Micros): void {
    this.#now = now;
    if (this.pollTimeout() > now) return;
    const due = this.protocol === 'selective-repeat' ? this.#overdue() : this.#outstanding;
    const tired = due.find((entry) => entry.attempts >= this.#attempts);
    if (tired === undefined) {
      this.#machine.follow('timeout');
      return;
    }
    const why = `number ${tired.seq} was sent ${tired.attempts} times without an answer`;
    this.#events.push({
      kind: 'given up',
      seq: tired.seq,
      cause: { rule: ARQ_RULES.giveUp, why },
    });
    this.#machine.follow('too many timeouts');
  }

  pollOutput(_now: Micros): Uint8Array | undefined {
    return this.#outputs.shift();
  }

  pollEvent(): ArqSenderEvent | undefined {
    return this.#events.shift();
  }

  pollTimeout(): Micros {
    if (this.state === 'given up') return NEVER;
    if (this.protocol !== 'selective-repeat') return this.#timerAt;
    let next = NEVER;
    for (const entry of this.#outstanding) {
      if (!entry.acknowledged && entry.due < next) next = entry.due;
    }
    return next;
  }

  #take(type: ArqFrame['type'], data: Uint8Array, now: Micros): void {
    this.#now = now;
    if (this.state === 'given up') throw new CallError('transfer given up');
    // Textbooks say "refuse data": whoever calls waits until an acknowledgment makes room.
    if (!this.canSend) throw new CallError('window full', `${this.window} unacknowledged`);
    const seq = this.#next;
    const bytes = encodeFrame({ type, transfer: this.#transfer, seq, data });
    this.#next = this.#space.add(seq, 1);
    this.#outstanding.push({ seq, bytes, attempts: 0, acknowledged: false, due: NEVER });
    const fills = this.protocol !== 'stop-and-wait' && this.#outstanding.length === this.window;
    this.#machine.follow(fills ? 'rdt_send fills the window' : 'rdt_send');
  }

  #acknowledge(index: number): void {
    if (this.protocol === 'selective-repeat') {
      this.#outstanding[index]!.acknowledged = true;
    } else {
      // Cumulative: number n acknowledges all up to n.
      for (let i = 0; i <= index; i += 1) this.#outstanding[i]!.acknowledged = true;
    }
    if (this.#outstanding.every((entry) => entry.acknowledged)) {
      this.#machine.follow('rcv ACK of all');
    } else {
      const oldest = this.#outstanding[0]!.acknowledged;
      this.#machine.follow(oldest ? 'rcv ACK' : 'rcv ACK of a later one');
    }
  }

  #moveWindow(): void {
    while (this.#outstanding[0]?.acknowledged === true) {
      this.#events.push({ kind: 'acknowledged', seq: this.#outstanding.shift()!.seq });
    }
  }

  #ignore(rule: keyof typeof ARQ_RULES, why: string): void {
    this.#events.push({ kind: 'ignored', cause: { rule: ARQ_RULES[rule], why } });
    this.#machine.follow('rcv corrupt packet or other ACK');
  }

  #overdue(): Outstanding[] {
    return this.#outstanding.filter((entry) => !entry.acknowledged && entry.due <= this.#now);
  }

  #resend(entries: readonly Outstanding[], sliding: 'goBackN' | 'selectiveRepeat'): void {
    const rule = ARQ_RULES[this.protocol === 'stop-and-wait' ? 'stopAndWait' : sliding];
    for (const entry of entries) {
      const why = `no acknowledgment came in ${this.#timeout / 1_000} ms`;
      this.#events.push({ kind: 'resent', seq: entry.seq, cause: { rule, why } });
      this.#transmit(entry);
    }
  }

  #transmit(entry: Outstanding): void {
    entry.attempts += 1;
    entry.due = after(this.#now, this.#timeout);
    this.#outputs.push(entry.bytes);
  }
}

/** ARQ-09: with a larger window an old frame could be taken for a new one. */
export function windowOf(options: ArqOptions, space: SequenceSpace): number {
  const protocol = options.protocol ?? 'go-back-n';
  if (protocol === 'stop-and-wait') return 1;
  const largest = space.largestWindow(protocol);
  const window = options.window ?? Math.min(DEFAULT_ARQ_WINDOW, largest);
  if (!Number.isInteger(window) || window < 1) throw new CallError('invalid window', `${window}`);
  if (window > largest) {
    throw new CallError('window too large', `${window}; ${protocol} allows ${largest} here`);
  }
  return window;
}
