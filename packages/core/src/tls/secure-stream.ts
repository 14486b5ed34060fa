import type { ByteStream, StreamEnd } from '../base/byte-stream.ts';
import { ByteQueue } from '../base/byte-queue.ts';
import { concatBytes, EMPTY_BYTES } from '../base/bytes.ts';
import { CallError, ConnectionError } from '../base/errors.ts';
import { bytesPayload, EMPTY_PAYLOAD, type Payload } from '../base/payload.ts';
import { PolledStream } from '../base/polled-stream.ts';
import { Signal, type Process } from '../base/process.ts';
import type { Note } from '../base/program-host.ts';
import { noteOf } from './endpoint/event-note.ts';
import type { TlsEndpoint } from './endpoint/endpoint.ts';
import type { TlsEstablished, TlsEvent } from './endpoint/event.ts';
import type { Clock } from './endpoint/options.ts';
import type { TlsSession } from './endpoint/session.ts';
import { STREAM_READ_BUFFER, STREAM_WRITE_BUFFER } from './limits.ts';

/** What a stream needs beside the options of its endpoint. */
export interface TlsStreamOptions {
  /** The host's clock: the ages of tickets and the validity of certificates depend on it. */
  readonly now: Clock;
  /** Hears every message, state, key and alert, for the trace. */
  readonly note?: (note: Note) => void;
  /** Hears every line for a key log file. */
  readonly keyLog?: (line: string) => void;
  /** Hears of sessions that can be resumed. */
  readonly onSession?: (session: TlsSession) => void;
}

export interface TlsStream extends ByteStream {
  /** What was agreed. */
  readonly established: TlsEstablished;
  /** False as long as a server that was asked to read early data waits for the client's Finished. */
  readonly isEstablished: boolean;
  /** How much of the data read so far came as early data, which may be a replay. */
  readonly earlyBytes: number;
  /** New keys for what is sent. @throws CallError in TLS 1.2 */
  requestKeyUpdate(): void;
  /**
   * Keying material for the application (RFC 8446 §7.5, RFC 5705).
   * @throws CallError where there is none: RFC 7627 §5.4 forbids it without the extended master secret
   */
  exportKeyingMaterial(label: string, context: Uint8Array, length: number): Uint8Array;
}

/** Carries octets between a stream and an endpoint of TLS, in both directions. */
export class SecureStream extends PolledStream implements TlsStream {
  readonly readable = new Signal();
  readonly writable = new Signal();
  readonly #below: ByteStream;
  readonly #endpoint: TlsEndpoint;
  readonly #options: TlsStreamOptions;
  readonly #unsubscribe: (() => void)[];
  /** Protected octets that the stream below has not taken yet. */
  #unsent: Payload = EMPTY_PAYLOAD;
  readonly #arrived = new ByteQueue();
  #peerEnded = false;
  #ended = false;
  #failure: ConnectionError | undefined;
  #sendingEnded = false;
  #closing = false;
  #belowShut = false;
  #pumping = false;
  #earlyBytes = 0;

  constructor(below: ByteStream, endpoint: TlsEndpoint, options: TlsStreamOptions) {
    super();
    this.#below = below;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#unsubscribe = this.signalsBelow.map((signal) => signal.subscribe(() => this.pump()));
  }

  get label(): string {
    return this.#below.label;
  }

  get local(): StreamEnd | undefined {
    return this.#below.local;
  }

  get remote(): StreamEnd | undefined {
    return this.#below.remote;
  }

  get failure(): ConnectionError | undefined {
    return this.#failure;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get isEstablished(): boolean {
    return this.#endpoint.established !== undefined;
  }

  /** Early data can be read. */
  get hasEarlyData(): boolean {
    return this.#endpoint.agreedEarly !== undefined;
  }

