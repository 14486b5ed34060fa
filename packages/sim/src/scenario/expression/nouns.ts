/** Words that stand for a class of records, in `count(segment where …)` and alone in a filter. */
import type { TraceRecord } from '../../trace/record.ts';
import { packetOf, TRACE_KINDS } from './fields.ts';

export interface Noun {
  readonly name: string;
  readonly about: string;
  covers(record: TraceRecord): boolean;
}

function sent(proto: string): (record: TraceRecord) => boolean {
  return (record) => record.kind === 'send' && record.packet.proto === proto;
}

const SPECIAL: readonly Noun[] = [
  { name: 'record', about: 'any record', covers: () => true },
  { name: 'segment', about: 'a TCP segment, when it is sent', covers: sent('tcp') },
  { name: 'datagram', about: 'a UDP datagram, when it is sent', covers: sent('udp') },
  {
    name: 'packet',
    about: 'any packet, when it is sent',
    covers: (record) => record.kind === 'send',
  },
  {
    name: 'retransmission',
    about: 'a TCP segment that is sent again',
    covers: (record) => record.kind === 'send' && packetOf(record)?.resent === true,
  },
  {
    name: 'delivery',
    about: 'a packet, when it arrives',
    covers: (record) => record.kind === 'receive',
  },
  { name: 'loss', about: 'a packet lost on a link', covers: (record) => record.kind === 'lost' },
];

const KINDS: readonly Noun[] = TRACE_KINDS.map((kind) => ({
  name: kind,
  about: `a record of kind ${kind}`,
  covers: (record: TraceRecord) => record.kind === kind,
}));

const LIST = [...SPECIAL, ...KINDS];
const BY_NAME: ReadonlyMap<string, Noun> = new Map(
  LIST.flatMap((noun) => [
    [noun.name, noun],
    [plural(noun.name), noun],
  ]),
);

function plural(name: string): string {
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

/** The noun, singular or plural. */
export function nounNamed(word: string): Noun | undefined {
  return BY_NAME.get(word);
}

export function allNouns(): readonly Noun[] {
  return LIST;
}
