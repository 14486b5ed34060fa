import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Micros, Note } from '@tcplab/core';
import { noteRecord, recordLine, TraceDigest } from '../../trace/index.ts';
import { ENGINE_VERSION } from '../../version.ts';

/**
 * A trace of notes, since real sockets show nothing below them. It has the format of every trace,
 * but nobody can replay it: what the peer did is not in it.
 */
export class NoteFile {
  readonly #descriptor: number;
  readonly #digest = new TraceDigest();
  readonly #host: string;
  #records = 0;

  constructor(
    folder: string,
    about: { readonly name: string; readonly seed?: number | undefined },
  ) {
    mkdirSync(folder, { recursive: true });
    this.#host = about.name;
    this.#descriptor = openSync(join(folder, `${about.name}-${process.pid}.ndjson`), 'w');
    this.#write(
      recordLine({
        format: 'tcplab-trace/1',
        engine: ENGINE_VERSION,
        name: about.name,
        scenarioHash: '0000000000000000',
        seed: about.seed ?? 0,
        hosts: [{ name: about.name, address: '127.0.0.1' }],
      }),
    );
  }

  note(note: Note, now: Micros): void {
    this.#records += 1;
    const record = { id: this.#records, timeUs: now, ...noteRecord(this.#host, note) };
    this.#write(this.#digest.add(record));
  }

  end(now: Micros): void {
    this.#write(recordLine(this.#digest.footer(now, 'until')));
    closeSync(this.#descriptor);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
  }
}
