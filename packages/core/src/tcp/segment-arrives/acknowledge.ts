import {
  NEVER,
  seqAdd,
  seqDiff,
  seqGeq,
  seqLeq,
  seqLt,
  type Micros,
  type Seq,
} from '../../base/index.ts';
import { recoverOnAck } from '../loss/recovery.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';

const SAMPLED = because(
  'RTO-003',
  'A segment sent once was acknowledged: its round trip is measured.',
);
/** The user hears of room in the send queue when at least this part of it is free. */
const SEND_SPACE_PART = 4;

/**
 * SND.UNA <- SEG.ACK for an acceptable new acknowledgment (A-X07): takes what is acknowledged from the
 * queues, measures the round trip, and lets loss recovery and congestion control know.
 * @returns whether the retransmission timer starts anew
 */
export function acknowledge(tcb: Tcb, ack: Seq, now: Micros): boolean {
  const { snd } = tcb;
  const syn = tcb.synOutstanding ? 1 : 0;
  const numbers = seqDiff(ack, snd.una);
  const bytes = Math.min(numbers - syn, tcb.sendQueue.length);
  tcb.sendQueue.drop(bytes);
  snd.dataStart = seqAdd(snd.dataStart, bytes);
  snd.una = ack;
  keepBehind(tcb);
  measure(tcb, ack, now);
  tcb.loss.waitingSince = now;
  if (tcb.sendBlocked) tellSpace(tcb);
  if (syn === 1) {
    tcb.synDue = false;
    // CC-005: the acknowledgment of a SYN grows nothing.
    if (numbers === 1) {
      tcb.loss.timeouts = 0;
      return true;
    }
  }
  return recoverOnAck(tcb, bytes, now);
}

/** Numbers that fell behind SND.UNA are moved to it: after 2^31 bytes they would look as if ahead. */
function keepBehind(tcb: Tcb): void {
  const { snd } = tcb;
  const { una } = snd;
  if (seqLt(snd.resendNxt, una)) snd.resendNxt = una;
  if (seqLt(snd.resendEnd, una)) snd.resendEnd = una;
  if (snd.resendNxt === snd.resendEnd) {
    snd.resendNxt = una;
    snd.resendEnd = una;
  }
  if (seqLt(snd.up, una)) snd.up = una;
  if (seqLeq(snd.pushed, una)) snd.pushed = una;
}

function measure(tcb: Tcb, ack: Seq, now: Micros): void {
  if (tcb.timedAt === NEVER || !seqGeq(ack, tcb.timedEnd)) return;
  const { rto } = tcb;
  const { srtt, rttvar } = rto;
  const before = rto.rto;
  rto.sample((now - tcb.timedAt) as Micros);
  tcb.timedAt = NEVER;
  if (tcb.journal === undefined) return;
  tcb.note('SRTT', srtt, rto.srtt, SAMPLED);
  tcb.note('RTTVAR', rttvar, rto.rttvar, SAMPLED);
  tcb.note('RTO', before, rto.rto, SAMPLED);
}

function tellSpace(tcb: Tcb): void {
  const { sendBuffer } = tcb.config;
  if ((sendBuffer - tcb.sendQueue.length) * SEND_SPACE_PART < sendBuffer) return;
  tcb.sendBlocked = false;
  tcb.events.push({ kind: 'send space' });
}
