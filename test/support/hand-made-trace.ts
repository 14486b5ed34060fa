/**
 * Traces written by hand, packet by packet, with real octets: what exporters and drawings are tested
 * on. Sequence numbers are given relative to each side's first; the server's wrap soon.
 */
import {
  encodeHeaders,
  encodePacket,
  describeOptions,
  flagsOfLetters,
  NO_OPTIONS,
  packetSize,
  parseAddress,
  patternPayload,
  bytesPayload,
  seqAdd,
  toHex,
  utf8Bytes,
  type Ipv4Packet,
  type TcpOption,
} from '@tcplab/core';
import type {
  TraceFooter,
  TraceHeader,
  TracePacket,
  TraceRecord,
} from '../../packages/sim/src/trace/record.ts';

type Unnumbered = TraceRecord extends infer R
  ? R extends TraceRecord
    ? Omit<R, 'id' | 'timeUs'>
    : never
  : never;

export interface HandMadeSegment {
  readonly flags: string;
  /** Relative to the sender's first sequence number. */
  readonly seq?: number;
  /** Relative to the other side's first sequence number. */
  readonly ack?: number;
  /** Length of a described payload. */
  readonly len?: number;
  /** Real text instead. */
  readonly text?: string;
  readonly wnd?: number;
  readonly options?: readonly TcpOption[];
  readonly resent?: true;
  readonly port?: number;
  readonly serverPort?: number;
  readonly why?: string;
  readonly rule?: string;
}

export interface HandMadeRun {
  readonly header: TraceHeader;
  readonly records: readonly TraceRecord[];
  readonly footer: TraceFooter;
}

interface Sent {
  readonly packet: TracePacket;
  readonly from: string;
  readonly to: string;
}

export const CLIENT_FIRST = 1_000_000;
/** Wraps after 500 octets. */
export const SERVER_FIRST = 4_294_966_796;

export class HandMadeTrace {
  readonly #name: string;
  readonly #hosts: readonly string[];
  readonly #pending: { readonly timeUs: number; readonly record: Unnumbered }[] = [];
  readonly #sent = new Map<number, Sent>();
  #packets = 0;

  constructor(name: string, hosts: readonly string[] = ['client', 'server']) {
    this.#name = name;
    this.#hosts = hosts;
  }

  address(host: string): string {
    return `10.0.0.${this.#hosts.indexOf(host) + 1}`;
  }

  add(timeUs: number, record: Unnumbered): void {
    this.#pending.push({ timeUs, record });
  }

  /** A host sends a segment. @returns the packet's number */
  send(timeUs: number, from: string, to: string, segment: HandMadeSegment): number {
    const packet = this.#describe(from, to, segment);
    this.#sent.set(packet.id, { packet, from, to });
    this.add(timeUs, {
      kind: 'send',
      host: from,
      link: `${from}→${to}`,
      packet,
      connection: 0,
      ends: `${packet.src}:${packet.srcPort} → ${packet.dst}:${packet.dstPort}`,
      ...(segment.rule === undefined ? {} : { rule: segment.rule }),
      why: segment.why ?? 'There was something to send.',
    });
    return packet.id;
  }

  arrive(timeUs: number, id: number): void {
    const { packet, from, to } = this.#sent.get(id)!;
    const { bytes: _bytes, pattern: _pattern, ...shown } = packet;
    this.add(timeUs, {
      kind: 'receive',
      host: to,
      link: `${from}→${to}`,
      packet: shown,
      connection: 0,
      ends: `${packet.dst}:${packet.dstPort} → ${packet.src}:${packet.srcPort}`,
    });
  }

  /** Sends and arrives `delayUs` later. */
  pass(
    timeUs: number,
    delayUs: number,
    from: string,
    to: string,
    segment: HandMadeSegment,
  ): number {
    const id = this.send(timeUs, from, to, segment);
    this.arrive(timeUs + delayUs, id);
    return id;
  }

  fate(
    timeUs: number,
    id: number,
    kind: 'lost' | 'corrupt' | 'delay' | 'hold' | 'release',
    by: string,
    why: string,
  ): void {
    const { packet, from, to } = this.#sent.get(id)!;
    const { bytes: _bytes, pattern: _pattern, ...shown } = packet;
    this.add(timeUs, { kind, link: `${from}→${to}`, by, packet: shown, why });
  }

