/** The traces of RFC 8448, read from its text. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EMPTY_BYTES } from '@tcplab/core';
import { hex } from './hello.ts';

const path = fileURLToPath(new URL('../../../../../../shared/rfc/8448.md', import.meta.url));

/** Tests of the traces are skipped where the RFC's text is not at hand. */
export const HAS_TRACES = existsSync(path);

export interface Step {
  readonly side: 'client' | 'server';
  /** On one line, e.g. `derive secret "tls13 c hs traffic"`. */
  title: string;
  /** Its octets by name; what the RFC calls empty or zero has none. */
  readonly fields: Map<string, Uint8Array>;
}

const HEADING = /^(\d)\. {2}/;
const TITLE = /^ {3}\{(client|server)\} {2}(.*?):?$/;
const FIELD = /^\s+([\w ]+?)(?: \(\d+ octets\)| \(public\))?: {2}((?:[0-9a-f]{2} ?)+)$/;
const NOTHING = /^\s+([\w ]+?)(?: \(0 octets\): {2}\(empty\)|: {2}0 \(all zero octets\))$/;
const MORE_OCTETS = /^\s+((?:[0-9a-f]{2} ?)+)$/;
const MORE_TITLE = /^ {6}(\S.*)$/;

/** One section: its steps in order. The numbers of section 2 stand before its first step. */
export class Trace {
  readonly steps: Step[] = [];
  /** The sum of all lengths that the section announces: `(32 octets)`. */
  announced = 0;

  constructor(section: number) {
    if (!HAS_TRACES) return;
    let current = 0;
    let name: string | undefined;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const heading = HEADING.exec(line);
      if (heading !== null) current = Number(heading[1]);
      if (current === section) name = this.#take(line, name);
    }
  }

  /** @returns the name of the field that the next line may go on with */
  #take(line: string, name: string | undefined): string | undefined {
    this.announced += Number(/\((\d+) octets\):/.exec(line)?.[1] ?? 0);
    const title = TITLE.exec(line);
    if (title !== null) {
      const side = title[1] as Step['side'];
      this.steps.push({ side, title: title[2]!, fields: new Map() });
      return undefined;
    }
    const field = FIELD.exec(line) ?? NOTHING.exec(line);
    if (field !== null) {
      if (this.steps.length === 0)
        this.steps.push({ side: 'server', title: '', fields: new Map() });
      this.steps.at(-1)!.fields.set(field[1]!, field[2] ? hex(field[2]) : EMPTY_BYTES);
      return field[1];
    }
    const step = this.steps.at(-1);
    const octets = MORE_OCTETS.exec(line);
    if (octets !== null && name !== undefined) {
      const before = step!.fields.get(name)!;
      step!.fields.set(name, Uint8Array.of(...before, ...hex(octets[1]!)));
    } else if (step !== undefined && step.fields.size === 0) {
      const more = MORE_TITLE.exec(line);
      if (more !== null) step.title += ` ${more[1]}`;
    }
    return name;
  }

  /** The field `name` of the nth step whose side and title begin so. */
  octets(title: string, name: string, nth = 0): Uint8Array {
    const steps = this.steps.filter((step) => `${step.side} ${step.title}`.startsWith(title));
    const found = steps[nth]?.fields.get(name);
    if (found === undefined) throw new Error(`RFC 8448 has no ${name} in step ${nth} of ${title}`);
    return found;
  }

  /** All records that a side sends, in order. */
  records(side: Step['side']): Uint8Array[] {
    return this.steps.flatMap((step) => {
      const record = step.side === side ? step.fields.get('complete record') : undefined;
      return record === undefined ? [] : [record];
    });
  }

  /** The handshake messages that a side constructs, in order. */
  messages(side: Step['side']): Uint8Array[] {
    return this.steps.flatMap((step) => {
      const named = /^construct an? (\w+) handshake message/.exec(step.title)?.[1];
      return step.side === side && named !== undefined ? [step.fields.get(named)!] : [];
    });
  }
}
