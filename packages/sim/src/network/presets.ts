import { ms, us } from '@tcplab/core';
import { fixedDelay } from '../random/index.ts';
import type { DirectionOptions } from './link-direction.ts';

/** One direction of a typical access network, its impairments included. All numbers are round figures to reason with. */
export interface LinkPreset {
  readonly name: string;
  readonly about: string;
  readonly direction: DirectionOptions;
  /** Independent loss, 0 … 1. */
  readonly loss?: number;
  /** Loss in bursts. */
  readonly burst?: { readonly toBad: number; readonly toGood: number; readonly lossInBad: number };
}

export const LINK_PRESETS: readonly LinkPreset[] = [
  {
    name: 'lan',
    about: 'Wired Ethernet in one building: 1 Gbit/s, 0.1 ms each way, 256 KB queue, no loss.',
    direction: { delay: fixedDelay(us(100)), rate: 1_000_000_000, queue: { bytes: 262_144 } },
  },
  {
    name: 'wifi',
    about:
      'A good wireless network: 50 Mbit/s, 2 to 5 ms each way in order, 128 KB queue, 0.1 % loss.',
    direction: {
      delay: { kind: 'uniform', from: ms(2), to: ms(5) },
      rate: 50_000_000,
      queue: { bytes: 131_072 },
    },
    loss: 0.001,
  },
  {
    name: 'lossy-wifi',
    about:
      'A bad wireless network: 10 Mbit/s, 20 ms ± 5 ms each way in order, bursts of loss (about 2 %).',
    direction: {
      delay: { kind: 'normal', mean: ms(20), deviation: ms(5) },
      rate: 10_000_000,
      queue: { bytes: 65_536 },
    },
    burst: { toBad: 0.01, toGood: 0.3, lossInBad: 0.6 },
  },
  {
    name: 'lte',
    about: 'Mobile: 20 Mbit/s, 35 ms ± 8 ms each way in order, 512 KB queue, 0.05 % loss.',
    direction: {
      delay: { kind: 'normal', mean: ms(35), deviation: ms(8) },
      rate: 20_000_000,
      queue: { bytes: 524_288 },
    },
    loss: 0.0005,
  },
  {
    name: 'satellite',
    about: 'A geostationary satellite: 10 Mbit/s, 300 ms each way, 256 KB queue, 0.1 % loss.',
    direction: { delay: fixedDelay(ms(300)), rate: 10_000_000, queue: { bytes: 262_144 } },
    loss: 0.001,
  },
  {
    name: 'bufferbloat',
    about:
      'A home uplink whose modem queues far too much: 2 Mbit/s, 15 ms each way, 1 MB queue (4 s of delay).',
    direction: { delay: fixedDelay(ms(15)), rate: 2_000_000, queue: { bytes: 1_048_576 } },
  },
];

/** The preset of this name, or undefined. */
export function findPreset(name: string): LinkPreset | undefined {
  return LINK_PRESETS.find((preset) => preset.name === name);
}
