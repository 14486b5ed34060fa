import type { ComparisonOperator, Condition } from './condition.ts';
import { allFields, fieldNamed, type Field, type FieldValue } from './fields.ts';
import { allNouns, nounNamed } from './nouns.ts';
import { parseValue } from './parse-value.ts';
import type { TokenReader } from './token-reader.ts';

const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'has', 'in'] as const;

/** Tells whether a claim of its own begins after an `and` or `or`, where a condition must end. */
export type ClaimAhead = (reader: TokenReader, ahead: number) => boolean;

const NEVER_A_CLAIM: ClaimAhead = () => false;

/** Parses `a == 1 and (b or not c)`. @throws ExpressionError */
export function parseCondition(
  reader: TokenReader,
  claimAhead: ClaimAhead = NEVER_A_CLAIM,
): Condition {
  return reader.nested(() =>
    joined(reader, 'or', claimAhead, () =>
      joined(reader, 'and', claimAhead, () => negation(reader, claimAhead)),
    ),
  );
}

function joined(
  reader: TokenReader,
  word: 'and' | 'or',
  claimAhead: ClaimAhead,
  parsePart: () => Condition,
): Condition {
  const parts = [parsePart()];
  while (reader.sees(word) && !claimAhead(reader, 1)) {
    reader.next();
    parts.push(parsePart());
  }
  return parts.length === 1 ? parts[0]! : { kind: word, parts };
}

function negation(reader: TokenReader, claimAhead: ClaimAhead): Condition {
  if (reader.take('not')) {
    return { kind: 'not', part: reader.nested(() => negation(reader, claimAhead)) };
  }
  if (reader.take('(')) {
    const inner = parseCondition(reader);
    reader.expect(')');
    return inner;
  }
  return comparisonOrNoun(reader, claimAhead);
}

function comparisonOrNoun(reader: TokenReader, claimAhead: ClaimAhead): Condition {
  const start = reader.peek();
  if (start.kind !== 'word') reader.fail('expected a field, e.g. flags, or a noun, e.g. segment');
  const length = nameLength(reader);
  const operator = operatorAt(reader, length);
  const name = joinedName(reader, length);
  const field = fieldNamed(name);
  if (operator !== undefined) {
    if (field === undefined) reader.fail('expected a field', fieldNames());
    skip(reader, length + 1);
    return comparison(reader, field, operator, start.column);
  }
  if (field?.type === 'yes-no') {
    skip(reader, length);
    return { kind: 'compare', field, operator: '==', values: [true], column: start.column };
  }
  const noun = length === 1 ? nounNamed(name) : undefined;
  if (noun === undefined) return neither(reader, field, length);
  skip(reader, 1);
  return reader.take('where')
    ? { kind: 'and', parts: [{ kind: 'noun', noun }, parseCondition(reader, claimAhead)] }
    : { kind: 'noun', noun };
}

function neither(reader: TokenReader, field: Field | undefined, length: number): never {
  if (field !== undefined) {
    skip(reader, length);
    reader.fail(`expected a comparison after the field ${field.name} (${OPERATORS.join(' ')})`);
  }
  reader.fail('expected a field or a noun', [
    ...fieldNames(),
    ...allNouns().map((noun) => noun.name),
  ]);
}

function fieldNames(): readonly string[] {
  return allFields().map((each) => each.name);
}

/** How many tokens the name takes: `note.data.status` is five. */
function nameLength(reader: TokenReader): number {
  let length = 1;
  while (reader.sees('.', length) && reader.peek(length + 1).kind === 'word') length += 2;
  return length;
}

function joinedName(reader: TokenReader, length: number): string {
  let name = '';
  for (let i = 0; i < length; i += 1) name += reader.peek(i).text;
  return name;
}

function operatorAt(reader: TokenReader, ahead: number): ComparisonOperator | undefined {
  return OPERATORS.find((operator) => reader.sees(operator, ahead));
}

function skip(reader: TokenReader, count: number): void {
  for (let i = 0; i < count; i += 1) reader.next();
}

function comparison(
  reader: TokenReader,
  field: Field,
  operator: ComparisonOperator,
  column: number,
): Condition {
  if (operator === 'has' && field.type !== 'flags') {
    reader.fail(`"has" asks for letters of flags; expected contains for the field ${field.name}`);
  }
  if (operator === 'contains') return contains(reader, field, column);
  const values: FieldValue[] = [];
  if (operator === 'in') {
    reader.expect('[');
    do values.push(parseValue(reader, field));
    while (reader.take(','));
    reader.expect(']');
  } else values.push(parseValue(reader, field));
  return { kind: 'compare', field, operator, values, column };
}

/** `contains` looks for a part of a text, so its value need not be a valid one of the field. */
function contains(reader: TokenReader, field: Field, column: number): Condition {
  const token = reader.peek();
  if (token.kind !== 'string' && token.kind !== 'word' && token.kind !== 'number') {
    reader.fail('expected a text after contains, e.g. "retransmission"');
  }
  reader.next();
  return { kind: 'compare', field, operator: 'contains', values: [token.text], column };
}
