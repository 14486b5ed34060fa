import type * as z from 'zod';
import type { Process, ProgramHost } from '@tcplab/core';
import type { Wires } from './wires.ts';

/** A program, ready to run on a host. */
export type AppProgram = (host: ProgramHost, wires: Wires) => Process;

/** What an app asks of the rest of the scenario, for checks across it. */
export interface AppNeeds {
  /** Ports it listens on. */
  readonly listens: readonly number[];
  /** Hosts it talks to. */
  readonly peers: readonly string[];
  /** Links it listens on, by their ends. */
  readonly overhears: readonly (readonly [string, string])[];
}

/** One kind of app that a scenario can name. */
export interface AppKind {
  /** Its key in the file. */
  readonly key: string;
  /** One sentence. */
  readonly about: string;
  readonly settings: z.ZodType;
  needs(settings: unknown): AppNeeds;
  program(settings: unknown): AppProgram;
}

interface AppDefinition<Settings extends z.ZodType> {
  readonly key: string;
  readonly about: string;
  readonly settings: Settings;
  needs(settings: z.output<Settings>): Partial<AppNeeds>;
  /** @param wires for programs that listen on links that are not theirs */
  run(host: ProgramHost, settings: z.output<Settings>, wires: Wires): Process;
}

/** Defines a kind of app; its settings reach `run` as its schema gives them. */
export function appKind<Settings extends z.ZodType>(definition: AppDefinition<Settings>): AppKind {
  const { key, about, settings } = definition;
  type Given = z.output<Settings>;
  return {
    key,
    about,
    settings,
    needs: (given) => ({
      listens: [],
      peers: [],
      overhears: [],
      ...definition.needs(given as Given),
    }),
    program: (given) => (host, wires) => definition.run(host, given as Given, wires),
  };
}
