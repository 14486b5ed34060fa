import { minutes, ms, NEVER, seconds, type Micros } from '../base/index.ts';

/** Everything about a TCP that its RFCs leave to the implementer or to the user, by name. */
export interface TcpConfig {
  /** The MSS we advertise: the largest segment text we take, 1 … 65,495 bytes (RFC 9293 §3.7.1, MUST-14). */
  readonly mss: number;
  /** The largest segment text our own link carries, MMS_S − 20: bounds what we send (MUST-16). Bytes. */
  readonly sendMss: number;
  /** What we assume when the peer's SYN names no MSS, in bytes (MUST-15). */
  readonly assumedMss: number;
  /** Bytes accepted by SEND and not yet acknowledged, at most. */
  readonly sendBuffer: number;
  /** Bytes that may wait for RECEIVE; also the largest window offered, at most 65,535 (no scaling). */
  readonly receiveBuffer: number;
  /** Maximum segment lifetime; TIME-WAIT lasts twice this (RFC 9293 §3.4.2, MUST-13). */
  readonly msl: Micros;

  /** RTO before the first sample (RFC 6298 §2.1). */
  readonly initialRto: Micros;
  /** RTO is rounded up to this (RFC 6298 §2.4: SHOULD be 1 s). */
  readonly minRto: Micros;
  /** Upper bound of RTO and of the interval between window probes (RFC 6298 §2.5: at least 60 s). */
  readonly maxRto: Micros;
  /** G: the granularity of the clock as RFC 6298 §2 uses it. */
  readonly clockGranularity: Micros;
  /** The RTO for data when the SYN itself timed out (RFC 6298 §5.7). */
  readonly rtoAfterLostSyn: Micros;

  /** After so many retransmissions of the same segment the user is told (R1; SHLD-10: at least 3). */
  readonly r1: number;
  /** A segment retransmitted for so long closes the connection (R2; SHLD-11: at least 100 s). NEVER allowed. */
  readonly r2: Micros;
  /** R2 of a SYN (MUST-23: at least 3 minutes). */
  readonly synR2: Micros;
  /** Data not acknowledged for so long aborts the connection (RFC 9293 §3.10.8; §3.9.1.1: 5 minutes). */
  readonly userTimeout: Micros;

  /**
   * How long an ACK may wait for company; 0 acknowledges at once. Below 500 ms (MUST-40). The default
   * 200 ms leaves the ACK time to travel within the smallest RTO of a peer that keeps RFC 6298 (1 s).
   */
  readonly delayedAck: Micros;
  /** Hold back small segments while data is unacknowledged (SHLD-7, RFC 9293 §3.7.4). */
  readonly nagle: boolean;
  /** How long sender-side silly window avoidance may hold data back: 0.1 … 1 s (§3.8.6.2.1). */
  readonly overrideTimeout: Micros;

  /** Initial congestion window: 2 … 4 segments (RFC 5681 §3.1) or ten (RFC 6928, experimental). */
  readonly initialWindow: 'rfc5681' | 'rfc6928';
  /** Send a new segment on each of the first two duplicate ACKs (RFC 3042). */
  readonly limitedTransmit: boolean;

  /** Whether idle connections are probed; MUST default to off (MUST-25). */
  readonly keepAlive: boolean;
  /** Silence before the first probe (MUST-28: at least two hours by default). */
  readonly keepAliveIdle: Micros;
  /** Time between unanswered probes. */
  readonly keepAliveInterval: Micros;
  /** Unanswered probes that end the connection; one is never enough (MUST-29). At least 2. */
  readonly keepAliveProbes: number;

  /** Follow RFC 5961; false is the behaviour of RFC 793 that RFC 9293 still describes. */
  readonly blindAttackChecks: boolean;
  /** Challenge ACKs and answers to empty unacceptable segments in one period, per connection (RFC 5961 §7). */
  readonly challengeAckLimit: number;
  readonly challengeAckPeriod: Micros;

  /** A RST in TIME-WAIT is ignored (RFC 1337, fix F1). RFC 9293 obeys it, so the default is false. */
  readonly ignoreResetInTimeWait: boolean;
  /** A SYN above the old sequence numbers may leave TIME-WAIT for a new connection (MAY-2). */
  readonly reopenFromTimeWait: boolean;
  /**
   * FIN-WAIT-2 without any segment from the peer ends after this. No RFC limits it and a half-closed
   * connection may be quiet for long, so the default is NEVER.
   */
  readonly finWait2Timeout: Micros;
  /** CLOSE with data nobody read sends a RST, so that the peer knows of the loss (SHLD-3). */
  readonly resetOnUnreadData: boolean;
  /** ICMP hard errors abort in every state (SHLD-26) or only before synchronization (RFC 5927 §5.2). */
  readonly hardErrors: 'abort' | 'soft when synchronized';
}

/** The defaults: what the RFCs recommend, on an Ethernet. */
export const DEFAULT_TCP_CONFIG: TcpConfig = {
  mss: 1_460,
  sendMss: 1_460,
  assumedMss: 536,
  sendBuffer: 131_072,
  receiveBuffer: 65_535,
  msl: minutes(2),
  initialRto: seconds(1),
  minRto: seconds(1),
  maxRto: seconds(60),
  clockGranularity: ms(1),
  rtoAfterLostSyn: seconds(3),
  r1: 3,
  r2: seconds(100),
  synR2: minutes(3),
  userTimeout: minutes(5),
  delayedAck: ms(200),
  nagle: true,
  overrideTimeout: ms(200),
  initialWindow: 'rfc5681',
  limitedTransmit: true,
  keepAlive: false,
  keepAliveIdle: minutes(120),
  keepAliveInterval: seconds(75),
  keepAliveProbes: 9,
  blindAttackChecks: true,
  challengeAckLimit: 10,
  challengeAckPeriod: seconds(5),
  ignoreResetInTimeWait: false,
  reopenFromTimeWait: true,
  finWait2Timeout: NEVER,
  resetOnUnreadData: true,
  hardErrors: 'abort',
};

/** The defaults with some values replaced. */
export function defaultTcpConfig(changes: Partial<TcpConfig> = {}): TcpConfig {
  return { ...DEFAULT_TCP_CONFIG, ...changes };
}
