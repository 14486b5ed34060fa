import { formatMicros, type Micros } from '@tcplab/core';
import type { TraceRecord } from '../../trace/index.ts';
import type { Trace } from '../read-trace.ts';

interface ConnectionView {
  readonly name: string;
  readonly host: string;
  state: string;
  limit: string | undefined;
  readonly timers: Map<string, number>;
}

/**
 * Why nothing happens at a moment: in which state each connection is, what keeps it from sending, for
 * which timers it waits, and which packets are on their way.
 */
export function whyNot(trace: Trace, atUs: number, host?: string): readonly string[] {
  const moment = new Moment();
  for (const record of trace.records) {
    if (record.timeUs > atUs) break;
    moment.take(record);
  }
  const next = trace.records.find((record) => record.timeUs > atUs);
  return [
    `At ${formatMicros(atUs as Micros)}:`,
    ...moment.connections(host),
    ...moment.packets(),
    next === undefined
      ? 'Nothing happens any more.'
      : `The next thing happens at ${formatMicros(next.timeUs as Micros)} (record ${next.id}).`,
  ];
}

class Moment {
  readonly #connections = new Map<string, ConnectionView>();
  readonly #flying = new Map<number, { readonly sentUs: number; readonly link: string }>();
  readonly #held = new Set<number>();

  take(record: TraceRecord): void {
    if (record.kind === 'send') {
      this.#flying.set(record.packet.id, { sentUs: record.timeUs, link: record.link });
    } else if (record.kind === 'receive' || record.kind === 'lost') {
      this.#flying.delete(record.packet.id);
    } else if (record.kind === 'hold') this.#held.add(record.packet.id);
    else if (record.kind === 'release') this.#held.delete(record.packet.id);
    if (!('host' in record) || !('connection' in record) || record.connection === undefined) return;
    const view = this.#viewOf(record.host, record.connection);
    if (record.kind === 'state' && record.machine === 'tcp') view.state = record.after;
    if (record.kind === 'limit') view.limit = `${record.limit}: ${record.why}`;
    if (record.kind === 'timer') {
      if (record.action === 'start') view.timers.set(record.timer, record.atUs);
      else view.timers.delete(record.timer);
    }
  }

  connections(host: string | undefined): readonly string[] {
    const shown = [...this.#connections.values()].filter(
      (view) => host === undefined || view.host === host,
    );
    if (shown.length === 0) return ['There is no connection.'];
    return shown.flatMap(describe);
  }

  packets(): readonly string[] {
    return [...this.#flying].map(([id, { sentUs, link }]) =>
      this.#held.has(id)
        ? `Packet ${id} is held on ${link}.`
        : `Packet ${id}, sent at ${formatMicros(sentUs as Micros)}, is on its way (${link}).`,
    );
  }

  #viewOf(host: string, connection: number): ConnectionView {
    const name = `${host}.tcp[${connection}]`;
    let view = this.#connections.get(name);
    if (view === undefined) {
      view = { name, host, state: 'CLOSED', limit: undefined, timers: new Map() };
      this.#connections.set(name, view);
    }
    return view;
  }
}

function describe(view: ConnectionView): readonly string[] {
  const lines = [`${view.name} is in ${view.state}.`];
  const isOver = view.state === 'CLOSED' || view.state === 'TIME-WAIT';
  if (!isOver)
    lines.push(`  It sends no data: ${view.limit ?? 'nothing is known to hold it back'}`);
  for (const [timer, dueUs] of view.timers) {
    lines.push(`  Its ${timer} timer is due at ${formatMicros(dueUs as Micros)}.`);
  }
  if (!isOver && view.timers.size === 0)
    lines.push('  No timer runs: it waits for the peer or its program.');
  return lines;
}
