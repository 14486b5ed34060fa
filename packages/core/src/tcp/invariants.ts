/** What must hold after every event: I-01 to I-14 of the house, as far as one connection can tell. */
import { invariant, NEVER, seqAdd, seqDiff, seqGeq, seqGt, seqLeq } from '../base/index.ts';
import type { Connection } from './connection.ts';
import type { Tcb } from './tcb.ts';
import { FIN_WAIT_2, PERSIST, RETRANSMISSION, TIME_WAIT } from './timers.ts';

/** The numbers that may only grow, remembered from one check to the next. */
interface Before {
  readonly nxt: number;
  readonly edge: number;
  readonly una: number;
  readonly peerClosed: boolean;
  readonly readable: number;
}

const REMEMBERED = new WeakMap<Tcb, Before>();

/** @throws InvariantViolation naming the broken promise. Call it after every event. */
export function checkInvariants(connection: Connection): void {
  const { tcb } = connection;
  if (!tcb.exists) return checkClosed(tcb);
  invariant(tcb.state !== 'CLOSED', 'I-11: CLOSED but the TCB exists');
  if (tcb.state === 'LISTEN') return;
  checkSending(tcb);
  checkTimers(tcb);
  if (tcb.state !== 'SYN-SENT') checkReceiving(tcb);
}

function checkClosed(tcb: Tcb): void {
  invariant(tcb.state === 'CLOSED', `I-11: ${tcb.state} without TCB`);
  invariant(tcb.timers.earliest === NEVER, 'I-11: a timer runs in CLOSED');
}

function checkSending(tcb: Tcb): void {
  const { snd, congestion, config } = tcb;
  invariant(seqLeq(snd.una, snd.nxt), `I-01: SND.UNA ${snd.una} > SND.NXT ${snd.nxt}`);
  const last = tcb.finQueued ? seqAdd(tcb.dataEnd, 1) : tcb.dataEnd;
  invariant(seqLeq(snd.nxt, last), `I-01: SND.NXT ${snd.nxt} beyond what is queued, ${last}`);
  const first = tcb.synOutstanding ? seqAdd(snd.iss, 1) : snd.una;
  const atFin = tcb.finAcked && snd.dataStart === seqAdd(snd.una, -1);
  invariant(snd.dataStart === first || atFin, `I-01: send queue at ${snd.dataStart}, not ${first}`);
  invariant(
    tcb.flight <= Math.max(snd.maxWnd, 1) + 1,
    `I-02: ${tcb.flight} numbers in flight, the peer never offered more than ${snd.maxWnd}`,
  );
  invariant(
    seqLeq(snd.una, snd.resendNxt) &&
      seqLeq(snd.resendNxt, snd.resendEnd) &&
      seqLeq(snd.resendEnd, snd.nxt),
    `I-09: resend range [${snd.resendNxt}, ${snd.resendEnd}) outside [${snd.una}, ${snd.nxt})`,
  );
  if (tcb.state !== 'SYN-SENT' && tcb.state !== 'SYN-RECEIVED') {
    invariant(congestion.cwnd >= snd.mss, `I-08: cwnd ${congestion.cwnd} below one segment`);
    invariant(
      congestion.ssthresh >= 2 * Math.min(snd.mss, 28),
      `I-08: ssthresh ${congestion.ssthresh}`,
    );
  }
  const { rto } = tcb.rto;
  invariant(rto >= config.minRto && rto <= config.maxRto, `I-10: RTO ${rto} out of bounds`);
  invariant(tcb.sendQueue.length <= config.sendBuffer, 'the send queue exceeds its buffer');
}

function checkTimers(tcb: Tcb): void {
  const { timers } = tcb;
  const retransmission = timers.isRunning(RETRANSMISSION);
  const persist = timers.isRunning(PERSIST);
  invariant(!(retransmission && persist), 'I-06: retransmission and persist run together');
  invariant(
    !(timers.isRunning(FIN_WAIT_2) && timers.isRunning(TIME_WAIT)),
    'I-07: FIN-WAIT-2 and 2MSL run together',
  );
  const owes = tcb.flight > 0 && !tcb.synDue;
  invariant(!owes || retransmission || persist, 'M-27: something is outstanding and no timer runs');
  invariant(
    (tcb.state === 'TIME-WAIT') === timers.isRunning(TIME_WAIT),
    'I-07: the 2MSL timer runs exactly in TIME-WAIT',
  );
}

function checkReceiving(tcb: Tcb): void {
  const { rcv } = tcb;
  const edge = seqAdd(rcv.nxt, rcv.wnd);
  invariant(rcv.wnd >= 0, `I-03: RCV.WND ${rcv.wnd}`);
  const before = REMEMBERED.get(tcb);
  if (before !== undefined) {
    invariant(seqGeq(rcv.nxt, before.nxt), `I-03: RCV.NXT went back to ${rcv.nxt}`);
    // A FIN taken through a window of zero would be the one exception, and cannot happen.
    invariant(seqGeq(edge, before.edge), `I-03: the right edge went back to ${edge}`);
    invariant(seqGeq(tcb.snd.una, before.una), `I-01: SND.UNA went back to ${tcb.snd.una}`);
    invariant(
      !before.peerClosed || tcb.receiveQueue.length <= before.readable,
      'I-13: text entered the receive queue after the FIN',
    );
  }
  for (const range of tcb.reassembly.ranges) {
    invariant(
      tcb.synOutstanding || seqGt(range.start, rcv.nxt),
      `I-05: ${range.start} is held but in order`,
    );
    invariant(seqLeq(range.end, edge), `I-05: ${range.end} is held beyond the right edge ${edge}`);
  }
  const readable = tcb.receiveQueue.length;
  invariant(readable <= tcb.config.receiveBuffer, 'the receive queue exceeds its buffer');
  invariant(seqDiff(edge, rcv.nxt) <= 65_535, 'I-14: a window above 65,535 without scaling');
  REMEMBERED.set(tcb, {
    nxt: rcv.nxt,
    edge,
    una: tcb.snd.una,
    peerClosed: tcb.peerClosed,
    readable,
  });
}
