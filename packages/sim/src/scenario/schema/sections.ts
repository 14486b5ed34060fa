/** The sections of a scenario that are small: expectations, variations, comparison, view, notes. */
import * as z from 'zod';
import { closed } from './closed.ts';
import { duration } from './quantities.ts';
import { claim, hostReference, prose } from './words.ts';

const explained = closed({
  that: claim,
  because: prose.optional().describe('Why this is to be expected; shown when it fails.'),
});

const claims = z
  .array(
    z.union(
      [claim.transform((that) => ({ that })), explained],
      'expected a claim as a text, or { that: …, because: … }',
    ),
  )
  .max(1_000, 'expected at most 1,000 claims');

export const expect = claims.meta({
  description: 'What must hold of the run.',
  examples: [['client.tcp[0] reaches ESTABLISHED within 2s', 'never segment where resent']],
});

const path = z
  .string()
  .regex(
    /^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*|\[\d{1,4}\])*$/,
    'expected the place of a value in this file, e.g. links[0].delay',
  )
  .meta({ examples: ['links[0].delay', 'hosts.server.tcp.delayedAck'] });

/** A value as it would stand in the file; it is checked there. */
const written = z.json('expected a value as it would stand in the file');

export const vary = z
  .array(
    closed({
      set: path.describe('The place of the value in this file.'),
      to: z.array(written).min(1, 'expected at least one value').max(100),
      name: prose.optional().describe('A heading for the table.'),
    }),
  )
  .max(4, 'expected at most 4 variations')
  .meta({
    description: 'Runs the scenario once for each value, or for each combination of values.',
    examples: [[{ set: 'links[0].delay', to: ['10ms', '80ms', '200ms'] }]],
  });

export const compare = z
  .array(
    closed({
      name: prose.describe('The heading of this variation.'),
      set: z.record(path, written).describe('The values that differ, by their place in this file.'),
      baseline: z
        .boolean()
        .optional()
        .describe('Those that follow are measured against this one. Default: the first alone.'),
      expect: claims.optional().describe('What must hold of this variation besides.'),
    }),
  )
  .min(2, 'a comparison wants at least two variations')
  .max(20)
  .meta({
    description: 'Runs the scenario under each variation and tabulates the costs.',
    examples: [
      [
        { name: 'with Nagle', set: {} },
        { name: 'without Nagle', set: { 'hosts.client.tcp.nagle': false } },
      ],
    ],
  });

export const view = closed({
  ladder: z.enum(['compact', 'time']).optional().describe('Equal steps, or to the scale of time.'),
  hosts: z.array(hostReference).min(1).optional().describe('Which hosts, from left to right.'),
  from: duration.optional(),
  to: duration.optional(),
}).meta({ description: 'How drawings of this scenario begin.' });

export const notes = z
  .union([prose.transform((text) => [text]), z.array(prose)], 'expected a text or a list of texts')
  .meta({ description: 'Background for the reader.' });
