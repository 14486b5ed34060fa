import { closeSync, openSync, writeSync } from 'node:fs';
import { utf8Bytes } from '@tcplab/core';
import {
  recordLine,
  type TraceFooter,
  type TraceHeader,
  type TraceRecord,
  type TraceSink,
} from '../trace/index.ts';

/** Lines are collected up to this length before they are written. */
const BUFFER_CHARACTERS = 262_144;

/** Writes a trace as NDJSON while the run goes on. */
export class TraceOutput implements TraceSink {
  readonly #write: (text: string) => void;
  #buffer = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  begin(header: TraceHeader): void {
    this.#line(recordLine(header));
  }

  record(record: TraceRecord): void {
    this.#line(recordLine(record));
  }

  end(footer: TraceFooter): void {
    this.#line(recordLine(footer));
    this.#flush();
  }

  #line(line: string): void {
    this.#buffer += line;
    if (this.#buffer.length >= BUFFER_CHARACTERS) this.#flush();
  }

  #flush(): void {
    this.#write(this.#buffer);
    this.#buffer = '';
  }
}

/** A trace file that is written while the run goes on. */
export function traceFile(path: string): { readonly sink: TraceSink; close(): void } {
  const descriptor = openSync(path, 'w');
  return {
    sink: new TraceOutput((text) => writeAll(descriptor, utf8Bytes(text))),
    close: () => closeSync(descriptor),
  };
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
