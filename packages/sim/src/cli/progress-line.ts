import { formatMicros, type Micros } from '@tcplab/core';
import type { Simulation } from '../simulation.ts';
import type { Io } from './io.ts';

/** Work shorter than this shows nothing. In milliseconds, like the interval. */
const PATIENCE = 500;
const INTERVAL = 100;

/** One line on stderr that says how far a long run is; only where a person looks at a terminal. */
export class ProgressLine {
  readonly #io: Io;
  readonly #label: string;
  readonly #until: number | undefined;
  readonly #start: number;
  #shownAt = 0;
  #isShown = false;

  /** @param until when the run ends, in microseconds, if that is known */
  constructor(io: Io, label: string, until: number | undefined) {
    this.#io = io;
    this.#label = label;
    this.#until = until;
    this.#start = io.clock();
  }

  update(simulation: Simulation): void {
    const now = this.#io.clock();
    const waits = now - this.#start < PATIENCE || now - this.#shownAt < INTERVAL;
    if (!this.#io.stderrIsTerminal || waits) return;
    this.#shownAt = now;
    this.#isShown = true;
    const elapsed = (now - this.#start) / 1_000;
    const rate = Math.round(simulation.steps / elapsed / 1_000);
    const parts = [
      this.#label,
      `${formatMicros(simulation.now)} simulated`,
      `${simulation.steps} events`,
      `${rate}k/s`,
      ...this.#eta(simulation.now, elapsed),
    ];
    this.#io.err(`\r\u001b[K${parts.join(' · ')}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) this.#io.err('\r\u001b[K');
    this.#isShown = false;
  }

  #eta(now: Micros, elapsed: number): readonly string[] {
    if (this.#until === undefined || now === 0) return [];
    const left = (elapsed * (this.#until - now)) / now;
    return [`about ${Math.max(1, Math.round(left))} s left`];
  }
}
