/**
 * A run as a story for drawings: hosts, packets on their way with their fates, and the steps in the
 * order in which they happened. Every drawing starts from here.
 */
import { seqAdd, seqGeq, seqLt } from '@tcplab/core';
import type { TraceHeader, TracePacket, TraceRecord } from '../trace/record.ts';
import type { Flight } from './flight.ts';
import { orderHosts } from './host-order.ts';
import { RelativeNumbers } from './relative-numbers.ts';

type Of<K extends TraceRecord['kind']> = Extract<TraceRecord, { readonly kind: K }>;

/** What a link did to a packet. */
type FateRecord = Extract<TraceRecord, { readonly by: string }>;

export type StoryStep =
  | { readonly kind: 'send' | 'arrive' | 'lose'; readonly timeUs: number; readonly flight: Flight }
  | { readonly kind: 'told'; readonly timeUs: number; readonly record: ToldRecord };

/** Records that are no packet on its way. */
export type ToldRecord =
  | Of<'discard'>
  | Of<'state'>
  | Of<'timer'>
  | Of<'variable'>
  | Of<'limit'>
  | Of<'call'>
  | Of<'event'>
  | Of<'note'>
  | Of<'script'>;

export interface Story {
  readonly name: string;
  readonly seed: number;
  /** Hosts that take part, those that talk to each other side by side. */
  readonly hosts: readonly string[];
  readonly steps: readonly StoryStep[];
  readonly flights: readonly Flight[];
  /** How many TCP connections and UDP flows there are. */
  readonly connections: number;
  /** The number of the connection between `10.0.0.1:49152 → 10.0.0.2:80`, from 1; undefined when no packet belongs to it. */
  connectionOf(ends: string): number | undefined;
  readonly endUs: number;
}

/** Reads a run. Records that are no part of a drawing are passed over. */
export function tellStory(header: TraceHeader, records: readonly TraceRecord[]): Story {
  const teller = new Teller(header);
  for (const record of records) teller.take(record);
  return teller.story();
}

class Teller {
  readonly #header: TraceHeader;
  readonly #hostOf: Map<string, string>;
  readonly #present = new Set<string>();
  readonly #steps: StoryStep[] = [];
  readonly #flights: Flight[] = [];
  readonly #byPacket = new Map<number, Flight>();
  readonly #connections = new Map<string, number>();
  readonly #numbers = new RelativeNumbers();
  readonly #firsts = new FirstSendings();
  #endUs = 0;

  constructor(header: TraceHeader) {
    this.#header = header;
    this.#hostOf = new Map(header.hosts.map(({ name, address }) => [address, name]));
  }

  take(record: TraceRecord): void {
    this.#endUs = record.timeUs;
    if ('host' in record) this.#present.add(record.host);
    switch (record.kind) {
      case 'send':
        this.#launch(record, record.host, []);
        break;
      case 'duplicate':
      case 'inject': {
        const made = record.kind === 'duplicate' ? 'copy' : 'injected';
        const from = record.link.split('→')[0] ?? '';
        this.#launch(record, from, [`${made}: ${record.by}`]);
        break;
      }
      case 'receive':
        this.#land(record);
        break;
      case 'lost':
        this.#lose(record);
        break;
      case 'corrupt':
        this.#byPacket.get(record.packet.id)?.marks.push(`damaged: ${record.by}`);
        break;
      case 'delay':
        this.#byPacket.get(record.packet.id)?.marks.push(`delayed: ${record.by}`);
        break;
      case 'hold':
        this.#byPacket.get(record.packet.id)?.marks.push(`held: ${record.by}`);
        break;
      case 'release':
        break;
      default:
        this.#steps.push({ kind: 'told', timeUs: record.timeUs, record });
    }
  }

