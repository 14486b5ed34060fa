/**
 * The fields that conditions can ask about, each with its type and how to read it from a trace
 * record. A record that lacks a field answers no comparison on it with true.
 */
import type { TraceConnection, TracePacket, TraceRecord } from '../../trace/record.ts';

/** What a field holds, and so what it can be compared with. */
export type FieldType = 'number' | 'bytes' | 'time' | 'text' | 'flags' | 'yes-no' | 'any';

export type FieldValue = string | number | boolean;

/** The names of hosts by their dotted addresses, as the trace's header lists them. */
export type HostNames = ReadonlyMap<string, string>;

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** One line for people. */
  readonly about: string;
  /** The values it has in this record: none, one, or several of which any may match. */
  read(record: TraceRecord, hosts: HostNames): FieldValue | readonly FieldValue[] | undefined;
  /** The only values it can have, where they are few. */
  readonly values?: readonly string[];
}

export const TRACE_KINDS = [
  'send',
  'receive',
  'lost',
  'duplicate',
  'corrupt',
  'delay',
  'hold',
  'release',
  'inject',
  'discard',
  'state',
  'timer',
  'variable',
  'limit',
  'call',
  'event',
  'note',
  'script',
] as const satisfies readonly TraceRecord['kind'][];

type Loose = { readonly [key: string]: unknown };

function own(key: string): Field['read'] {
  return (record) => {
    const value = (record as unknown as Loose)[key];
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  };
}

function ofPacket(key: keyof TracePacket): Field['read'] {
  return (record) => packetOf(record)?.[key];
}

/** The packet a record is about, where it is about one. */
export function packetOf(record: TraceRecord): TracePacket | undefined {
  return 'packet' in record ? record.packet : undefined;
}

/** The index of the connection a record is about, on its host. */
export function connectionOf(record: TraceRecord): number | undefined {
  return (record as TraceConnection).connection;
}

/** The host a record belongs to. */
export function hostOf(record: TraceRecord): string | undefined {
  return 'host' in record ? record.host : undefined;
}

function hostAt(end: 'src' | 'dst'): Field['read'] {
  return (record, hosts) => {
    const address = packetOf(record)?.[end];
    return address === undefined ? undefined : (hosts.get(address) ?? address);
  };
}

function eitherPort(record: TraceRecord): readonly number[] | undefined {
  const packet = packetOf(record);
  if (packet?.srcPort === undefined || packet.dstPort === undefined) return undefined;
  return [packet.srcPort, packet.dstPort];
}

function ofNote(key: string): Field['read'] {
  return (record, hosts) => (record.kind === 'note' ? own(key)(record, hosts) : undefined);
}

function ofKind(kind: TraceRecord['kind'], key: string): Field['read'] {
  return (record, hosts) => (record.kind === kind ? own(key)(record, hosts) : undefined);
}

function field(
  name: string,
  type: FieldType,
  about: string,
  read: Field['read'] = own(name),
): Field {
  return { name, type, about, read };
}

const LIST: readonly Field[] = [
  field('id', 'number', "the record's number in the trace"),
  field('time', 'time', 'when it happened', own('timeUs')),
  { ...field('kind', 'text', 'the kind of record'), values: TRACE_KINDS },
  field('host', 'text', 'the host it happened on'),
  field('from', 'text', 'the host whose address is the source of the packet', hostAt('src')),
  field('to', 'text', 'the host whose address is the destination of the packet', hostAt('dst')),
  field('link', 'text', 'the link, e.g. "client→server"'),
  field('by', 'text', 'the loss, fault or other impairment that did it'),
  field('rule', 'text', 'the rule behind it, e.g. A-X05'),
  field('why', 'text', 'the sentence that says why'),
  field('connection', 'number', 'the number of the connection on its host'),
  field('ends', 'text', 'both ends of the connection, local end first'),
  field('packet', 'number', 'the number of the packet', ofPacket('id')),
  {
    ...field('proto', 'text', 'the protocol of the packet', ofPacket('proto')),
    values: ['tcp', 'udp', 'icmp', 'raw'],
  },
  field('src', 'text', 'source address', ofPacket('src')),
  field('dst', 'text', 'destination address', ofPacket('dst')),
  field('srcPort', 'number', 'source port', ofPacket('srcPort')),
  field('dstPort', 'number', 'destination port', ofPacket('dstPort')),
  field('port', 'number', 'source or destination port', eitherPort),
  field('seq', 'number', 'sequence number', ofPacket('seq')),
  field('ack', 'number', 'acknowledgment number', ofPacket('ack')),
  field('flags', 'flags', 'control bits, e.g. SA', ofPacket('flags')),
  field('wnd', 'bytes', 'the window field', ofPacket('wnd')),
  field('options', 'text', 'TCP options in words', ofPacket('options')),
  field('len', 'bytes', 'length of the payload', ofPacket('len')),
  field('size', 'bytes', 'length of the whole datagram', ofPacket('size')),
  field(
    'resent',
    'yes-no',
    'sent before by the same connection',
    (record) => packetOf(record)?.resent ?? false,
  ),
  field('type', 'number', 'ICMP type', ofPacket('type')),
  field('code', 'number', 'ICMP code', ofPacket('code')),
  field('machine', 'text', 'the state machine, e.g. tcp', ofKind('state', 'machine')),
  field('state', 'text', 'the state a machine came to', ofKind('state', 'after')),
  field(
    'before',
    'any',
    'the state or value before',
    (record) => (record as { before?: string | number }).before,
  ),
  field(
    'after',
    'any',
    'the state or value after',
    (record) => (record as { after?: string | number }).after,
  ),
  field('arrow', 'text', 'the arrow a machine followed', ofKind('state', 'arrow')),
  field('timer', 'text', 'the timer, e.g. retransmission', ofKind('timer', 'timer')),
  field('action', 'text', 'what a timer or the script did: start, stop, fire …'),
  field('at', 'time', 'when a timer is due', ofKind('timer', 'atUs')),
  field('variable', 'text', 'the variable that changed, e.g. cwnd', ofKind('variable', 'name')),
  field('limit', 'text', 'what keeps a sender from sending, e.g. Nagle', ofKind('limit', 'limit')),
  field('call', 'text', 'the call a program made, e.g. open', ofKind('call', 'call')),
  field('result', 'text', 'what the call gave', ofKind('call', 'result')),
  field('bytes', 'bytes', 'bytes sent or received by a call', ofKind('call', 'bytes')),
  field('event', 'text', 'what a connection told its program', ofKind('event', 'event')),
  field('note.layer', 'text', 'the layer above TCP that speaks, e.g. http', ofNote('layer')),
  field('note.name', 'text', 'what the layer says, e.g. request', ofNote('name')),
  field('note.stream', 'text', 'the stream a note is about', ofNote('stream')),
  field('target', 'text', 'the host or link the script acted on', ofKind('script', 'target')),
];

const FIELDS: ReadonlyMap<string, Field> = new Map(LIST.map((each) => [each.name, each]));

/** All fields in the order of the documentation. */
export function allFields(): readonly Field[] {
  return LIST;
}

/** The field with this name; `note.data.KEY` reads a key of a note's data. */
export function fieldNamed(name: string): Field | undefined {
  const known = FIELDS.get(name);
  if (known !== undefined || !name.startsWith('note.data.')) return known;
  const key = name.slice('note.data.'.length);
  return field(name, 'any', `"${key}" of a note's data`, (record) => {
    const data = record.kind === 'note' ? record.data : undefined;
    const value = data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined;
    return typeof value === 'object' || value === null ? undefined : value;
  });
}
