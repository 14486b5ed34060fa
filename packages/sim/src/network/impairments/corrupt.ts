import type { SimRandom } from '../../random/index.ts';
import type { SimPacket } from '../packet.ts';
import { ByChance } from './by-chance.ts';
import { ALWAYS, type Verdict, type Window } from './impairment.ts';

/** Flips one random bit of some packets. The receiver's checksums decide what becomes of them. */
export class Corruption extends ByChance {
  /** @param probability 0 … 1 */
  constructor(probability: number, random: SimRandom, window: Window = ALWAYS) {
    super('corruption', probability, random, window);
  }

  protected verdict(packet: SimPacket): Verdict {
    const bit = this.random.below(packet.size * 8);
    return {
      kind: 'corrupt',
      bits: [bit],
      why: `Noise flipped bit ${bit % 8} of octet ${Math.floor(bit / 8)}.`,
    };
  }
}
