import type { SimRandom } from '../../random/index.ts';
import type { SimPacket } from '../packet.ts';
import { percent } from './loss.ts';
import { ALWAYS, PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** Flips one random bit of some packets. The receiver's checksums decide what becomes of them. */
export class Corruption implements Impairment {
  readonly name: string;
  readonly window: Window;
  readonly #probability: number;
  readonly #random: SimRandom;
  #hits = 0;

  /** @param probability 0 … 1 */
  constructor(probability: number, random: SimRandom, window: Window = ALWAYS) {
    this.name = `corruption ${percent(probability)}`;
    this.window = window;
    this.#probability = probability;
    this.#random = random;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(packet: SimPacket): Verdict {
    if (!this.#random.chance(this.#probability)) return PASS;
    this.#hits += 1;
    const bit = this.#random.below(packet.size * 8);
    return {
      kind: 'corrupt',
      bits: [bit],
      why: `Noise flipped bit ${bit % 8} of octet ${Math.floor(bit / 8)}.`,
    };
  }
}
