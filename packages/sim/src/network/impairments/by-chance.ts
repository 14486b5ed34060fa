import type { SimRandom } from '../../random/index.ts';
import type { SimPacket } from '../packet.ts';
import { PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** What touches each packet with the same probability, independently of all others. */
export abstract class ByChance implements Impairment {
  readonly name: string;
  readonly window: Window;
  protected readonly random: SimRandom;
  readonly #probability: number;
  #hits = 0;

  /** @param kind the word for it, e.g. `loss`, @param probability 0 … 1 */
  constructor(kind: string, probability: number, random: SimRandom, window: Window) {
    this.name = `${kind} ${percent(probability)}`;
    this.window = window;
    this.random = random;
    this.#probability = probability;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(packet: SimPacket): Verdict {
    if (!this.random.chance(this.#probability)) return PASS;
    this.#hits += 1;
    return this.verdict(packet);
  }

  /** What happens to a packet that chance has picked. */
  protected abstract verdict(packet: SimPacket): Verdict;
}

/** A fraction as people write it, e.g. `2 %`. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 1_000_000) / 10_000} %`;
}
