import type { Claim, ClaimOperator, TypedMeasure } from './claim.ts';
import type { Condition } from './condition.ts';
import { ExpressionError } from './expression-error.ts';
import type { Token } from './lexer.ts';
import { parseCondition } from './parse-condition.ts';
import { literalFor, measureAhead, parseMeasure } from './parse-measure.ts';
import { parseSubject, subjectAhead, parseSubjectClaim } from './parse-subject.ts';
import { parseWindow } from './parse-window.ts';
import type { TokenReader } from './token-reader.ts';

const TIMES_WORDS = ['eventually', 'never', 'exactly', 'at'] as const;

const WHAT_A_CLAIM_IS =
  'expected a claim such as client.tcp[0] reaches ESTABLISHED, count(segment where …) == 2, ' +
  'eventually …, never … or duration < 3s';

/** Words that begin a claim, for "did you mean". */
const FIRST_WORDS = [...TIMES_WORDS, 'not', 'count', 'sum', 'first', 'last', 'duration', 'cost'];

/** A claim with the text it was read from. */
export class ClaimParser {
  readonly #source: string;
  readonly #reader: TokenReader;

  constructor(source: string, reader: TokenReader) {
    this.#source = source;
    this.#reader = reader;
  }

  /** Parses `a and (b or not c)`. @throws ExpressionError */
  parse(): Claim {
    return this.#reader.nested(() =>
      this.#joined('or', () => this.#joined('and', () => this.#negation())),
    );
  }

  #joined(word: 'and' | 'or', parsePart: () => Claim): Claim {
    const start = this.#reader.peek();
    const parts = [parsePart()];
    while (this.#reader.take(word)) parts.push(parsePart());
    return parts.length === 1 ? parts[0]! : { kind: word, parts, text: this.#textFrom(start) };
  }

  #negation(): Claim {
    const start = this.#reader.peek();
    if (this.#reader.take('not')) {
      const part = this.#reader.nested(() => this.#negation());
      return { kind: 'not', part, text: this.#textFrom(start) };
    }
    if (this.#reader.take('(')) {
      const inner = this.parse();
      this.#reader.expect(')');
      return inner;
    }
    return this.#claim(start);
  }

  #claim(start: Token): Claim {
    const reader = this.#reader;
    if (TIMES_WORDS.some((word) => reader.sees(word))) return this.#times(start);
    if (subjectAhead(reader, 0)) {
      const subject = parseSubject(reader);
      const claim = parseSubjectClaim(reader, subject);
      if (claim !== undefined) return { ...claim, text: this.#textFrom(start) };
      return this.#comparison(start, parseMeasure(reader, subject));
    }
    if (!measureAhead(reader)) reader.fail(WHAT_A_CLAIM_IS, FIRST_WORDS);
    return this.#comparison(start, parseMeasure(reader));
  }

  /** `never segment where resent within 2s` */
  #times(start: Token): Claim {
    const [min, max] = this.#bounds();
    const condition = this.#recordCondition();
    const window = parseWindow(this.#reader);
    return { kind: 'times', min, max, condition, window, text: this.#textFrom(start) };
  }

  #bounds(): readonly [number, number] {
    const reader = this.#reader;
    const word = reader.next().text;
    if (word === 'eventually') return [1, Number.MAX_SAFE_INTEGER];
    if (word === 'never') return [0, 0];
    if (word === 'exactly') {
      const count = reader.expectCount('a number of times after exactly');
      return [count, count];
    }
    if (reader.take('least')) {
      return [reader.expectCount('a number of times'), Number.MAX_SAFE_INTEGER];
    }
    if (reader.take('most')) return [0, reader.expectCount('a number of times')];
    return reader.fail('expected "least" or "most" after "at"', ['least', 'most']);
  }

  #recordCondition(): Condition {
    if (this.#reader.peek().kind === 'end') this.#reader.fail('expected what shall happen');
    return parseCondition(this.#reader, claimBegins);
  }

  #comparison(start: Token, left: TypedMeasure): Claim {
    const reader = this.#reader;
    const operator = this.#operator(left);
    const column = reader.peek().column;
    const right = measureAhead(reader) ? parseMeasure(reader) : literalFor(reader, left);
    if (!comparable(left, right)) {
      throw new ExpressionError(
        column,
        `${left.text} is a ${left.type}, ${right.text} is a ${right.type}: they cannot be compared`,
        right.text.length,
      );
    }
    return { kind: 'compare', left, operator, right, text: this.#textFrom(start) };
  }

  /** `server received 10000 bytes` means exactly so many. */
  #operator(left: TypedMeasure): ClaimOperator {
    const reader = this.#reader;
    const operator = OPERATORS.find((each) => reader.sees(each));
    if (operator !== undefined) reader.next();
    const transfer = left.measure.kind === 'received' || left.measure.kind === 'sent';
    if (operator === undefined && transfer && reader.peek().kind === 'number') return '==';
    return operator ?? reader.fail(`expected one of ${OPERATORS.join(' ')} after ${left.text}`);
  }

  #textFrom(start: Token): string {
    return this.#source.slice(start.column - 1, this.#reader.peek().column - 1).trim();
  }
}

const OPERATORS: readonly ClaimOperator[] = ['==', '!=', '<=', '>=', '<', '>'];

const NUMERIC: ReadonlySet<string> = new Set(['number', 'bytes']);

function comparable(left: TypedMeasure, right: TypedMeasure): boolean {
  if (left.type === right.type || left.type === 'any' || right.type === 'any') return true;
  return NUMERIC.has(left.type) && NUMERIC.has(right.type);
}

/** Whether a claim of its own begins here, so that the condition before it has ended. */
function claimBegins(reader: TokenReader, ahead: number): boolean {
  return (
    TIMES_WORDS.some((word) => reader.sees(word, ahead) && !reader.sees('==', ahead + 1)) ||
    subjectAhead(reader, ahead) ||
    measureAhead(reader, ahead)
  );
}
