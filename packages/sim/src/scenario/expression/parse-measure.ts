import { LAYER_COST_NAMES } from '../../costs/layer-costs.ts';
import { COST_NAMES, type CostName } from '../../costs/run-costs.ts';
import { didYouMean } from '../suggest.ts';
import { type Measure, type MeasureType, type Subject, type TypedMeasure } from './claim.ts';
import { ANY_RECORD, type Condition } from './condition.ts';
import { ExpressionError } from './expression-error.ts';
import { allFields, fieldNamed, type Field } from './fields.ts';
import { nounNamed, allNouns } from './nouns.ts';
import { parseCondition } from './parse-condition.ts';
import { parseState } from './parse-subject.ts';
import { parseBytes, parseTime } from './parse-value.ts';
import type { TokenReader } from './token-reader.ts';

const SEGMENTS: Condition = { kind: 'noun', noun: nounNamed('segment')! };

/** Whether something that can be measured begins `ahead` tokens further on. */
export function measureAhead(reader: TokenReader, ahead = 0): boolean {
  const call = ['count', 'sum', 'first', 'last'].some((word) => reader.sees(word, ahead));
  if (call) return reader.sees('(', ahead + 1);
  if (reader.sees('duration', ahead)) return true;
  if (reader.sees('cost', ahead)) return reader.sees('.', ahead + 1);
  if (reader.peek(ahead).kind !== 'word' || reader.peek(ahead).text === 'note') return false;
  const next = reader.sees('.', ahead + 1) ? ahead + 2 : ahead + 1;
  return ['received', 'sent'].some((word) => reader.sees(word, next)) || hostCost(reader, next);
}

function hostCost(reader: TokenReader, next: number): boolean {
  return reader.sees('cost', next) && reader.sees('.', next + 1);
}

/** Parses something measured; a subject may have been read already. @throws ExpressionError */
export function parseMeasure(reader: TokenReader, subject?: Subject): TypedMeasure {
  if (subject !== undefined) return ofSubject(reader, subject);
  if (reader.take('count')) return parseCount(reader);
  if (reader.take('sum')) return parseSum(reader);
  if (reader.sees('first') || reader.sees('last')) return parseEnd(reader);
  if (reader.take('duration')) return typed({ kind: 'duration' }, 'time', 'duration');
  if (reader.sees('cost')) return parseCost(reader);
  const host = reader.expectWord('a host');
  reader.take('.');
  if (reader.sees('cost')) {
    const whole = { host: host.text, machine: 'tcp', index: -1, text: host.text };
    return parseCost(reader, { ...whole, column: host.column });
  }
  return parseTransfer(reader, host.text, host.column);
}

function ofSubject(reader: TokenReader, subject: Subject): TypedMeasure {
  reader.take('.');
  if (reader.take('state')) {
    return typed({ kind: 'state', subject }, 'text', `${subject.text}.state`);
  }
  if (reader.sees('cost')) return parseCost(reader, subject);
  return parseTransfer(reader, subject.host, subject.column, subject.index);
}

function parseCount(reader: TokenReader): TypedMeasure {
  reader.expect('(');
  const condition = parseNounPhrase(reader, 'count');
  reader.expect(')');
  return typed({ kind: 'count', condition }, 'number', 'count');
}

/** `sum(len)`, `sum(len of segment where from == client)` */
function parseSum(reader: TokenReader): TypedMeasure {
  reader.expect('(');
  const field = parseNumericField(reader);
  const condition = reader.take('of') ? parseNounPhrase(reader, 'sum') : SEGMENTS;
  reader.expect(')');
  return typed({ kind: 'sum', field, condition }, typeOf(field), `sum of ${field.name}`);
}

/** `first(segment where flags has F).time` */
function parseEnd(reader: TokenReader): TypedMeasure {
  const kind = reader.next().text === 'first' ? 'first' : 'last';
  reader.expect('(');
  const condition = reader.sees(')') ? ANY_RECORD : parseCondition(reader);
  reader.expect(')');
  reader.expect('.');
  const field = parseField(reader);
  return typed({ kind, field, condition }, typeOf(field), `${kind}(…).${field.name}`);
}

