import { ExpressionError } from './expression-error.ts';

export type TokenKind = 'word' | 'number' | 'string' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The text as written; of a string its content. */
  readonly text: string;
  /** 1-based. */
  readonly column: number;
  /** Characters taken in the source. */
  readonly length: number;
}

/** Longer expressions are refused: nobody reads them, and the parser's work stays bounded. */
export const MAX_EXPRESSION_LENGTH = 2_000;

const SYMBOLS = ['==', '!=', '<=', '>=', '<', '>', '(', ')', '[', ']', ',', '.', ':'] as const;

// Words may hold hyphens (SYN-SENT, A-X05); the language has no subtraction.
const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y;
const ADDRESS = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.])/y;
const NUMBER = /\d+(?:\.\d+)?(?:[A-Za-zµ%‰]+(?:\/s)?)?/uy;
const SPACE = /[ \t\r\n]+/y;

/** Splits an expression into tokens; the last one is of kind `end`. @throws ExpressionError */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw new ExpressionError(1, `an expression has at most ${MAX_EXPRESSION_LENGTH} characters`);
  }
  const tokens: Token[] = [];
  let at = matchLength(SPACE, text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.length;
    at += matchLength(SPACE, text, at);
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1, length: 0 });
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  const column = at + 1;
  const first = text[at]!;
  if (first === '"' || first === "'") return stringAt(text, at);
  const address = matchLength(ADDRESS, text, at);
  if (address > 0) {
    return { kind: 'word', text: text.slice(at, at + address), column, length: address };
  }
  const number = matchLength(NUMBER, text, at);
  if (number > 0) {
    return { kind: 'number', text: text.slice(at, at + number), column, length: number };
  }
  const word = matchLength(WORD, text, at);
  if (word > 0) return { kind: 'word', text: text.slice(at, at + word), column, length: word };
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, column, length: symbol.length };
  if (first === '=') throw new ExpressionError(column, 'a comparison is written ==, not =');
  if (first === '&' || first === '|' || first === '!') {
    throw new ExpressionError(column, `"${first}" is not used here; write and, or, not`);
  }
  throw new ExpressionError(column, `the character ${JSON.stringify(first)} has no meaning here`);
}

/** A string in double or single quotes, with `\"`, `\'` and `\\` for the characters themselves. */
function stringAt(text: string, at: number): Token {
  const quote = text[at]!;
  let content = '';
  for (let i = at + 1; i < text.length; i += 1) {
    const character = text[i]!;
    if (character === quote) {
      return { kind: 'string', text: content, column: at + 1, length: i + 1 - at };
    }
    const next = text[i + 1];
    if (character === '\\' && (next === '"' || next === "'" || next === '\\')) {
      content += next;
      i += 1;
    } else content += character;
  }
  throw new ExpressionError(at + 1, `this string has no closing ${quote}`, text.length - at);
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
