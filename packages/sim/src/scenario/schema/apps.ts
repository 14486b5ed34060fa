import * as z from 'zod';
import { APP_KINDS, type AppKind, type AppProgram } from '../apps/index.ts';
import { closed } from './closed.ts';
import { duration } from './quantities.ts';
import { hostReference } from './words.ts';

/** A program on a host, ready to start. */
export interface AppUse {
  readonly on: string;
  /** When it starts, in microseconds. */
  readonly at: number;
  readonly kind: AppKind;
  readonly settings: unknown;
  readonly program: AppProgram;
}

function settingsShape(): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {};
  for (const kind of APP_KINDS) shape[kind.key] = kind.settings.optional().describe(kind.about);
  return shape;
}

const KEYS = APP_KINDS.map((kind) => kind.key);

export const app = closed({
  on: hostReference,
  at: duration.optional().describe('When it starts. Default: at once.'),
  ...settingsShape(),
})
  .refine((each) => used(each).length === 1, {
    message: `an app is exactly one of ${KEYS.join(', ')}`,
  })
  .transform((each): AppUse => {
    const kind = used(each)[0]!;
    const settings = (each as Record<string, unknown>)[kind.key];
    return { on: each.on, at: each.at ?? 0, kind, settings, program: kind.program(settings) };
  });

function used(each: object): readonly AppKind[] {
  return APP_KINDS.filter((kind) => (each as Record<string, unknown>)[kind.key] !== undefined);
}

export const apps = z
  .array(app)
  .max(1_000, 'expected at most 1,000 apps')
  .meta({
    description: 'The programs that run on the hosts.',
    examples: [[{ on: 'server', echo: { port: 7 } }]],
  });
