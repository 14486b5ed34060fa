/** OPEN, RFC 9293 §3.10.1. */
import { CallError, seqAdd, type Micros } from '../../base/index.ts';
import { because } from '../rules.ts';
import { adjustSendTimers } from '../sending/send-timers.ts';
import type { Tcb } from '../tcb.ts';

const ACTIVE = because('O-013', 'The user opens the connection.');
const PASSIVE = because('O-016', 'The user is ready to be called.');
const FROM_LISTEN = because('O-014', 'The user turns the passive connection into an active one.');
const BY_SEND = because('O-024', 'A SEND in LISTEN opens the connection.');

/** Active OPEN: the remote socket is known. @throws CallError `connection already exists` */
export function openActive(tcb: Tcb, now: Micros): void {
  const { state } = tcb;
  if (state !== 'CLOSED' && state !== 'LISTEN') throw new CallError('connection already exists');
  if (tcb.ended !== undefined) throw new CallError('connection does not exist');
  if (tcb.ends.remotePort === 0) throw new CallError('remote socket unspecified');
  beginActive(tcb, now);
  tcb.follow('active OPEN', state === 'CLOSED' ? ACTIVE : FROM_LISTEN);
}

/** Passive OPEN of one connection. @throws CallError `connection already exists` */
export function openPassive(tcb: Tcb): void {
  if (tcb.state !== 'CLOSED' || tcb.ended !== undefined) {
    throw new CallError('connection already exists');
  }
  tcb.follow('passive OPEN', PASSIVE);
}

/** SEND in LISTEN with a known remote socket is an active OPEN (§3.10.2). */
export function openBySend(tcb: Tcb, now: Micros): void {
  if (tcb.ends.remotePort === 0) throw new CallError('remote socket unspecified');
  beginActive(tcb, now);
  tcb.follow('SEND', BY_SEND);
}

/** "Set SND.UNA to ISS, SND.NXT to ISS+1." */
function beginActive(tcb: Tcb, now: Micros): void {
  tcb.snd.nxt = seqAdd(tcb.snd.iss, 1);
  adjustSendTimers(tcb, now, false);
}
