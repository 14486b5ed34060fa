import type { SimRandom } from '../../random/index.ts';
import { ALWAYS, PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** Loses each packet with the same probability, independently (Bernoulli). */
export class BernoulliLoss implements Impairment {
  readonly name: string;
  readonly window: Window;
  readonly #probability: number;
  readonly #random: SimRandom;
  #hits = 0;

  /** @param probability 0 … 1 */
  constructor(probability: number, random: SimRandom, window: Window = ALWAYS) {
    this.name = `loss ${percent(probability)}`;
    this.window = window;
    this.#probability = probability;
    this.#random = random;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(): Verdict {
    if (!this.#random.chance(this.#probability)) return PASS;
    this.#hits += 1;
    return {
      kind: 'drop',
      why: `Lost by chance: the link loses ${percent(this.#probability)} of all packets.`,
    };
  }
}

/** A fraction as people write it, e.g. `2 %`. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 1_000_000) / 10_000} %`;
}
