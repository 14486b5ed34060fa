import {
  dottedAddress,
  flagLetters,
  type Cause,
  type ConnectionEnds,
  type Micros,
  type Note,
  type SendLimit,
  type TcpJournal,
  type TcpSegment,
  type TcpState,
} from '@tcplab/core';
import type { LinkDirection, LinkObserver, SimPacket } from '../network/index.ts';
import { describePacket } from './describe-packet.ts';
import { noteRecord } from './note-record.ts';
import type { TraceCause, TraceConnection, TraceRecord } from './record.ts';

type Unnumbered = TraceRecord extends infer R
  ? R extends TraceRecord
    ? Omit<R, 'id' | 'timeUs'>
    : never
  : never;

/** Gives every record its number and time, and hands it on. One per run. */
export class TraceRecorder implements LinkObserver {
  readonly #now: () => Micros;
  readonly #deliver: (record: TraceRecord) => void;
  #records = 0;

  constructor(now: () => Micros, deliver: (record: TraceRecord) => void) {
    this.#now = now;
    this.#deliver = deliver;
  }

  get records(): number {
    return this.#records;
  }

  emit(record: Unnumbered): void {
    this.#records += 1;
    this.#deliver({ id: this.#records, timeUs: this.#now(), ...record } as TraceRecord);
  }

  fate(
    kind: Parameters<LinkObserver['fate']>[0],
    link: LinkDirection,
    packet: SimPacket,
    by: string,
    why: string,
  ): void {
    const octets = kind === 'corrupt' || kind === 'duplicate' || kind === 'inject';
    this.emit({ kind, link: link.name, by, packet: describePacket(packet, octets), why });
  }

  script(target: string, action: string, why: string): void {
    this.emit({ kind: 'script', target, action, why });
  }
}

/** A connection as traces number it, from its first timer on. */
interface NumberedConnection {
  readonly index: number;
  readonly label: string;
  /** CLOSED before its first change of state, and again at its end. */
  state: TcpState;
  isOver: boolean;
  /** The one between the same sockets before it: it may lie in TIME-WAIT until this one is established. */
  readonly previous: NumberedConnection | undefined;
}

/** What one host, its stack and its connections tell, as records. */
export class HostRecorder implements TcpJournal {
  readonly #host: string;
  readonly #recorder: TraceRecorder;
  readonly #connections = new Map<string, NumberedConnection>();
  #count = 0;
  /** The packet being processed, so that what TCP says of its segment can name it. */
  #current = 0;

  constructor(host: string, recorder: TraceRecorder) {
    this.#host = host;
    this.#recorder = recorder;
  }

