/** Second step of §3.10.7.4: the RST bit. */
import type { Micros } from '../../base/index.ts';
import { RST } from '../../wire/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { challenge } from './answer.ts';
import { returnToListen } from './return-to-listen.ts';
import type { Seg } from './seg.ts';

const CHALLENGED = because(
  'B-002',
  'The reset is in the window but not at RCV.NXT: it must prove itself.',
);
const TO_LISTEN = because(
  'R-009',
  'The peer reset a connection that came from LISTEN: back to LISTEN.',
);
const REFUSED = because('R-009', 'The peer refuses the active OPEN.');
const RESET = because('R-010', 'The peer reset the connection.');
const RESET_CLOSING = because('R-011', 'The peer reset a connection that was closing anyway.');
const IGNORED = because('B-012', 'TIME-WAIT is not cut short by a reset.');

/** @returns false when processing ends here */
export function checkReset(tcb: Tcb, seg: Seg, now: Micros): boolean {
  if (!seg.has(RST)) return true;
  // The number that counts is the segment's own, even if it carries text (SHLD-2).
  if (tcb.config.blindAttackChecks && seg.segment.seq !== tcb.rcv.nxt) {
    challenge(tcb, CHALLENGED, now);
    tcb.journal?.discard(tcb.ends, seg.segment, CHALLENGED);
    return false;
  }
  switch (tcb.state) {
    case 'SYN-RECEIVED':
      if (tcb.passive) returnToListen(tcb, 'rcv RST', TO_LISTEN);
      else {
        tcb.fail('connection refused', 'connection refused');
        tcb.follow('rcv RST after active OPEN', REFUSED);
      }
      return false;
    case 'TIME-WAIT':
      if (tcb.config.ignoreResetInTimeWait) tcb.journal?.discard(tcb.ends, seg.segment, IGNORED);
      else endQuietly(tcb);
      return false;
    case 'CLOSING':
    case 'LAST-ACK':
      // The RFC signals nothing here; but bytes without acknowledgment are a loss (MUST-12).
      if (tcb.sendQueue.length > 0) fail(tcb);
      else endQuietly(tcb);
      return false;
    default:
      fail(tcb);
      return false;
  }
}

function fail(tcb: Tcb): void {
  tcb.fail('connection reset', 'connection reset');
  tcb.follow('rcv RST', RESET);
}

function endQuietly(tcb: Tcb): void {
  tcb.ended = 'closed';
  tcb.events.push({ kind: 'closed' });
  tcb.follow('rcv RST', RESET_CLOSING);
}
