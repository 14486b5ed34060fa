/** SEGMENT ARRIVES, state LISTEN: RFC 9293 §3.10.7.2, in its order. */
import { seqAdd, type Cause, type Micros } from '../../base/index.ts';
import { ACK, FIN, RST, SYN, type TcpSegment } from '../../wire/index.ts';
import { effectiveSendMss } from '../options/mss.ts';
import { because } from '../rules.ts';
import type { Tcb } from '../tcb.ts';
import { resetAt } from './closed.ts';

const IGNORE_RST = because(
  'A-L01',
  'A reset cannot be meant for a connection that does not exist yet.',
);
const RESET = because('A-L02', 'Nothing was sent from LISTEN, so nothing can be acknowledged.');
const NO_SYN = because('A-L04', 'Only a SYN means something in LISTEN.');
const OPENED = because('A-L03', 'The SYN of the peer opens the connection.');

/** What LISTEN does with a segment. */
export type ListenVerdict =
  | { readonly kind: 'drop'; readonly cause: Cause }
  | { readonly kind: 'reset'; readonly segment: TcpSegment }
  | { readonly kind: 'open' };

const OPEN: ListenVerdict = { kind: 'open' };

export function listenVerdict(segment: TcpSegment): ListenVerdict {
  const { flags } = segment;
  // First, check for a RST. Second, for an ACK. Third, for a SYN. Fourth: other data or controls.
  if ((flags & RST) !== 0) return { kind: 'drop', cause: IGNORE_RST };
  if ((flags & ACK) !== 0) return { kind: 'reset', segment: resetAt(segment, RESET) };
  if ((flags & SYN) === 0) return { kind: 'drop', cause: NO_SYN };
  return OPEN;
}

/** A connection in LISTEN takes the segment. */
export function segmentArrivesListen(tcb: Tcb, segment: TcpSegment, now: Micros): void {
  const verdict = listenVerdict(segment);
  if (verdict.kind === 'drop') tcb.journal?.discard(tcb.ends, segment, verdict.cause);
  else if (verdict.kind === 'reset') tcb.outbox.push(verdict.segment);
  else open(tcb, segment, now);
}

function open(tcb: Tcb, syn: TcpSegment, now: Micros): void {
  tcb.passive = true;
  synchronize(tcb, syn);
  const { snd } = tcb;
  snd.nxt = seqAdd(snd.iss, 1);
  tcb.lastHeardAt = now;
  tcb.follow('rcv SYN', OPENED);
}

/** What every SYN tells: IRS, the window, the MSS; its text and FIN are kept until ESTABLISHED. */
export function synchronize(tcb: Tcb, syn: TcpSegment): void {
  const { rcv, snd } = tcb;
  rcv.irs = syn.seq;
  rcv.nxt = seqAdd(syn.seq, 1);
  rcv.acked = rcv.nxt;
  rcv.up = rcv.nxt;
  rcv.toldEdge = seqAdd(rcv.nxt, rcv.wnd);
  snd.wnd = syn.wnd;
  snd.maxWnd = syn.wnd;
  snd.wl1 = syn.seq;
  // §3.10.7.3 says SND.WL2 <- SEG.ACK, which without an ACK is no number of ours.
  snd.wl2 = (syn.flags & ACK) === 0 ? snd.iss : syn.ack;
  snd.mss = effectiveSendMss(tcb.config, syn);
  // Enough for a FIN from SYN-RECEIVED; the initial window follows with ESTABLISHED.
  tcb.congestion.begin(snd.mss, snd.mss);
  const { payload } = syn;
  const length = Math.min(payload.length, rcv.wnd);
  tcb.reassembly.hold(rcv.nxt, payload.slice(0, length));
  // A FIN beyond the window is trimmed with what is before it.
  if ((syn.flags & FIN) !== 0 && payload.length < rcv.wnd) {
    tcb.reassembly.holdFin(seqAdd(rcv.nxt, payload.length));
  }
}