  story(): Story {
    const names = this.#header.hosts.map(({ name }) => name);
    const present = names.filter((name) => this.#present.has(name));
    return {
      name: this.#header.name,
      seed: this.#header.seed,
      hosts: orderHosts(present, this.#flights),
      steps: this.#steps,
      flights: this.#flights,
      connections: this.#connections.size,
      connectionOf: (ends) => this.#connections.get(connectionKey('tcp', ends.split(' → '))),
      endUs: this.#endUs,
    };
  }

  #launch(record: Of<'send'> | FateRecord, from: string, marks: string[]): void {
    const { packet } = record;
    const numbers = this.#numbers.see(packet);
    const again = record.kind === 'send' ? this.#firsts.see(packet) : undefined;
    const to = record.link.split('→')[1] ?? this.#hostOf.get(packet.dst) ?? packet.dst;
    this.#present.add(from);
    this.#present.add(to);
    const flight: Flight = {
      packet,
      from,
      to,
      sentUs: record.timeUs,
      record: record.id,
      connection: this.#connectionOf(packet),
      numbers,
      why: record.why,
      ...(record.rule === undefined ? {} : { rule: record.rule }),
      ...(again === undefined ? {} : { again }),
      fate: 'on its way',
      endUs: record.timeUs,
      lostBy: '',
      lostWhy: '',
      marks,
    };
    this.#flights.push(flight);
    this.#byPacket.set(packet.id, flight);
    this.#steps.push({ kind: 'send', timeUs: record.timeUs, flight });
  }

  #land(record: Of<'receive'>): void {
    const flight = this.#byPacket.get(record.packet.id);
    if (flight === undefined) return;
    flight.fate = 'arrived';
    flight.endUs = record.timeUs;
    this.#steps.push({ kind: 'arrive', timeUs: record.timeUs, flight });
  }

  #lose(record: FateRecord): void {
    const flight = this.#byPacket.get(record.packet.id);
    if (flight === undefined) return;
    flight.fate = 'lost';
    flight.endUs = record.timeUs;
    flight.lostBy = record.by;
    flight.lostWhy = record.why;
    if (record.timeUs > flight.sentUs) {
      this.#steps.push({ kind: 'lose', timeUs: record.timeUs, flight });
    }
  }

  #connectionOf(packet: TracePacket): number {
    if (packet.srcPort === undefined || packet.dstPort === undefined) return 0;
    const ends = [`${packet.src}:${packet.srcPort}`, `${packet.dst}:${packet.dstPort}`];
    const key = connectionKey(packet.proto, ends);
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    this.#connections.set(key, this.#connections.size + 1);
    return this.#connections.size;
  }
}

/** The same for both directions. */
function connectionKey(proto: string, ends: readonly string[]): string {
  return `${proto} ${[...ends].sort().join(' ')}`;
}

/** Remembers who sent which sequence numbers first, by direction. */
class FirstSendings {
  readonly #sent = new Map<string, { readonly seq: number; readonly end: number; id: number }[]>();

  /** @returns the number of the packet that this one repeats, if it repeats one */
  see(packet: TracePacket): number | undefined {
    if (packet.proto !== 'tcp' || packet.seq === undefined) return undefined;
    const flags = packet.flags ?? '';
    const extra = (flags.includes('S') ? 1 : 0) + (flags.includes('F') ? 1 : 0);
    const length = packet.len + extra;
    if (length === 0) return undefined;
    const key = `${packet.src}:${packet.srcPort} ${packet.dst}:${packet.dstPort}`;
    let sent = this.#sent.get(key);
    if (sent === undefined) this.#sent.set(key, (sent = []));
    const { seq, id } = packet;
    if (packet.resent === true) return covering(sent, seq)?.id;
    sent.push({ seq, end: seqAdd(seq, length), id });
    return undefined;
  }
}

/** New data is sent in order, so that the ranges are sorted: look from the latest back. */
function covering<T extends { readonly seq: number; readonly end: number }>(
  sent: readonly T[],
  seq: number,
): T | undefined {
  for (let i = sent.length - 1; i >= 0; i -= 1) {
    const range = sent[i]!;
    if (seqGeq(seq, range.seq) && seqLt(seq, range.end)) return range;
  }
  return undefined;
}
