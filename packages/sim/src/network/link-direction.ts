import { encodePacket, formatMicros, latest, us, type Micros } from '@tcplab/core';
import type { Due, EventQueue } from '../engine/index.ts';
import { drawDelay, type DelayDistribution, type SimRandom } from '../random/index.ts';
import { Flight } from './flight.ts';
import type { Impairment, Verdict } from './impairments/index.ts';
import { viewPacket, type PacketFactory, type PacketView, type SimPacket } from './packet.ts';
import { Transmitter, type QueueLimit } from './transmitter.ts';

/** What stands at the end of a wire. */
export interface Node {
  readonly name: string;
  receive(packet: SimPacket, link: LinkDirection, now: Micros): void;
}

/** What happens to a packet on a wire, for whoever records it. */
export interface LinkObserver {
  fate(
    kind: 'lost' | 'duplicate' | 'corrupt' | 'delay' | 'hold' | 'release' | 'inject',
    link: LinkDirection,
    packet: SimPacket,
    by: string,
    why: string,
  ): void;
}

/** The properties of one direction of a wire. */
export interface DirectionOptions {
  readonly delay: DelayDistribution;
  /** False lets a delay that varies put packets out of order. @default true */
  readonly keepOrder?: boolean;
  /** Bits per second; absent: transmission takes no time. */
  readonly rate?: number;
  /** What may wait for transmission; absent: without limit. */
  readonly queue?: QueueLimit;
  /** The largest datagram in bytes. @default 1500 */
  readonly mtu?: number;
}

/** What one direction has done so far. Packets are conserved: sent + duplicated + injected = delivered + lost + inFlight. */
export interface DirectionCounts {
  readonly sent: number;
  readonly sentBytes: number;
  readonly duplicated: number;
  readonly injected: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  readonly lost: number;
  readonly inFlight: number;
}

export interface DirectionParts {
  readonly name: string;
  readonly from: Node;
  readonly to: Node;
  readonly queue: EventQueue;
  readonly packets: PacketFactory;
  /** The stream `link NAME delay`. */
  readonly random: SimRandom;
}

export const DEFAULT_MTU = 1_500;

