/**
 * costs: what a connection costs in packets, bytes, round trips, time and entries of the connection
 * table, added up from the records of a trace.
 *
 * Start reading at `flow-costs.ts`. Deliberately absent: money, energy, processor time.
 */
export * from './cost-meter.ts';
export * from './layer-costs.ts';
export * from './run-costs.ts';
export type { FlowCosts } from './flow-costs.ts';
export type { TableUsage } from './connection-table.ts';
