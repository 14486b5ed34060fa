import { CallError } from '../base/errors.ts';
import { isFieldValue, isToken, listElements, shown, trimOws } from './tokens.ts';

/** A field line: name as written, value without white space around it, a character per octet. */
export type HeaderField = readonly [name: string, value: string];

/** What a program may give where headers are wanted. */
export type HeadersInit =
  | HttpHeaders
  | readonly HeaderField[]
  | { readonly [name: string]: string | readonly string[] };

/**
 * The fields of a message in the order in which they came (RFC 9110 §5). Names are compared without
 * regard to case. Nothing changes a collection: `with`, `adding` and `without` give a new one.
 */
export class HttpHeaders {
  static readonly EMPTY = new HttpHeaders([]);

  /** All field lines, in order. */
  readonly entries: readonly HeaderField[];
  #byName: Map<string, string[]> | undefined;

  /** For lines that were read or checked before; programs use `HttpHeaders.from`. */
  constructor(entries: readonly HeaderField[]) {
    this.entries = entries;
  }

  /** @throws CallError `invalid header field` */
  static from(init: HeadersInit = []): HttpHeaders {
    if (init instanceof HttpHeaders) return init;
    const entries: HeaderField[] = [];
    if (isEntries(init)) {
      for (const [name, value] of init) entries.push(checkField(name, value));
    } else {
      for (const name of Object.keys(init)) {
        const value = init[name]!;
        const values = typeof value === 'string' ? [value] : value;
        for (const each of values) entries.push(checkField(name, each));
      }
    }
    return new HttpHeaders(entries);
  }

  /** How many field lines there are. */
  get size(): number {
    return this.entries.length;
  }

  has(name: string): boolean {
    return this.#values(name).length > 0;
  }

  /**
   * The value, lines of the same name joined by `, ` (RFC 9110 §5.3); undefined where there is none.
   * Set-Cookie cannot be joined: use `getAll`.
   */
  get(name: string): string | undefined {
    const values = this.#values(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** The values of all lines with this name, in order. */
  getAll(name: string): readonly string[] {
    return this.#values(name);
  }

  /** The elements of a list field in lower case, e.g. of Connection. */
  tokens(name: string): readonly string[] {
    return this.#values(name).flatMap((value) => listElements(value.toLowerCase()));
  }

  /** With this field once: in place of the first of its name, or at the end. */
  with(name: string, value: string): HttpHeaders {
    const field = checkField(name, value);
    const key = name.toLowerCase();
    const first = this.entries.findIndex(([other]) => other.toLowerCase() === key);
    if (first < 0) return new HttpHeaders([...this.entries, field]);
    const rest = this.entries.filter(([other], at) => at === first || other.toLowerCase() !== key);
    return new HttpHeaders(rest.map((entry, at) => (at === first ? field : entry)));
  }

  /** With one more line at the end. */
  adding(name: string, value: string): HttpHeaders {
    return new HttpHeaders([...this.entries, checkField(name, value)]);
  }

  /** Without all lines of this name. */
  without(name: string): HttpHeaders {
    const key = name.toLowerCase();
    return new HttpHeaders(this.entries.filter(([other]) => other.toLowerCase() !== key));
  }

  #values(name: string): readonly string[] {
    if (this.#byName === undefined) {
      this.#byName = new Map();
      for (const [each, value] of this.entries) {
        const key = each.toLowerCase();
        const known = this.#byName.get(key);
        if (known === undefined) this.#byName.set(key, [value]);
        else known.push(value);
      }
    }
    return this.#byName.get(name.toLowerCase()) ?? [];
  }
}

/** @throws CallError `invalid header field`: a name must be a token, a value has no control characters */
export function checkField(name: string, value: string): HeaderField {
  if (!isToken(name)) throw new CallError('invalid header field', `name ${shown(name)}`);
  if (!isFieldValue(value)) {
    throw new CallError('invalid header field', `value ${shown(value)} of ${name}`);
  }
  return [name, trimOws(value)];
}

function isEntries(init: HeadersInit): init is readonly HeaderField[] {
  return Array.isArray(init);
}
