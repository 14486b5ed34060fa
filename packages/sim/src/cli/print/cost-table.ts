import { formatMicros, type Micros } from '@tcplab/core';
import { LAYER_COST_NAMES, type FlowCosts, type RunCosts } from '../../costs/index.ts';
import type { RunResult } from '../../scenario/index.ts';
import { fittingTable } from './table.ts';

const HEADINGS = ['packets', 'bytes', 'payload', 'headers', 'round trips', 'time', 'lost', 'again'];

/** More connections than this are summed up in the last row alone. */
const MAX_ROWS = 20;

/** What each connection and the run as a whole cost. */
export function costTable(costs: RunCosts, width: number): string {
  const shown = costs.flows.slice(0, MAX_ROWS);
  const rows = [['connection', ...HEADINGS], ...shown.map((flow) => rowOf(flow.ends, flow))];
  if (costs.flows.length > shown.length) {
    rows.push([`… ${costs.flows.length - shown.length} more`, ...HEADINGS.map(() => '')]);
  }
  if (costs.flows.length !== 1) rows.push(rowOf('total', costs.total));
  return fittingTable(rows, width);
}

function rowOf(name: string, flow: FlowCosts): readonly string[] {
  return [
    name,
    String(flow.packets),
    String(flow.bytes),
    String(flow.payloadBytes),
    String(flow.headerBytes),
    String(flow.roundTrips),
    formatMicros(flow.timeUs as Micros),
    String(flow.lost),
    String(flow.resent),
  ];
}

/** What the connections took of each host's table, and for how long. */
export function tableUsage(costs: RunCosts, width: number): string {
  const rows = [
    ['host', 'most entries', 'at end', 'entry × time', 'in TIME-WAIT', 'most bytes', 'KB × s'],
    ...costs.tables.map((usage) => [
      usage.host,
      String(usage.peakEntries),
      String(usage.entriesAtEnd),
      formatMicros(usage.entryMicros as Micros),
      formatMicros(usage.timeWaitMicros as Micros),
      String(usage.peakBytes),
      (usage.byteMillis / 1_000_000).toFixed(3),
    ]),
  ];
  return fittingTable(rows, width);
}

/** The same scenario under several variations, side by side. */
export function comparisonTable(
  runs: readonly { readonly label: string; readonly result: RunResult }[],
  width: number,
): string {
  const rows = [
    ['variation', ...HEADINGS, 'expectations'],
    ...runs.map(({ label, result }) => [
      ...rowOf(label, result.costs.total),
      result.passed ? 'hold' : 'FAIL',
    ]),
  ];
  return fittingTable(rows, width);
}

/** The costs as JSON holds them. */
export function costsJson(costs: RunCosts): object {
  return {
    total: flowJson(costs.total),
    connections: costs.flows.map((flow) => ({ ends: flow.ends, ...flowJson(flow) })),
    tables: costs.tables,
  };
}

function flowJson(flow: FlowCosts): object {
  const layers: { [name: string]: number } = {};
  for (const name of LAYER_COST_NAMES) {
    if (flow.layers.get(name) !== 0) layers[name] = flow.layers.get(name);
  }
  return {
    packets: flow.packets,
    bytes: flow.bytes,
    payloadBytes: flow.payloadBytes,
    headerBytes: flow.headerBytes,
    roundTrips: flow.roundTrips,
    timeUs: flow.timeUs,
    lost: flow.lost,
    resent: flow.resent,
    layers,
  };
}
