/** The window we offer: silly window avoidance on the receiver's side, RFC 9293 §3.8.6.2.2. */
import { seqAdd, seqDiff } from '../../base/index.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { acknowledgeNow } from './delayed-ack.ts';

const OPENED = because('V-013', 'The right edge moves: enough room came free.');
const UPDATE = because('V-013', 'The user took data: the peer is told of the room.');

/** Moves the right edge when that is worth it (MUST-39). It never moves left (SHLD-14). */
export function openWindow(tcb: Tcb): void {
  const { rcv } = tcb;
  const { receiveBuffer } = tcb.config;
  const room = Math.min(receiveBuffer - tcb.receiveQueue.length, 65_535);
  const growth = room - rcv.wnd;
  if (growth < Math.min(Math.floor(receiveBuffer / 2), tcb.snd.mss) || growth <= 0) return;
  tcb.note('RCV.WND', rcv.wnd, room, OPENED);
  rcv.wnd = room;
}

/**
 * After RECEIVE: tells the peer at once when the window it knows is less than half of the one it could
 * have (and so always after a closed window), otherwise with the next acknowledgment (RFC 5681 §4.2
 * allows window updates beside the ACKs; one for each RECEIVE would double the traffic).
 */
export function updatePeer(tcb: Tcb): void {
  const { rcv } = tcb;
  const known = Math.max(0, seqDiff(rcv.toldEdge, rcv.nxt));
  const news = seqDiff(seqAdd(rcv.nxt, rcv.wnd), rcv.toldEdge);
  if (news > 0 && known * 2 <= rcv.wnd) acknowledgeNow(tcb, UPDATE);
}
