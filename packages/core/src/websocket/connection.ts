import {
  after,
  CallError,
  concatBytes,
  earliest,
  EMPTY_BYTES,
  invariant,
  MachineRunner,
  NEVER,
  utf8Bytes,
  writeU32,
  type Cause,
  type Micros,
  type RandomStream,
  type SansIo,
} from '../base/index.ts';
import { CLOSE_CODE, describeCloseCode, mayBeSent } from './close-code.ts';
import { decodeCloseBody, encodeCloseBody, type CloseBody } from './close-frame.ts';
import { Deflater } from './deflate/deflater.ts';
import { Inflater } from './deflate/inflater.ts';
import type { WebSocketEvent } from './events.ts';
import { encodeFrame, type FrameHeader } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import type { Agreement } from './handshake/agreement.ts';
import {
  CLOSE_TIMEOUT,
  MAX_CONTROL_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_QUEUED_BYTES,
  PONG_TIMEOUT,
} from './limits.ts';
import { MessageAssembler, type MessageData } from './message-assembler.ts';
import { isControl, type OpcodeName } from './opcode.ts';
import type { WebSocketOptions } from './options.ts';
import { WS_RULES } from './rules.ts';
import { SendQueue } from './send-queue.ts';
import type { Violation } from './violation.ts';
import {
  webSocketMachine,
  type WebSocketActions,
  type WebSocketArrow,
  type WebSocketState,
} from './websocket.machine.ts';

/** What is to become of the stream below once all output was sent. */
export type StreamEnding = 'none' | 'close' | 'abort';

/**
 * One end of a WebSocket connection, without a handshake of its own: call `established` when the
 * opening handshake has succeeded. Input and output are the octets of the stream below.
 */
