/**
 * A narrator: one connection, a peer made of words, virtual time. A failing test tells the story so far.
 *
 * Numbers are relative: `seq` of what arrives and `ack` of what is sent count from the peer's IRS, `ack`
 * of what arrives and `seq` of what is sent from our ISS; so the first byte of data is 1 on both sides.
 */
import {
  after,
  checkInvariants,
  Connection,
  defaultTcpConfig,
  EMPTY_PAYLOAD,
  flagLetters,
  flagsOfLetters,
  formatMicros,
  ms,
  NO_OPTIONS,
  patternPayload,
  seqAdd,
  seqDiff,
  ZERO_TIME,
  type Micros,
  type TcpConfig,
  type TcpEvent,
  type TcpJournal,
  type TcpOption,
  type TcpSegment,
  type TcpState,
} from '@tcplab/core';
import { CLIENT_ENDS } from './pair.ts';

export const OUR_ISS = 0xffff_fff0;
export const THEIR_ISS = 0xffff_ffd0;
export const THEIR_WINDOW = 20_000;

/** A segment in words; what is left out has the value a well-behaved peer would send next. */
export interface Words {
  /** Letters: S F R P A U. */
  readonly flags: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly wnd?: number;
  /** Bytes of text: the peer's stream is the pattern, its byte 1 being position 0. */
  readonly len?: number;
  readonly up?: number;
  readonly options?: readonly TcpOption[];
}

/** What is expected of a segment: only the fields named are compared. */
export interface Expected {
  readonly flags?: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly wnd?: number;
  readonly len?: number;
  readonly up?: number;
  readonly resent?: boolean;
  readonly rule?: string;
}

export class Narrator {
  readonly connection: Connection;
  readonly events: TcpEvent[] = [];
  readonly sent: { readonly at: Micros; readonly segment: TcpSegment }[] = [];
  readonly #story: string[] = [];
  now: Micros = ZERO_TIME;
  /** How many of `sent` the story has looked at. */
  #seen = 0;
  /** Whether outputs wait in the connection until `drain`. */
  #holding = false;

  constructor(config: Partial<TcpConfig> = {}, journal?: TcpJournal) {
    this.connection = new Connection({
      ends: CLIENT_ENDS,
      config: defaultTcpConfig(config),
      iss: OUR_ISS,
      journal,
    });
  }

  /** Brings a fresh connection to a state, as its own story would. Each state is built on the one before. */
  given(state: TcpState, origin: 'active' | 'passive' = 'active', peer: Partial<Words> = {}): this {
    this.#bring(state, origin, peer);
    this.#tell(`given ${state}`);
    return this.expectState(state).forget();
  }

