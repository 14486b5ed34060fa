import { us } from '@tcplab/core';
import type { Simulation } from '../../simulation.ts';
import type { Scenario } from '../schema/index.ts';

/**
 * Starts the apps at their times.
 * @param only after a restart: the services of this host alone, which a machine starts at boot, at once
 */
export function startApps(
  simulation: Simulation,
  scenario: Scenario,
  only?: { readonly servicesOf: string },
): void {
  for (const app of scenario.apps) {
    const host = simulation.host(app.on);
    const start = (): void => void host.spawn(app.program(host), app.kind.key);
    if (only === undefined) simulation.at(us(app.at), start);
    else if (only.servicesOf === app.on && app.kind.needs(app.settings).listens.length > 0) start();
  }
}
