/** ICMP errors about our segments: RFC 9293 §3.9.2.2, with the checks of RFC 5927. */
import { seqGeq, seqLt, type Seq } from '../base/index.ts';
import { resendAll } from './loss/recovery.ts';
import { because } from './rules.ts';
import { isSynchronized, type Tcb } from './tcb.ts';

const HARD = because('U-016', 'The network says that the peer cannot be reached this way at all.');
const SMALLER = because('CC-013', 'The path carries smaller packets only.');

const DESTINATION_UNREACHABLE = 3;
const SOURCE_QUENCH = 4;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
const FRAGMENTATION_NEEDED = 4;
/** The smallest packet every link carries (RFC 791 §3.1; RFC 1191 §3), without IP and TCP header. */
const LEAST_MSS = 68 - 40;

export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** The sequence number quoted from our segment. */
  readonly seq: Seq;
  /** From "fragmentation needed" (RFC 1191 §4): the next hop's MTU in bytes, 0 when not told. */
  readonly nextHopMtu?: number;
}

/** An ICMP error that quotes a segment of this connection (the stack has matched the ends, MUST-54). */
export function icmpArrived(tcb: Tcb, error: IcmpError): void {
  const { type, code, seq } = error;
  // MUST-55.
  if (!tcb.exists || type === SOURCE_QUENCH) return;
  // RFC 5927 §4.1: only what is in flight can have met an error; anything else is a guess or too late.
  if (!(seqGeq(seq, tcb.snd.una) && seqLt(seq, tcb.snd.nxt))) return;
  if (type === DESTINATION_UNREACHABLE && code === FRAGMENTATION_NEEDED) {
    if ((error.nextHopMtu ?? 0) > 0) return shrinkSegments(tcb, error.nextHopMtu!);
  }
  const hard = type === DESTINATION_UNREACHABLE && code >= 2 && code <= 4;
  const known =
    type === DESTINATION_UNREACHABLE || type === TIME_EXCEEDED || type === PARAMETER_PROBLEM;
  if (!known) return;
  const soft = tcb.config.hardErrors === 'soft when synchronized' && isSynchronized(tcb.state);
  if (hard && !soft && mayAbort(tcb)) return abortBy(tcb, code);
  tcb.events.push({ kind: 'soft error', type, code });
}

function mayAbort(tcb: Tcb): boolean {
  return tcb.state !== 'TIME-WAIT' && tcb.state !== 'LISTEN';
}

function abortBy(tcb: Tcb, code: number): void {
  const refused = code === 3 && !isSynchronized(tcb.state);
  tcb.fail(refused ? 'connection refused' : 'host unreachable', `ICMP unreachable, code ${code}`);
  tcb.follow('hard error', HARD);
}

/** RFC 1191 §3: the estimate goes down, never up, and what was too large is sent again at once. */
function shrinkSegments(tcb: Tcb, mtu: number): void {
  const mss = Math.max(LEAST_MSS, mtu - 40);
  const before = tcb.snd.mss;
  if (mss >= before) return;
  tcb.snd.mss = mss;
  tcb.congestion.segmentSizeChanged(mss);
  tcb.note('SND.MSS', before, mss, SMALLER);
  if (!tcb.synOutstanding) resendAll(tcb, SMALLER);
}
