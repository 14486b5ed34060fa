import type { TracePacket, TraceRecord } from '../trace/record.ts';
import { LayerCosts } from './layer-costs.ts';

/** The same text for both directions between two sockets. */
export function flowKey(packet: TracePacket): string {
  const a = `${packet.src}:${packet.srcPort ?? 0}`;
  const b = `${packet.dst}:${packet.dstPort ?? 0}`;
  return a < b ? `${packet.proto} ${a} ${b}` : `${packet.proto} ${b} ${a}`;
}

/** The key of the TCP flow between the ends of a label such as `10.0.0.1:49152 → 10.0.0.2:80`. */
export function flowKeyOfLabel(label: string): string | undefined {
  const [a, b] = label.split(' → ');
  if (a === undefined || b === undefined) return undefined;
  return a < b ? `tcp ${a} ${b}` : `tcp ${b} ${a}`;
}

/** What the packets between two sockets cost; also used for the sum of a whole run. */
export class FlowCosts {
  readonly key: string;
  /** The number of the connection on each of its hosts. */
  readonly connections = new Map<string, number>();
  /** Who sent the first packet, and the ends as that packet names them. */
  opener = '';
  ends = '';
  packets = 0;
  /** Whole datagrams, in bytes. */
  bytes = 0;
  payloadBytes = 0;
  lost = 0;
  resent = 0;
  firstUs: number | undefined;
  lastUs = 0;
  /** What the layers above IP told of this flow. */
  layers = new LayerCosts();
  /**
   * The longest chain of packets in which each was sent after the one before had arrived: two make
   * a round trip. Packets in flight remember how long the chain is that leads to them.
   */
  #longestChain = 0;
  readonly #chainTo = new Map<number, number>();
  readonly #chainAt = new Map<string, number>();

  constructor(key: string) {
    this.key = key;
  }

  get headerBytes(): number {
    return this.bytes - this.payloadBytes;
  }

  /** How often somebody had to wait for the other side: whole round trips. */
  get roundTrips(): number {
    return Math.floor(this.#longestChain / 2);
  }

  /** From the first packet sent to the last packet sent or received, in microseconds. */
  get timeUs(): number {
    return this.firstUs === undefined ? 0 : this.lastUs - this.firstUs;
  }

  take(record: TraceRecord, packet: TracePacket): void {
    switch (record.kind) {
      case 'send':
        this.#sent(record.host, packet);
        this.#touch(record.timeUs);
        break;
      case 'receive':
        this.#received(record.host, packet);
        this.#touch(record.timeUs);
        break;
      case 'lost':
        this.lost += 1;
        this.#chainTo.delete(packet.id);
        break;
      default:
    }
  }

  #sent(host: string, packet: TracePacket): void {
    if (this.packets === 0) {
      this.opener = host;
      this.ends = `${packet.src}:${packet.srcPort ?? 0} → ${packet.dst}:${packet.dstPort ?? 0}`;
    }
    this.packets += 1;
    this.bytes += packet.size;
    this.payloadBytes += packet.len;
    if (packet.resent === true) this.resent += 1;
    const chain = (this.#chainAt.get(host) ?? 0) + 1;
    this.#chainTo.set(packet.id, chain);
    this.#longestChain = Math.max(this.#longestChain, chain);
  }

  #received(host: string, packet: TracePacket): void {
    const chain = this.#chainTo.get(packet.id);
    this.#chainTo.delete(packet.id);
    if (chain === undefined) return;
    this.#chainAt.set(host, Math.max(this.#chainAt.get(host) ?? 0, chain));
  }

  #touch(timeUs: number): void {
    this.firstUs ??= timeUs;
    this.lastUs = timeUs;
  }
}
