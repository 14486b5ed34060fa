/**
 * What the layers above IP add to a connection, from what they tell in notes. Bytes are those of the
 * sender, once: what TCP sends again is TCP's cost.
 */
import type { Json } from '@tcplab/core';
import type { TraceRecord } from '../trace/record.ts';

type Note = Extract<TraceRecord, { kind: 'note' }>;

/** The names of all figures, `layer.figure`. */
export const LAYER_COST_NAMES = [
  'tcp.handshakes',
  'tcp.roundTrips',
  'tls.handshakes',
  'tls.full',
  'tls.resumed',
  'tls.early',
  'tls.roundTrips',
  'tls.bytes',
  'tls.handshakeBytes',
  'tls.recordBytes',
  'http.requests',
  'http.roundTrips',
  'http.bytes',
  'http.headBytes',
  'http.bodyBytes',
  'ws.frames',
  'ws.payloadBytes',
  'ftp.commands',
  'dns.queries',
  'dns.answers',
] as const;

export type LayerCostName = (typeof LAYER_COST_NAMES)[number];

/** One connection's figures, or a sum of them. */
export class LayerCosts {
  readonly #figures = new Map<LayerCostName, number>();
  /** The host that sent the ClientHello; what the client sees decides when something was waited for. */
  #tlsClient: string | undefined;
  #tlsWaits = false;
  #tlsRoundTrips = 0;
  #tlsDone = false;
  #answeredUs = -1;
  #ftpClient: string | undefined;

  get(name: LayerCostName): number {
    return this.#figures.get(name) ?? 0;
  }

  plus(other: LayerCosts): LayerCosts {
    const sum = new LayerCosts();
    for (const each of [this, other]) {
      for (const [name, value] of each.#figures) sum.#add(name, value);
    }
    return sum;
  }

  take(record: TraceRecord): void {
    if (record.kind === 'state') this.#takeState(record);
    if (record.kind !== 'note') return;
    if (record.layer === 'tls') this.#takeTls(record);
    else if (record.layer === 'http') this.#takeHttp(record);
    else this.#takeOther(record);
  }

  /** Whoever opens waits a round trip; with a simultaneous open both do, at the same time. */
  #takeState({ machine, before, after }: Extract<TraceRecord, { kind: 'state' }>): void {
    if (machine !== 'tcp' || after !== 'ESTABLISHED' || this.get('tcp.handshakes') > 0) return;
    if (before !== 'SYN-SENT' && before !== 'SYN-RECEIVED') return;
    this.#add('tcp.handshakes', 1);
    this.#add('tcp.roundTrips', 1);
  }

  #takeTls(note: Note): void {
    if (note.name === 'records') {
      const around = numberOf(note, 'bytes') - numberOf(note, 'data');
      this.#add('tls.bytes', around);
      this.#add('tls.handshakeBytes', numberOf(note, 'handshake'));
      this.#add('tls.recordBytes', around - numberOf(note, 'handshake'));
    } else if (note.name === 'message') this.#takeTlsMessage(note);
    else if (note.name === 'established' && note.host === this.#tlsClient) this.#tlsReady(note);
  }

  /** A round trip of the handshake: the client has sent something, and then something comes. */
  #takeTlsMessage({ host, data }: Note): void {
    const isSent = data?.['direction'] === 'sent';
    if (isSent && data?.['name'] === 'ClientHello') this.#tlsClient ??= host;
    if (host !== this.#tlsClient || this.#tlsDone) return;
    if (!isSent && this.#tlsWaits) {
      this.#tlsRoundTrips += 1;
      this.#add('tls.roundTrips', 1);
    }
    this.#tlsWaits = isSent;
  }

  #tlsReady({ data }: Note): void {
    if (this.#tlsDone) return;
    this.#tlsDone = true;
    this.#add('tls.handshakes', 1);
    this.#add(data?.['resumed'] === true ? 'tls.resumed' : 'tls.full', 1);
    if (data?.['earlyData'] !== 'accepted') return;
    this.#add('tls.early', 1);
    // The data went with the first flight: it waited for nothing.
    this.#add('tls.roundTrips', -this.#tlsRoundTrips);
  }

  /** Of the server's notes: the client tells of its requests too, without their sizes. */
  #takeHttp(note: Note): void {
    const head = numberOf(note, 'headBytes');
    if (head === 0) return;
    if (note.name === 'request') {
      this.#add('http.requests', 1);
      // A request that is there already when the answer before it goes out was sent ahead.
      if (note.timeUs !== this.#answeredUs) this.#add('http.roundTrips', 1);
    } else if (note.name !== 'response') return;
    else this.#answeredUs = note.timeUs;
    const body =
      note.name === 'response' ? numberOf(note, 'bytes') + numberOf(note, 'requestBytes') : 0;
    this.#add('http.headBytes', head);
    this.#add('http.bodyBytes', body);
    this.#add('http.bytes', head + body);
  }

  #takeOther(note: Note): void {
    const { layer, name, host } = note;
    if (layer === 'ws' && name === 'frame sent') {
      this.#add('ws.frames', 1);
      this.#add('ws.payloadBytes', numberOf(note, 'length'));
    } else if (layer === 'ftp' && name === 'command') {
      // Both ends tell of a command; who sends it tells first.
      this.#ftpClient ??= host;
      if (host === this.#ftpClient) this.#add('ftp.commands', 1);
    } else if (layer === 'dns' && name === 'query') this.#add('dns.queries', 1);
    else if (layer === 'dns' && name === 'answer') this.#add('dns.answers', 1);
  }

  #add(name: LayerCostName, value: number): void {
    if (value !== 0) this.#figures.set(name, this.get(name) + value);
  }
}

function numberOf({ data }: Note, key: string): number {
  const value: Json | undefined = data?.[key];
  return typeof value === 'number' ? value : 0;
}
