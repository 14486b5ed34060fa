import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import {
  TraceFileError,
  TraceReader,
  type ReadTrace,
  type TraceFooter,
  type TraceHeader,
  type TraceRecord,
} from '../trace/index.ts';
import { CliError, EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';

/** Larger traces are refused here: all of their records are held in memory. */
const MAX_RECORDS_IN_MEMORY = 3_000_000;
/** So much of stdin at most, in bytes. */
const MAX_STDIN = 1_000_000_000;
const CHUNK = 1_048_576;

/** A trace in memory. */
export interface Trace extends ReadTrace {
  readonly file: string;
}

/** Reads a trace, a file or `-` for stdin. @throws CliError that says what is wrong, and in which line */
export function readTrace(name: string, io: Io): Trace {
  const records: TraceRecord[] = [];
  const parts: { header?: TraceHeader; footer?: TraceFooter } = {};
  const file = name === '-' ? '<stdin>' : name;
  const reader = new TraceReader(file, {
    begin: (header) => (parts.header = header),
    record(record) {
      if (records.length >= MAX_RECORDS_IN_MEMORY) {
        throw new CliError(EXIT.limit, `${file}: more than ${MAX_RECORDS_IN_MEMORY} records`);
      }
      records.push(record);
    },
    end: (footer) => (parts.footer = footer),
  });
  try {
    readPieces(name, io, (text) => reader.push(text));
    if (!reader.finish()) io.err(`${file}: warning: no footer; the run was cut off\n`);
  } catch (error) {
    if (error instanceof TraceFileError) throw new CliError(EXIT.invalid, `${error.message}`);
    throw error;
  }
  return { file, header: parts.header!, records, footer: parts.footer };
}

function readPieces(name: string, io: Io, take: (text: string) => void): void {
  const decoder = new StringDecoder('utf8');
  if (name === '-') take(decoder.end(Buffer.from(io.readStdin(MAX_STDIN))));
  else {
    readFilePieces(resolve(io.cwd, name), name, (bytes) => take(decoder.write(bytes)));
    take(decoder.end());
  }
}

function readFilePieces(path: string, name: string, take: (bytes: Buffer) => void): void {
  if (!existsSync(path)) throw new CliError(EXIT.invalid, `${name}: error: there is no such file`);
  if (statSync(path).isDirectory()) {
    throw new CliError(EXIT.invalid, `${name}: error: this is a folder, expected a trace`);
  }
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunk.length, null);
      if (length === 0) return;
      take(chunk.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}
