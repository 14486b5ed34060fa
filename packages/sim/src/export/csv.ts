/** A run as comma-separated values (RFC 4180), one row per record, for spreadsheets and scripts. */
import type { TracePacket, TraceRecord } from '../trace/record.ts';
import { describeRecord, placeOfRecord } from './describe-record.ts';

const COLUMNS = [
  'id',
  'timeUs',
  'kind',
  'place',
  'what',
  'packet',
  'proto',
  'src',
  'srcPort',
  'dst',
  'dstPort',
  'flags',
  'seq',
  'ack',
  'wnd',
  'len',
  'size',
  'resent',
  'ends',
  'rule',
  'why',
] as const;

/** The names of the columns, as the file's first line. */
export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/** One record as a line. */
export function csvRow(record: TraceRecord): string {
  const packet: Partial<TracePacket> = 'packet' in record ? (record.packet ?? {}) : {};
  const ends = 'ends' in record ? record.ends : undefined;
  const rule = 'rule' in record ? record.rule : undefined;
  const why = 'why' in record ? record.why : undefined;
  const cells: { readonly [column in (typeof COLUMNS)[number]]: unknown } = {
    id: record.id,
    timeUs: record.timeUs,
    kind: record.kind,
    place: placeOfRecord(record),
    what: describeRecord(record),
    packet: packet.id,
    proto: packet.proto,
    src: packet.src,
    srcPort: packet.srcPort,
    dst: packet.dst,
    dstPort: packet.dstPort,
    flags: packet.flags,
    seq: packet.seq,
    ack: packet.ack,
    wnd: packet.wnd,
    len: packet.len,
    size: packet.size,
    resent: packet.resent === true ? 1 : undefined,
    ends,
    rule,
    why,
  };
  return `${COLUMNS.map((column) => cellText(cells[column])).join(',')}\r\n`;
}

/** The whole table of a run that is in memory. */
export function toCsv(records: readonly TraceRecord[]): string {
  return CSV_HEADER + records.map(csvRow).join('');
}

/** Quoted where needed. A text that a spreadsheet would compute gets an apostrophe, so that it stays text. */
function cellText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
