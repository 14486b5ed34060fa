import { seqDiff, type Micros } from '../../base/index.ts';
import type { TcpSegment } from '../../wire/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { transmit } from './transmit.ts';

const PROBE = because('V-006', 'The window is zero: one byte asks whether it still is.');

/**
 * One octet into a closed window (MUST-36): the oldest unacknowledged one, or else a new one. It has
 * its sequence number like any other, and so has a FIN when nothing else is left.
 */
export function windowProbe(tcb: Tcb, now: Micros): TcpSegment | undefined {
  tcb.probeDue = false;
  const { snd } = tcb;
  const seq = snd.una === snd.nxt ? snd.nxt : snd.una;
  const left = seqDiff(tcb.dataEnd, seq);
  if (left > 0) return transmit(tcb, { seq, length: 1, fin: false }, now, PROBE);
  if (left === 0 && tcb.finQueued) return transmit(tcb, { seq, length: 0, fin: true }, now, PROBE);
  return undefined;
}
