import type { ConnectionStatistics } from './pooled-connection.ts';

/** What a pool has done. */
export interface ConnectorStatistics {
  /** Connections open now, idle ones included. */
  readonly open: number;
  readonly idle: number;
  /** The most that were open at a time. */
  readonly peak: number;
  readonly opened: number;
  readonly reused: number;
  /** Requests that had to wait for a place. */
  readonly waited: number;
  readonly connections: readonly ConnectionStatistics[];
}
