/**
 * A tap: the place where a capture is taken. One file holds one tap, because the same packet seen at
 * two places looks like a retransmission to whoever reads the file.
 */
import type { TraceHeader, TracePacket, TraceRecord } from '../trace/record.ts';
import { packetOctets } from './octets.ts';

/** At a host: what it sends, when it sends it, and what it receives. On a link: what enters it, lost or not. */
export type TapPlace = { readonly host: string } | { readonly link: string };

/** A packet as the tap saw it. */
export interface Frame {
  readonly timeUs: number;
  readonly direction: 'in' | 'out';
  readonly packet: TracePacket;
  readonly bytes: Uint8Array;
  /** What the simulation knows of it, a sentence each: why it was sent, its fate, what it changed. */
  readonly comments: readonly string[];
}

interface WaitingFrame extends Frame {
  readonly comments: string[];
  /** Nothing more will become known of it. */
  settled: boolean;
}

/** Frames wait until their fate is known; beyond this many the oldest is handed out with what is known. */
const MAX_WAITING_FRAMES = 4_096;

/** Packets on their way whose octets are kept; more than this many are forgotten, oldest first. */
const MAX_PACKETS_IN_FLIGHT = 1_000_000;

/**
 * Turns the stream of records into the frames of one place, in order of time. Memory holds what is on
 * its way, not the run.
 */
export class Tap {
  readonly #place: TapPlace;
  /** Octets of packets on their way, by packet number. */
  readonly #octets = new Map<number, Uint8Array>();
  #waiting: WaitingFrame[] = [];
  /** Of those, the ones on their way, by packet number … */
  readonly #onTheirWay = new Map<number, WaitingFrame>();
  /** … and the ones that arrived and may still be explained. */
  #arrived: WaitingFrame[] = [];
  /** The latest frame, which a change of state at the same moment explains. */
  #latest: WaitingFrame | undefined;

  constructor(place: TapPlace) {
    this.#place = place;
  }

  /** Takes a record. @returns the frames that are complete now */
  take(record: TraceRecord): readonly Frame[] {
    this.#settleBefore(record.timeUs);
    switch (record.kind) {
      case 'send':
        this.#keepOctets(record.packet);
        if (this.#seesSend(record.host, record.link)) this.#add(record, 'out', sentComment(record));
        break;
      case 'receive':
        if (this.#seesHost(record.host)) this.#add(record, 'in');
        this.#octets.delete(record.packet.id);
        this.#settle(record.packet.id);
        break;
      case 'lost':
        this.#octets.delete(record.packet.id);
        this.#comment(record.packet.id, `lost by ${record.by}: ${record.why}`);
        this.#settle(record.packet.id);
        break;
      case 'corrupt':
        this.#keepOctets(record.packet);
        this.#comment(record.packet.id, `damaged by ${record.by}: ${record.why}`);
        break;
      case 'duplicate':
      case 'inject':
        this.#keepOctets(record.packet);
        if (this.#seesLink(record.link)) {
          this.#add(record, 'out', [`made by ${record.by}: ${record.why}`]);
        }
        break;
      case 'delay':
      case 'hold':
      case 'release':
        this.#comment(record.packet.id, `${record.kind} by ${record.by}: ${record.why}`);
        break;
      case 'discard':
        this.#explainLatest(record.host, `discarded: ${withRule(record)}`);
        break;
      case 'state':
        this.#explainLatest(
          record.host,
          `${record.machine} ${record.before} → ${record.after} (${record.arrow}): ${withRule(record)}`,
        );
        break;
    }
    return this.#ready();
  }

  /** The run is over. @returns the frames that were still waiting */
  finish(): readonly Frame[] {
    for (const frame of this.#waiting) frame.settled = true;
    this.#latest = undefined;
    return this.#ready();
  }

  #seesHost(host: string): boolean {
    return 'host' in this.#place && this.#place.host === host;
  }

  #seesLink(link: string): boolean {
    return 'link' in this.#place && sameWire(this.#place.link, link);
  }

