import type { Micros } from '@tcplab/core';
import {
  FaultRule,
  type LinkDirection,
  type PacketView,
  type Selection,
  type Verdict,
  type Window,
} from './network/index.ts';

/** Which packets a fault is for: a predicate over what can be seen of a packet. */
export type PacketPredicate = (packet: PacketView) => boolean;

/** A fault that was added to every link; `hits` tells whether it ever did anything. */
export class FaultHandle {
  readonly name: string;
  readonly #rules: readonly FaultRule[];

  constructor(name: string, rules: readonly FaultRule[]) {
    this.name = name;
    this.#rules = rules;
  }

  /** Packets it has touched, on all links together. */
  get hits(): number {
    let hits = 0;
    for (const rule of this.#rules) hits += rule.hits;
    return hits;
  }
}

export interface FaultOptions extends Selection {
  readonly name?: string;
  readonly window?: Window;
  /** The sentence for the trace. */
  readonly why?: string;
}

/**
 * Faults for particular packets, on whichever link they travel: `sim.faults.drop((p) => …, { nth: [1] })`.
 * Counting is per direction of a link.
 */
export class Faults {
  readonly #directions: () => readonly LinkDirection[];
  readonly #added: FaultHandle[] = [];

  constructor(directions: () => readonly LinkDirection[]) {
    this.#directions = directions;
  }

  /** All faults so far, in order. */
  get all(): readonly FaultHandle[] {
    return this.#added;
  }

  drop(match: PacketPredicate, options: FaultOptions = {}): FaultHandle {
    return this.#add(
      'drop',
      match,
      { kind: 'drop', why: options.why ?? 'A fault drops it.' },
      options,
    );
  }

  delay(match: PacketPredicate, by: Micros, options: FaultOptions = {}): FaultHandle {
    const why = options.why ?? 'A fault delays it.';
    return this.#add('delay', match, { kind: 'delay', by, why }, options);
  }

  duplicate(match: PacketPredicate, by: Micros, options: FaultOptions = {}): FaultHandle {
    const why = options.why ?? 'A fault duplicates it.';
    return this.#add('duplicate', match, { kind: 'duplicate', copies: 1, by, why }, options);
  }

  /** Flips these bits; bit 0 is the first bit of the internet header. */
  corrupt(
    match: PacketPredicate,
    bits: readonly number[],
    options: FaultOptions = {},
  ): FaultHandle {
    const why = options.why ?? 'A fault damages it.';
    return this.#add('corrupt', match, { kind: 'corrupt', bits, why }, options);
  }

  /** Keeps packets until `release(name)` of their link. */
  hold(match: PacketPredicate, name: string, options: FaultOptions = {}): FaultHandle {
    const why = options.why ?? 'A fault holds it back.';
    return this.#add('hold', match, { kind: 'hold', name, why }, options);
  }

  #add(kind: string, match: PacketPredicate, verdict: Verdict, options: FaultOptions): FaultHandle {
    const name = options.name ?? `${kind} #${this.#added.length + 1}`;
    const rules: FaultRule[] = [];
    for (const direction of this.#directions()) {
      const rule = new FaultRule({
        name,
        match,
        verdict,
        select: options,
        ...(options.window === undefined ? {} : { window: options.window }),
      });
      // Faults for particular packets come before what a wire does by chance.
      direction.impairments.splice(countRules(direction), 0, rule);
      rules.push(rule);
    }
    const handle = new FaultHandle(name, rules);
    this.#added.push(handle);
    return handle;
  }
}

function countRules(direction: LinkDirection): number {
  return direction.impairments.filter((impairment) => impairment instanceof FaultRule).length;
}