  sent(packet: SimPacket, link: LinkDirection): void {
    const body = packet.packet.body;
    const cause = body.kind === 'tcp' ? body.cause : undefined;
    this.#recorder.emit({
      kind: 'send',
      host: this.#host,
      link: link.name,
      packet: describePacket(packet, true),
      ...this.#connectionOf(packet, true),
      ...(cause === undefined ? { why: 'Sent by the host.' } : describeCause(cause)),
    });
  }

  /** A router passes a packet on. */
  forwarded(packet: SimPacket, link: LinkDirection, why: string): void {
    this.#recorder.emit({
      kind: 'send',
      host: this.#host,
      link: link.name,
      packet: describePacket(packet, true),
      why,
    });
  }

  received(packet: SimPacket, link: LinkDirection): void {
    this.#current = packet.id;
    this.#recorder.emit({
      kind: 'receive',
      host: this.#host,
      link: link.name,
      packet: describePacket(packet, false),
      ...this.#connectionOf(packet, false),
    });
  }

  /** The host took a packet no further before it reached a connection. */
  refused(packet: SimPacket, cause: Cause | string): void {
    this.#recorder.emit({
      kind: 'discard',
      host: this.#host,
      packet: describePacket(packet, false),
      ...(typeof cause === 'string' ? { why: cause } : describeCause(cause)),
    });
  }

  /** The host lost its memory: its connections are over without another word. */
  forgot(): void {
    for (const connection of this.#connections.values()) connection.isOver = true;
  }

  call(ends: ConnectionEnds | undefined, call: string, result: string, bytes?: number): void {
    this.#recorder.emit({
      kind: 'call',
      host: this.#host,
      call,
      result,
      ...(bytes === undefined ? {} : { bytes }),
      ...this.#connection(ends),
      why: `The program calls ${call}.`,
    });
  }

  event(ends: ConnectionEnds | undefined, event: string, why: string): void {
    this.#recorder.emit({
      kind: 'event',
      host: this.#host,
      event,
      ...this.#connection(ends, event === 'connection closed'),
      why,
    });
  }

  note(note: Note): void {
    this.#recorder.emit(noteRecord(this.#host, note));
  }

  transition(
    ends: ConnectionEnds,
    before: TcpState,
    arrow: string,
    after: TcpState,
    cause: Cause,
  ): void {
    // Leaving CLOSED is a connection's birth: it gets the host's next number.
    const subject = before === 'CLOSED' ? this.#newest(ends) : this.#in(ends, before);
    subject.state = after;
    subject.isOver = after === 'CLOSED';
    this.#recorder.emit({
      kind: 'state',
      host: this.#host,
      machine: 'tcp',
      before,
      arrow,
      after,
      connection: subject.index,
      ends: subject.label,
      ...describeCause(cause),
    });
  }

  discard(ends: ConnectionEnds, segment: TcpSegment, cause: Cause): void {
    this.#recorder.emit({
      kind: 'discard',
      host: this.#host,
      packet: {
        id: this.#current,
        proto: 'tcp',
        src: dottedAddress(ends.remoteAddress),
        dst: dottedAddress(ends.localAddress),
        srcPort: segment.srcPort,
        dstPort: segment.dstPort,
        seq: segment.seq,
        ack: segment.ack,
        flags: flagLetters(segment.flags),
        wnd: segment.wnd,
        len: segment.payload.length,
        size: 40 + segment.payload.length,
      },
      ...this.#connection(ends),
      ...describeCause(cause),
    });
  }

  timer(
    ends: ConnectionEnds,
    timer: string,
    action: 'start' | 'stop' | 'fire',
    at: Micros,
    cause: Cause,
  ): void {
    // A connection's first timer starts before it leaves CLOSED.
    if (action === 'start' && this.#connections.get(endsLabel(ends))?.isOver !== false) {
      this.#newest(ends);
    }
    this.#recorder.emit({
      kind: 'timer',
      host: this.#host,
      timer,
      action,
      atUs: at,
      ...this.#connection(ends),
      ...describeCause(cause),
    });
  }

  variable(
    ends: ConnectionEnds,
    name: string,
    before: number | string,
    after: number | string,
    cause: Cause,
  ): void {
    this.#recorder.emit({
      kind: 'variable',
      host: this.#host,
      name,
      before,
      after,
      ...this.#connection(ends),
      ...describeCause(cause),
    });
  }

  limited(ends: ConnectionEnds, limit: SendLimit, cause: Cause): void {
    this.#recorder.emit({
      kind: 'limit',
      host: this.#host,
      limit,
      ...this.#connection(ends),
      ...describeCause(cause),
    });
  }

  /** The connection that lives between these sockets; a new one gets the host's next number. */
  #newest(ends: ConnectionEnds): NumberedConnection {
    const label = endsLabel(ends);
    const known = this.#connections.get(label);
    // A new one may begin while the old one still lies in TIME-WAIT.
    const isAnnounced = known !== undefined && !known.isOver && known.state === 'CLOSED';
    return isAnnounced ? known : this.#number(label, known);
  }

  #number(label: string, known: NumberedConnection | undefined): NumberedConnection {
    const previous = known === undefined ? undefined : { ...known, previous: undefined };
    const made = { index: this.#count, label, state: 'CLOSED', isOver: false, previous } as const;
    const connection: NumberedConnection = { ...made };
    this.#connections.set(label, connection);
    this.#count += 1;
    return connection;
  }

  /** The connection between these sockets that is in `state`. */
  #in(ends: ConnectionEnds, state: TcpState): NumberedConnection {
    const label = endsLabel(ends);
    const known = this.#connections.get(label) ?? this.#number(label, undefined);
    return known.state !== state && known.previous?.state === state ? known.previous : known;
  }

  /** @param ended whether it is the one that has ended, where there are two */
  #connection(ends: ConnectionEnds | undefined, ended = false): TraceConnection {
    if (ends === undefined) return {};
    const known = this.#connections.get(endsLabel(ends));
    if (known === undefined) return {};
    const subject =
      ended && !known.isOver && known.previous?.isOver === true ? known.previous : known;
    return { connection: subject.index, ends: subject.label };
  }

  #connectionOf(sim: SimPacket, outgoing: boolean): TraceConnection {
    const { src, dst, body } = sim.packet;
    if (body.kind !== 'tcp') return {};
    return this.#connection(
      outgoing
        ? {
            localAddress: src,
            localPort: body.srcPort,
            remoteAddress: dst,
            remotePort: body.dstPort,
          }
        : {
            localAddress: dst,
            localPort: body.dstPort,
            remoteAddress: src,
            remotePort: body.srcPort,
          },
    );
  }
}

function describeCause(cause: Cause): TraceCause {
  return { rule: cause.rule.id, why: cause.why };
}

/** `10.0.0.1:49152 → 10.0.0.2:80`, the local end first. */
export function endsLabel(ends: ConnectionEnds): string {
  const local = `${dottedAddress(ends.localAddress)}:${ends.localPort}`;
  return `${local} → ${dottedAddress(ends.remoteAddress)}:${ends.remotePort}`;
}
