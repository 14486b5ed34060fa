import type { SimRandom } from '../../random/index.ts';
import { ByChance, percent } from './by-chance.ts';
import { ALWAYS, type Verdict, type Window } from './impairment.ts';

/** Loses each packet with the same probability, independently (Bernoulli). */
export class BernoulliLoss extends ByChance {
  readonly #share: string;

  /** @param probability 0 … 1 */
  constructor(probability: number, random: SimRandom, window: Window = ALWAYS) {
    super('loss', probability, random, window);
    this.#share = percent(probability);
  }

  protected verdict(): Verdict {
    return { kind: 'drop', why: `Lost by chance: the link loses ${this.#share} of all packets.` };
  }
}
