/**
 * What a congestion controller must know: numbers, never the connection. All amounts are bytes.
 * The connection decides when something happened, the controller what it means for the window.
 */
export interface CongestionController {
  /** The congestion window. */
  readonly cwnd: number;
  /** The slow start threshold. */
  readonly ssthresh: number;
  /** Data transmission begins, or the largest segment changed: the window is `cwnd`. */
  begin(smss: number, cwnd: number): void;
  /** `acked` new bytes were acknowledged outside of recovery. */
  acknowledged(acked: number): void;
  /** Three duplicate ACKs announced a loss while `flight` bytes were outstanding. */
  recoveryBegins(flight: number): void;
  /** One more duplicate ACK in recovery: one more segment left the network. */
  duplicateInRecovery(): void;
  /** `acked` bytes were acknowledged in recovery, but not all. */
  partialAck(acked: number): void;
  /** Recovery is over; `flight` bytes are outstanding. */
  recoveryEnds(flight: number): void;
  /** The retransmission timer expired. `repeated`: for a segment it had already resent. */
  timedOut(flight: number, repeated: boolean): void;
  /** Nothing was sent for longer than an RTO; `restartWindow` bounds the window. */
  idle(restartWindow: number): void;
  /** The largest segment that fits the path shrank. */
  segmentSizeChanged(smss: number): void;
}

/**
 * The initial window in bytes (RFC 5681 §3.1 or RFC 6928 §2).
 * @param synLost a SYN or SYN,ACK was retransmitted: one segment then (RFC 5681 §3.1).
 */
export function initialWindow(
  smss: number,
  profile: 'rfc5681' | 'rfc6928',
  synLost: boolean,
): number {
  if (synLost) return smss;
  if (profile === 'rfc6928') return Math.min(10 * smss, Math.max(2 * smss, 14_600));
  if (smss > 2_190) return 2 * smss;
  return smss > 1_095 ? 3 * smss : 4 * smss;
}
