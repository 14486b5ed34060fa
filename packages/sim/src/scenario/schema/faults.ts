import * as z from 'zod';
import { closed } from './closed.ts';
import { matchShape } from './matching.ts';
import { duration, size } from './quantities.ts';
import { count, flags, hostReference, name, port, prose } from './words.ts';

const sequenceNumber = count(0, 4_294_967_295);

const drop = closed(matchShape);
const delay = closed({ ...matchShape, by: duration.describe('How much later it arrives.') });
const duplicate = closed({
  ...matchShape,
  copies: count(1, 100).optional().describe('How many copies follow. Default: 1.'),
  by: duration.optional().describe('How long after the packet each copy arrives. Default: 1us.'),
});
const corrupt = closed({
  ...matchShape,
  bits: z
    .array(count(0, 524_279))
    .min(1, 'expected at least one bit')
    .max(64)
    .describe('The bits that flip; bit 0 is the first bit of the IP header.'),
});
const hold = closed({
  ...matchShape,
  as: name.describe('The name by which the script releases it.'),
  until: duration.optional().describe('When it is released, unless the script does it.'),
});

const inject = closed({
  at: duration,
  from: hostReference.describe('Whose address it pretends to come from.'),
  to: hostReference,
  srcPort: port,
  dstPort: port,
  flags,
  seq: sequenceNumber,
  ack: sequenceNumber.optional(),
  wnd: count(0, 65_535).optional().describe('The window field. Default: 65535.'),
  text: z.string().max(1_400).optional().describe('The payload.'),
  size: size.refine((bytes) => bytes <= 1_400, 'expected at most 1400 B').optional(),
});

const KINDS = ['drop', 'delay', 'duplicate', 'corrupt', 'hold', 'inject'] as const;

export const fault = closed({
  name: prose.optional().describe('How traces and warnings call this fault.'),
  drop: drop.optional(),
  delay: delay.optional().describe('Arrives later; packets behind it may overtake it.'),
  duplicate: duplicate.optional(),
  corrupt: corrupt.optional(),
  hold: hold.optional().describe('Kept on the wire until it is released.'),
  inject: inject.optional().describe('A segment that no host sent.'),
})
  .refine((each) => KINDS.filter((kind) => each[kind] !== undefined).length === 1, {
    message: `a fault does exactly one thing: ${KINDS.join(', ')}`,
  })
  .transform((each): Fault => {
    const label = each.name === undefined ? {} : { name: each.name };
    if (each.drop !== undefined) return { kind: 'drop', ...label, match: each.drop };
    if (each.delay !== undefined)
      return { kind: 'delay', ...label, match: each.delay, by: each.delay.by };
    if (each.duplicate !== undefined) {
      const { copies = 1, by = 1 } = each.duplicate;
      return { kind: 'duplicate', ...label, match: each.duplicate, copies, by };
    }
    if (each.corrupt !== undefined) {
      return { kind: 'corrupt', ...label, match: each.corrupt, bits: each.corrupt.bits };
    }
    if (each.hold !== undefined) {
      const { as, until } = each.hold;
      return {
        kind: 'hold',
        ...label,
        match: each.hold,
        as,
        ...(until === undefined ? {} : { until }),
      };
    }
    return { kind: 'inject', ...label, segment: each.inject! };
  });

export const faults = z
  .array(fault)
  .max(1_000, 'expected at most 1,000 faults')
  .meta({
    description: 'What goes wrong, packet by packet.',
    examples: [[{ drop: { from: 'server', flags: 'SA', nth: 1 } }]],
  });

type Match = z.output<typeof drop>;

/** A segment forged from nothing. */
export type InjectedSegment = z.output<typeof inject>;

export type Fault = { readonly name?: string } & (
  | { readonly kind: 'drop'; readonly match: Match }
  | { readonly kind: 'delay'; readonly match: Match; readonly by: number }
  | {
      readonly kind: 'duplicate';
      readonly match: Match;
      readonly copies: number;
      readonly by: number;
    }
  | { readonly kind: 'corrupt'; readonly match: Match; readonly bits: readonly number[] }
  | { readonly kind: 'hold'; readonly match: Match; readonly as: string; readonly until?: number }
  | { readonly kind: 'inject'; readonly segment: InjectedSegment }
);
