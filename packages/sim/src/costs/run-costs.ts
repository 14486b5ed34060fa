import type { TableUsage } from './connection-table.ts';
import type { FlowCosts } from './flow-costs.ts';
import { LAYER_COST_NAMES, type LayerCostName } from './layer-costs.ts';

/** Which part of a run is meant: a host (`index` below 0) or one connection of it. */
export interface CostSubject {
  readonly host: string;
  readonly index: number;
}

/** The names of all figures: of the packets first, then of the layers. */
export const COST_NAMES = [
  'packets',
  'bytes',
  'payloadBytes',
  'headerBytes',
  'roundTrips',
  'lost',
  'resent',
  ...LAYER_COST_NAMES,
] as const;

export type CostName = (typeof COST_NAMES)[number];

interface Parts {
  readonly total: FlowCosts;
  readonly flows: readonly FlowCosts[];
  readonly ofConnection: ReadonlyMap<string, FlowCosts>;
  readonly tables: readonly TableUsage[];
}

/** What a run cost: the sum, each connection, and each host's connection table. */
export class RunCosts {
  readonly total: FlowCosts;
  /** In order of their first packet. */
  readonly flows: readonly FlowCosts[];
  readonly tables: readonly TableUsage[];
  readonly #ofConnection: ReadonlyMap<string, FlowCosts>;

  constructor(parts: Parts) {
    this.total = parts.total;
    this.flows = parts.flows;
    this.tables = parts.tables;
    this.#ofConnection = parts.ofConnection;
  }

  /** The latest connection that has something of this figure, e.g. the last with a TLS handshake. */
  lastWith(name: CostName): FlowCosts | undefined {
    return [...this.flows].reverse().find((flow) => figure(flow, name) > 0);
  }

  /** One figure of the run, of a host, or of a connection; undefined when there is no such thing. */
  value(name: CostName, subject?: CostSubject): number | undefined {
    if (subject === undefined) return figure(this.total, name);
    if (subject.index >= 0) {
      const flow = this.#ofConnection.get(`${subject.host} ${subject.index}`);
      return flow === undefined ? undefined : figure(flow, name);
    }
    const flows = this.flows.filter((flow) => flow.connections.has(subject.host));
    return flows.reduce((sum, flow) => sum + figure(flow, name), 0);
  }
}

function figure(flow: FlowCosts, name: CostName): number {
  return isOfLayer(name) ? flow.layers.get(name) : flow[name];
}

function isOfLayer(name: CostName): name is LayerCostName {
  return name.includes('.');
}
