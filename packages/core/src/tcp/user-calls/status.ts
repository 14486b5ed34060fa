/** STATUS, RFC 9293 §3.10.6 and §3.9.1.5. */
import { CallError, type Micros } from '../../base/index.ts';
import type { CongestionPhase } from '../congestion/phase.machine.ts';
import type { ConnectionEnds, TcpState } from '../journal.ts';
import { urgentBytes } from '../segment-arrives/check-urgent.ts';
import type { Tcb } from '../tcb.ts';

export interface TcpStatus {
  readonly ends: ConnectionEnds;
  readonly state: TcpState;
  /** SND.WND and RCV.WND, in bytes. */
  readonly sendWindow: number;
  readonly receiveWindow: number;
  /** Bytes sent or queued and not acknowledged. */
  readonly awaitingAck: number;
  /** Bytes waiting for RECEIVE. */
  readonly pendingReceipt: number;
  /** Bytes to be read up to the end of urgent data. */
  readonly urgentBytes: number;
  readonly userTimeout: Micros;
  readonly rto: Micros;
  /** 0 before the first sample. */
  readonly srtt: number;
  readonly rttvar: number;
  readonly cwnd: number;
  readonly ssthresh: number;
  readonly congestionPhase: CongestionPhase;
}

/** @throws CallError `connection does not exist` */
export function status(tcb: Tcb): TcpStatus {
  if (tcb.state === 'CLOSED') throw new CallError('connection does not exist');
  return {
    ends: tcb.ends,
    state: tcb.state,
    sendWindow: tcb.snd.wnd,
    receiveWindow: tcb.rcv.wnd,
    awaitingAck: tcb.sendQueue.length,
    pendingReceipt: tcb.receiveQueue.length,
    urgentBytes: urgentBytes(tcb),
    userTimeout: tcb.config.userTimeout,
    rto: tcb.rto.rto,
    srtt: tcb.rto.srtt,
    rttvar: tcb.rto.rttvar,
    cwnd: tcb.congestion.cwnd,
    ssthresh: tcb.congestion.ssthresh,
    congestionPhase: tcb.phases.phase,
  };
}
