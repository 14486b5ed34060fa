/** The variables of one connection, nested and named as RFC 9293 §3.3.1 writes them. */
import type { Micros, Seq } from '../base/index.ts';
import type { TcpConfig } from './config.ts';

/** Send sequence variables, RFC 9293 Table 2, and what sending needs beside them. */
export interface SendVariables {
  una: Seq;
  nxt: Seq;
  wnd: number;
  /** The number after the last urgent byte (MUST-62); behind `una` when nothing is urgent. */
  up: Seq;
  wl1: Seq;
  wl2: Seq;
  iss: Seq;
  /** MAX.SND.WND: the largest window the peer ever offered. */
  maxWnd: number;
  /** Eff.snd.MSS: the most text one segment carries now. */
  mss: number;
  /** The number of the first byte in the send queue. */
  dataStart: Seq;
  /** The number after the last byte that was sent with PUSH. */
  pushed: Seq;
  /** What is to be sent again: `[resendNxt, resendEnd)`; empty as a rule. */
  resendNxt: Seq;
  resendEnd: Seq;
}

/** Receive sequence variables, RFC 9293 Table 3, and what receiving needs beside them. */
export interface ReceiveVariables {
  nxt: Seq;
  wnd: number;
  /** The number after the last urgent byte. */
  up: Seq;
  urgent: boolean;
  irs: Seq;
  /** RCV.NXT as last acknowledged. */
  acked: Seq;
  /** RCV.NXT + RCV.WND as last told to the peer. */
  toldEdge: Seq;
  /** The least text that counts as a full-sized segment of this peer. */
  fullSize: number;
  /** The largest text seen in one segment. */
  largest: number;
}

/** Fast retransmit and recovery, RFC 5681 §3.2 and RFC 6582. */
export interface LossVariables {
  duplicates: number;
  /** The highest number sent when a loss was last noticed. */
  recover: Seq;
  /** Whether the retransmission timer was reset by a partial ACK of this recovery. */
  partialSeen: boolean;
  /** How often the segment at SND.UNA was resent by the timer. */
  timeouts: number;
  /** Since when nothing new was acknowledged while something was outstanding. */
  waitingSince: Micros;
  /** Whether a SYN or SYN,ACK had to be sent again. */
  synLost: boolean;
}

export function initialSend(iss: Seq, config: TcpConfig): SendVariables {
  const first = (iss + 1) >>> 0;
  return {
    una: iss,
    nxt: iss,
    wnd: 0,
    up: iss,
    wl1: 0,
    wl2: iss,
    iss,
    maxWnd: 0,
    mss: Math.min(config.assumedMss, config.sendMss),
    dataStart: first,
    pushed: iss,
    resendNxt: iss,
    resendEnd: iss,
  };
}

export function initialReceive(config: TcpConfig): ReceiveVariables {
  return {
    nxt: 0,
    wnd: Math.min(config.receiveBuffer, 65_535),
    up: 0,
    urgent: false,
    irs: 0,
    acked: 0,
    toldEdge: 0,
    fullSize: config.mss,
    largest: 0,
  };
}