export class WebSocketConnection
  implements SansIo<Uint8Array, Uint8Array, WebSocketEvent>, WebSocketActions, FrameSink
{
  readonly role: 'client' | 'server';
  readonly #options: WebSocketOptions;
  readonly #random: RandomStream;
  readonly #machine: MachineRunner<WebSocketState, WebSocketArrow>;
  readonly #queue = new SendQueue();
  readonly #timers = { ping: NEVER, pong: NEVER, close: NEVER };
  #reader: FrameReader | undefined;
  #assembler: MessageAssembler | undefined;
  #deflater: Deflater | undefined;
  #events: WebSocketEvent[] = [];
  #control: Uint8Array[] = [];
  /** What arrived behind the last message. */
  #rest: Uint8Array = EMPTY_BYTES;
  #paused = false;
  #now: Micros = 0 as Micros;
  #pings = 0;
  #received: CloseBody | undefined;
  #sentClose = false;
  #sentCode: number | undefined;
  #cause: Cause | undefined;
  #ending: StreamEnding = 'none';

  /** @param random gives the masking keys (RFC 6455 §5.3: unpredictable where it matters) */
  constructor(role: 'client' | 'server', random: RandomStream, options: WebSocketOptions = {}) {
    this.role = role;
    this.#random = random;
    this.#options = options;
    this.#machine = new MachineRunner(webSocketMachine, `websocket ${role}`, this);
  }

  get state(): WebSocketState {
    return this.#machine.state;
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** What the driver does with the stream once `pollOutput` has nothing more. */
  get streamEnding(): StreamEnding {
    return this.#ending;
  }

  /** The opening handshake has succeeded with these results. */
  established(agreement: Agreement, now: Micros): void {
    const { deflate } = agreement;
    const fromClient = this.role === 'server';
    const maxMessageBytes = this.#options.maxMessageBytes ?? MAX_MESSAGE_BYTES;
    let inflater: Inflater | undefined;
    if (deflate !== undefined) {
      const [own, peer] = fromClient
        ? [deflate.server, deflate.client]
        : [deflate.client, deflate.server];
      this.#deflater = new Deflater(own.contextTakeover, own.windowBits);
      inflater = new Inflater(peer.contextTakeover);
    }
    this.#assembler = new MessageAssembler(maxMessageBytes, inflater);
    const maxFrameBytes = this.#options.maxFrameBytes ?? MAX_MESSAGE_BYTES;
    const readerOptions = { fromClient, rsv1: deflate !== undefined, maxFrameBytes };
    this.#reader = new FrameReader(readerOptions, this);
    this.#machine.follow('handshake complete');
    this.#timers.ping = after(now, this.#options.pingInterval ?? NEVER);
  }

  /** The opening handshake has failed. */
  handshakeFailed(cause: Cause): void {
    this.#cause = cause;
    this.#machine.follow('handshake failed');
  }

  /**
   * Queues one message.
   * @throws CallError `connection closing` unless the state is OPEN, `insufficient resources` when
   *   too much waits already
   */
  send(data: MessageData): void {
    this.#requireOpen();
    const plain = typeof data === 'string' ? utf8Bytes(data) : data;
    const most = this.#options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
    if (this.#queue.bytes > 0 && this.#queue.bytes + plain.length > most) {
      throw new CallError('insufficient resources', `${this.#queue.bytes} bytes wait to be sent`);
    }
    const compress =
      this.#deflater !== undefined && plain.length >= (this.#options.compressFrom ?? 64);
    const payload = compress ? this.#deflater!.deflate(plain) : plain;
    const size = this.#options.fragmentBytes ?? Math.max(1, payload.length);
    let opcode: OpcodeName = typeof data === 'string' ? 'text' : 'binary';
    let at = 0;
    do {
      const part = payload.subarray(at, at + size);
      at += part.length;
      const fin = at >= payload.length;
      this.#queue.addData(this.#frame(opcode, part, fin, compress && opcode !== 'continuation'));
      opcode = 'continuation';
    } while (at < payload.length);
  }

  /** @throws CallError `connection closing`, `control frame too long` */
  ping(data: Uint8Array = EMPTY_BYTES): void {
    this.#sendControl('ping', data);
  }

  /** A Pong that nobody asked for: a one-way sign of life (RFC 6455 §5.5.3). */
  pong(data: Uint8Array = EMPTY_BYTES): void {
    this.#sendControl('pong', data);
  }

  /**
   * Starts the closing handshake. Nothing happens when it has started already.
   * @param code undefined sends a Close without a body
   * @throws CallError `illegal close code`, `close reason too long`
   */
  close(now: Micros, code: number | undefined = CLOSE_CODE.normal, reason = ''): void {
    if (code !== undefined && !mayBeSent(code)) {
      throw new CallError('illegal close code', describeCloseCode(code));
    }
    if (encodeCloseBody(code, reason).length > MAX_CONTROL_BYTES) {
      throw new CallError('close reason too long', 'at most 123 octets of UTF-8');
    }
    if (this.state !== 'OPEN') return;
    this.#machine.follow('snd Close', code === undefined ? {} : { code, reason });
    this.#timers.close = after(now, this.#options.closeTimeout ?? CLOSE_TIMEOUT);
  }

  /** Reads up to the end of the first message; call `proceed` while `paused`. */
  handleInput(input: Uint8Array, now: Micros): void {
    this.#timers.pong = NEVER;
    this.#rest = this.#rest.length === 0 ? input : concatBytes([this.#rest, input]);
    if (!this.#paused) this.#read(now);
  }

  /**
   * Whether a message was read and more has arrived behind it. So the program can answer the message
   * before anybody judges what follows: a wrong frame must not swallow the answer to a right one. Many
   * pings pause the reading too, so that their pongs can leave.
   */
  get paused(): boolean {
    return this.#paused;
  }

  /** Reads on, up to the end of the next message. */
  proceed(now: Micros): void {
    this.#paused = false;
    this.#read(now);
  }

  /** The stream below ended or failed. */
  handleEnd(): void {
    if (this.state === 'CLOSED') return;
    if (this.#received === undefined) {
      const why = 'the stream ended without a Close';
      this.#cause ??= { rule: WS_RULES.abnormal, why };
    }
    this.#machine.follow('TCP closed');
  }

  handleTimeout(now: Micros): void {
    this.#now = now;
    const timers = this.#timers;
    if (timers.close <= now) {
      timers.close = NEVER;
      this.#cause ??= { rule: WS_RULES.closeTimeout, why: 'the peer took too long to close' };
      this.#machine.follow('close timeout');
      this.#ending = 'abort';
    } else if (timers.pong <= now) {
      timers.pong = NEVER;
      this.#cause ??= { rule: WS_RULES.keepAlive, why: 'the peer no longer answers pings' };
      this.#machine.follow('TCP closed');
      this.#ending = 'abort';
    } else if (timers.ping <= now) {
      this.#keepAlive(now);
    }
  }

  pollOutput(): Uint8Array | undefined {
    return this.#queue.next();
  }

  pollEvent(): WebSocketEvent | undefined {
    return this.#events.shift();
  }

  pollTimeout(): Micros {
    if (this.state === 'CLOSED') return NEVER;
    const { ping, pong, close } = this.#timers;
    return earliest(close, this.state === 'OPEN' ? earliest(ping, pong) : NEVER);
  }

  // ── FrameSink: what arrives ──

  frameBegins(header: FrameHeader): Violation | undefined {
    if (!this.#listens()) return undefined;
    const { opcode, fin, rsv1: compressed, length } = header;
    this.#tell({ kind: 'frame', direction: 'received', opcode, fin, compressed, length });
    return isControl(opcode) ? undefined : this.#assembler!.begin(header);
  }

  framePart(header: FrameHeader, part: Uint8Array, last: boolean): Violation | undefined {
    if (!this.#listens()) return undefined;
    if (isControl(header.opcode)) {
      this.#control.push(part);
      return last ? this.#controlFrame(header.opcode) : undefined;
    }
    const wrong = this.#assembler!.add(header, part, last);
    const message = wrong === undefined && last ? this.#assembler!.take() : undefined;
    if (message === undefined) return wrong;
    this.#paused = true;
    this.#tell({ kind: 'message', data: message });
    return undefined;
  }

  // ── WebSocketActions: what the machine's arrows do ──

  sendClose(code: number | undefined, reason: string): void {
    invariant(!this.#sentClose, 'a second Close would be sent');
    this.#sentClose = true;
    this.#sentCode = code;
    this.#queue.addData(this.#frame('close', encodeCloseBody(code, reason), true, false));
  }

  closeStream(): void {
    this.#ending = 'close';
  }

  tellClosed(): void {
    const received = this.#received;
    this.#tell({
      kind: 'closed',
      code: received === undefined ? CLOSE_CODE.abnormal : (received.code ?? CLOSE_CODE.noStatus),
      reason: received?.reason ?? '',
      clean: received !== undefined && this.#sentClose,
      sentCode: this.#sentCode,
      cause: this.#cause,
    });
  }

  #read(now: Micros): void {
    this.#now = now;
    if (this.#listens()) this.#rest = this.#rest.subarray(this.#reader!.read(this.#rest));
    const wrong = this.#reader!.violation;
    // A Close among these octets has ended the listening; what follows it says nothing any more.
    if (wrong !== undefined && this.#listens()) this.#fail(wrong);
    if (!this.#listens()) this.#rest = EMPTY_BYTES;
    if (this.#rest.length === 0) this.#paused = false;
  }

  #controlFrame(opcode: OpcodeName): Violation | undefined {
    const data = this.#control.length === 0 ? EMPTY_BYTES : concatBytes(this.#control);
    this.#control = [];
    if (opcode === 'close') return this.#closeArrived(data);
    if (opcode === 'ping') {
      // §5.5.2: until the peer's Close has come, every Ping is answered with its own data.
      this.#queue.addControl(this.#frame('pong', data, true, false));
      // Pongs may leave before more is read; only a stream that takes none makes them drop.
      if (this.#queue.controlFull) this.#paused = true;
      this.#tell({ kind: 'ping', data });
    } else {
      this.#tell({ kind: 'pong', data });
    }
    return undefined;
  }

  #closeArrived(data: Uint8Array): Violation | undefined {
    const body = decodeCloseBody(data);
    if ('cause' in body) return body;
    this.#received = body;
    this.#machine.follow('rcv Close');
    if (this.state === 'CLOSING, close received') {
      // §5.5.1: the answer repeats the code.
      this.#machine.follow('snd Close', body.code === undefined ? {} : { code: body.code });
    }
    if (this.role === 'server') this.#machine.follow('TCP closed');
    else this.#timers.close = after(this.#now, this.#options.closeTimeout ?? CLOSE_TIMEOUT);
    return undefined;
  }

  /** RFC 6455 §7.1.7, _Fail the WebSocket Connection_. */
  #fail({ code, cause }: Violation): void {
    this.#cause = cause;
    this.#machine.follow('fail the connection', { code, reason: shortened(cause.why) });
  }

  #keepAlive(now: Micros): void {
    const data = new Uint8Array(4);
    writeU32(data, 0, this.#pings);
    this.#pings += 1;
    this.#timers.ping = after(now, this.#options.pingInterval ?? NEVER);
    const answerBy = after(now, this.#options.pongTimeout ?? PONG_TIMEOUT);
    if (this.#timers.pong === NEVER) this.#timers.pong = answerBy;
    this.#queue.addControl(this.#frame('ping', data, true, false));
  }

  #sendControl(opcode: 'ping' | 'pong', data: Uint8Array): void {
    this.#requireOpen();
    if (data.length > MAX_CONTROL_BYTES) {
      throw new CallError('control frame too long', `${data.length} of at most 125 octets`);
    }
    this.#queue.addControl(this.#frame(opcode, data, true, false));
  }

  #frame(opcode: OpcodeName, payload: Uint8Array, fin: boolean, rsv1: boolean): Uint8Array {
    const { length } = payload;
    this.#tell({ kind: 'frame', direction: 'sent', opcode, fin, compressed: rsv1, length });
    // §5.3: a fresh key for every frame, and only the client masks.
    const maskKey = this.role === 'client' ? this.#random.bytes(4) : undefined;
    return encodeFrame({ fin, rsv1, opcode, maskKey }, payload);
  }

  #tell(event: WebSocketEvent): void {
    this.#events.push(event);
  }

  #listens(): boolean {
    return this.state === 'OPEN' || this.state === 'CLOSING, close sent';
  }

  #requireOpen(): void {
    if (this.state === 'OPEN') return;
    const reason = this.state === 'CONNECTING' ? 'connection does not exist' : 'connection closing';
    throw new CallError(reason, `the WebSocket is in ${this.state}`);
  }
}

/** A reason that fits in a Close frame: our own words are ASCII. */
function shortened(text: string): string {
  return text.slice(0, MAX_CONTROL_BYTES - 2);
}
