/** Sequence numbers counted from each side's first one, as people read them. */
import { seqAdd, seqDiff } from '@tcplab/core';
import type { TracePacket } from '../trace/record.ts';

/** What is drawn for a segment: relative numbers, or the absolute ones. */
export interface ShownNumbers {
  readonly seq: number;
  readonly ack: number;
}

export class RelativeNumbers {
  /** First sequence number by direction. */
  readonly #first = new Map<string, number>();

  /** Learns the first numbers from each segment, in the order in which they were sent. */
  see(packet: TracePacket): void {
    if (packet.proto !== 'tcp' || packet.seq === undefined) return;
    const key = direction(packet);
    if (packet.flags?.includes('S') === true) {
      this.#first.set(key, packet.seq);
    } else if (!this.#first.has(key)) {
      // Without a SYN the first octet seen counts as number 1.
      this.#first.set(key, seqAdd(packet.seq, -1));
    }
    const other = reverse(packet);
    if (packet.flags?.includes('A') === true && !this.#first.has(other)) {
      this.#first.set(other, seqAdd(packet.ack ?? 0, -1));
    }
  }

  numbers(packet: TracePacket): ShownNumbers {
    const first = this.#first.get(direction(packet)) ?? 0;
    const other = this.#first.get(reverse(packet)) ?? 0;
    return {
      seq: relative(packet.seq ?? 0, first),
      ack: packet.flags?.includes('A') === true ? relative(packet.ack ?? 0, other) : 0,
    };
  }

  /** The edges in `sack 100:200 300:400` count in the other direction. */
  options(packet: TracePacket): string | undefined {
    const other = this.#first.get(reverse(packet)) ?? 0;
    return packet.options?.replace(/sack (\d+:\d+ ?)+/g, (text) =>
      text.replace(/\d+/g, (edge) => String(relative(Number(edge), other))),
    );
  }
}

/** Below the first number means "after the wrap" only when it is near. */
function relative(number: number, first: number): number {
  const distance = seqDiff(number, first);
  return distance >= -1 ? distance : (number - first) >>> 0;
}

function direction(packet: TracePacket): string {
  return `${packet.src}:${packet.srcPort} ${packet.dst}:${packet.dstPort}`;
}

function reverse(packet: TracePacket): string {
  return `${packet.dst}:${packet.dstPort} ${packet.src}:${packet.srcPort}`;
}
