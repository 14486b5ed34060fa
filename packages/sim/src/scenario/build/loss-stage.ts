import {
  ALWAYS,
  BernoulliLoss,
  GilbertElliottLoss,
  PASS,
  type Impairment,
  type LinkDirection,
  type PacketView,
  type SimPacket,
  type Verdict,
} from '../../network/index.ts';
import type { Micros } from '@tcplab/core';
import type { SimRandom } from '../../random/index.ts';
import type { DirectionSettings } from '../schema/index.ts';
import { FaultRule } from '../../network/index.ts';
import { packetPredicate } from './packet-predicate.ts';

type Loss = NonNullable<DirectionSettings['loss']>;

/** The loss of one direction of a link; the script may replace it while the run goes on. */
export class LossStage implements Impairment {
  readonly window = ALWAYS;
  readonly #direction: LinkDirection;
  readonly #random: () => SimRandom;
  #inner: Impairment | undefined;

  constructor(direction: LinkDirection, random: () => SimRandom) {
    this.#direction = direction;
    this.#random = random;
  }

  get name(): string {
    return this.#inner?.name ?? 'no loss';
  }

  get hits(): number {
    return this.#inner?.hits ?? 0;
  }

  /** From now on packets are lost like this; undefined loses none. */
  set(loss: Loss | undefined): void {
    this.#inner = loss === undefined ? undefined : this.#make(loss);
  }

  judge(packet: SimPacket, view: () => PacketView, now: Micros): Verdict {
    return this.#inner?.judge(packet, view, now) ?? PASS;
  }

  #make(loss: Loss): Impairment | undefined {
    const why = `The link ${this.#direction.name} loses this packet.`;
    const verdict: Verdict = { kind: 'drop', why };
    switch (loss.kind) {
      case 'chance':
        return loss.chance === 0 ? undefined : new BernoulliLoss(loss.chance, this.#random());
      case 'burst': {
        const { toBad, toGood, lossInGood = 0, lossInBad = 1 } = loss;
        return new GilbertElliottLoss({ toBad, toGood, lossInGood, lossInBad }, this.#random());
      }
      case 'nth': {
        const { nth } = loss;
        return new FaultRule({ name: 'loss by number', match: all, verdict, select: { nth } });
      }
      case 'every': {
        const { every } = loss;
        return new FaultRule({
          name: `loss of every ${every}`,
          match: all,
          verdict,
          select: { every },
        });
      }
      case 'where': {
        const match = packetPredicate(loss.where.parsed, this.#direction.name);
        return new FaultRule({ name: `loss where ${loss.where.text}`, match, verdict });
      }
    }
  }
}

function all(): boolean {
  return true;
}

/** The loss stage of a direction that `buildLinks` made. */
export function lossStageOf(direction: LinkDirection): LossStage | undefined {
  return direction.impairments.find((one): one is LossStage => one instanceof LossStage);
}