/** A count wants its noun: "segment" counts what is sent, once; bare conditions would count arrivals too. */
function parseNounPhrase(reader: TokenReader, what: string): Condition {
  const token = reader.peek();
  if (token.kind !== 'word' || nounNamed(token.text) === undefined) {
    const names = allNouns().map((noun) => noun.name);
    reader.fail(`expected a noun in ${what}, e.g. ${what}(segment where flags == S)`, names);
  }
  return parseCondition(reader);
}

function parseField(reader: TokenReader): Field {
  const start = reader.expectWord('a field');
  let name = start.text;
  while (name.startsWith('note') && reader.take('.')) {
    name += `.${reader.expectWord('a field of the note').text}`;
  }
  const field = fieldNamed(name);
  if (field !== undefined) return field;
  const names = allFields().map((each) => each.name);
  const hint = didYouMean(name, names);
  throw new ExpressionError(start.column, `"${name}" is no field.${hint}`, name.length);
}

function parseNumericField(reader: TokenReader): Field {
  const column = reader.peek().column;
  const field = parseField(reader);
  if (typeOf(field) === 'text') {
    throw new ExpressionError(column, `the field ${field.name} is a text and has no sum`);
  }
  return field;
}

function typeOf(field: Field): MeasureType {
  return field.type === 'flags' || field.type === 'yes-no' ? 'text' : field.type;
}

function parseCost(reader: TokenReader, subject?: Subject): TypedMeasure {
  reader.expect('cost');
  reader.expect('.');
  const cost = parseCostName(reader);
  const type = cost.endsWith('ytes') ? 'bytes' : 'number';
  const text = `${subject === undefined ? '' : `${subject.text}.`}cost.${cost}`;
  return typed({ kind: 'cost', cost, ...(subject === undefined ? {} : { subject }) }, type, text);
}

/** `packets`, `tls.handshakes`: a figure of the packets, or one of a layer. */
function parseCostName(reader: TokenReader): CostName {
  const { text } = reader.peek();
  if (COST_NAMES.some((name) => name.startsWith(`${text}.`))) {
    reader.next();
    reader.expect('.');
    return oneOf(reader, COST_NAMES, `${text}.`);
  }
  const layers = new Set(LAYER_COST_NAMES.map((name) => name.slice(0, name.indexOf('.'))));
  const packets = COST_NAMES.filter((name) => !name.includes('.'));
  if (packets.some((name) => name === text)) return oneOf(reader, packets, '');
  const words = [...packets, ...layers];
  return reader.fail(`expected one of ${words.join(', ')}`, words);
}

function oneOf(reader: TokenReader, names: readonly CostName[], before: string): CostName {
  const rests = names
    .filter((name) => name.startsWith(before))
    .map((name) => name.slice(before.length));
  const found = names.find((name) => name === `${before}${reader.peek().text}`);
  if (found === undefined) return reader.fail(`expected one of ${rests.join(', ')}`, rests);
  reader.next();
  return found;
}

/** `server received 10000 bytes` is `server.received == 10000`. */
function parseTransfer(
  reader: TokenReader,
  host: string,
  column: number,
  index?: number,
): TypedMeasure {
  const token = reader.peek();
  if (!reader.take('received') && !reader.take('sent')) {
    reader.fail('expected received, sent, state or cost', ['received', 'sent', 'state', 'cost']);
  }
  const kind = token.text === 'received' ? 'received' : 'sent';
  const measure = { kind, host, column, ...(index === undefined ? {} : { index }) } as const;
  return typed(measure, 'bytes', `${host} ${kind}`);
}

/** The right side of a comparison as a value of the left side's type. @throws ExpressionError */
export function literalFor(reader: TokenReader, left: TypedMeasure): TypedMeasure {
  const written = reader.peek().text;
  return typed({ kind: 'literal', value: literal(reader, left) }, left.type, written);
}

function literal(reader: TokenReader, left: TypedMeasure): number | string {
  switch (left.type) {
    case 'number':
      return reader.expectCount('a whole number');
    case 'bytes': {
      const bytes = parseBytes(reader, left.text);
      reader.take('bytes');
      return bytes;
    }
    case 'time':
      return parseTime(reader, `a duration for ${left.text}`);
    case 'text':
      return parseState(reader);
    case 'any':
      return reader.peek().kind === 'number'
        ? reader.expectCount('a whole number')
        : parseState(reader);
  }
}

function typed(measure: Measure, type: MeasureType, text: string): TypedMeasure {
  return { measure, type, text };
}
