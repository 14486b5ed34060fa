import type { Micros } from '../../base/index.ts';
import { initialWindow } from '../congestion/controller.ts';
import { because } from '../rules.ts';
import { adjustSendTimers } from '../sending/send-timers.ts';
import type { Tcb } from '../tcb.ts';
import { restartKeepAlive } from '../keep-alive.ts';

const BEGIN = because('CC-003', 'Data transmission begins with the initial window.');
const BEGIN_AFTER_LOSS = because('CC-006', 'A SYN was lost: the initial window is one segment.');
const RTO_AFTER_LOSS = because(
  'RTO-017',
  'A SYN timed out: RTO is 3 s when data transmission begins.',
);

/** Both SYNs are acknowledged: the numbers with which data transmission begins. */
export function established(tcb: Tcb, now: Micros): void {
  const { loss, config, congestion, rto } = tcb;
  const window = initialWindow(tcb.snd.mss, config.initialWindow, loss.synLost);
  congestion.begin(tcb.snd.mss, window);
  tcb.note('cwnd', 0, window, loss.synLost ? BEGIN_AFTER_LOSS : BEGIN);
  if (loss.synLost && !rto.sampled && config.initialRto < config.rtoAfterLostSyn) {
    const before = rto.rto;
    rto.restartAt(config.rtoAfterLostSyn);
    tcb.note('RTO', before, rto.rto, RTO_AFTER_LOSS);
  }
  loss.timeouts = 0;
  tcb.lastLimit = undefined;
  tcb.lastSentAt = now;
  tcb.events.push({ kind: 'established' });
  restartKeepAlive(tcb, now);
  adjustSendTimers(tcb, now, true);
}
