import * as z from 'zod';
import { apps } from './apps.ts';
import { closed } from './closed.ts';
import { faults } from './faults.ts';
import { hosts } from './hosts.ts';
import { links } from './links.ts';
import { duration } from './quantities.ts';
import { script } from './script.ts';
import { compare, expect, notes, vary, view } from './sections.ts';
import { count, prose } from './words.ts';

/** The version of the scenario language. */
export const SCENARIO_VERSION = 1;

export const scenarioSchema = closed({
  tcplab: z
    .literal(SCENARIO_VERSION, `expected ${SCENARIO_VERSION}, the version of the scenario language`)
    .describe('The version of the scenario language: 1.'),
  name: prose.describe('What this scenario is called.'),
  lesson: prose.optional().describe('What it teaches, in one sentence.'),
  seed: count(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('The seed of all randomness. Default: 1.'),
  until: duration.optional().describe('When the run ends, if it does not end by itself.'),
  maxEvents: count(1).optional().describe('How many events the run may have.'),
  hosts,
  links: links.optional(),
  apps: apps.optional(),
  script: script.optional(),
  faults: faults.optional(),
  expect: expect.optional(),
  vary: vary.optional(),
  compare: compare.optional(),
  view: view.optional(),
  notes: notes.optional(),
})
  .transform((file) => ({
    ...file,
    seed: file.seed ?? 1,
    links: file.links ?? [],
    apps: file.apps ?? [],
    script: file.script ?? [],
    faults: file.faults ?? [],
    expect: file.expect ?? [],
    vary: file.vary ?? [],
    compare: file.compare ?? [],
    view: file.view ?? {},
    notes: file.notes ?? [],
  }))
  .meta({ title: 'tcplab scenario', description: 'A run of the TCP laboratory.' });

/** A checked scenario: quantities are whole numbers, expressions are parsed. */
export type Scenario = z.output<typeof scenarioSchema>;

/** The JSON Schema of a scenario file, for editors. */
export function schemaOfScenario(): object {
  return z.toJSONSchema(scenarioSchema, {
    io: 'input',
    // Examples are of the input; zod leaves them out where a value is transformed.
    override({ zodSchema, jsonSchema }) {
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}
