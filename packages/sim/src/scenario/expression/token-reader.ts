import { didYouMean } from '../suggest.ts';
import { ExpressionError } from './expression-error.ts';
import { tokensOf, type Token } from './lexer.ts';

/** Deeper nesting of parentheses and `not` is refused. */
export const MAX_EXPRESSION_DEPTH = 40;

/** Reads an expression token by token, and says what was expected where something else stands. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** The token `ahead` places further on; past the end it is the end. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether the token `ahead` places further on is this word or symbol. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'word' || token.kind === 'symbol') && token.text === text;
  }

  /** Takes the word or symbol if it is there. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += 1;
    return true;
  }

  /** @throws ExpressionError when something else stands there. */
  expect(text: string): Token {
    if (!this.sees(text)) this.fail(`expected "${text}"`);
    return this.next();
  }

  expectWord(what: string): Token {
    if (this.peek().kind !== 'word') this.fail(`expected ${what}`);
    return this.next();
  }

  /** @throws ExpressionError unless a whole number without unit stands there. */
  expectCount(what: string): number {
    const token = this.peek();
    if (token.kind !== 'number' || !/^\d{1,15}$/.test(token.text)) this.fail(`expected ${what}`);
    this.next();
    return Number(token.text);
  }

  expectEnd(): void {
    if (this.peek().kind === 'end') return;
    this.fail('expected and, or, or the end (a text of several words wants quotes)');
  }

  /** Runs `parse` one level deeper. @throws ExpressionError beyond MAX_EXPRESSION_DEPTH. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_EXPRESSION_DEPTH) {
      this.fail(`an expression nests at most ${MAX_EXPRESSION_DEPTH} deep; expected less`);
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** Reports what was expected, and what stands there instead. */
  fail(expected: string, candidates: readonly string[] = []): never {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the end' : `"${token.text}"`;
    const hint = token.kind === 'word' ? didYouMean(token.text, candidates) : '';
    throw new ExpressionError(token.column, `${expected}, found ${found}.${hint}`, token.length);
  }
}
