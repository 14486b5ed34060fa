import {
  after,
  bytesPayload,
  ConnectionError,
  earliest,
  EMPTY_PAYLOAD,
  NEVER,
  Signal,
  type ByteStream,
  type Cause,
  type Micros,
  type Payload,
  type Process,
  type ProgramHost,
} from '../base/index.ts';
import type { WebSocketConnection } from './connection.ts';
import { CLOSE_CODE, describeCloseCode } from './close-code.ts';
import type { CloseInfo, WebSocketEvent } from './events.ts';
import type { Agreement } from './handshake/agreement.ts';
import { CLOSE_TIMEOUT } from './limits.ts';
import type { MessageData } from './message-assembler.ts';
import type { WebSocketState } from './websocket.machine.ts';

/** Bytes of messages that wait for the program; above, the stream is read no further. */
const MAX_INBOX_BYTES = 1_024 * 1_024;
/** Bytes of frames that wait for the stream; above, `send` waits. */
const MAX_OUTBOX_BYTES = 256 * 1_024;

/** What `receive` gives: the next message, or that there will be none. */
export type Received =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'closed' } & CloseInfo);

/** What of a host a WebSocket needs. */
export type WebSocketHost = Pick<ProgramHost, 'now' | 'spawn' | 'note'>;

/**
 * A WebSocket as a program uses it. A process of its own serves the stream, so that pings are
 * answered, keep-alive runs and a close is seen even while the program does something else.
 */
export class WebSocket {
  readonly #host: WebSocketHost;
  readonly #stream: ByteStream;
  readonly #connection: WebSocketConnection;
  readonly #agreement: Agreement;
  /** Raised when a message arrived, room came or the connection ended. */
  readonly #changed = new Signal();
  /** Raised when the program has put something into the connection, or taken out of the inbox. */
  readonly #work = new Signal();
  #inbox: MessageData[] = [];
  #inboxBytes = 0;
  #unsent: Payload = EMPTY_PAYLOAD;
  #closed: CloseInfo | undefined;
  #finished = false;
  /** When the stream is aborted although something still waits to be sent. */
  #endBy: Micros = NEVER;

  /** Use `openWebSocket`. */
  constructor(
    host: WebSocketHost,
    stream: ByteStream,
    connection: WebSocketConnection,
    agreement: Agreement,
  ) {
    this.#host = host;
    this.#stream = stream;
    this.#connection = connection;
    this.#agreement = agreement;
  }

  /** The label of the stream below. */
  get label(): string {
    return this.#stream.label;
  }

  /** The chosen subprotocol, or undefined. */
  get protocol(): string | undefined {
    return this.#agreement.protocol;
  }

  /** Whether permessage-deflate is used. */
  get compressed(): boolean {
    return this.#agreement.deflate !== undefined;
  }

  get state(): WebSocketState {
    return this.#connection.state;
  }

  /** Bytes that wait for a place in the stream below. */
  get queuedBytes(): number {
    return this.#connection.queuedBytes + this.#unsent.length;
  }

  /** How the connection ended; undefined while it has not. */
  get closeInfo(): CloseInfo | undefined {
    return this.#closed;
  }

