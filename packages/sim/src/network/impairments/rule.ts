import type { Micros } from '@tcplab/core';
import type { PacketView, SimPacket } from '../packet.ts';
import { ALWAYS, PASS, type Impairment, type Verdict, type Window } from './impairment.ts';

/** Which of the packets that match a fault touches. */
export interface Selection {
  /** Only these occurrences of the match, counted from 1. */
  readonly nth?: readonly number[];
  /** Every k-th match, counted from the k-th. */
  readonly every?: number;
  /** At most so many. */
  readonly first?: number;
}

export interface FaultRuleOptions {
  readonly name: string;
  readonly match: (packet: PacketView) => boolean;
  /** What happens to a packet that matches and is selected. */
  readonly verdict: Verdict;
  readonly select?: Selection;
  readonly window?: Window;
}

/** A fault written for particular packets: a predicate, a selection among its matches, and a verdict. */
export class FaultRule implements Impairment {
  readonly name: string;
  readonly window: Window;
  readonly #options: FaultRuleOptions;
  #matches = 0;
  #hits = 0;

  constructor(options: FaultRuleOptions) {
    this.name = options.name;
    this.window = options.window ?? ALWAYS;
    this.#options = options;
  }

  get hits(): number {
    return this.#hits;
  }

  judge(_packet: SimPacket, view: () => PacketView, _now: Micros): Verdict {
    if (!this.#options.match(view())) return PASS;
    this.#matches += 1;
    if (!this.#isSelected()) return PASS;
    this.#hits += 1;
    return this.#options.verdict;
  }

  #isSelected(): boolean {
    const { nth, every, first } = this.#options.select ?? {};
    if (nth !== undefined && !nth.includes(this.#matches)) return false;
    if (every !== undefined && this.#matches % every !== 0) return false;
    return first === undefined || this.#hits < first;
  }
}
