import { us } from '@tcplab/core';
import type { Simulation } from '../../simulation.ts';
import type { Wires } from '../apps/index.ts';
import type { Scenario } from '../schema/index.ts';
import { directionBetween } from './build-faults.ts';
import { Eavesdropper } from './eavesdropper.ts';

/**
 * Starts the apps at their times.
 * @param only after a restart: the services of this host alone, which a machine starts at boot, at once
 */
export function startApps(
  simulation: Simulation,
  scenario: Scenario,
  only?: { readonly servicesOf: string },
): void {
  const wires = wiresOf(simulation);
  for (const app of scenario.apps) {
    const host = simulation.host(app.on);
    const start = (): void => void host.spawn(app.program(host, wires), app.kind.key);
    if (only === undefined) simulation.at(us(app.at), start);
    else if (only.servicesOf === app.on && app.kind.needs(app.settings).listens.length > 0) start();
  }
}

/** Both directions of a link, for who listens. */
function wiresOf(simulation: Simulation): Wires {
  return {
    overhear([a, b], heard) {
      for (const direction of [
        directionBetween(simulation, a, b),
        directionBetween(simulation, b, a),
      ]) {
        // Before whatever else the link does: who listens at the cable hears what is lost later.
        direction.impairments.unshift(new Eavesdropper(heard));
      }
    },
  };
}
