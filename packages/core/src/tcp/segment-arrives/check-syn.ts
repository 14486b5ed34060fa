/** Fourth step of §3.10.7.4: the SYN bit. */
import type { Micros } from '../../base/index.ts';
import { RST, SYN } from '../../wire/index.ts';
import { because } from '../rules.ts';
import { buildSegment } from '../sending/build-segment.ts';
import type { Tcb } from '../tcb.ts';
import { challenge } from './answer.ts';
import { returnToListen } from './return-to-listen.ts';
import type { Seg } from './seg.ts';

const TO_LISTEN = because(
  'A-X04',
  'A SYN in the window of a connection that came from LISTEN: back to LISTEN.',
);
const CHALLENGED = because('B-005', 'A SYN on a synchronized connection is challenged.');
const RESET = because('A-X04', 'A SYN in the window is an error: both sides are reset (RFC 793).');

/** @returns false when processing ends here */
export function checkSyn(tcb: Tcb, seg: Seg, now: Micros): boolean {
  // RFC 5961 §4.2: "irrespective of the sequence number", so a SYN trimmed off still counts.
  const { blindAttackChecks } = tcb.config;
  if (((blindAttackChecks ? seg.segment.flags : seg.flags) & SYN) === 0) return true;
  if (tcb.state === 'SYN-RECEIVED' && tcb.passive && seg.has(SYN)) {
    returnToListen(tcb, 'rcv SYN', TO_LISTEN);
    return false;
  }
  if (blindAttackChecks) {
    challenge(tcb, CHALLENGED, now);
    tcb.journal?.discard(tcb.ends, seg.segment, CHALLENGED);
    return false;
  }
  resetBoth(tcb);
  return false;
}

function resetBoth(tcb: Tcb): void {
  tcb.outbox.push(buildSegment(tcb, { seq: tcb.snd.nxt, flags: RST }, RESET));
  tcb.fail('connection reset', 'connection reset');
  tcb.follow(tcb.state === 'SYN-RECEIVED' ? 'rcv RST after active OPEN' : 'rcv RST', RESET);
}
