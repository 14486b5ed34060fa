import type { Micros } from '../../base/index.ts';

/** The numbers RFC 6298 leaves open. */
export interface RtoLimits {
  readonly initialRto: Micros;
  readonly minRto: Micros;
  readonly maxRto: Micros;
  readonly clockGranularity: Micros;
}

/** The retransmission timeout, RFC 6298 §2: smoothed round-trip time and its variation. */
export class RtoEstimator {
  readonly #limits: RtoLimits;
  /** Smoothed round-trip time in microseconds; 0 before the first sample. */
  srtt = 0;
  /** Round-trip time variation in microseconds. */
  rttvar = 0;
  rto: Micros;
  /** How often RTO was doubled since the last sample. */
  backOffs = 0;
  #sampled = false;

  constructor(limits: RtoLimits) {
    this.#limits = limits;
    this.rto = limits.initialRto;
  }

  /** Whether a round trip was ever measured. */
  get sampled(): boolean {
    return this.#sampled;
  }

  /** One round trip of a segment that was sent exactly once (Karn, §3). It also ends the back-off (§5). */
  sample(r: Micros): void {
    if (this.#sampled) {
      // §2.3: RTTVAR first, with the old SRTT; alpha = 1/8, beta = 1/4. Whole microseconds.
      this.rttvar = Math.floor((3 * this.rttvar + Math.abs(this.srtt - r)) / 4);
      this.srtt = Math.floor((7 * this.srtt + r) / 8);
    } else {
      this.srtt = r;
      this.rttvar = Math.floor(r / 2);
      this.#sampled = true;
    }
    this.backOffs = 0;
    const variation = Math.max(this.#limits.clockGranularity, 4 * this.rttvar);
    this.rto = this.#bounded(this.srtt + variation);
  }

  /** The timer expired: the next wait is twice as long (§5.5). */
  backOff(): void {
    this.backOffs += 1;
    this.rto = this.#bounded(this.rto * 2);
  }

  /** Sets RTO outright, as §5.7 asks after a lost SYN. It does not count as a sample. */
  restartAt(rto: Micros): void {
    this.backOffs = 0;
    this.rto = this.#bounded(rto);
  }

  #bounded(rto: number): Micros {
    return Math.min(Math.max(rto, this.#limits.minRto), this.#limits.maxRto) as Micros;
  }
}
