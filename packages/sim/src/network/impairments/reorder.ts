import type { Micros } from '@tcplab/core';
import type { SimRandom } from '../../random/index.ts';
import { percent } from './loss.ts';
import { ALWAYS, PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** Makes some packets late, so that those behind overtake them. */
export class Reordering implements Impairment {
  readonly name: string;
  readonly window: Window;
  readonly #probability: number;
  readonly #by: Micros;
  readonly #random: SimRandom;
  #hits = 0;

  /** @param probability 0 … 1, @param by how much later a chosen packet arrives */
  constructor(probability: number, by: Micros, random: SimRandom, window: Window = ALWAYS) {
    this.name = `reordering ${percent(probability)}`;
    this.window = window;
    this.#probability = probability;
    this.#by = by;
    this.#random = random;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(): Verdict {
    if (!this.#random.chance(this.#probability)) return PASS;
    this.#hits += 1;
    return {
      kind: 'delay',
      by: this.#by,
      why: 'Took a longer way: packets sent later may overtake it.',
    };
  }
}
