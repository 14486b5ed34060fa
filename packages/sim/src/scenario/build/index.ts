/**
 * build: from a checked scenario to a simulation that is ready to run: hosts, links, faults, apps, script.
 *
 * Deliberately absent: running it and judging it, which is `../run.ts`.
 */
import { dottedAddress, us, type TcpConfig } from '@tcplab/core';
import { hashText } from '../../random/index.ts';
import { Simulation } from '../../simulation.ts';
import type { TraceSink } from '../../trace/index.ts';
import type { LoadedScenario } from '../load.ts';
import { startApps } from './build-apps.ts';
import { buildFaults, type BuiltFault } from './build-faults.ts';
import { buildLinks } from './build-links.ts';
import { buildScript } from './build-script.ts';

export type { BuiltFault } from './build-faults.ts';

export interface BuildOptions {
  /** @default the scenario's own */
  readonly seed?: number;
  readonly sinks?: readonly TraceSink[];
  readonly checkInvariants?: boolean;
}

export interface BuiltScenario {
  readonly simulation: Simulation;
  readonly faults: readonly BuiltFault[];
}

/** A simulation of the scenario at its beginning. */
export function buildScenario(loaded: LoadedScenario, options: BuildOptions = {}): BuiltScenario {
  const { scenario, text } = loaded;
  const simulation = new Simulation({
    seed: options.seed ?? scenario.seed,
    name: scenario.name,
    sinks: options.sinks ?? [],
    checkInvariants: options.checkInvariants ?? false,
    scenario: { text, hash: hashText(text) },
  });
  for (const [name, { address, tcp, nat, nameServers }] of Object.entries(scenario.hosts)) {
    if (nat !== undefined && address !== undefined) {
      simulation.nat(name, {
        address: dottedAddress(address),
        inside: nat.inside,
        ...(nat.idle === undefined ? {} : { idle: us(nat.idle) }),
      });
      continue;
    }
    simulation.host(name, {
      ...(address === undefined ? {} : { address: dottedAddress(address) }),
      ...(tcp === undefined ? {} : { tcp: withoutGaps(tcp) }),
      ...(nameServers === undefined ? {} : { nameServers }),
    });
  }
  buildLinks(simulation, scenario.links);
  const faults = buildFaults(simulation, scenario.faults);
  // Services are up before clients ask for them, whatever the order in the file.
  startApps(simulation, scenario);
  buildScript(simulation, scenario);
  return { simulation, faults };
}

function withoutGaps(tcp: object): Partial<TcpConfig> {
  const entries = Object.entries(tcp).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<TcpConfig>;
}