  get established(): TlsEstablished {
    return (this.#endpoint.established ?? this.#endpoint.agreedEarly)!;
  }

  get earlyBytes(): number {
    return this.#earlyBytes;
  }

  get signalsBelow(): readonly [Signal, Signal] {
    return [this.#below.readable, this.#below.writable];
  }

  trySend(data: Payload): number {
    if (this.#sendingEnded) throw new CallError('connection closing', this.label);
    this.pump();
    if (this.#failure !== undefined) return 0;
    const count = Math.min(data.length, STREAM_WRITE_BUFFER - this.#unsent.length);
    if (count <= 0) return 0;
    this.#endpoint.send(data.slice(0, count).toBytes());
    this.pump();
    return count;
  }

  tryReceive(max = 65_536): Uint8Array | undefined {
    this.pump();
    const taken = this.#arrived.take(max);
    if (taken !== undefined || !this.#peerEnded) return taken;
    this.#ended = true;
    return EMPTY_BYTES;
  }

  requestKeyUpdate(): void {
    this.#endpoint.requestKeyUpdate();
    this.pump();
  }

  exportKeyingMaterial(label: string, context: Uint8Array, length: number): Uint8Array {
    const material = this.#endpoint.exportKeyingMaterial(label, context, length);
    if (material === undefined) throw new CallError('keying material is not to be had', this.label);
    return material;
  }

  shutdown(): void {
    if (this.#sendingEnded || this.#failure !== undefined) return;
    this.#sendingEnded = true;
    this.#endpoint.close();
    this.pump();
  }

  close(): void {
    if (this.#closing) return;
    this.shutdown();
    this.#closing = true;
    this.pump();
    this.#raise();
  }

  abort(): void {
    this.#fail(new ConnectionError('connection aborted', this.label));
    this.#letGo();
    this.#below.abort();
  }

  closed(): Process {
    return this.#below.closed();
  }

  /** Carries octets both ways as far as the stream below allows. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      this.#flush();
      while (!this.#closing && this.#failure === undefined && this.#readBelow()) this.#flush();
      this.#flush();
    } finally {
      this.#pumping = false;
    }
  }

  /** @returns whether there may be more */
  #readBelow(): boolean {
    if (this.#peerEnded || this.#arrived.length >= STREAM_READ_BUFFER) return false;
    const now = this.#options.now();
    const bytes = this.#receiveBelow();
    if (bytes === undefined) return false;
    if (bytes.length === 0) this.#endpoint.handleEnd(now);
    else this.#endpoint.handleInput(bytes, now);
    this.#takeEvents();
    return bytes.length > 0;
  }

  /** The stream below may answer its failure with an exception or leave it to be asked for. */
  #receiveBelow(): Uint8Array | undefined {
    try {
      const bytes = this.#below.tryReceive();
      if (bytes === undefined && this.#below.failure !== undefined) this.#fail(this.#below.failure);
      return bytes;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#fail(error);
      return undefined;
    }
  }

  #flush(): void {
    const before = this.#unsent.length;
    const now = this.#options.now();
    for (;;) {
      if (this.#unsent.length === 0) this.#unsent = this.#nextFlight(now);
      if (this.#unsent.length === 0) break;
      const sent = this.#sendBelow(this.#unsent);
      this.#unsent = this.#unsent.slice(sent, this.#unsent.length);
      if (this.#unsent.length > 0) break;
    }
    this.#takeEvents();
    if (this.#unsent.length === 0) this.#finish();
    if (before > 0 && this.#unsent.length === 0) this.writable.raise();
  }

  /**
   * Records that are ready, as one write: a flight in several small writes would wait for an
   * acknowledgment in the middle (Nagle's algorithm, RFC 9293 §3.7.4).
   */
  #nextFlight(now: ReturnType<Clock>): Payload {
    const records: Uint8Array[] = [];
    let length = 0;
    while (length < STREAM_WRITE_BUFFER) {
      const record = this.#endpoint.pollOutput(now);
      if (record === undefined) break;
      records.push(record);
      length += record.length;
    }
    return records.length === 0 ? EMPTY_PAYLOAD : bytesPayload(concatBytes(records));
  }

  #sendBelow(data: Payload): number {
    // Nothing can be said any more: what waits is thrown away.
    if (this.#belowShut || this.#below.failure !== undefined) return data.length;
    try {
      return this.#below.trySend(data);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#fail(error);
      return data.length;
    }
  }

  /** Everything is out: the stream below ends as far as this one has. */
  #finish(): void {
    if (this.#closing || this.#failure !== undefined) {
      this.#letGo();
      this.#below.close();
    } else if (this.#sendingEnded && !this.#belowShut) {
      this.#belowShut = true;
      this.#below.shutdown();
    }
  }

  #takeEvents(): void {
    for (;;) {
      const event = this.#endpoint.pollEvent();
      if (event === undefined) return;
      this.#take(event);
      const note = this.#options.note && noteOf(event, this.label);
      if (note !== undefined) this.#options.note?.(note);
    }
  }

  #take(event: TlsEvent): void {
    if (event.kind === 'application data') {
      if (event.early) this.#earlyBytes += event.data.length;
      this.#arrived.push(event.data);
      this.readable.raise();
    } else if (event.kind === 'close_notify' && event.direction === 'received') {
      this.#peerEnded = true;
      if (this.established?.version === 'TLS 1.2') this.#sendingEnded = true;
      this.#raise();
    } else if (event.kind === 'alert' && event.level === 'fatal') {
      const what = `${event.description} ${event.direction}: ${event.cause.why}`;
      this.#fail(new ConnectionError('protocol error', what));
    } else if (event.kind === 'truncated') {
      this.#fail(new ConnectionError('connection closed', event.cause.why));
    } else if (event.kind === 'key log') {
      this.#options.keyLog?.(event.line);
    } else if (event.kind === 'ticket') {
      this.#options.onSession?.(event.session);
    }
  }

  #fail(failure: ConnectionError): void {
    this.#failure ??= failure;
    this.#raise();
  }

  #letGo(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#belowShut = true;
  }

  #raise(): void {
    this.readable.raise();
    this.writable.raise();
  }
}
