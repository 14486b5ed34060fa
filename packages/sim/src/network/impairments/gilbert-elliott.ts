import type { SimRandom } from '../../random/index.ts';
import { ALWAYS, PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** The four probabilities of the Gilbert–Elliott model, each 0 … 1. */
export interface GilbertElliottParameters {
  /** From the good state to the bad one, per packet. */
  readonly toBad: number;
  /** From the bad state back to the good one, per packet. */
  readonly toGood: number;
  /** Loss in the good state. @default 0 */
  readonly lossInGood?: number;
  /** Loss in the bad state. @default 1 */
  readonly lossInBad?: number;
}

/** Losses in bursts: a two-state Markov chain that moves once per packet. */
export class GilbertElliottLoss implements Impairment {
  readonly name = 'burst loss (Gilbert–Elliott)';
  readonly window: Window;
  readonly #parameters: Required<GilbertElliottParameters>;
  readonly #random: SimRandom;
  #bad = false;
  #hits = 0;

  constructor(parameters: GilbertElliottParameters, random: SimRandom, window: Window = ALWAYS) {
    this.window = window;
    this.#parameters = { lossInGood: 0, lossInBad: 1, ...parameters };
    this.#random = random;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(): Verdict {
    const { toBad, toGood, lossInGood, lossInBad } = this.#parameters;
    // Always two draws, so that one parameter never shifts what another sees.
    const moves = this.#random.chance(this.#bad ? toGood : toBad);
    if (moves) this.#bad = !this.#bad;
    const lost = this.#random.chance(this.#bad ? lossInBad : lossInGood);
    if (!lost) return PASS;
    this.#hits += 1;
    return {
      kind: 'drop',
      why: `Lost in a burst: the link is in its ${this.#bad ? 'bad' : 'good'} state.`,
    };
  }
}
