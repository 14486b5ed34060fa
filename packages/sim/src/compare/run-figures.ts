import type { RunResult } from '../scenario/index.ts';
import type { TableHistory, TableStep } from './table-history.ts';
import type { Wait } from './waits.ts';

/** What one run cost, as a comparison shows it. */
export interface RunFigures {
  readonly packets: number;
  /** Whole datagrams. */
  readonly bytes: number;
  readonly payloadBytes: number;
  readonly headerBytes: number;
  readonly roundTrips: number;
  readonly lost: number;
  readonly resent: number;
  readonly tcpHandshakes: number;
  readonly tlsHandshakes: number;
  /** Round trips that data waited for, and what TLS added to the data, in all handshakes … */
  readonly tlsRoundTrips: number;
  readonly tlsBytes: number;
  /** … and in the last of them, which alone is resumed; undefined without any. */
  readonly lastTlsRoundTrips: number | undefined;
  readonly lastTlsBytes: number | undefined;
  /** From the opening of that connection to the end of its last wait. */
  readonly lastTlsUs: number | undefined;
  readonly requests: number;
  readonly httpHeadBytes: number;
  readonly httpBodyBytes: number;
  /** From the first packet to the end of the last wait; undefined when nobody waited for anything. */
  readonly answeredUs: number | undefined;
  /** From the first packet to the last. */
  readonly timeUs: number;
  /** Entries of the fullest connection table among hosts that opened nothing; connections × time. */
  readonly serverPeak: number;
  readonly serverEntryUs: number;
  /** Most bytes in send and receive buffers of one such host. */
  readonly serverBuffered: number;
  /** How many connections those hosts held, and when. */
  readonly serverTable: readonly TableStep[];
  readonly waits: readonly Wait[];
}

/** @param waits what the clients of the run waited for */
export function runFigures(
  result: RunResult,
  waits: readonly Wait[],
  history: TableHistory,
): RunFigures {
  const { total, tables } = result.costs;
  const count = (kind: Wait['kind']): number => waits.filter((wait) => wait.kind === kind).length;
  const openers = new Set(result.costs.flows.map((flow) => flow.opener));
  const servers = tables.filter(({ host }) => !openers.has(host));
  const names = new Set(servers.map(({ host }) => host));
  const last = result.costs.lastWith('tls.handshakes')?.layers;
  const start = total.firstUs ?? 0;
  const lastEnd = Math.max(...waits.map((wait) => wait.endUs));
  return {
    packets: total.packets,
    bytes: total.bytes,
    payloadBytes: total.payloadBytes,
    headerBytes: total.headerBytes,
    roundTrips: total.roundTrips,
    lost: total.lost,
    resent: total.resent,
    tcpHandshakes: count('handshake'),
    tlsHandshakes: count('TLS'),
    tlsRoundTrips: total.layers.get('tls.roundTrips'),
    tlsBytes: total.layers.get('tls.bytes'),
    lastTlsRoundTrips: last?.get('tls.roundTrips'),
    lastTlsBytes: last?.get('tls.bytes'),
    lastTlsUs: lastTlsTime(waits),
    requests: count('request'),
    httpHeadBytes: total.layers.get('http.headBytes'),
    httpBodyBytes: total.layers.get('http.bodyBytes'),
    answeredUs: waits.length === 0 ? undefined : lastEnd - start,
    timeUs: total.timeUs,
    serverPeak: Math.max(0, ...servers.map((table) => table.peakEntries)),
    serverTable: history.stepsOf(names),
    serverBuffered: Math.max(0, ...servers.map((table) => table.peakBytes)),
    serverEntryUs: servers.reduce((sum, table) => sum + table.entryMicros, 0),
    waits,
  };
}

/** How long the last connection with TLS took, from its opening to its last answer. */
function lastTlsTime(waits: readonly Wait[]): number | undefined {
  const last = [...waits].reverse().find(({ kind }) => kind === 'TLS')?.connection;
  if (last === undefined) return undefined;
  const own = waits.filter(({ connection }) => connection === last);
  const start = Math.min(...own.map(({ startUs }) => startUs));
  return Math.max(...own.map(({ endUs }) => endUs)) - start;
}
