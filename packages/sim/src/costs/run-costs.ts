import type { TableUsage } from './connection-table.ts';
import type { FlowCosts } from './flow-costs.ts';

/** Which part of a run is meant: a host (`index` below 0) or one connection of it. */
export interface CostSubject {
  readonly host: string;
  readonly index: number;
}

export type CostName =
  | 'packets'
  | 'bytes'
  | 'payloadBytes'
  | 'headerBytes'
  | 'roundTrips'
  | 'lost'
  | 'resent';

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

  /** One figure of the run, of a host, or of a connection; undefined when there is no such thing. */
  value(name: CostName, subject?: CostSubject): number | undefined {
    if (subject === undefined) return this.total[name];
    if (subject.index >= 0)
      return this.#ofConnection.get(`${subject.host} ${subject.index}`)?.[name];
    const flows = this.flows.filter((flow) => flow.connections.has(subject.host));
    return flows.reduce((sum, flow) => sum + flow[name], 0);
  }
}
