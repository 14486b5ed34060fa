import type { Micros } from '@tcplab/core';
import type { SimRandom } from '../../random/index.ts';
import { ByChance } from './by-chance.ts';
import { ALWAYS, type Verdict, type Window } from './impairment.ts';

/** Makes some packets late, so that those behind overtake them. */
export class Reordering extends ByChance {
  readonly #by: Micros;

  /** @param probability 0 … 1, @param by how much later a chosen packet arrives */
  constructor(probability: number, by: Micros, random: SimRandom, window: Window = ALWAYS) {
    super('reordering', probability, random, window);
    this.#by = by;
  }

  protected verdict(): Verdict {
    return {
      kind: 'delay',
      by: this.#by,
      why: 'Took a longer way: packets sent later may overtake it.',
    };
  }
}
