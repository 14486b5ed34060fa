import { CallError } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';

/** The dynamic ports of RFC 6335 §6. */
export const FIRST_EPHEMERAL_PORT = 49_152;
const EPHEMERAL_PORTS = 65_536 - FIRST_EPHEMERAL_PORT;

/**
 * Simple port randomisation, RFC 6056 §3.3.1: a random start, then the next free port.
 * @throws CallError `insufficient resources` when every dynamic port is taken
 */
export function chooseEphemeralPort(
  random: RandomStream,
  taken: (port: number) => boolean,
): number {
  const start = random.below(EPHEMERAL_PORTS);
  for (let step = 0; step < EPHEMERAL_PORTS; step += 1) {
    const port = FIRST_EPHEMERAL_PORT + ((start + step) % EPHEMERAL_PORTS);
    if (!taken(port)) return port;
  }
  throw new CallError('insufficient resources', 'every dynamic port is taken');
}
