import type { CongestionController } from './controller.ts';

/** "Arbitrarily high" (RFC 5681 §3.1), and as high as cwnd may grow: above any window, within 31 bits. */
export const UNLIMITED_WINDOW = 0x3fff_ffff;

/** Congestion control of RFC 5681 with the NewReno deflation of RFC 6582. */
export class Reno implements CongestionController {
  cwnd = 0;
  ssthresh = UNLIMITED_WINDOW;
  #smss = 0;
  /** Bytes acknowledged in congestion avoidance since cwnd last grew. */
  #counted = 0;

  begin(smss: number, cwnd: number): void {
    this.#smss = smss;
    this.cwnd = cwnd;
  }

  acknowledged(acked: number): void {
    if (this.cwnd < this.ssthresh) {
      // §3.1: at most SMSS for an ACK, however much it acknowledges; fewer bytes count as fewer.
      this.#set(this.cwnd + Math.min(acked, this.#smss));
      return;
    }
    // §3.1, the byte counting of congestion avoidance: one SMSS for each cwnd acknowledged.
    this.#counted += acked;
    if (this.#counted < this.cwnd) return;
    this.#counted -= this.cwnd;
    this.#set(this.cwnd + this.#smss);
  }

  recoveryBegins(flight: number): void {
    this.#lowerThreshold(flight);
    // §3.2 step 3: three segments have left the network.
    this.#set(this.ssthresh + 3 * this.#smss);
  }

  duplicateInRecovery(): void {
    this.#set(this.cwnd + this.#smss);
  }

  partialAck(acked: number): void {
    // RFC 6582 §3.2 step 3: deflate by what was acknowledged, add back one segment.
    const back = acked >= this.#smss ? this.#smss : 0;
    this.#set(Math.max(this.#smss, this.cwnd - acked + back));
  }

  recoveryEnds(flight: number): void {
    // RFC 6582 §3.2 step 3, choice (1), which needs no other brake on bursts.
    this.#set(Math.min(this.ssthresh, Math.max(flight, this.#smss) + this.#smss));
    this.#counted = 0;
  }

  timedOut(flight: number, repeated: boolean): void {
    if (!repeated) this.#lowerThreshold(flight);
    // §3.1: the loss window is one segment, whatever the initial window was.
    this.#set(this.#smss);
    this.#counted = 0;
  }

  idle(restartWindow: number): void {
    this.#set(Math.min(restartWindow, this.cwnd));
  }

  segmentSizeChanged(smss: number): void {
    // RFC 5681 §3.1: the same number of segments, so that smaller ones do not leave as a burst.
    if (this.#smss > 0) this.#set(Math.max(smss, Math.floor((this.cwnd * smss) / this.#smss)));
    this.#smss = smss;
  }

  /** Equation (4): half of what is outstanding (not of cwnd), at least two segments. */
  #lowerThreshold(flight: number): void {
    this.ssthresh = Math.max(Math.floor(flight / 2), 2 * this.#smss);
  }

  #set(cwnd: number): void {
    this.cwnd = Math.min(cwnd, UNLIMITED_WINDOW);
  }
}