  #seesSend(host: string, link: string): boolean {
    return this.#seesHost(host) || this.#seesLink(link);
  }

  #keepOctets(packet: TracePacket): void {
    const bytes = packetOctets(packet);
    if (bytes === undefined) return;
    this.#octets.set(packet.id, bytes);
    if (this.#octets.size <= MAX_PACKETS_IN_FLIGHT) return;
    for (const oldest of this.#octets.keys()) {
      this.#octets.delete(oldest);
      break;
    }
  }

  #add(
    record: { readonly timeUs: number; readonly packet: TracePacket },
    direction: 'in' | 'out',
    comments: string[] = [],
  ): void {
    const bytes = this.#octets.get(record.packet.id);
    if (bytes === undefined) return;
    const { timeUs, packet } = record;
    const frame: WaitingFrame = { timeUs, direction, packet, bytes, comments, settled: false };
    this.#waiting.push(frame);
    if (direction === 'in') this.#arrived.push(frame);
    else this.#onTheirWay.set(packet.id, frame);
    this.#latest = frame;
  }

  #comment(id: number, text: string): void {
    this.#onTheirWay.get(id)?.comments.push(text);
  }

  #settle(id: number): void {
    const frame = this.#onTheirWay.get(id);
    if (frame === undefined) return;
    frame.settled = true;
    this.#onTheirWay.delete(id);
  }

  #explainLatest(host: string, text: string): void {
    if (this.#seesHost(host)) this.#latest?.comments.push(text);
  }

  /** What arrived is known wholly as soon as time has moved on. */
  #settleBefore(timeUs: number): void {
    if (this.#latest !== undefined && this.#latest.timeUs < timeUs) this.#latest = undefined;
    if (this.#arrived.length === 0 || this.#arrived[0]!.timeUs === timeUs) return;
    for (const frame of this.#arrived) frame.settled = true;
    this.#arrived = [];
  }

  #ready(): readonly Frame[] {
    let count = this.#waiting.findIndex((frame) => !frame.settled || frame === this.#latest);
    if (count < 0) count = this.#waiting.length;
    count = Math.max(count, this.#waiting.length - MAX_WAITING_FRAMES);
    if (count === 0) return [];
    const ready = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return ready;
  }
}

/**
 * All frames at a host or on a link of a run that is in memory.
 * @param tap the place; without it the host that sends most data
 */
export function packetsAtTap(
  header: TraceHeader,
  records: readonly TraceRecord[],
  tap: TapPlace = sendersTap(header, records),
): readonly Frame[] {
  const place = new Tap(tap);
  const frames: Frame[] = [];
  for (const record of records) frames.push(...place.take(record));
  frames.push(...place.finish());
  return frames;
}

/** The host that sends most data, where losses and repairs show as they were; the first host when none sends any. */
export function sendersTap(
  header: TraceHeader,
  records: readonly TraceRecord[],
): { readonly host: string } {
  const sent = new Map<string, number>(header.hosts.map(({ name }) => [name, 0]));
  for (const record of records) {
    if (record.kind !== 'send') continue;
    sent.set(record.host, (sent.get(record.host) ?? 0) + record.packet.len);
  }
  let host = '';
  let most = -1;
  for (const [name, bytes] of sent) {
    if (bytes > most) [host, most] = [name, bytes];
  }
  return { host };
}

/** `a→b` is on the wire `a→b`, `b→a` is not; both are on `a↔b`. */
function sameWire(place: string, link: string): boolean {
  if (place === link) return true;
  const [a, b] = place.split('↔');
  return b !== undefined && (link === `${a}→${b}` || link === `${b}→${a}`);
}

function sentComment(record: { readonly why: string; readonly rule?: string }): string[] {
  return [withRule(record)];
}

function withRule(record: { readonly why: string; readonly rule?: string }): string {
  return record.rule === undefined ? record.why : `${record.why} [${record.rule}]`;
}
