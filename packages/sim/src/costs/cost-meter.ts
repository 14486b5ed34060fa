import type { TraceConnection, TracePacket, TraceRecord } from '../trace/record.ts';
import { ConnectionTable } from './connection-table.ts';
import { FlowCosts, flowKey, flowKeyOfLabel } from './flow-costs.ts';
import { LayerCosts } from './layer-costs.ts';
import { RunCosts } from './run-costs.ts';

/**
 * Adds up what a run costs, record by record. Memory grows with the number of connections, not with
 * the length of the run.
 */
export class CostMeter {
  readonly #flows: FlowCosts[] = [];
  /** The latest flow between the same two sockets. */
  readonly #latest = new Map<string, FlowCosts>();
  /** `client 3` → the flow of that host's connection 3. */
  readonly #ofConnection = new Map<string, FlowCosts>();
  readonly #total = new FlowCosts('');
  readonly #withoutFlow = new LayerCosts();
  readonly #table = new ConnectionTable();

  take(record: TraceRecord): void {
    this.#table.take(record);
    if (record.kind === 'note' || record.kind === 'state') this.#layersOf(record).take(record);
    if (!('packet' in record) || record.packet === undefined) return;
    const flow = this.#flowOf(record.packet, record);
    flow.take(record, record.packet);
    this.#total.take(record, record.packet);
  }

  /** The buffers of a host's connections hold so many bytes from now on. */
  hold(host: string, bytes: number, nowUs: number): void {
    this.#table.hold(host, bytes, nowUs);
  }

  /** What the run has cost up to `nowUs`. */
  costs(nowUs: number): RunCosts {
    let layers = this.#withoutFlow;
    for (const flow of this.#flows) layers = layers.plus(flow.layers);
    this.#total.layers = layers;
    return new RunCosts({
      total: this.#total,
      flows: this.#flows,
      ofConnection: this.#ofConnection,
      tables: this.#table.usage(nowUs),
    });
  }

  /** Notes that name no connection are the run's. */
  #layersOf(record: Extract<TraceRecord, { kind: 'note' | 'state' }>): LayerCosts {
    const flow =
      record.kind === 'state'
        ? this.#ofConnection.get(`${record.host} ${record.connection ?? -1}`)
        : this.#latest.get(flowKeyOfLabel(record.stream ?? '') ?? '');
    return flow?.layers ?? this.#withoutFlow;
  }

  #flowOf(packet: TracePacket, record: TraceRecord): FlowCosts {
    const host = 'host' in record ? record.host : undefined;
    const connection = (record as TraceConnection).connection;
    const key = flowKey(packet);
    if (host === undefined || connection === undefined) {
      return this.#latest.get(key) ?? this.#newFlow(key);
    }
    const known = this.#ofConnection.get(`${host} ${connection}`);
    if (known !== undefined) return known;
    let flow = this.#latest.get(key) ?? this.#newFlow(key);
    // The same two sockets may serve another connection later: then it is a flow of its own.
    if (flow.connections.has(host)) flow = this.#newFlow(key);
    flow.connections.set(host, connection);
    this.#ofConnection.set(`${host} ${connection}`, flow);
    return flow;
  }

  #newFlow(key: string): FlowCosts {
    const flow = new FlowCosts(key);
    this.#latest.set(key, flow);
    this.#flows.push(flow);
    return flow;
  }
}