  #bring(state: TcpState, origin: 'active' | 'passive', peer: Partial<Words>): void {
    const { connection } = this;
    switch (state) {
      case 'CLOSED':
        return;
      case 'LISTEN':
        connection.openPassive(this.now);
        return;
      case 'SYN-SENT':
        this.calls('OPEN', () => connection.openActive(this.now));
        return;
      case 'SYN-RECEIVED':
        this.#bring(origin === 'passive' ? 'LISTEN' : 'SYN-SENT', origin, peer);
        this.forget().arrives({ flags: 'S', wnd: THEIR_WINDOW, options: MSS_1460, ...peer });
        return;
      case 'ESTABLISHED':
        if (origin === 'passive') {
          this.#bring('SYN-RECEIVED', origin, peer);
          this.forget().arrives({ flags: 'A', seq: 1, ack: 1, wnd: peer.wnd ?? THEIR_WINDOW });
        } else {
          this.#bring('SYN-SENT', origin, peer);
          this.forget().arrives({
            flags: 'SA',
            ack: 1,
            wnd: THEIR_WINDOW,
            options: MSS_1460,
            ...peer,
          });
        }
        return;
      default:
        this.#bringClosing(state, origin, peer);
    }
  }

  #bringClosing(state: TcpState, origin: 'active' | 'passive', peer: Partial<Words>): void {
    const close = () => this.calls('CLOSE', () => this.connection.close(this.now)).forget();
    this.#bring('ESTABLISHED', origin, peer);
    this.forget();
    const wnd = peer.wnd ?? THEIR_WINDOW;
    if (state === 'CLOSE-WAIT' || state === 'LAST-ACK') {
      this.arrives({ flags: 'FA', seq: 1, ack: 1, wnd }).forget();
      if (state === 'LAST-ACK') close();
      return;
    }
    close();
    if (state === 'FIN-WAIT-1') return;
    if (state === 'CLOSING') this.arrives({ flags: 'FA', seq: 1, ack: 1, wnd });
    else this.arrives({ flags: 'A', seq: 1, ack: 2, wnd });
    if (state === 'TIME-WAIT') this.forget().arrives({ flags: 'FA', seq: 1, ack: 2, wnd });
  }

  /** A segment of the peer arrives. */
  arrives(words: Words): this {
    const segment = segmentOf(words);
    this.#expectQuiet(`before ${describe(words)} arrives`);
    this.#tell(`arrives ${describe(words)}`);
    this.connection.handleInput(segment, this.now);
    return this.#settle();
  }

  /** Several segments arrive before anything is taken out (MUST-59). */
  arriveTogether(...all: readonly Words[]): this {
    this.#holding = true;
    for (const words of all) this.arrives(words);
    this.#holding = false;
    return this.#settle();
  }

  /** The user calls. */
  calls(name: string, call: () => unknown): this {
    this.#tell(`calls ${name}`);
    const result = call();
    if (result !== undefined) this.#tell(`  result ${String(result)}`);
    return this.#settle();
  }

  /** SEND of `length` bytes of the pattern; our byte 1 is its position 0. */
  sends(length: number, options: { push?: boolean; urgent?: boolean } = {}, at = 0): this {
    return this.calls(`SEND ${length}`, () =>
      this.connection.send(patternPayload(at, length), this.now, options),
    );
  }

  receives(max = 100_000): this {
    return this.calls(`RECEIVE ${max}`, () => this.connection.receive(max, this.now).length);
  }

  /** Time passes; what is due on the way happens at its time. */
  waits(duration: Micros): this {
    const end = after(this.now, duration);
    this.#tell(`waits ${formatMicros(duration)}`);
    while (this.connection.pollTimeout() <= end) {
      this.now = Math.max(this.now, this.connection.pollTimeout()) as Micros;
      this.connection.handleTimeout(this.now);
      this.#settle();
    }
    this.now = end;
    return this;
  }

  /** The next segments sent are these, in order, and no more. */
  expectSends(...expected: readonly Expected[]): this {
    for (const words of expected) {
      const next = this.sent[this.#seen];
      if (next === undefined) this.#fail(`expected ${JSON.stringify(words)}, nothing was sent`);
      this.#compare(next.segment, words);
      this.#seen += 1;
    }
    this.#expectQuiet('after what was expected');
    return this;
  }

  /** Nothing was sent. */
  expectNothing(): this {
    this.#expectQuiet('although nothing was expected');
    return this;
  }

  expectState(state: TcpState): this {
    if (this.connection.state !== state) {
      this.#fail(`expected ${state}, the state is ${this.connection.state}`);
    }
    return this;
  }

  /** The last events include these kinds, in this order; all events are forgotten. */
  expectEvents(...kinds: readonly string[]): this {
    const told = this.events.splice(0).map((event) => event.kind);
    if (told.join() !== kinds.join()) this.#fail(`expected events [${kinds}], told [${told}]`);
    return this;
  }

  expect(what: string, actual: unknown, expected: unknown): this {
    if (!Object.is(actual, expected))
      this.#fail(`expected ${what} ${String(expected)}, is ${String(actual)}`);
    return this;
  }

  /** What was sent and told so far does not matter. */
  forget(): this {
    this.#seen = this.sent.length;
    this.events.length = 0;
    return this;
  }

  /** What was sent and not yet looked at; it counts as seen. */
  takeSent(): readonly { readonly at: Micros; readonly segment: TcpSegment }[] {
    const news = this.sent.slice(this.#seen);
    this.#seen = this.sent.length;
    return news;
  }

  #settle(): this {
    if (this.#holding) return this;
    for (;;) {
      const segment = this.connection.pollOutput(this.now);
      if (segment === undefined) break;
      this.sent.push({ at: this.now, segment });
      this.#tell(`  sends ${describeSent(segment)}`);
    }
    for (;;) {
      const event = this.connection.pollEvent();
      if (event === undefined) break;
      this.events.push(event);
      this.#tell(`  tells ${JSON.stringify(event)}`);
    }
    checkInvariants(this.connection);
    return this;
  }

  #compare(segment: TcpSegment, words: Expected): void {
    const actual = {
      flags: flagLetters(segment.flags),
      seq: seqDiff(segment.seq, OUR_ISS),
      ack: seqDiff(segment.ack, THEIR_ISS),
      wnd: segment.wnd,
      len: segment.payload.length,
      up: segment.up,
      resent: segment.resent === true,
      rule: segment.cause?.rule.id,
    };
    for (const [name, value] of Object.entries(words)) {
      const is = actual[name as keyof typeof actual];
      if (is !== value) {
        this.#fail(`expected ${name} ${String(value)}, sent ${describeSent(segment)}`);
      }
    }
  }

  #expectQuiet(when: string): void {
    const next = this.sent[this.#seen];
    if (next !== undefined) this.#fail(`unexpected ${when}: ${describeSent(next.segment)}`);
  }

  #tell(line: string): void {
    this.#story.push(`${formatMicros(this.now).padStart(12)}  ${line}  [${this.connection.state}]`);
  }

  #fail(message: string): never {
    throw new Error(`${message}\nThe story so far:\n${this.#story.join('\n')}`);
  }
}

