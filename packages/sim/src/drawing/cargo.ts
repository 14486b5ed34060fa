/**
 * What packets carry, in the words of the layers above: the records of TLS by their place in the stream,
 * and the messages that a host told of at the moment in which it sent them. So a picture can show on
 * the packet what would otherwise be said beside it.
 */
import type { Flight } from './flight.ts';
import type { Story, StoryStep, ToldRecord } from './story.ts';
import { tlsLanes } from './tls-lane.ts';

type Note = Extract<ToldRecord, { readonly kind: 'note' }>;

export interface Cargo {
  /** The layer that speaks, e.g. `tls`. */
  readonly layer: string;
  readonly words: string[];
}

export interface Cargoes {
  readonly of: ReadonlyMap<Flight, readonly Cargo[]>;
  /** Notes that need no words beside the lifelines any more. */
  readonly told: ReadonlySet<ToldRecord>;
  /** Whether it carries more than data, so that it is not folded away with ordinary segments. */
  speaks(flight: Flight): boolean;
}

/** What one host did over one stream at one moment, in order. */
type Moment = ({ readonly flight: Flight } | { readonly note: Note; readonly word: string })[];

export function cargoesOf(story: Story): Cargoes {
  const moments = new Map<string, Moment>();
  const told = new Set<ToldRecord>();
  for (const step of story.steps) {
    const found = partOf(step);
    if (found === undefined) continue;
    let moment = moments.get(found.key);
    if (moment === undefined) moments.set(found.key, (moment = []));
    moment.push(found.part);
  }
  const lanes = tlsLanes(story);
  const cargoes = new Map<Flight, Cargo[]>();
  for (const note of lanes.told) told.add(note);
  for (const [flight, all] of lanes.of) {
    const words = all.map(({ word }) => word);
    cargoes.set(flight, [{ layer: 'tls', words }]);
  }
  for (const moment of moments.values()) load(moment, cargoes, told);
  for (const [flight, all] of lanes.of) {
    // What the data is, the layer above says better.
    const onlyData = all.every(({ isData, isRest }) => isData && !isRest);
    const cargo = cargoes.get(flight)!;
    if (onlyData && cargo.length > 1) cargo.splice(0, 1);
  }
  for (const step of story.steps) {
    if (step.kind === 'told' && isArrival(step.record)) told.add(step.record);
  }
  return { of: cargoes, told, speaks: (flight) => lanes.speaks(flight) };
}

function partOf(
  step: StoryStep,
): { readonly key: string; readonly part: Moment[number] } | undefined {
  if (step.kind === 'send') {
    const { flight } = step;
    const { packet } = flight;
    if (packet.len === 0) return undefined;
    const ends = `${packet.src}:${packet.srcPort} → ${packet.dst}:${packet.dstPort}`;
    const stream = packet.proto === 'udp' ? '' : ends;
    return { key: `${step.timeUs} ${flight.from} ${stream}`, part: { flight } };
  }
  if (step.kind !== 'told' || step.record.kind !== 'note') return undefined;
  const note = step.record;
  const word = wordOf(note);
  if (word === undefined) return undefined;
  return { key: `${note.timeUs} ${note.host} ${note.stream ?? ''}`, part: { note, word } };
}

/** A message goes with the next packet of its moment; when there is none, it was in the last one. */
function load(moment: Moment, cargoes: Map<Flight, Cargo[]>, told: Set<ToldRecord>): void {
  moment.forEach((part, at) => {
    if ('flight' in part) return;
    const { note, word } = part;
    const before = moment.slice(0, at).reverse().find(isFlight);
    const after = moment.slice(at).find(isFlight);
    const carrier = note.name === 'response' ? (before ?? after) : (after ?? before);
    if (carrier === undefined) return;
    told.add(note);
    let cargo = cargoes.get(carrier.flight);
    if (cargo === undefined) cargoes.set(carrier.flight, (cargo = []));
    const same = cargo.find(({ layer }) => layer === note.layer);
    if (same === undefined) cargo.push({ layer: note.layer, words: [word] });
    else same.words.push(word);
  });
}

function isFlight(part: Moment[number]): part is { readonly flight: Flight } {
  return 'flight' in part;
}

/** What a note says was sent, in few words; undefined when it says nothing of the kind. */
function wordOf(note: Note): string | undefined {
  const { layer, name, why, data } = note;
  // A server tells of a request when it has come; a client, with a URL, when it goes.
  if (layer === 'http' && name === 'request' && data?.['headBytes'] === undefined) {
    return why.split(' over ')[0];
  }
  if (layer === 'http' && name === 'response' && data?.['headBytes'] !== undefined) {
    return `${text(data['status'])}, ${text(data['bytes'])} bytes`;
  }
  if (layer === 'ws' && name === 'frame sent') return `${text(data?.['opcode'])} frame`;
  if (layer === 'dns' && (name === 'query' || name === 'answer')) {
    return `${name} ${text(data?.['question'])}`;
  }
  return undefined;
}

/** That a message came in is seen from the packet that brings it. */
function isArrival(record: ToldRecord): boolean {
  return record.kind === 'note' && record.layer === 'ws' && record.name === 'frame received';
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
