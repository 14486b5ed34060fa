/**
 * Which records of TLS each segment carries. A host tells what it puts into records and how many octets
 * they take; counted along its stream they lie on segments: all of a flight on one, one flight on many,
 * and the same records again on a segment that is sent again.
 */
import type { Flight } from './flight.ts';
import type { Story, StoryStep, ToldRecord } from './story.ts';

type Note = Extract<ToldRecord, { readonly kind: 'note' }>;

/** One message, or data, in a record. */
export interface LaneWord {
  /** `Certificate`, `data, 5 bytes`; `… Finished` for the rest of what an earlier segment began. */
  readonly word: string;
  /** With what the host says about it: `Certificate (CN=server; a chain of 1)`. */
  readonly said: string;
  readonly isData: boolean;
  /** Begun on an earlier segment. */
  readonly isRest: boolean;
}

export interface TlsLanes {
  readonly of: ReadonlyMap<Flight, readonly LaneWord[]>;
  /** Notes that the lanes say as well: what was sent, and that it came in. */
  readonly told: ReadonlySet<ToldRecord>;
  /** Whether more than data begins on this segment. */
  speaks(flight: Flight): boolean;
}

/** What was handed to TCP at once: octets of a stream, and the words for them. */
interface Batch {
  readonly from: number;
  readonly to: number;
  readonly words: readonly LaneWord[];
  readonly notes: readonly Note[];
}

/** One direction of one connection. */
interface Lane {
  /** `10.0.0.1:49152 → 10.0.0.2:443`, the sender first. */
  readonly ends: string;
  readonly flights: Flight[];
  readonly batches: Batch[];
  words: LaneWord[];
  notes: Note[];
  sent: number;
}

export function tlsLanes(story: Story): TlsLanes {
  const lanes = collect(story.steps);
  const of = new Map<Flight, LaneWord[]>();
  const told = new Set<ToldRecord>();
  const seen = new Set<string>();
  for (const { ends, flights, batches } of lanes) {
    for (const flight of flights) {
      const words = batches.flatMap((batch) => wordsOn(flight, batch, told));
      if (words.length === 0) continue;
      of.set(flight, words);
      seen.add(ends);
    }
  }
  for (const step of story.steps) {
    if (step.kind === 'told' && isArrival(step.record, seen)) told.add(step.record);
  }
  const speaks = (flight: Flight): boolean =>
    of.get(flight)?.some(({ isData, isRest }) => !isData && !isRest) === true;
  return { of, told, speaks };
}

/** Octet 1 of the stream has the relative sequence number 1: the SYN takes the one before. */
function wordsOn(flight: Flight, batch: Batch, told: Set<ToldRecord>): readonly LaneWord[] {
  const from = flight.numbers.seq - 1;
  const to = from + flight.packet.len;
  if (batch.from >= to || batch.to <= from) return [];
  if (batch.from >= from) {
    for (const note of batch.notes) told.add(note);
    return batch.words;
  }
  const last = batch.words.at(-1);
  if (last === undefined) return [];
  const word = `… ${last.word}`;
  return [{ ...last, word, said: word, isRest: true }];
}

function collect(steps: readonly StoryStep[]): readonly Lane[] {
  const all: Lane[] = [];
  const current = new Map<string, Lane>();
  const begin = (host: string, ends: string): Lane => {
    const lane = { ends, flights: [], batches: [], words: [], notes: [], sent: 0 };
    all.push(lane);
    current.set(`${host} ${ends}`, lane);
    return lane;
  };
  for (const step of steps) {
    if (step.kind === 'send') {
      const { packet, from, again } = step.flight;
      if (packet.proto !== 'tcp') continue;
      const ends = `${packet.src}:${packet.srcPort} → ${packet.dst}:${packet.dstPort}`;
      // The same ends may be used again: a new SYN begins a new stream.
      const isNew = packet.flags?.includes('S') === true && again === undefined;
      const lane = isNew ? begin(from, ends) : current.get(`${from} ${ends}`);
      if (packet.len > 0) lane?.flights.push(step.flight);
    } else if (step.kind === 'told' && step.record.kind === 'note') {
      const lane = current.get(`${step.record.host} ${step.record.stream ?? ''}`);
      if (step.record.layer === 'tls' && lane !== undefined) takeNote(lane, step.record);
    }
  }
  return all;
}

function takeNote(lane: Lane, note: Note): void {
  if (note.name === 'records') {
    const { sent, notes } = lane;
    const data = numberOf(note, 'data');
    const words = data > 0 ? [...lane.words, dataWord(data, lane.words)] : lane.words;
    lane.sent += numberOf(note, 'bytes');
    lane.batches.push({ from: sent, to: lane.sent, words, notes });
    lane.words = [];
    lane.notes = [];
    return;
  }
  const word = wordOf(note);
  if (word === undefined) return;
  const said = note.name === 'message' ? note.why.replace(/^sent /, '') : word;
  lane.words.push({ word, said, isData: false, isRest: false });
  // An alert has more to say than a lane has room for.
  if (note.name !== 'alert') lane.notes.push(note);
}

/** Data beside a ClientHello is early data: nothing else may go before the handshake. */
function dataWord(bytes: number, before: readonly LaneWord[]): LaneWord {
  const isEarly = before.some(({ word }) => word === 'ClientHello');
  const word = `${isEarly ? 'early data' : 'data'}, ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return { word, said: word, isData: true, isRest: false };
}

/** What a note says was put into a record; undefined when it says nothing of the kind. */
function wordOf({ name, why, data }: Note): string | undefined {
  const isSent = data?.['direction'] === 'sent';
  if (name === 'message') return isSent ? textOf(data?.['name']) : undefined;
  if (name === 'close_notify') return why.startsWith('sent') ? name : undefined;
  return name === 'alert' && isSent ? `alert ${textOf(data?.['description'])}` : undefined;
}

/**
 * That a message came in is seen from the packet that brings it, unless somebody between the two has
 * passed it on: what he sends tells nothing.
 */
function isArrival(record: ToldRecord, seen: ReadonlySet<string>): boolean {
  if (record.kind !== 'note' || record.layer !== 'tls') return false;
  const reversed = record.stream?.split(' → ').reverse().join(' → ') ?? '';
  if (!seen.has(reversed)) return false;
  if (record.name === 'message') return record.data?.['direction'] === 'received';
  return record.name === 'close_notify' && record.why.startsWith('received');
}

function numberOf({ data }: Note, key: string): number {
  const value = data?.[key];
  return typeof value === 'number' ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
