import { readSync, writeSync } from 'node:fs';
import { ClosedPipe } from './exit-codes.ts';
import type { Io } from './io.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** The surroundings of a real process. Writing is synchronous, because runs are. */
export function nodeIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns,
    out: (data) => writeAll(STDOUT, data),
    err(text) {
      try {
        writeAll(STDERR, text);
      } catch (error) {
        if (!(error instanceof ClosedPipe)) throw error;
      }
    },
    readStdin,
    onInterrupt: (action) => void process.once('SIGINT', action),
    clock: () => performance.now(),
  };
}

function writeAll(descriptor: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(descriptor, bytes, written, bytes.length - written);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EPIPE' || code === 'EOF') throw new ClosedPipe('closed pipe', { cause: error });
      if (code !== 'EAGAIN') throw error;
      // A pipe that is full and does not block: its reader needs a moment.
      pause(2);
    }
  }
}

function readStdin(limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size <= limit) {
    const part = Buffer.alloc(65_536);
    let length: number;
    try {
      length = readSync(STDIN, part, 0, part.length, null);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      pause(5);
      continue;
    }
    if (length === 0) break;
    parts.push(part.subarray(0, length));
    size += length;
  }
  return Buffer.concat(parts);
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
