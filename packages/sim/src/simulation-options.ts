/** What can be said about a simulation, its hosts, links and runs. */
import type { Micros, TcpConfig } from '@tcplab/core';
import type { SimHost } from './host/index.ts';
import type { SimNat } from './nat/index.ts';
import type { DirectionOptions, Impairment, LinkDirection } from './network/index.ts';
import type { SimRandom } from './random/index.ts';
import type { TraceSink } from './trace/index.ts';

export interface SimulationOptions {
  /** Everything random of the run comes from it. @default 1 */
  readonly seed?: number;
  /** For people. @default 'simulation' */
  readonly name?: string;
  /** Who listens to the run. Without anybody nothing is recorded, and it runs several times faster. */
  readonly sinks?: readonly TraceSink[];
  /** Check the invariants of every connection after every event. @default false */
  readonly checkInvariants?: boolean;
  /** The scenario's text and its hash, for the trace's header. */
  readonly scenario?: { readonly text: string; readonly hash: string };
}

export interface HostSettings {
  /** Dotted. @default 10.0.0.1, 10.0.0.2 … in order of creation */
  readonly address?: string;
  readonly tcp?: Partial<TcpConfig>;
  /** Names of hosts to ask about names; without them every name of a host is known. */
  readonly nameServers?: readonly string[];
}

/** Both directions of a link; `forward` and `backward` override what is given for both. */
export interface LinkSettings extends DirectionOptions {
  readonly forward?: Partial<DirectionOptions>;
  readonly backward?: Partial<DirectionOptions>;
  /** Makes the impairments of one direction, each with a stream of its own. */
  readonly impair?: (
    streams: (purpose: string) => SimRandom,
    link: LinkDirection,
  ) => readonly Impairment[];
}

export interface NatSettings {
  /** The public address, dotted. */
  readonly address: string;
  /** Names of the hosts inside. */
  readonly inside: readonly string[];
  /** How long a mapping lives without traffic. @default five minutes */
  readonly idle?: Micros;
}

/** What a wire can end at. */
export type Station = SimHost | SimNat;

export interface RunLimits {
  /** Stop before the first event after this moment. @default NEVER */
  readonly until?: Micros;
  /** Stop after so many events of this call. @default MAX_EVENTS */
  readonly maxEvents?: number;
}

/** Why `run` came back. */
export type RunEnd = 'idle' | 'until' | 'max-events' | 'condition';

/** Events one call of `run` processes at most, unless it is told otherwise. */
export const MAX_EVENTS = 100_000_000;
