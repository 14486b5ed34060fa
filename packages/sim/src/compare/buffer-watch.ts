/** How many bytes hosts held in send and receive buffers, at most. */
import type { Simulation } from '../simulation.ts';
import type { TraceRecord } from '../trace/index.ts';

/** Looks at a host's buffers whenever something may have been put into one. */
export class BufferWatch {
  readonly #peaks = new Map<string, number>();
  #simulation: Simulation | undefined;

  start(simulation: Simulation): void {
    this.#simulation = simulation;
  }

  take(record: TraceRecord): void {
    const isCall = record.kind === 'call' && (record.bytes ?? 0) > 0;
    const isArrival = record.kind === 'receive' && record.packet.len > 0;
    if (!isCall && !isArrival) return;
    const host = this.#simulation?.hosts.find(({ name }) => name === record.host);
    if (host === undefined) return;
    const { bufferedBytes } = host.resources;
    if (bufferedBytes > (this.#peaks.get(host.name) ?? 0)) {
      this.#peaks.set(host.name, bufferedBytes);
    }
  }

  /** The most that one of these hosts held. */
  peakOf(hosts: ReadonlySet<string>): number {
    let most = 0;
    for (const [host, peak] of this.#peaks) if (hosts.has(host)) most = Math.max(most, peak);
    return most;
  }
}
