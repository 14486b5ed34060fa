/**
 * What is true of the frames of a capture, as frame numbers from 1: written beside the file, so that
 * another program's analysis of it can be compared with what the simulator knows.
 */
import { flagsOfLetters, seqAdd, seqGt, seqLt, FIN, RST, SYN, ACK } from '@tcplab/core';
import type { TraceHeader, TracePacket, TraceRecord } from '../trace/record.ts';
import { sendersTap, Tap, type Frame, type TapPlace } from './tap.ts';

export interface CaptureTruth {
  /** Segments that repeat sequence numbers: known of what the tap's host sent, by their place for what came in. */
  readonly retransmit: readonly number[];
  /** ACKs that say exactly what the one before said. */
  readonly dupack: readonly number[];
  /** Segments before which something is missing at this tap. */
  readonly lost: readonly number[];
  /** ACKs for something that this tap never saw. */
  readonly acklost: readonly number[];
  /** Keep-alives: at most one octet, just before what is next. */
  readonly ka: readonly number[];
  /** Segments that close the window. */
  readonly zwin: readonly number[];
  /** Probes of a closed window: the next octet, alone. */
  readonly zwp: readonly number[];
}

type Finding = keyof CaptureTruth;

/** One direction of a connection as the tap has seen it. */
interface Side {
  /** After the highest sequence number seen; undefined before the first segment. */
  next: number | undefined;
  ack: number | undefined;
  wnd: number;
  lastFinding: Finding | undefined;
}

/** Judges frames one by one, in constant memory per connection. */
export class TruthObserver {
  readonly #sides = new Map<string, Side>();
  readonly #findings: { readonly [finding in Finding]: number[] } = {
    retransmit: [],
    dupack: [],
    lost: [],
    acklost: [],
    ka: [],
    zwin: [],
    zwp: [],
  };
  #frames = 0;

  frame(frame: Frame): void {
    this.#frames += 1;
    const { packet } = frame;
    if (packet.proto !== 'tcp' || packet.flags === undefined) return;
    const flags = flagsOfLetters(packet.flags) ?? 0;
    const side = this.#side(`${packet.src}:${packet.srcPort} ${packet.dst}:${packet.dstPort}`);
    const other = this.#side(`${packet.dst}:${packet.dstPort} ${packet.src}:${packet.srcPort}`);
    // A new connection between the same ends starts anew.
    if ((flags & SYN) !== 0 && (flags & ACK) === 0 && isNewStart(packet, side)) {
      reset(side);
      reset(other);
    }
    this.#judge({ frame, flags, side, other });
    update(packet, flags, side);
  }

  get truth(): CaptureTruth {
    return this.#findings;
  }

  #judge(seen: {
    readonly frame: Frame;
    readonly flags: number;
    readonly side: Side;
    readonly other: Side;
  }): void {
    const { frame, flags, side, other } = seen;
    const { packet } = frame;
    const plain = (flags & (SYN | FIN | RST)) === 0;
    const seq = packet.seq ?? 0;
    const { next } = side;
    side.lastFinding = undefined;
    if (plain && packet.wnd === 0) this.#find('zwin', side);
    if (packet.len === 1 && seq === next && other.wnd === 0) {
      this.#find('zwp', side);
      return;
    }
    if (next !== undefined && seqGt(seq, next) && (flags & RST) === 0) this.#find('lost', side);
    const keepAlive = plain && packet.len <= 1 && next !== undefined && seqAdd(seq, 1) === next;
    if (keepAlive) this.#find('ka', side);
    else if (repeats(frame, flags, next)) this.#find('retransmit', side);
    if (plain && isDuplicateAck(packet, side) && !answersProbe(other)) {
      this.#find('dupack', side);
    }
    const acked = other.next;
    if ((flags & ACK) !== 0 && acked !== undefined && seqGt(packet.ack ?? 0, acked)) {
      this.#find('acklost', side);
    }
  }

  #find(finding: Finding, side: Side): void {
    this.#findings[finding].push(this.#frames);
    side.lastFinding = finding;
  }

  #side(key: string): Side {
    let side = this.#sides.get(key);
    if (side === undefined) {
      side = { next: undefined, ack: undefined, wnd: -1, lastFinding: undefined };
      this.#sides.set(key, side);
    }
    return side;
  }
}

/** The truth of a run in memory, at the same default tap as the captures. */
export function captureTruth(
  header: TraceHeader,
  records: readonly TraceRecord[],
  place: TapPlace = sendersTap(header, records),
): CaptureTruth {
  const tap = new Tap(place);
  const observer = new TruthObserver();
  for (const record of records) for (const frame of tap.take(record)) observer.frame(frame);
  for (const frame of tap.finish()) observer.frame(frame);
  return observer.truth;
}

/** What the host sent, it knows; what came in is judged by what came in before. */
function repeats(frame: Frame, flags: number, next: number | undefined): boolean {
  const { packet } = frame;
  if (packet.len === 0 && (flags & (SYN | FIN)) === 0) return false;
  // `next` has not counted the octet of a probe: data that begins with it is sent for the first time.
  const isBehind = next !== undefined && seqLt(packet.seq ?? 0, next);
  return isBehind && (frame.direction === 'in' || packet.resent === true);
}

function isDuplicateAck(packet: TracePacket, side: Side): boolean {
  return (
    packet.len === 0 &&
    packet.wnd !== 0 &&
    packet.wnd === side.wnd &&
    packet.seq === side.next &&
    packet.ack === side.ack
  );
}

/** The answer to a keep-alive or a probe repeats the last ACK without meaning a loss. */
function answersProbe(other: Side): boolean {
  return other.lastFinding === 'ka' || other.lastFinding === 'zwp';
}

function isNewStart(packet: TracePacket, side: Side): boolean {
  return side.next !== undefined && packet.resent !== true && packet.seq !== seqAdd(side.next, -1);
}

function reset(side: Side): void {
  side.next = undefined;
  side.ack = undefined;
  side.wnd = -1;
  side.lastFinding = undefined;
}

function update(packet: TracePacket, flags: number, side: Side): void {
  const length = packet.len + ((flags & SYN) >> 1) + (flags & FIN);
  const end = seqAdd(packet.seq ?? 0, length);
  // The octet of a probe will be sent again as data.
  const probe = side.lastFinding === 'zwp';
  if (!probe && (side.next === undefined || seqGt(end, side.next))) side.next = end;
  if ((flags & ACK) !== 0) side.ack = packet.ack;
  side.wnd = packet.wnd ?? 0;
}
