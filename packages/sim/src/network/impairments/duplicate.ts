import { us, type Micros } from '@tcplab/core';
import type { SimRandom } from '../../random/index.ts';
import { ByChance } from './by-chance.ts';
import { ALWAYS, type Verdict, type Window } from './impairment.ts';

/** Delivers some packets twice, the copy one microsecond or more after the original. */
export class Duplication extends ByChance {
  readonly #gap: Micros;

  /** @param probability 0 … 1 */
  constructor(
    probability: number,
    random: SimRandom,
    gap: Micros = us(1),
    window: Window = ALWAYS,
  ) {
    super('duplication', probability, random, window);
    this.#gap = gap;
  }

  protected verdict(): Verdict {
    return {
      kind: 'duplicate',
      copies: 1,
      by: this.#gap,
      why: 'Duplicated by chance on the link.',
    };
  }
}
