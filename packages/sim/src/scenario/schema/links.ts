import * as z from 'zod';
import { closed } from './closed.ts';
import { duration, probability, queueLimit, rate } from './quantities.ts';
import { condition, count, hostReference, numbersFromOne } from './words.ts';

export const PRESET_NAMES = [
  'lan',
  'wifi',
  'lossy-wifi',
  'lte',
  'satellite',
  'bufferbloat',
] as const;

export const delay = z
  .union(
    [
      duration.transform((us) => ({ kind: 'fixed' as const, delay: us })),
      closed({
        uniform: z.tuple([duration, duration]).refine(([from, to]) => from <= to, {
          message: 'expected the smaller duration first',
        }),
      }).transform(({ uniform: [from, to] }) => ({ kind: 'uniform' as const, from, to })),
      closed({ normal: closed({ mean: duration, deviation: duration }) }).transform(
        ({ normal: { mean, deviation } }) => ({ kind: 'normal' as const, mean, deviation }),
      ),
    ],
    'expected a delay: a duration with its unit such as 50ms, { uniform: [40ms, 60ms] } or { normal: { mean: 50ms, deviation: 5ms } }',
  )
  .meta({
    description: 'Propagation delay: fixed, uniform between two durations, or normal.',
    examples: [
      '50ms',
      { uniform: ['40ms', '60ms'] },
      { normal: { mean: '50ms', deviation: '5ms' } },
    ],
  });

const nthLoss = closed({
  nth: numbersFromOne.describe('The packets of this direction that are lost, counted from 1.'),
}).transform(({ nth }) => ({ kind: 'nth' as const, nth }));

const burstLoss = closed({
  burst: closed({
    toBad: probability.describe('From the good state to the bad one, per packet.'),
    toGood: probability.describe('From the bad state back, per packet.'),
    lossInGood: probability.optional().describe('Loss in the good state; nothing by default.'),
    lossInBad: probability.optional().describe('Loss in the bad state; everything by default.'),
  }),
}).transform(({ burst }) => ({ kind: 'burst' as const, ...burst }));

const everyLoss = closed({ every: count(1).describe('Every k-th packet.') }).transform(
  ({ every }) => ({ kind: 'every' as const, every }),
);

const predicateLoss = closed({ where: condition }).transform(({ where }) => ({
  kind: 'where' as const,
  where,
}));

export const loss = z
  .union(
    [
      probability.transform((chance) => ({ kind: 'chance' as const, chance })),
      nthLoss,
      everyLoss,
      burstLoss,
      predicateLoss,
    ],
    'expected a loss: a share such as 2%, { nth: [3] }, { every: 10 }, { burst: … } or { where: … }',
  )
  .meta({
    description:
      'Which packets are lost: a share of them by chance, in bursts (Gilbert–Elliott), the n-th, every k-th, or those that meet a condition.',
    examples: ['2%', { nth: [3, 7] }, { burst: { toBad: '1%', toGood: '30%' } }],
  });

const directionShape = {
  delay: delay.optional(),
  jitter: z
    .enum(['preserve', 'reorder'])
    .optional()
    .describe('Whether a delay that varies keeps the order of packets. Default: preserve.'),
  rate: rate.optional(),
  queue: queueLimit.optional(),
  mtu: count(68, 65_535).optional().describe('The largest datagram in bytes, 68 … 65535.'),
  loss: loss.optional(),
  duplicate: probability.optional(),
  corrupt: probability.optional(),
  reorder: closed({ chance: probability, by: duration }).optional(),
};

const direction = closed(directionShape);

export const link = closed({
  between: z
    .tuple([hostReference, hostReference])
    .describe('The hosts at both ends; forward is from the first to the second.'),
  preset: z
    .enum(PRESET_NAMES)
    .optional()
    .describe('A typical network; further keys replace parts.'),
  ...directionShape,
  forward: direction.optional().describe('Differences from the first host to the second.'),
  backward: direction.optional().describe('Differences from the second host to the first.'),
});

export const links = z
  .array(link)
  .max(2_016, 'expected at most 2,016 links')
  .meta({ description: 'The wires between hosts.' });

export type LinkSettings = z.output<typeof link>;
export type DirectionSettings = z.output<typeof direction>;
