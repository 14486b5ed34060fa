/**
 * Putting the parts of a datagram together again, RFC 791 §3.2 and RFC 1122 §3.3.2.
 *
 * Parts may come in any order, twice, or cut differently; what is missing shows as in RFC 815 from the
 * parts that are there. Nobody can make it hold more than its limits.
 */
import type { Cause } from '../base/cause.ts';
import { after, NEVER, seconds, type Micros } from '../base/time.ts';
import { decodePacket } from './decode-packet.ts';
import { encodePacket, IPV4_HEADER_SIZE, MAX_PACKET_SIZE, packetSize } from './encode-packet.ts';
import { FRAGMENT_RULES } from './fragment-rules.ts';
import { protocolOf, type Ipv4Packet } from './ipv4-packet.ts';
import { PartialDatagram } from './partial-datagram.ts';
import type { WireProblem } from './wire-result.ts';

/** RFC 1122 §3.3.2: a fixed value, 60 … 120 seconds. */
export const REASSEMBLY_TIMEOUT: Micros = seconds(60);
/** Datagrams that may be incomplete at one time. */
export const MAX_PARTIAL_DATAGRAMS = 64;
/** Octets of parts that may wait at one time. */
export const MAX_PARTIAL_BYTES = 1_048_576;

export interface ReassemblerOptions {
  /** @default REASSEMBLY_TIMEOUT */
  readonly timeout?: Micros;
  /** @default MAX_PARTIAL_DATAGRAMS */
  readonly maxDatagrams?: number;
  /** @default MAX_PARTIAL_BYTES */
  readonly maxBytes?: number;
}

/** What became of a packet that was handed in. */
export type Reassembly =
  /** The whole datagram; one that was never cut is handed back as it is. */
  | { readonly kind: 'whole'; readonly packet: Ipv4Packet }
  | { readonly kind: 'waiting' }
  /** Complete, but its octets mean nothing, e.g. the checksum does not fit. */
  | { readonly kind: 'malformed'; readonly problem: WireProblem }
  /** Not taken, and the datagram it belongs to is given up. */
  | { readonly kind: 'refused'; readonly cause: Cause };

/** A datagram that was given up before it was complete. */
export interface GivenUp {
  /** The part with offset 0, which an ICMP time exceeded (code 1) quotes; undefined: send none. */
  readonly first: Ipv4Packet | undefined;
  readonly cause: Cause;
}

export class Reassembler {
  readonly #timeout: Micros;
  readonly #maxDatagrams: number;
  readonly #maxBytes: number;
  readonly #partial = new Map<string, PartialDatagram>();
  #bytes = 0;
  #givenUp: GivenUp[] = [];

  constructor(options: ReassemblerOptions = {}) {
    this.#timeout = options.timeout ?? REASSEMBLY_TIMEOUT;
    this.#maxDatagrams = options.maxDatagrams ?? MAX_PARTIAL_DATAGRAMS;
    this.#maxBytes = options.maxBytes ?? MAX_PARTIAL_BYTES;
  }

  /** Datagrams that are incomplete now. */
  get pending(): number {
    return this.#partial.size;
  }

  /** Octets held for them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A packet for this host arrived. Call `expire` first when its time has come. */
  add(packet: Ipv4Packet, now: Micros): Reassembly {
    if (packet.body.kind !== 'raw' || (packet.fragmentOffset === 0 && !packet.moreFragments)) {
      return { kind: 'whole', packet };
    }
    const data = packet.body.bytes;
    const end = packet.fragmentOffset + data.length;
    const offGrid = packet.moreFragments && data.length % 8 !== 0;
    const headers = IPV4_HEADER_SIZE + packet.options.length;
    if (data.length === 0 || offGrid || headers + end > MAX_PACKET_SIZE) {
      return refused('impossible', `a part of ${data.length} octets at ${packet.fragmentOffset}`);
    }
    // IP-09: these four fields name the datagram.
    const key = `${packet.src} ${packet.dst} ${protocolOf(packet.body)} ${packet.identification}`;
    const datagram = this.#partial.get(key) ?? new PartialDatagram(after(now, this.#timeout));
    this.#partial.set(key, datagram);
    const before = datagram.bytes;
    const verdict = datagram.add(packet, data);
    this.#bytes += datagram.bytes - before;
    if (verdict !== undefined) return refused('overlap', verdict);
    if (datagram.isComplete) return this.#finish(key, datagram);
    this.#makeRoom(key);
    return { kind: 'waiting' };
  }

  /** Gives up what is overdue. Harmless when called early. */
  expire(now: Micros): void {
    for (const [key, datagram] of this.#partial) {
      if (datagram.deadline > now) continue;
      // Those found contradictory were refused already; they were kept only to swallow their rest.
      if (!datagram.isSuspect) {
        const why = `it was incomplete after ${this.#timeout / 1_000_000} s`;
        const cause = { rule: FRAGMENT_RULES.timeout, why };
        this.#givenUp.push({ first: datagram.first, cause });
      }
      this.#drop(key, datagram);
    }
  }

  /** When to call `expire`, or NEVER. */
  pollTimeout(): Micros {
    let next = NEVER;
    for (const datagram of this.#partial.values()) {
      if (datagram.deadline < next) next = datagram.deadline;
    }
    return next;
  }

  /** The next datagram that was given up since the last call. */
  pollGivenUp(): GivenUp | undefined {
    return this.#givenUp.shift();
  }

  #finish(key: string, datagram: PartialDatagram): Reassembly {
    this.#drop(key, datagram);
    if (datagram.marksContradict) {
      return refused('congestion', 'one part is marked CE and another is not ECN-capable');
    }
    const packet = datagram.assemble();
    if (packetSize(packet) > MAX_PACKET_SIZE) {
      return refused('impossible', `together they are ${packetSize(packet)} octets`);
    }
    const result = decodePacket(encodePacket(packet));
    return result.ok
      ? { kind: 'whole', packet: result.value }
      : { kind: 'malformed', problem: result.problem };
  }

  /** IP-13: the oldest make room, never the one that just got a part. */
  #makeRoom(justTouched: string): void {
    for (const [key, datagram] of this.#partial) {
      if (this.#partial.size <= this.#maxDatagrams && this.#bytes <= this.#maxBytes) return;
      if (key === justTouched) continue;
      const cause = { rule: FRAGMENT_RULES.limits, why: 'newer datagrams needed its room' };
      // No ICMP error: it would be sent about a limit of ours, not about time.
      if (!datagram.isSuspect) this.#givenUp.push({ first: undefined, cause });
      this.#drop(key, datagram);
    }
  }

  #drop(key: string, datagram: PartialDatagram): void {
    this.#bytes -= datagram.bytes;
    this.#partial.delete(key);
  }
}

function refused(rule: keyof typeof FRAGMENT_RULES, why: string): Reassembly {
  return { kind: 'refused', cause: { rule: FRAGMENT_RULES[rule], why } };
}
