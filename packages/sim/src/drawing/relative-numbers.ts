/** Sequence numbers counted from each side's first one, as people read them. */
import { seqAdd } from '@tcplab/core';
import type { TracePacket } from '../trace/record.ts';

/** What is drawn for a segment. */
export interface ShownNumbers {
  readonly seq: number;
  readonly ack: number;
  /** What it acknowledges began with this number, where that is not the latest the other side began with. */
  readonly ackOf?: number;
  /** The options in words; the edges of SACK blocks count like acknowledgments. */
  readonly options: string;
}

/** Learns the first numbers of each direction from the segments, in the order in which they are sent. */
export class RelativeNumbers {
  /** First sequence numbers by direction: a new incarnation adds one. */
  readonly #firsts = new Map<string, number[]>();

  /** Takes the next segment. @returns its numbers, relative */
  see(packet: TracePacket): ShownNumbers {
    if (packet.proto !== 'tcp' || packet.seq === undefined) return { seq: 0, ack: 0, options: '' };
    const mine = this.#of(`${packet.src}:${packet.srcPort} ${packet.dst}:${packet.dstPort}`);
    const theirs = this.#of(`${packet.dst}:${packet.dstPort} ${packet.src}:${packet.srcPort}`);
    const isAck = packet.flags?.includes('A') === true;
    if (packet.flags?.includes('S') === true) {
      if (!mine.includes(packet.seq)) mine.push(packet.seq);
    } else if (mine.length === 0) {
      // Without a SYN the first octet seen counts as number 1.
      mine.push(seqAdd(packet.seq, -1));
    }
    if (isAck && theirs.length === 0) theirs.push(seqAdd(packet.ack ?? 0, -1));
    const acked = nearest(packet.ack ?? 0, theirs);
    return {
      ...(isAck && acked !== theirs.at(-1) ? { ackOf: acked } : {}),
      seq: relative(packet.seq, mine),
      ack: isAck ? relative(packet.ack ?? 0, theirs) : 0,
      options: (packet.options ?? '').replace(/sack (\d+:\d+ ?)+/g, (text) =>
        text.replace(/\d+/g, (edge) => String(relative(Number(edge), theirs))),
      ),
    };
  }

  #of(key: string): number[] {
    let firsts = this.#firsts.get(key);
    if (firsts === undefined) this.#firsts.set(key, (firsts = []));
    return firsts;
  }
}

/** Distance from the nearest first number before it; −1 is what a keep-alive before any data has. */
function relative(number: number, firsts: readonly number[]): number {
  const first = nearest(number, firsts);
  return ((number - first) | 0) === -1 ? -1 : (number - first) >>> 0;
}

/** The incarnation to which a number belongs, by its first number; 0 where none is known. */
function nearest(number: number, firsts: readonly number[]): number {
  let best = firsts[0] ?? 0;
  for (const first of firsts) {
    // One is added, so that the number just before a first one is near to it.
    if ((number - first + 1) >>> 0 < (number - best + 1) >>> 0) best = first;
  }
  return best;
}
