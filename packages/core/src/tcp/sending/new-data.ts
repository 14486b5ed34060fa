/**
 * Data that was never sent: how much may go now. The peer's window, the congestion window, Nagle and
 * silly window avoidance each have a say (RFC 9293 §3.7.4, §3.8.6.2.1; RFC 5681 §3).
 */
import { after, seqAdd, seqDiff, seqGt, type Cause, type Micros } from '../../base/index.ts';
import type { TcpSegment } from '../../wire/index.ts';
import { restartWindow } from '../congestion/restart-window.ts';
import type { SendLimit } from '../journal.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { OVERRIDE } from '../timers.ts';
import { transmit } from './transmit.ts';

const FULL = because('V-011', 'A full-sized segment can be sent.');
const ALL = because('V-011', 'All that is queued fits and is pushed.');
const HALF_WINDOW = because('V-011', 'It fills at least half of the largest window ever offered.');
const OVERRIDDEN = because('V-011', 'It was held back for as long as allowed.');
const LAST = because('C-003', 'All that was queued is sent: the FIN follows.');
const LIMITED = because(
  'CC-015',
  'A duplicate ACK tells that a segment left the network: a new one may follow.',
);

const LIMIT_CAUSES: Readonly<Record<SendLimit, Cause>> = {
  'nothing to send': because('C-003', 'Nothing is queued.'),
  'congestion window': because('CC-001', 'As much as cwnd allows is outstanding.'),
  'receive window': because('V-003', 'The peer offers no more room.'),
  Nagle: because('S-008', 'A small segment waits while data is unacknowledged.'),
  'silly window avoidance': because(
    'V-011',
    'Too little of the window is open for a segment worth sending.',
  ),
  'not established': because('U-004', 'Data waits for ESTABLISHED.'),
  'FIN already sent': because('C-015', 'Nothing follows a FIN.'),
};

/** The next segment of new data or the FIN; undefined when nothing may go now. */
export function newSegment(tcb: Tcb, now: Micros): TcpSegment | undefined {
  const { snd } = tcb;
  const unsent = seqDiff(tcb.dataEnd, snd.nxt);
  if (unsent < 0) return limited(tcb, 'FIN already sent');
  if (unsent === 0) {
    if (!tcb.finQueued) return limited(tcb, 'nothing to send');
    // The FIN takes a number of the peer's window like a byte; cwnd counts bytes only.
    if (seqDiff(seqAdd(snd.una, snd.wnd), snd.nxt) < 1) return limited(tcb, 'receive window');
    return transmit(tcb, { seq: snd.nxt, length: 0, fin: true }, now, LAST);
  }
  if (tcb.flight === 0) restartWindow(tcb, now);
  const window = snd.wnd - tcb.flight;
  const allowance = limitedTransmitAllowance(tcb);
  const congestion = tcb.congestion.cwnd + allowance - tcb.flight;
  const usable = Math.min(window, congestion);
  if (usable <= 0) return limited(tcb, window <= 0 ? 'receive window' : 'congestion window');
  const length = Math.min(unsent, usable, snd.mss);
  const cause = reasonToSend(tcb, unsent, length, window <= congestion);
  if (typeof cause === 'string') return held(tcb, cause, now);
  if (allowance > 0 && tcb.flight + length > tcb.congestion.cwnd) {
    tcb.limitedSent += length;
    return sent(tcb, length, now, LIMITED);
  }
  return sent(tcb, length, now, cause);
}

function sent(tcb: Tcb, length: number, now: Micros, cause: Cause): TcpSegment {
  tcb.lastLimit = undefined;
  const { nxt, una, wnd } = tcb.snd;
  const end = seqAdd(nxt, length);
  const fin = tcb.finQueued && end === tcb.dataEnd && seqDiff(seqAdd(una, wnd), end) >= 1;
  return transmit(tcb, { seq: nxt, length, fin }, now, cause);
}

/** §3.8.6.2.1, (1) to (4): why `length` of `unsent` bytes may be sent, or what forbids it. */
function reasonToSend(
  tcb: Tcb,
  unsent: number,
  length: number,
  windowRules: boolean,
): Cause | 'Nagle' | 'silly window avoidance' | 'congestion window' {
  const { snd } = tcb;
  if (length === snd.mss) return FULL;
  const nagleAllows = !tcb.config.nagle || tcb.flight === 0;
  if (length === unsent) {
    // The end of the stream and urgent data have no successor worth waiting for.
    return nagleAllows || tcb.finQueued || seqGt(snd.up, snd.nxt) ? ALL : 'Nagle';
  }
  if (nagleAllows && length * 2 >= snd.maxWnd) return HALF_WINDOW;
  if (tcb.overrideDue) return OVERRIDDEN;
  return windowRules ? 'silly window avoidance' : 'congestion window';
}

function held(
  tcb: Tcb,
  limit: 'Nagle' | 'silly window avoidance' | 'congestion window',
  now: Micros,
): undefined {
  // With something outstanding its ACK brings the next opportunity; otherwise only a timer does.
  if (limit === 'silly window avoidance' && tcb.flight === 0 && !tcb.timers.isRunning(OVERRIDE)) {
    tcb.startTimer(OVERRIDE, after(now, tcb.config.overrideTimeout), LIMIT_CAUSES[limit]);
  }
  return limited(tcb, limit);
}

/** RFC 3042: on each of the first two duplicate ACKs one segment beyond cwnd, which itself stays. */
function limitedTransmitAllowance(tcb: Tcb): number {
  const { duplicates } = tcb.loss;
  if (duplicates === 0 || duplicates > 2 || !tcb.config.limitedTransmit) return 0;
  const { phase } = tcb.phases;
  return phase === 'fast recovery' || phase === 'loss' ? 0 : duplicates * tcb.snd.mss;
}

function limited(tcb: Tcb, limit: SendLimit): undefined {
  if (tcb.lastLimit === limit) return;
  tcb.lastLimit = limit;
  tcb.journal?.limited(tcb.ends, limit, LIMIT_CAUSES[limit]);
}
