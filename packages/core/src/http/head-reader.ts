import { isViolation, violation, type HttpViolation } from './events.ts';
import { HttpHeaders, type HeaderField } from './headers.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import { HTTP_RULES } from './rules.ts';
import { isFieldValue, isToken, shown, trimOws } from './tokens.ts';

export interface FieldSectionLimits {
  readonly count: number;
  readonly bytes: number;
}

export interface FieldSectionOptions {
  readonly limits: FieldSectionLimits;
  /** Status for syntax errors and for limits; both 0 in a client, which answers nothing. */
  readonly status: { readonly syntax: number; readonly limit: number };
  /** RFC 9112 §5.2: a user agent replaces a fold by spaces, a server may refuse it, and ours does. */
  readonly unfold: boolean;
}

/** Reads field lines up to the empty line: a header or a trailer section (RFC 9112 §5). */
export class FieldSectionReader {
  readonly #options: FieldSectionOptions;
  readonly #fields: HeaderField[] = [];
  #octets = 0;

  constructor(options: FieldSectionOptions) {
    this.#options = options;
  }

  /** The whole section, or undefined while it has not arrived. */
  read(buffer: ReceiveBuffer): HttpHeaders | undefined | HttpViolation {
    const { limits, status } = this.#options;
    const tooLarge = violation(
      HTTP_RULES.fieldBytes,
      status.limit,
      `expected at most ${limits.bytes} octets of fields`,
    );
    for (;;) {
      const line = buffer.line(limits.bytes - this.#octets, tooLarge, status.syntax);
      if (line === undefined || typeof line === 'object') return line;
      if (line === '') return new HttpHeaders(this.#fields);
      this.#octets += line.length;
      const problem = this.#take(line);
      if (problem !== undefined) return problem;
    }
  }

  #take(line: string): HttpViolation | undefined {
    const { limits, status } = this.#options;
    if (line.startsWith(' ') || line.startsWith('\t')) return this.#fold(line);
    if (this.#fields.length >= limits.count) {
      const text = `expected at most ${limits.count} fields`;
      return violation(HTTP_RULES.fieldCount, status.limit, text);
    }
    const field = readFieldLine(line, status.syntax);
    if (isFieldViolation(field)) return field;
    this.#fields.push(field);
    return undefined;
  }

  #fold(line: string): HttpViolation | undefined {
    const { status, unfold } = this.#options;
    const last = this.#fields.at(-1);
    if (last === undefined) {
      const text = `expected a field, got white space: ${shown(line)}`;
      return violation(HTTP_RULES.leadingSpace, status.syntax, text);
    }
    if (!unfold) {
      const text = `expected a field, got a folded line: ${shown(line)}`;
      return violation(HTTP_RULES.obsFold, status.syntax, text);
    }
    const value = trimOws(line);
    if (!isFieldValue(value)) return badValue(last[0], value, status.syntax);
    this.#fields[this.#fields.length - 1] = [last[0], trimOws(`${last[1]} ${value}`)];
    return undefined;
  }
}

/** RFC 9112 §5: `field-name ":" OWS field-value OWS`. */
function readFieldLine(line: string, status: number): HeaderField | HttpViolation {
  const colon = line.indexOf(':');
  if (colon < 0) {
    return violation(HTTP_RULES.fieldLine, status, `expected a colon in ${shown(line)}`);
  }
  const name = line.slice(0, colon);
  if (name.endsWith(' ') || name.endsWith('\t')) {
    const text = `expected ':' right after the name in ${shown(line)}`;
    return violation(HTTP_RULES.spaceBeforeColon, status, text);
  }
  if (!isToken(name)) {
    return violation(HTTP_RULES.fieldLine, status, `expected a token as name, got ${shown(name)}`);
  }
  const value = trimOws(line.slice(colon + 1));
  return isFieldValue(value) ? [name, value] : badValue(name, value, status);
}

function badValue(name: string, value: string, status: number): HttpViolation {
  return violation(HTTP_RULES.fieldValue, status, `control character in ${name}: ${shown(value)}`);
}

function isFieldViolation(field: HeaderField | HttpViolation): field is HttpViolation {
  return isViolation(field);
}
