/**
 * The trace of a run: a header, one record per event, a footer. As a file it is NDJSON, a line each.
 *
 * Records are plain data in a fixed order of keys, so that the same run gives the same bytes. All
 * numbers are integers; times are microseconds since the run began.
 */
import type { Json } from '@tcplab/core';

/** The rule behind an event and the sentence that applies it, as a trace carries them. */
export interface TraceCause {
  /** Rule id of the catalogue, e.g. `A-X05`; absent for decisions of the network or the scenario. */
  readonly rule?: string;
  readonly why: string;
}

/** A packet as traces show it. Which fields are there depends on `proto`. */
export interface TracePacket {
  /** Counts all packets of the run from 1; a duplicate made by a link has its own. */
  readonly id: number;
  readonly proto: 'tcp' | 'udp' | 'icmp' | 'raw';
  /** Dotted addresses. */
  readonly src: string;
  readonly dst: string;
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** tcp: absolute sequence and acknowledgment number. */
  readonly seq?: number;
  readonly ack?: number;
  /** tcp: letters, e.g. `SA`. */
  readonly flags?: string;
  /** tcp: the window field. */
  readonly wnd?: number;
  /** tcp: options in words, e.g. `mss 1460`. */
  readonly options?: string;
  /** Length of the payload in bytes. */
  readonly len: number;
  /** Length of the whole datagram in bytes. */
  readonly size: number;
  /** tcp: this connection sent these sequence numbers before. */
  readonly resent?: true;
  /** icmp: type and code. */
  readonly type?: number;
  readonly code?: number;
  /** The datagram's octets in hexadecimal; only on `send` and `corrupt` records. For a described payload: the headers only, with `pattern`. */
  readonly bytes?: string;
  /** The described payload: position in the pattern where it starts. */
  readonly pattern?: number;
}

interface RecordBase {
  /** Counts from 1. */
  readonly id: number;
  readonly timeUs: number;
}

/** Which connection a record is about, seen from `host`: index in order of creation on that host, and a label. */
export interface TraceConnection {
  readonly connection?: number;
  /** `10.0.0.1:49152 → 10.0.0.2:80`, local end first. */
  readonly ends?: string;
}

export type TraceRecord =
  /** A host hands a packet to a link. */
  | (RecordBase & {
      readonly kind: 'send';
      readonly host: string;
      readonly link: string;
      readonly packet: TracePacket;
    } & TraceConnection &
      TraceCause)
  /** A packet arrives at a host; `packet.id` is that of its `send`. */
  | (RecordBase & {
      readonly kind: 'receive';
      readonly host: string;
      readonly link: string;
      readonly packet: TracePacket;
    } & TraceConnection)
  /** A link or fault lost a packet. `by` names it, e.g. `loss on client→server`. */
  | (RecordBase & {
      readonly kind: 'lost' | 'duplicate' | 'corrupt' | 'delay' | 'hold' | 'release' | 'inject';
      readonly link: string;
      readonly by: string;
      readonly packet: TracePacket;
    } & TraceCause)
  /** A host's IP or TCP took a packet no further. */
  | (RecordBase & {
      readonly kind: 'discard';
      readonly host: string;
      readonly packet?: TracePacket;
    } & TraceConnection &
      TraceCause)
  /** A machine followed an arrow. `machine` is `tcp`, `congestion`, `tls client` … */
  | (RecordBase & {
      readonly kind: 'state';
      readonly host: string;
      readonly machine: string;
      readonly before: string;
      readonly arrow: string;
      readonly after: string;
    } & TraceConnection &
      TraceCause)
  | (RecordBase & {
      readonly kind: 'timer';
      readonly host: string;
      readonly timer: string;
      readonly action: 'start' | 'stop' | 'fire';
      readonly atUs: number;
    } & TraceConnection &
      TraceCause)
  | (RecordBase & {
      readonly kind: 'variable';
      readonly host: string;
      readonly name: string;
      readonly before: number | string;
      readonly after: number | string;
    } & TraceConnection &
      TraceCause)
  /** Nothing was sent at a send opportunity. */
  | (RecordBase & {
      readonly kind: 'limit';
      readonly host: string;
      readonly limit: string;
    } & TraceConnection &
      TraceCause)
  /** A program called its host's TCP: `open`, `listen`, `send`, `receive`, `close`, `abort`. */
  | (RecordBase & {
      readonly kind: 'call';
      readonly host: string;
      readonly call: string;
      readonly result: string;
      readonly bytes?: number;
    } & TraceConnection &
      TraceCause)
  /** A connection told its program: `connection established`, `connection reset`, `end of stream` … */
  | (RecordBase & {
      readonly kind: 'event';
      readonly host: string;
      readonly event: string;
    } & TraceConnection &
      TraceCause)
  /** A layer above TCP speaks (requests, TLS messages, cookies …). */
  | (RecordBase & {
      readonly kind: 'note';
      readonly host: string;
      readonly layer: string;
      readonly name: string;
      readonly stream?: string;
      readonly data?: { readonly [key: string]: Json };
    } & TraceCause)
  /** The scenario's script did something: a host's or a link's action. */
  | (RecordBase & {
      readonly kind: 'script';
      readonly target: string;
      readonly action: string;
    } & TraceCause);

export type TraceKind = TraceRecord['kind'];

export interface TraceHeader {
  readonly format: 'tcplab-trace/1';
  /** Version of the engine that ran, e.g. `0.1.0`. Replay needs the same. */
  readonly engine: string;
  readonly name: string;
  /** Hash of the scenario's text, 16 hex digits. */
  readonly scenarioHash: string;
  readonly seed: number;
  /** The scenario's text, so that the trace can be replayed by itself; absent for runs made by a program. */
  readonly scenario?: string;
  /** Hosts in order of creation with their addresses. */
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
}

export interface TraceFooter {
  readonly format: 'tcplab-trace-end/1';
  readonly records: number;
  /** How many records of each kind, in alphabetical order of kind. */
  readonly counts: { readonly [kind: string]: number };
  readonly endUs: number;
  /** Why the run ended: `idle`, `until`, `max-events`. */
  readonly end: string;
  /** Hash of the stream of records, 16 hex digits. */
  readonly hash: string;
}
