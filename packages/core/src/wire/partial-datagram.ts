/** The parts of one datagram that have arrived so far. */
import { concatBytes, equalBytes } from '../base/bytes.ts';
import { invariant } from '../base/errors.ts';
import type { Micros } from '../base/time.ts';
import type { Ipv4Packet } from './ipv4-packet.ts';

const NOT_ECT = 0;
const CE = 3;

interface Part {
  readonly from: number;
  readonly bytes: Uint8Array;
}

export class PartialDatagram {
  /** When it is given up: fixed by the part that came first. */
  readonly deadline: Micros;
  /** The part with offset 0: its header becomes the header of the whole. */
  first: Ipv4Packet | undefined;
  /** Octets held. */
  bytes = 0;
  /** The length of the whole, known from the last part. */
  #end: number | undefined;
  /** Sorted, never overlapping. */
  #parts: Part[] = [];
  #sawNotEct = false;
  #sawCe = false;
  #suspect = false;

  constructor(deadline: Micros) {
    this.deadline = deadline;
  }

  /** Parts contradicted each other: whatever still comes is swallowed. */
  get isSuspect(): boolean {
    return this.#suspect;
  }

  get isComplete(): boolean {
    return !this.#suspect && this.bytes === this.#end;
  }

  /** Takes a part. @returns what is contradictory, or undefined */
  add(packet: Ipv4Packet, data: Uint8Array): string | undefined {
    if (this.#suspect) return 'an earlier part of this datagram was contradictory';
    const contradiction = this.#checkEnd(packet, data) ?? this.#place(packet.fragmentOffset, data);
    if (contradiction !== undefined) {
      this.#suspect = true;
      this.#parts = [];
      this.bytes = 0;
      return contradiction;
    }
    if (packet.fragmentOffset === 0) this.first ??= packet;
    this.#sawNotEct ||= packet.ecn === NOT_ECT;
    this.#sawCe ||= packet.ecn === CE;
    return undefined;
  }

  /** IP-14, RFC 3168 §5.3: a congestion mark may neither get lost nor be put on what is not ECN-capable. */
  get marksContradict(): boolean {
    return this.#sawCe && this.#sawNotEct;
  }

  /** The whole as one raw packet; its header is that of the first part. */
  assemble(): Ipv4Packet {
    const first = this.first;
    invariant(first?.body.kind === 'raw', 'a complete datagram has a part with offset 0');
    const bytes = concatBytes(this.#parts.map((part) => part.bytes));
    const body = { kind: 'raw', protocol: first.body.protocol, bytes } as const;
    return { ...first, ecn: this.#sawCe ? CE : first.ecn, moreFragments: false, body };
  }

  #checkEnd(packet: Ipv4Packet, data: Uint8Array): string | undefined {
    const end = packet.fragmentOffset + data.length;
    const last = this.#parts.at(-1);
    const furthest = last === undefined ? 0 : last.from + last.bytes.length;
    if (packet.moreFragments) {
      if (this.#end !== undefined && end >= this.#end) {
        return `a part says that more follow at ${end}, the last one ends at ${this.#end}`;
      }
      return undefined;
    }
    if ((this.#end !== undefined && end !== this.#end) || furthest > end) {
      return `one part ends the datagram at ${end}, another reaches to ${this.#end ?? furthest}`;
    }
    this.#end = end;
    return undefined;
  }

  /**
   * Deviation: RFC 791 §3.2 lets the part that came later overwrite. Attacks live on that (RFC 1858),
   * so that overlapping octets must agree.
   */
  #place(from: number, data: Uint8Array): string | undefined {
    const placed: Part[] = [];
    let at = from;
    const end = from + data.length;
    for (const part of this.#parts) {
      const partEnd = part.from + part.bytes.length;
      if (part.from >= end || partEnd <= from) continue;
      const low = Math.max(from, part.from);
      const high = Math.min(end, partEnd);
      const theirs = part.bytes.subarray(low - part.from, high - part.from);
      if (!equalBytes(theirs, data.subarray(low - from, high - from))) {
        return `two parts give different octets for ${low} … ${high - 1}`;
      }
      if (at < low) placed.push({ from: at, bytes: data.slice(at - from, low - from) });
      at = high;
    }
    if (at < end) placed.push({ from: at, bytes: data.slice(at - from) });
    if (placed.length === 0) return undefined;
    for (const part of placed) this.bytes += part.bytes.length;
    this.#parts = [...this.#parts, ...placed].sort((a, b) => a.from - b.from);
    return undefined;
  }
}
