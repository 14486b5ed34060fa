import { flagLetters, flagsOfLetters } from '@tcplab/core';
import { parseDuration, parseSize, type Quantity } from '../units.ts';
import { ExpressionError } from './expression-error.ts';
import type { Field, FieldValue } from './fields.ts';
import type { TokenReader } from './token-reader.ts';

const FLAG_LETTERS = 'S, F, R, P, A, U, E, W';

/** Parses the right side of a comparison with `field`. @throws ExpressionError */
export function parseValue(reader: TokenReader, field: Field): FieldValue {
  switch (field.type) {
    case 'number':
      return reader.expectCount(`a whole number for ${field.name}`);
    case 'bytes':
      return parseBytes(reader, field.name);
    case 'time':
      return parseTime(reader, `a time for ${field.name}`);
    case 'flags':
      return parseFlags(reader);
    case 'yes-no':
      return parseYesNo(reader);
    case 'text':
      return parseText(reader, field);
    case 'any':
      return parseAny(reader);
  }
}

/** A duration with its unit, in microseconds. */
export function parseTime(reader: TokenReader, what: string): number {
  return quantity(reader, what, 'e.g. 2s or 50ms', parseDuration);
}

/** A number of bytes, bare or with its unit. */
export function parseBytes(reader: TokenReader, what: string): number {
  const token = reader.peek();
  if (token.kind === 'number' && /^\d{1,15}$/.test(token.text)) return Number(reader.next().text);
  return quantity(reader, `a number of bytes for ${what}`, 'e.g. 1460 or 64KB', parseSize);
}

function quantity(
  reader: TokenReader,
  what: string,
  examples: string,
  parse: (text: string) => Quantity,
): number {
  const token = reader.peek();
  if (token.kind !== 'number') reader.fail(`expected ${what}, ${examples}`);
  const result = parse(token.text);
  if (!result.ok) throw new ExpressionError(token.column, result.message, token.length);
  reader.next();
  return result.value;
}

function parseFlags(reader: TokenReader): string {
  const token = reader.peek();
  const wordlike = token.kind === 'word' || token.kind === 'string';
  const flags = wordlike ? flagsOfLetters(token.text) : undefined;
  if (flags === undefined) {
    const upper = wordlike ? flagsOfLetters(token.text.toUpperCase()) : undefined;
    const hint = upper === undefined ? '' : `; letters are capital: ${flagLetters(upper)}`;
    reader.fail(`expected flags of the letters ${FLAG_LETTERS}, e.g. SA${hint}`);
  }
  reader.next();
  return flagLetters(flags);
}

function parseYesNo(reader: TokenReader): boolean {
  for (const yes of ['true', 'yes']) if (reader.take(yes)) return true;
  for (const no of ['false', 'no']) if (reader.take(no)) return false;
  return reader.fail('expected true or false');
}

function parseText(reader: TokenReader, field: Field): string {
  const token = reader.peek();
  if (token.kind === 'symbol' || token.kind === 'end') {
    reader.fail(`expected a word or a text in quotes for ${field.name}`);
  }
  if (field.values !== undefined && !field.values.includes(token.text)) {
    reader.fail(`expected one of ${field.values.join(', ')} for ${field.name}`, field.values);
  }
  reader.next();
  return token.text;
}

function parseAny(reader: TokenReader): FieldValue {
  const token = reader.peek();
  if (token.kind === 'symbol' || token.kind === 'end') reader.fail('expected a value');
  reader.next();
  if (token.kind === 'number' && /^\d{1,15}$/.test(token.text)) return Number(token.text);
  if (token.kind === 'word' && token.text === 'true') return true;
  if (token.kind === 'word' && token.text === 'false') return false;
  return token.text;
}
