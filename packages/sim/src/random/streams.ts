import { CallError, type RandomStream } from '@tcplab/core';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { Fnv64 } from './hash.ts';

/** The largest seed: 2^53 − 1, so that it survives JSON. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** One named stream of a run: xoroshiro128+ (pure-rand), integers only. */
export class SimRandom implements RandomStream {
  readonly #generator;

  /** @param seed of the run, @param name of the stream: together they decide every draw. */
  constructor(seed: number, name: string) {
    const a = new Fnv64().text(`${seed}/${name}`);
    const b = new Fnv64().text(`${name}/${seed}/tcplab`);
    this.#generator = xoroshiro128plusFromState([a.high, a.low, b.high, b.low | 1]);
    // The first outputs of xoroshiro mirror its state; a few steps mix it.
    for (let i = 0; i < 8; i += 1) this.#generator.next();
  }

  u32(): number {
    return this.#generator.next() >>> 0;
  }

  below(n: number): number {
    return n <= 1 ? 0 : uniformInt(this.#generator, 0, n - 1);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = this.#generator.next() >>> 24;
    return bytes;
  }

  /** True with this probability, 0 … 1. Exact: compares 32 random bits with a threshold. */
  chance(probability: number): boolean {
    return this.u32() < Math.floor(probability * 0x1_0000_0000);
  }
}

/** All streams of one run. The same name gives the same stream object. */
export class RandomStreams {
  readonly seed: number;
  readonly #streams = new Map<string, SimRandom>();

  /** @param seed 0 … 2^53 − 1. @throws CallError for anything else */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new CallError('illegal seed', `expected an integer 0 … ${MAX_SEED}, found ${seed}`);
    }
    this.seed = seed;
  }

  stream(name: string): SimRandom {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new SimRandom(this.seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