/** One direction of a wire. */
export class LinkDirection implements Due {
  readonly name: string;
  readonly from: Node;
  readonly to: Node;
  readonly impairments: Impairment[] = [];
  observer: LinkObserver | undefined;
  readonly #parts: DirectionParts;
  #options: DirectionOptions;
  #transmitter: Transmitter;
  readonly #flight = new Flight();
  readonly #loose = new Set<SimPacket>();
  readonly #held = new Map<string, SimPacket[]>();
  #lastArrival = us(0);
  #up = true;
  readonly #counts = {
    sent: 0,
    sentBytes: 0,
    duplicated: 0,
    injected: 0,
    delivered: 0,
    deliveredBytes: 0,
    lost: 0,
  };

  constructor(parts: DirectionParts, options: DirectionOptions) {
    this.name = parts.name;
    this.from = parts.from;
    this.to = parts.to;
    this.#parts = parts;
    this.#options = options;
    this.#transmitter = new Transmitter(options.rate, options.queue ?? {});
  }

  get options(): DirectionOptions {
    return this.#options;
  }

  get mtu(): number {
    return this.#options.mtu ?? DEFAULT_MTU;
  }

  /** False while the wire is cut. */
  get isUp(): boolean {
    return this.#up;
  }

  get counts(): DirectionCounts {
    let held = 0;
    for (const packets of this.#held.values()) held += packets.length;
    return { ...this.#counts, inFlight: this.#flight.size + this.#loose.size + held };
  }

  /** The current moment. */
  get clock(): Micros {
    return this.#parts.queue.now;
  }

  /** Bytes that wait for transmission now. */
  get queuedBytes(): number {
    return this.#transmitter.waitingBytes(this.#parts.queue.now * 1_000);
  }

  /** Changes properties from now on; packets under way keep their arrival. */
  change(options: Partial<DirectionOptions>): void {
    const before = this.#options;
    this.#options = { ...before, ...options };
    if (options.rate !== undefined || options.queue !== undefined) {
      this.#transmitter = new Transmitter(this.#options.rate, this.#options.queue ?? {});
    }
  }

  /** The sending host's entry to the wire. */
  transmit(packet: SimPacket, now: Micros): void {
    this.#counts.sent += 1;
    this.#counts.sentBytes += packet.size;
    this.#enter(packet, now);
  }

  /** Puts a packet on the wire that no host sent. */
  inject(packet: SimPacket, now: Micros, why: string): void {
    this.#counts.injected += 1;
    this.observer?.fate('inject', this, packet, 'injection', why);
    this.#enter(packet, now);
  }

  #enter(packet: SimPacket, now: Micros): void {
    if (!this.#up) {
      this.#lose(packet, 'cut', 'The wire is cut.');
      return;
    }
    if (packet.size > this.mtu) {
      this.#lose(packet, 'MTU', `${packet.size} bytes do not fit the link's ${this.mtu}.`);
      return;
    }
    const sent = this.#transmitter.accept(packet.size, now * 1_000);
    if (sent === undefined) {
      this.#lose(packet, 'full queue', 'The queue in front of the link is full (drop-tail).');
      return;
    }
    const left = us((sent + 999) / 1_000);
    if (this.impairments.length === 0) this.#launch(packet, left, undefined);
    else this.#impair(packet, left, now);
  }

  /** Lets go of the packets that a `hold` verdict keeps under this name. @returns how many */
  release(name: string, now: Micros): number {
    const packets = this.#held.get(name) ?? [];
    this.#held.delete(name);
    for (const packet of packets) {
      this.observer?.fate('release', this, packet, name, `Released after being held by ${name}.`);
      this.#launch(packet, now, us(0));
    }
    return packets.length;
  }

  /** Cuts the wire: everything on it is lost, and so is everything sent until `heal`. */
  cut(): void {
    this.#up = false;
    const why = 'It was on the wire when the wire was cut.';
    for (let packet = this.#flight.shift(); packet !== undefined; packet = this.#flight.shift()) {
      this.#lose(packet, 'cut', why);
    }
    for (const packet of this.#loose) this.#lose(packet, 'cut', why);
    this.#loose.clear();
    this.#transmitter.reset();
  }

  heal(): void {
    this.#up = true;
  }

  /** The head of the flight arrives. */
  due(now: Micros): void {
    // An entry that a cut has made stale finds another head, or none.
    if (this.#flight.nextArrival > now) return;
    const packet = this.#flight.shift()!;
    if (this.#flight.size > 0) this.#parts.queue.schedule(this.#flight.nextArrival, this);
    this.#deliver(packet, now);
  }

  #impair(packet: SimPacket, left: Micros, now: Micros): void {
    let view: PacketView | undefined;
    const viewOf = (): PacketView => (view ??= viewPacket(packet, this.from.name, this.to.name));
    let extra: Micros | undefined;
    for (const impairment of this.impairments) {
      if (now < impairment.window.from || now >= impairment.window.to) continue;
      const verdict = impairment.judge(packet, viewOf, now);
      if (verdict.kind === 'pass') continue;
      if (verdict.kind === 'delay') {
        extra = us((extra ?? 0) + verdict.by);
        const why = `${verdict.why} ${formatMicros(verdict.by)} more.`;
        this.observer?.fate('delay', this, packet, impairment.name, why);
        continue;
      }
      this.#apply(verdict, impairment.name, { packet, left, extra });
      return;
    }
    this.#launch(packet, left, extra);
  }

  #apply(
    verdict: Exclude<Verdict, { kind: 'pass' } | { kind: 'delay' }>,
    by: string,
    sent: { readonly packet: SimPacket; readonly left: Micros; readonly extra: Micros | undefined },
  ): void {
    const { packet, left, extra } = sent;
    switch (verdict.kind) {
      case 'drop':
        this.#lose(packet, by, verdict.why);
        return;
      case 'hold': {
        this.observer?.fate('hold', this, packet, by, verdict.why);
        const held = this.#held.get(verdict.name);
        if (held === undefined) this.#held.set(verdict.name, [packet]);
        else held.push(packet);
        return;
      }
      case 'corrupt': {
        const damaged = { ...packet, bytes: flipBits(packet, verdict.bits) };
        this.observer?.fate('corrupt', this, damaged, by, verdict.why);
        this.#launch(damaged, left, extra);
        return;
      }
      case 'duplicate':
        this.#launch(packet, left, extra);
        for (let i = 1; i <= verdict.copies; i += 1) {
          const copy = this.#parts.packets.copy(packet);
          this.#counts.duplicated += 1;
          this.observer?.fate(
            'duplicate',
            this,
            copy,
            by,
            `${verdict.why} It repeats packet ${packet.id}.`,
          );
          this.#launch(copy, left, us((extra ?? 0) + verdict.by * i));
        }
    }
  }

  /** @param extra undefined keeps the order of the wire; a number of microseconds leaves it. */
  #launch(packet: SimPacket, left: Micros, extra: Micros | undefined): void {
    const delay = drawDelay(this.#options.delay, this.#parts.random);
    if (extra !== undefined || this.#options.keepOrder === false) {
      this.#launchLoose(packet, us(left + delay + (extra ?? 0)));
      return;
    }
    const arrival = latest(us(left + delay), this.#lastArrival);
    this.#lastArrival = arrival;
    this.#flight.push(arrival, packet);
    if (this.#flight.size === 1) this.#parts.queue.schedule(arrival, this);
  }

  #launchLoose(packet: SimPacket, arrival: Micros): void {
    this.#loose.add(packet);
    this.#parts.queue.at(arrival, (now) => {
      if (this.#loose.delete(packet)) this.#deliver(packet, now);
    });
  }

  #deliver(packet: SimPacket, now: Micros): void {
    this.#counts.delivered += 1;
    this.#counts.deliveredBytes += packet.size;
    this.to.receive(packet, this, now);
  }

  #lose(packet: SimPacket, by: string, why: string): void {
    this.#counts.lost += 1;
    this.observer?.fate('lost', this, packet, by, why);
  }
}

function flipBits(packet: SimPacket, bits: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from(packet.bytes ?? encodePacket(packet.packet));
  for (const bit of bits) {
    const at = bit >> 3;
    if (at < bytes.length) bytes[at] = bytes[at]! ^ (0x80 >> (bit & 7));
  }
  return bytes;
}