  /** A link makes a copy; it has a number of its own. */
  duplicate(timeUs: number, id: number, by: string): number {
    const { packet, from, to } = this.#sent.get(id)!;
    this.#packets += 1;
    const copy = { ...packet, id: this.#packets };
    this.#sent.set(copy.id, { packet: copy, from, to });
    const why = `It repeats packet ${id}.`;
    this.add(timeUs, { kind: 'duplicate', link: `${from}→${to}`, by, packet: copy, why });
    return copy.id;
  }

  lose(timeUs: number, id: number, by = 'loss on the link', why = 'The draw said so.'): void {
    this.fate(timeUs, id, 'lost', by, why);
  }

  state(timeUs: number, host: string, before: string, arrow: string, after: string): void {
    this.add(timeUs, {
      kind: 'state',
      host,
      machine: 'tcp',
      before,
      arrow,
      after,
      connection: 0,
      ends: this.#ends(host),
      rule: 'A-X01',
      why: `The arrow '${arrow}' leads from ${before} to ${after}.`,
    });
  }

  fire(timeUs: number, host: string, timer: string, why: string): void {
    this.add(timeUs, {
      kind: 'timer',
      host,
      timer,
      action: 'fire',
      atUs: timeUs,
      connection: 0,
      ends: this.#ends(host),
      rule: 'T-001',
      why,
    });
  }

  call(timeUs: number, host: string, call: string, bytes?: number): void {
    this.add(timeUs, {
      kind: 'call',
      host,
      call,
      result: 'ok',
      ...(bytes === undefined ? {} : { bytes }),
      connection: 0,
      ends: this.#ends(host),
      why: `The program calls ${call}.`,
    });
  }

  event(timeUs: number, host: string, event: string): void {
    this.add(timeUs, {
      kind: 'event',
      host,
      event,
      connection: 0,
      ends: this.#ends(host),
      why: 'The program is told.',
    });
  }

  note(timeUs: number, host: string, layer: string, name: string, why: string): void {
    this.add(timeUs, { kind: 'note', host, layer, name, why });
  }

  script(timeUs: number, target: string, action: string): void {
    this.add(timeUs, { kind: 'script', target, action, why: `The script says so.` });
  }

  build(): HandMadeRun {
    const records = this.#pending
      .map((entry, order) => ({ ...entry, order }))
      .sort((a, b) => a.timeUs - b.timeUs || a.order - b.order)
      .map(({ timeUs, record }, index) =>
        Object.assign({ id: index + 1, timeUs }, record),
      ) as TraceRecord[];
    const header: TraceHeader = {
      format: 'tcplab-trace/1',
      engine: '0.1.0',
      name: this.#name,
      scenarioHash: '0123456789abcdef',
      seed: 42,
      hosts: this.#hosts.map((name) => ({ name, address: this.address(name) })),
    };
    const counts: { [kind: string]: number } = {};
    for (const kind of records.map((record) => record.kind).sort()) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    const endUs = records.at(-1)?.timeUs ?? 0;
    const footer: TraceFooter = {
      format: 'tcplab-trace-end/1',
      records: records.length,
      counts,
      endUs,
      end: 'idle',
      hash: 'fedcba9876543210',
    };
    return { header, records, footer };
  }

  #ends(host: string): string {
    const client = `${this.address(this.#hosts[0]!)}:49152`;
    const other = `${this.address(host === this.#hosts[0] ? this.#hosts[1]! : host)}:80`;
    return host === this.#hosts[0] ? `${client} → ${other}` : `${other} → ${client}`;
  }

  #describe(from: string, to: string, segment: HandMadeSegment): TracePacket {
    this.#packets += 1;
    const isClient = from === this.#hosts[0];
    const [mine, theirs] = isClient ? [CLIENT_FIRST, SERVER_FIRST] : [SERVER_FIRST, CLIENT_FIRST];
    const flags = flagsOfLetters(segment.flags)!;
    const port = segment.port ?? 49_152;
    const serverPort = segment.serverPort ?? 80;
    const seq = seqAdd(mine, segment.seq ?? 0);
    const ack = segment.ack === undefined ? 0 : seqAdd(theirs, segment.ack);
    const offset = (segment.seq ?? 1) - 1;
    const payload =
      segment.text === undefined
        ? patternPayload(offset, segment.len ?? 0)
        : bytesPayload(utf8Bytes(segment.text));
    const packet: Ipv4Packet = {
      src: parseAddress(this.address(from))!,
      dst: parseAddress(this.address(to))!,
      ttl: 64,
      identification: this.#packets,
      dscp: 0,
      ecn: 0,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      options: new Uint8Array(0),
      body: {
        kind: 'tcp',
        srcPort: isClient ? port : serverPort,
        dstPort: isClient ? serverPort : port,
        seq,
        ack,
        flags,
        wnd: segment.wnd ?? 65_535,
        up: 0,
        options: segment.options ?? NO_OPTIONS,
        payload,
      },
    };
    const described = payload.patternOffset !== undefined;
    return {
      id: this.#packets,
      proto: 'tcp',
      src: this.address(from),
      dst: this.address(to),
      srcPort: isClient ? port : serverPort,
      dstPort: isClient ? serverPort : port,
      seq,
      ack,
      flags: segment.flags,
      wnd: segment.wnd ?? 65_535,
      ...(segment.options === undefined ? {} : { options: describeOptions(segment.options) }),
      len: payload.length,
      size: packetSize(packet),
      ...(segment.resent === true ? { resent: true as const } : {}),
      bytes: toHex(described ? encodeHeaders(packet) : encodePacket(packet)),
      ...(described ? { pattern: payload.patternOffset } : {}),
    };
  }
}
