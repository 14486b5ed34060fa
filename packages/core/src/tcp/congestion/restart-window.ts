import type { Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { initialWindow } from './controller.ts';

const IDLE = because(
  'CC-021',
  'Nothing was sent for longer than an RTO: the window is the restart window.',
);

/** Before data is sent after a pause longer than RTO: cwnd is at most the initial window (RFC 5681 §4.1). */
export function restartWindow(tcb: Tcb, now: Micros): void {
  if (now - tcb.lastSentAt <= tcb.rto.rto) return;
  const before = tcb.congestion.cwnd;
  tcb.congestion.idle(initialWindow(tcb.snd.mss, tcb.config.initialWindow, tcb.loss.synLost));
  const { cwnd, ssthresh } = tcb.congestion;
  if (cwnd === before) return;
  tcb.note('cwnd', before, cwnd, IDLE);
  if (tcb.phases.phase === 'congestion avoidance' && cwnd < ssthresh) {
    tcb.followPhase('restart after idle', IDLE);
  }
}