  /**
   * Sends one message and waits until it has a place below.
   * @throws CallError `connection closing` after a Close went either way
   */
  *send(data: MessageData): Process {
    this.post(data);
    while (this.queuedBytes > MAX_OUTBOX_BYTES && this.state === 'OPEN') {
      yield { signals: [this.#changed], deadline: NEVER };
    }
  }

  /**
   * Sends one message without waiting for a place below.
   * @throws CallError `connection closing`, and `insufficient resources` when too much waits
   */
  post(data: MessageData): void {
    this.#connection.send(data);
    this.#work.raise();
  }

  /** Sends a Ping. @throws CallError `connection closing`, `control frame too long` */
  ping(data?: Uint8Array): void {
    this.#connection.ping(data);
    this.#work.raise();
  }

  /** The next message, or how the connection ended, and that again whenever it is called then. */
  *receive(): Process<Received> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) {
        this.#inboxBytes -= message.length;
        this.#work.raise();
        return typeof message === 'string'
          ? { kind: 'text', text: message }
          : { kind: 'binary', bytes: message };
      }
      if (this.#closed !== undefined) return { kind: 'closed', ...this.#closed };
      yield { signals: [this.#changed], deadline: NEVER };
    }
  }

  /**
   * Starts the closing handshake, unless it has started, and waits for the end of the connection.
   * Messages that still arrive can be received afterwards.
   * @throws CallError `illegal close code`, `close reason too long`
   */
  *close(code?: number, reason?: string): Process<CloseInfo> {
    this.startClose(code, reason);
    // Nobody may be receiving: the stream is read on for the peer's Close all the same.
    while (this.#closed === undefined) yield { signals: [this.#changed], deadline: NEVER };
    return this.#closed;
  }

  /** As `close`, without waiting for the end. */
  startClose(code?: number, reason?: string): void {
    this.#connection.close(this.#host.now(), code, reason);
    this.#work.raise();
  }

  /** Throws the connection away: no Close, the stream is aborted. */
  abort(): void {
    this.#stream.abort();
    this.#work.raise();
  }

  /** Serves the stream until the connection has ended. For `openWebSocket`. */
  *serve(): Process {
    try {
      while (!this.#finished) {
        if (this.#takeEvents()) yield* this.#letOthersRun();
        const moved = this.#sendSome() || this.#finish() || this.#receiveSome();
        if (!moved) yield* this.#wait();
      }
    } finally {
      // Whoever cancels this process ends the connection; there is time for a farewell, not for an answer.
      if (!this.#finished) this.#leave();
    }
  }

  /** The program that waits for the message gets it, and may answer, before more is read. */
  *#letOthersRun(): Process {
    yield { signals: [], deadline: this.#host.now() };
  }

  #leave(): void {
    this.#connection.close(this.#host.now(), CLOSE_CODE.goingAway);
    while (this.#sendSome());
    if (this.queuedBytes === 0) this.#stream.close();
    else this.#stream.abort();
  }

  *#wait(): Process {
    const { readable, writable } = this.#stream;
    const deadline = earliest(this.#connection.pollTimeout(), this.#endBy);
    yield { signals: [readable, writable, this.#work], deadline };
    const now = this.#host.now();
    if (now >= this.#endBy) this.abort();
    else if (now >= deadline) this.#connection.handleTimeout(now);
  }

  /** @returns whether something was sent */
  #sendSome(): boolean {
    if (this.#stream.failure !== undefined) return false;
    if (this.#unsent.length === 0) {
      const frame = this.#connection.pollOutput();
      if (frame === undefined) return false;
      this.#unsent = bytesPayload(frame);
    }
    const sent = this.#orFailed(() => this.#stream.trySend(this.#unsent)) ?? 0;
    if (sent === 0) return false;
    this.#unsent = this.#unsent.slice(sent, this.#unsent.length);
    this.#changed.raise();
    return true;
  }

  /** Ends the stream when the connection wants it and nothing waits any more. */
  #finish(): boolean {
    const ending = this.#connection.streamEnding;
    if (ending === 'none') return false;
    const failed = this.#stream.failure !== undefined;
    if (ending === 'close' && !failed && this.queuedBytes > 0) {
      if (this.#endBy === NEVER) this.#endBy = after(this.#host.now(), CLOSE_TIMEOUT);
      return false;
    }
    this.#finished = true;
    if (ending === 'close') this.#stream.close();
    else this.#stream.abort();
    this.#takeEvents();
    return true;
  }

  /** @returns whether something arrived */
  #receiveSome(): boolean {
    if (this.#connection.streamEnding !== 'none') return false;
    if (this.#inboxBytes > MAX_INBOX_BYTES && this.state === 'OPEN') return false;
    if (this.#connection.paused) {
      this.#connection.proceed(this.#host.now());
      return true;
    }
    const bytes = this.#orFailed(() => this.#stream.tryReceive());
    if (bytes !== undefined && bytes.length > 0) {
      this.#connection.handleInput(bytes, this.#host.now());
      return true;
    }
    if (bytes === undefined && this.#stream.failure === undefined) return false;
    this.#connection.handleEnd();
    return true;
  }

  /** Some streams throw their failure where others only tell it: here it is told. */
  #orFailed<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      if (error instanceof ConnectionError) return undefined;
      throw error;
    }
  }

  /** @returns whether a message was among them */
  #takeEvents(): boolean {
    let message = false;
    for (;;) {
      const event = this.#connection.pollEvent();
      if (event === undefined) return message;
      message ||= event.kind === 'message';
      this.#handle(event);
    }
  }

  #handle(event: WebSocketEvent): void {
    if (event.kind === 'message') {
      this.#inbox.push(event.data);
      this.#inboxBytes += event.data.length;
      this.#changed.raise();
    } else if (event.kind === 'frame') {
      const { direction, opcode, fin, compressed, length } = event;
      const what = `${opcode} frame of ${length} octets${fin ? '' : ', more to follow'}`;
      const data = { opcode, fin, compressed, length };
      this.#host.note({
        layer: 'ws',
        kind: `frame ${direction}`,
        text: `${direction === 'sent' ? 'sends' : 'receives'} a ${what}`,
        stream: this.label,
        data,
      });
    } else if (event.kind === 'closed') {
      this.#closed = event;
      this.#noteClosed(event);
      this.#changed.raise();
    }
  }

  #noteClosed({ code, reason, clean, cause }: CloseInfo): void {
    const how = clean ? 'in order' : 'not in order';
    this.#host.note({
      layer: 'ws',
      kind: 'closed',
      text: `the WebSocket ended ${how} with ${describeCloseCode(code)}`,
      stream: this.label,
      data: { code, reason, clean },
      ...optionalCause(cause),
    });
  }
}

function optionalCause(cause: Cause | undefined): { readonly cause?: Cause } {
  return cause === undefined ? {} : { cause };
}

/**
 * Makes a WebSocket of a stream whose opening handshake is over.
 * @param connection in CONNECTING
 * @param rest octets that arrived behind the handshake
 * @throws ConnectionError when the stream has failed already
 */
export function openWebSocket(
  host: WebSocketHost,
  stream: ByteStream,
  opening: {
    readonly connection: WebSocketConnection;
    readonly agreement: Agreement;
    readonly rest?: Uint8Array;
  },
): WebSocket {
  const { connection, agreement, rest } = opening;
  if (stream.failure !== undefined) {
    throw new ConnectionError(stream.failure.reason, stream.label);
  }
  connection.established(agreement, host.now());
  host.note({
    layer: 'ws',
    kind: 'open',
    text: `the WebSocket is open${agreement.deflate === undefined ? '' : ', compressed'}`,
    stream: stream.label,
    data: { protocol: agreement.protocol ?? null, compressed: agreement.deflate !== undefined },
  });
  if (rest !== undefined && rest.length > 0) connection.handleInput(rest, host.now());
  const socket = new WebSocket(host, stream, connection, agreement);
  host.spawn(socket.serve(), `websocket ${stream.label}`);
  return socket;
}
