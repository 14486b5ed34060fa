/** The shape that a trace's lines must have, as data, and its check. Keys that are not listed are let pass. */

type Shape = 'id' | 'integer' | 'text' | 'packet' | 'number or text';

interface Fields {
  readonly [key: string]: Shape;
}

const FATE: Fields = { link: 'text', by: 'text', packet: 'packet', why: 'text' };

const RECORDS: { readonly [kind: string]: Fields } = {
  send: { host: 'text', link: 'text', packet: 'packet', why: 'text' },
  receive: { host: 'text', link: 'text', packet: 'packet' },
  lost: FATE,
  duplicate: FATE,
  corrupt: FATE,
  delay: FATE,
  hold: FATE,
  release: FATE,
  inject: FATE,
  discard: { host: 'text', why: 'text' },
  state: {
    host: 'text',
    machine: 'text',
    before: 'text',
    arrow: 'text',
    after: 'text',
    why: 'text',
  },
  timer: { host: 'text', timer: 'text', action: 'text', atUs: 'integer', why: 'text' },
  variable: {
    host: 'text',
    name: 'text',
    before: 'number or text',
    after: 'number or text',
    why: 'text',
  },
  limit: { host: 'text', limit: 'text', why: 'text' },
  call: { host: 'text', call: 'text', result: 'text', why: 'text' },
  event: { host: 'text', event: 'text', why: 'text' },
  note: { host: 'text', layer: 'text', name: 'text', why: 'text' },
  script: { target: 'text', action: 'text', why: 'text' },
};

/** What any record may carry beside its own fields; checked where it is there. */
const OPTIONAL: Fields = {
  rule: 'text',
  ends: 'text',
  connection: 'integer',
  bytes: 'integer',
  stream: 'text',
  packet: 'packet',
};

const PACKET: Fields = {
  id: 'id',
  proto: 'text',
  src: 'text',
  dst: 'text',
  len: 'integer',
  size: 'integer',
};

const OPTIONAL_PACKET: Fields = {
  srcPort: 'integer',
  dstPort: 'integer',
  seq: 'integer',
  ack: 'integer',
  flags: 'text',
  wnd: 'integer',
  options: 'text',
  type: 'integer',
  code: 'integer',
  bytes: 'text',
  pattern: 'integer',
};

const PROTOCOLS = ['tcp', 'udp', 'icmp', 'raw'];

/** A datagram is no longer. */
const MAX_PACKET = 65_535;

type Line = { readonly [key: string]: unknown };

/** @returns what was expected and found, or undefined when the line is a record */
export function checkRecord(line: Line): string | undefined {
  const { kind } = line;
  const fields =
    typeof kind === 'string' && Object.hasOwn(RECORDS, kind) ? RECORDS[kind] : undefined;
  if (fields === undefined) {
    return `expected a kind of record (${Object.keys(RECORDS).join(', ')}), found ${shown(kind)}`;
  }
  const head: Fields = { id: 'id', timeUs: 'integer' };
  return (
    checkFields(line, head, '') ??
    checkFields(line, fields, `${kind as string} record: `) ??
    checkOptional(line, OPTIONAL, `${kind as string} record: `)
  );
}

/** @returns what was expected and found, or undefined when the line is a header */
export function checkHeader(line: Line): string | undefined {
  if (line['format'] !== 'tcplab-trace/1') {
    return `expected a header with format "tcplab-trace/1", found ${shown(line['format'])}`;
  }
  const fields: Fields = { engine: 'text', name: 'text', scenarioHash: 'text', seed: 'integer' };
  const problem =
    checkFields(line, fields, 'header: ') ?? checkOptional(line, { scenario: 'text' }, 'header: ');
  if (problem !== undefined) return problem;
  const { hosts } = line;
  if (!Array.isArray(hosts)) return `header: expected hosts to be a list, found ${shown(hosts)}`;
  for (const host of hosts as unknown[]) {
    if (typeof host !== 'object' || host === null)
      return `header: expected a host, found ${shown(host)}`;
    const wrong = checkFields(host as Line, { name: 'text', address: 'text' }, 'host: ');
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** @returns what was expected and found, or undefined when the line is a footer */
export function checkFooter(line: Line): string | undefined {
  if (line['format'] !== 'tcplab-trace-end/1') {
    return `expected a footer with format "tcplab-trace-end/1", found ${shown(line['format'])}`;
  }
  return checkFields(
    line,
    { records: 'integer', endUs: 'integer', end: 'text', hash: 'text' },
    'footer: ',
  );
}

function checkFields(line: Line, fields: Fields, where: string): string | undefined {
  for (const key of Object.keys(fields)) {
    const problem = checkValue(line[key], fields[key]!);
    if (problem !== undefined)
      return `${where}expected ${key} to be ${problem}, found ${shown(line[key])}`;
  }
  return undefined;
}

function checkOptional(line: Line, fields: Fields, where: string): string | undefined {
  const there: { [key: string]: Shape } = {};
  for (const key of Object.keys(fields)) if (line[key] !== undefined) there[key] = fields[key]!;
  return checkFields(line, there, where);
}

function checkValue(value: unknown, shape: Shape): string | undefined {
  switch (shape) {
    case 'id':
      return isInteger(value) && value > 0 ? undefined : 'an integer from 1 on';
    case 'integer':
      return isInteger(value) && value >= 0 ? undefined : 'an integer from 0 on';
    case 'text':
      return typeof value === 'string' ? undefined : 'a text';
    case 'number or text':
      return typeof value === 'string' || isInteger(value) ? undefined : 'an integer or a text';
    case 'packet':
      return checkPacket(value);
  }
}

function checkPacket(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'a packet';
  const packet = value as Line;
  const problem = checkFields(packet, PACKET, '') ?? checkOptional(packet, OPTIONAL_PACKET, '');
  if (problem !== undefined) return `a packet (${problem})`;
  if (!PROTOCOLS.includes(packet['proto'] as string)) return `a packet of ${PROTOCOLS.join(', ')}`;
  const isPossible =
    (packet['len'] as number) <= MAX_PACKET && (packet['size'] as number) <= MAX_PACKET;
  return isPossible ? undefined : `a packet of at most ${MAX_PACKET} bytes`;
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
