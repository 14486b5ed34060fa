import { resolve } from 'node:path';
import { formatMicros, type Micros, type Note } from '@tcplab/core';
import { NodeProgramHost } from '../../node/index.ts';
import type { Io } from '../io.ts';
import { NoteFile } from './note-file.ts';

export interface LiveOptions {
  /** What runs, for traces and file names, e.g. `serve-http`. */
  readonly name: string;
  /** Where servers bind. @default '127.0.0.1' */
  readonly address?: string;
  /** Repeats a conversation; keys are not secret then. @default unpredictable */
  readonly seed?: number | undefined;
  /** Tell every note on stderr. */
  readonly verbose: boolean;
  /** Write every note into a trace file in this folder. */
  readonly traceDir?: string | undefined;
}

/** The real host of one command: its notes go to stderr and to a trace file where that is wanted. */
export class LiveHost {
  readonly host: NodeProgramHost;
  readonly #file: NoteFile | undefined;

  constructor(io: Io, options: LiveOptions) {
    const file =
      options.traceDir === undefined
        ? undefined
        : new NoteFile(resolve(io.cwd, options.traceDir), options);
    this.#file = file;
    this.host = new NodeProgramHost({
      name: options.name,
      ...(options.address === undefined ? {} : { address: options.address }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      onNote: (note, now) => {
        file?.note(note, now);
        if (options.verbose) io.err(noteLine(note, now));
      },
      onFailure: (error, task) => {
        const text = error instanceof Error ? error.message : String(error);
        if (options.verbose) io.err(`${task}: ${text}\n`);
      },
    });
  }

  /** Ends the host in order and completes the trace. */
  async end(): Promise<void> {
    await this.host.end();
    this.#file?.end(this.host.now());
  }
}

/** Seconds since 1970 at the moment 0 of this host, for dates and certificates. */
export function epochOf(host: NodeProgramHost): number {
  return Math.floor((Date.now() * 1_000 - host.now()) / 1_000_000);
}

function noteLine(note: Note, now: Micros): string {
  return `${formatMicros(now).padStart(11)}  ${note.layer.padEnd(7)} ${note.kind}: ${note.text}\n`;
}
