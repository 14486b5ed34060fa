import { us, type Micros } from '@tcplab/core';
import type { SimRandom } from '../../random/index.ts';
import { percent } from './loss.ts';
import { ALWAYS, PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** Delivers some packets twice, the copy one microsecond or more after the original. */
export class Duplication implements Impairment {
  readonly name: string;
  readonly window: Window;
  readonly #probability: number;
  readonly #random: SimRandom;
  readonly #gap: Micros;
  #hits = 0;

  /** @param probability 0 … 1 */
  constructor(
    probability: number,
    random: SimRandom,
    gap: Micros = us(1),
    window: Window = ALWAYS,
  ) {
    this.name = `duplication ${percent(probability)}`;
    this.window = window;
    this.#probability = probability;
    this.#random = random;
    this.#gap = gap;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(): Verdict {
    if (!this.#random.chance(this.#probability)) return PASS;
    this.#hits += 1;
    return {
      kind: 'duplicate',
      copies: 1,
      by: this.#gap,
      why: 'Duplicated by chance on the link.',
    };
  }
}
