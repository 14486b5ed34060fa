/**
 * Reads a trace from NDJSON. A trace may come from anywhere: what is not a trace is refused with the
 * place and what was expected, and nothing is read that a limit does not bound.
 */
import type { TraceFooter, TraceHeader, TraceRecord } from './record.ts';
import { checkFooter, checkHeader, checkRecord } from './record-shape.ts';
import { TraceDigest, type TraceSink } from './sink.ts';

/** A line longer than this is no record of a packet: those are at most some 132,000 characters. */
export const MAX_TRACE_LINE = 1_048_576;

/** Records one file may have. */
export const MAX_TRACE_RECORDS = 50_000_000;

/** Not a trace, or a damaged one. The message reads `file:line: expected …, found …`. */
export class TraceFileError extends Error {
  override readonly name = 'TraceFileError';
  readonly file: string;
  /** From 1. */
  readonly line: number;

  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`);
    this.file = file;
    this.line = line;
  }
}

export interface ReadTrace {
  readonly header: TraceHeader;
  readonly records: readonly TraceRecord[];
  /** Absent when the file ends early, as one does that is still being written. */
  readonly footer: TraceFooter | undefined;
}

/**
 * Takes the text of a trace in pieces of any size and hands on what it reads.
 * @throws TraceFileError from `push` and `finish`
 */
export class TraceReader {
  readonly #file: string;
  readonly #sink: TraceSink;
  readonly #digest = new TraceDigest();
  #rest = '';
  #line = 0;
  #records = 0;
  #lastUs = 0;
  #header: TraceHeader | undefined;
  #footer: TraceFooter | undefined;

  /** @param file its name, for messages. @param sink who gets header, records and footer */
  constructor(file: string, sink: TraceSink) {
    this.#file = file;
    this.#sink = sink;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = this.#rest + text.slice(from, end);
      this.#rest = '';
      from = end + 1;
      this.#read(line);
    }
    this.#rest += text.slice(from);
    if (this.#rest.length > MAX_TRACE_LINE) this.#tooLong();
  }

  /** The text is over. @returns whether the footer was there */
  finish(): boolean {
    if (this.#rest !== '') {
      const line = this.#rest;
      this.#rest = '';
      this.#read(line);
    }
    if (this.#header === undefined) {
      this.#line += 1;
      this.#fail('expected a header, found the end of the file');
    }
    return this.#footer !== undefined;
  }

  #read(text: string): void {
    this.#line += 1;
    if (text.length > MAX_TRACE_LINE) this.#tooLong();
    if (text.trim() === '') return;
    if (this.#footer !== undefined) this.#fail('expected the end of the file after the footer');
    const value = this.#parse(text);
    if (this.#header === undefined) this.#begin(value);
    else if ('format' in value) this.#end(value);
    else this.#record(value);
  }

  #parse(text: string): { readonly [key: string]: unknown } {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#fail(`expected a line of JSON, found ${shortened(text)}`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fail(`expected an object, found ${shortened(text)}`);
    }
    return value as { readonly [key: string]: unknown };
  }

  #begin(value: { readonly [key: string]: unknown }): void {
    this.#check(checkHeader(value));
    this.#header = value as unknown as TraceHeader;
    this.#sink.begin?.(this.#header);
  }

  #record(value: { readonly [key: string]: unknown }): void {
    this.#check(checkRecord(value));
    const record = value as unknown as TraceRecord;
    this.#records += 1;
    if (this.#records > MAX_TRACE_RECORDS) {
      this.#fail(`expected at most ${MAX_TRACE_RECORDS} records`);
    }
    if (record.id !== this.#records) {
      this.#fail(`expected id ${this.#records}, found ${record.id}: a record is missing or added`);
    }
    if (record.timeUs < this.#lastUs) {
      this.#fail(`expected a timeUs of at least ${this.#lastUs}, found ${record.timeUs}`);
    }
    this.#lastUs = record.timeUs;
    this.#digest.add(record);
    this.#sink.record(record);
  }

  #end(value: { readonly [key: string]: unknown }): void {
    this.#check(checkFooter(value));
    const footer = value as unknown as TraceFooter;
    if (footer.records !== this.#records) {
      this.#fail(`expected ${footer.records} records, found ${this.#records}`);
    }
    const { hash } = this.#digest.footer(footer.endUs, footer.end);
    if (footer.hash !== hash) {
      this.#fail(`expected records with the hash ${footer.hash}, found ${hash}: they were changed`);
    }
    this.#footer = footer;
    this.#sink.end?.(footer);
  }

  #check(problem: string | undefined): void {
    if (problem !== undefined) this.#fail(problem);
  }

  #tooLong(): never {
    this.#fail(`expected lines of at most ${MAX_TRACE_LINE} characters`);
  }

  #fail(problem: string): never {
    throw new TraceFileError(this.#file, this.#line, problem);
  }
}

/** A whole trace that is in memory. @throws TraceFileError */
export function readTrace(text: string, file = 'trace'): ReadTrace {
  let header: TraceHeader | undefined;
  let footer: TraceFooter | undefined;
  const records: TraceRecord[] = [];
  const reader = new TraceReader(file, {
    begin: (value) => (header = value),
    record: (value) => records.push(value),
    end: (value) => (footer = value),
  });
  reader.push(text);
  reader.finish();
  return { header: header!, records, footer };
}

function shortened(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(shown);
}
