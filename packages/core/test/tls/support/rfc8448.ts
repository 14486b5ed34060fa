/** The traces of RFC 8448, read from its text. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hex } from './hello.ts';

const path = fileURLToPath(new URL('../../../../../../shared/rfc/8448.md', import.meta.url));

/** Tests of the traces are skipped where the RFC's text is not at hand. */
export const HAS_TRACES = existsSync(path);

interface Step {
  readonly title: string;
  readonly fields: [name: string, octets: string][];
}

/** One section: its steps in order. */
export class Trace {
  readonly #steps: Step[] = [];

  constructor(section: number) {
    if (!HAS_TRACES) return;
    let current = 0;
    let step: Step = { title: '', fields: [] };
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const heading = /^(\d)\. {2}/.exec(line);
      if (heading !== null) current = Number(heading[1]);
      if (current !== section) continue;
      const title = /^\s+\{(\w+)\} {2}(.*)/.exec(line);
      const field = /^\s+([\w ]+?)(?: \(\d+ octets\)| \(public\))?: {2}((?:[0-9a-f]{2} ?)+)$/.exec(
        line,
      );
      const more = /^\s+((?:[0-9a-f]{2} ?)+)$/.exec(line);
      if (title !== null) {
        step = { title: `${title[1]} ${title[2]}`, fields: [] };
        this.#steps.push(step);
      } else if (field !== null) {
        if (this.#steps.length === 0) this.#steps.push(step);
        step.fields.push([field[1]!, field[2]!]);
      } else if (more !== null && step.fields.length > 0) {
        step.fields.at(-1)![1] += ` ${more[1]}`;
      }
    }
  }

  /** The field `name` of the nth step whose title begins so. */
  octets(title: string, name: string, nth = 0): Uint8Array {
    const steps = this.#steps.filter((step) => step.title.startsWith(title));
    const found = steps[nth]?.fields.find(([known]) => known === name);
    if (found === undefined) throw new Error(`RFC 8448 has no ${name} in step ${nth} of ${title}`);
    return hex(found[1]);
  }
}
