/**
 * Zones in the words of a master file, RFC 1035 §5: one record a line, `;` begins a comment, `@` is the
 * origin, a blank first column repeats the last name, parentheses join lines, `$TTL` and `$ORIGIN`.
 *
 *     @     SOA  ns.example.com. admin.example.com. 1 3600 600 86400 300
 *     @     NS   ns
 *     ns    A    10.0.0.53
 *     www   300  CNAME web
 *     web   A    10.0.0.2
 */
import { CallError } from '../base/errors.ts';
import { isIpv4, isIpv6 } from '../base/host-name.ts';
import type { DnsData } from './message.ts';
import { labelsOf } from './name.ts';
import { DEFAULT_TTL, Zone, type ZoneRecord } from './zone.ts';

/** In characters. */
export const MAX_ZONE_FILE = 4_194_304;
const MAX_TTL = 0x7fffffff;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

interface Line {
  readonly number: number;
  readonly blankStart: boolean;
  readonly tokens: readonly Token[];
}

interface Place {
  origin: string;
  ttl: number;
  name: string;
}

/**
 * Reads a zone.
 * @param origin name of the zone, e.g. `example.com`
 * @throws CallError `invalid zone` with the number of the line
 */
export function parseZone(origin: string, text: string): Zone {
  if (text.length > MAX_ZONE_FILE) {
    throw new CallError('invalid zone', `longer than ${MAX_ZONE_FILE} characters`);
  }
  const place: Place = { origin, ttl: DEFAULT_TTL, name: origin };
  const records: ZoneRecord[] = [];
  for (const line of joinedLines(text)) {
    const record = readLine(line, place);
    if (record !== undefined) records.push(record);
  }
  return new Zone(origin, records);
}

function readLine(line: Line, place: Place): ZoneRecord | undefined {
  const words = line.tokens.map((token) => token.text);
  if (words[0] === '$TTL') {
    place.ttl = numberOf(words[1], line, 'a TTL in seconds');
    return undefined;
  }
  if (words[0] === '$ORIGIN') {
    place.origin = absolute(words[1] ?? '', place, line);
    return undefined;
  }
  if (words[0]?.startsWith('$') === true) throw wrong(line, `${words[0]} is not understood`);
  let at = 0;
  if (!line.blankStart) {
    place.name = absolute(words[0] ?? '', place, line);
    at = 1;
  }
  let ttl = place.ttl;
  for (; ; at += 1) {
    const word = words[at] ?? '';
    if (/^\d+$/.test(word)) ttl = numberOf(word, line, 'a TTL in seconds');
    else if (word.toUpperCase() !== 'IN') break;
  }
  const type = (words[at] ?? '').toUpperCase();
  const data = dataOf(type, line.tokens.slice(at + 1), place, line);
  return { name: place.name, ttl, data };
}

function dataOf(type: string, tokens: readonly Token[], place: Place, line: Line): DnsData {
  const words = tokens.map((token) => token.text);
  const expect = (count: number): void => {
    if (words.length !== count) throw wrong(line, `${type} takes ${count} values`);
  };
  const name = (index: number): string => absolute(words[index] ?? '', place, line);
  const number = (index: number): number => numberOf(words[index], line, 'a number');
  switch (type) {
    case 'A':
      expect(1);
      if (!isIpv4(words[0]!)) throw wrong(line, `${words[0]} is no IPv4 address`);
      return { type, address: words[0]! };
    case 'AAAA':
      expect(1);
      if (!isIpv6(words[0]!)) throw wrong(line, `${words[0]} is no IPv6 address`);
      return { type, address: words[0]! };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      expect(1);
      return { type, name: name(0) };
    case 'MX':
      expect(2);
      return { type, preference: number(0) & 0xffff, exchange: name(1) };
    case 'TXT': {
      const texts = tokens.map(({ text, quoted }) => (quoted ? text : unescapeText(text)));
      if (texts.length === 0 || texts.some((one) => one.length > 255)) {
        throw wrong(line, 'TXT takes texts of at most 255 octets');
      }
      return { type, texts };
    }
    case 'SOA': {
      expect(7);
      const [primary, mailbox] = [name(0), name(1)];
      const [serial, refresh, retry] = [number(2), number(3), number(4)];
      const [expire, minimum] = [number(5), number(6)];
      return { type, primary, mailbox, serial, refresh, retry, expire, minimum };
    }
    default:
      throw wrong(line, `expected a record type, found ${JSON.stringify(type)}`);
  }
}

function absolute(word: string, place: Place, line: Line): string {
  const name = word === '@' ? place.origin : word.endsWith('.') ? word : `${word}.${place.origin}`;
  const plain = name.endsWith('.') ? name.slice(0, -1) : name;
  if (word === '' || labelsOf(plain) === undefined) {
    throw wrong(line, `${JSON.stringify(word)} is no domain name`);
  }
  return plain;
}

function numberOf(word: string | undefined, line: Line, what: string): number {
  const value = /^\d{1,10}$/.test(word ?? '') ? Number(word) : Number.NaN;
  if (!(value <= 0xffffffff) || (what.startsWith('a TTL') && value > MAX_TTL)) {
    throw wrong(line, `expected ${what}, found ${JSON.stringify(word ?? '')}`);
  }
  return value;
}

/** Lines that say something, those within parentheses joined to one. */
function joinedLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: { number: number; blankStart: boolean; tokens: Token[] } | undefined;
  let depth = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const number = index + 1;
    const current = open ?? { number, blankStart: /^\s/.test(raw), tokens: [] };
    for (const token of tokensOf(raw, number)) {
      if (token.quoted) current.tokens.push(token);
      else if (token.text === '(') depth += 1;
      else if (token.text === ')') depth -= 1;
      else current.tokens.push(token);
    }
    if (depth < 0) throw wrong(current, 'a parenthesis closes that was not opened');
    open = depth > 0 ? current : undefined;
    if (depth === 0 && current.tokens.length > 0) lines.push(current);
  }
  if (open !== undefined) throw wrong(open, 'a parenthesis is not closed');
  return lines;
}

function tokensOf(raw: string, number: number): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|;.*|"((?:[^"\\]|\\.)*)"|([()])|((?:[^\s;()"\\]|\\.)+)|(.)/gy;
  for (const match of raw.matchAll(pattern)) {
    const [, quoted, parenthesis, word, other] = match;
    if (other !== undefined) throw wrong({ number }, `unexpected ${other}`);
    if (quoted !== undefined) tokens.push({ text: unescapeText(quoted), quoted: true });
    else if (parenthesis !== undefined) tokens.push({ text: parenthesis, quoted: false });
    else if (word !== undefined) tokens.push({ text: word, quoted: false });
  }
  return tokens;
}

function unescapeText(text: string): string {
  return text.replace(/\\(\d{3}|.)/g, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number(escaped) & 255) : escaped,
  );
}

function wrong(line: { readonly number: number }, detail: string): CallError {
  return new CallError('invalid zone', `line ${line.number}: ${detail}`);
}