export const MSS_1460: readonly TcpOption[] = [{ kind: 'mss', mss: 1_460 }];

/** A fresh story. */
export function narrate(config: Partial<TcpConfig> = {}, journal?: TcpJournal): Narrator {
  // Acknowledgments at once, unless the story is about delaying them.
  return new Narrator({ delayedAck: ms(0), ...config }, journal);
}

/** The segment the words mean. */
export function segmentOf(words: Words): TcpSegment {
  const flags = flagsOfLetters(words.flags);
  if (flags === undefined) throw new Error(`no such flags: ${words.flags}`);
  const seq = words.seq ?? 0;
  const length = words.len ?? 0;
  // With a SYN the text begins one number later.
  const first = (words.flags.includes('S') ? seq + 1 : seq) - 1;
  return {
    kind: 'tcp',
    srcPort: CLIENT_ENDS.remotePort,
    dstPort: CLIENT_ENDS.localPort,
    seq: seqAdd(THEIR_ISS, seq),
    ack: words.flags.includes('A') ? seqAdd(OUR_ISS, words.ack ?? 1) : 0,
    flags,
    wnd: words.wnd ?? THEIR_WINDOW,
    up: words.up ?? 0,
    options: words.options ?? NO_OPTIONS,
    payload: length === 0 ? EMPTY_PAYLOAD : patternPayload(first, length),
  };
}

function describe(words: Words): string {
  return Object.entries(words)
    .filter(([name]) => name !== 'options')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(' ');
}

function describeSent(segment: TcpSegment): string {
  const ack = segment.ack === 0 ? '' : ` ack ${seqDiff(segment.ack, THEIR_ISS)}`;
  const again = segment.resent === true ? ' again' : '';
  const why = segment.cause === undefined ? '' : ` (${segment.cause.rule.id})`;
  return `flags ${flagLetters(segment.flags)} seq ${seqDiff(segment.seq, OUR_ISS)}${ack} wnd ${segment.wnd} len ${segment.payload.length}${again}${why}`;
}
