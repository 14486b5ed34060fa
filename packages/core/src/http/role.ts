import { CallError } from '../base/errors.ts';
import { bytesPayload, type Payload } from '../base/payload.ts';
import { bodyReader, type BodyEvent, type BodyReader, type BodyStatus } from './body-reader.ts';
import type { BodyWriter } from './body-writer.ts';
import { Conversation } from './conversation.ts';
import {
  CONNECTION_CLOSED,
  isViolation,
  NEED_DATA,
  PAUSED,
  type HttpConnectionClosed,
  type HttpInformational,
  type HttpNeedData,
  type HttpPaused,
  type HttpRequest,
  type HttpResponse,
  type HttpViolation,
} from './events.ts';
import type { Framing } from './framing.ts';
import { FieldSectionReader } from './head-reader.ts';
import type { HttpHeaders } from './headers.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { ReceiveBuffer } from './receive-buffer.ts';

export interface HttpRoleOptions {
  readonly limits?: Partial<HttpLimits>;
}

/**
 * How the peer's side looks to a reader: a head or content comes next; the next message waits for
 * our side (`between`); a switch of protocol is undecided, or done; nothing more counts (`over`).
 */
export type PeerPhase = 'head' | 'body' | 'between' | 'undecided' | 'switched' | 'over';

/** A head that the rules allow, and how the content after it is delimited (undefined: it has none, not even an end). */
export interface AcceptedHead<Head> {
  readonly kind: 'accepted';
  readonly head: Head;
  readonly framing: Framing | undefined;
}

type AnyHead = HttpRequest | HttpResponse | HttpInformational;

/** What client and server have in common: reading the peer's messages piece by piece. */
export abstract class HttpRole<Head extends AnyHead, StartLine extends object> {
  readonly limits: HttpLimits;
  protected readonly conversation = new Conversation();
  protected readonly input = new ReceiveBuffer();
  protected writer: BodyWriter | undefined;
  #ended = false;
  #stopped = false;
  #startLine: StartLine | undefined;
  #fields: FieldSectionReader | undefined;
  #body: BodyReader | undefined;
  #received = 0;
  /** Where the head begins that is read now or next, counted in octets received. */
  #headFrom = 0;
  #headOctets = 0;

  constructor(options: HttpRoleOptions) {
    this.limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  }

  /** Octets that arrived and were not read yet. */
  get bufferedBytes(): number {
    return this.input.length;
  }

  /** Whether the peer's stream has ended, read to its end or not. */
  get inputEnded(): boolean {
    return this.#ended;
  }

  /** Octets of the head that was read last, its empty line included. */
  get headOctets(): number {
    return this.#headOctets;
  }

  /** Requests begun whose final responses have not ended. */
  get outstanding(): number {
    return this.conversation.outstanding;
  }

  /** False once a message said that the connection ends with this exchange. */
  get keepAlive(): boolean {
    return this.conversation.keepAlive;
  }

  /** Whether a start line was read whose fields are not complete. */
  protected get partOfHead(): boolean {
    return this.#startLine !== undefined;
  }

  /** Hands in what arrived, in pieces of any size. The bytes must not be changed afterwards. */
  receiveData(bytes: Uint8Array): void {
    if (this.#ended) throw new CallError('connection closing', 'data after the end of the stream');
    if (bytes.length > 0) this.input.append(bytes);
    this.#received += bytes.length;
  }

  /** The peer's stream ended: it will send nothing more. */
  receiveEnd(): void {
    this.#ended = true;
  }

  /**
   * Octets that follow the switch to another protocol, or nothing. Takes them out.
   * @throws CallError `protocol not switched`
   */
  takeTrailing(): Uint8Array {
    if (this.peerPhase() !== 'switched') throw new CallError('protocol not switched');
    return this.input.take(this.input.length);
  }

  protected abstract peerPhase(): PeerPhase;
  protected abstract readStartLine(): StartLine | undefined | HttpViolation;
  protected abstract fieldOptions(): ConstructorParameters<typeof FieldSectionReader>[0];
  /** Judges a complete head, tells the conversation, and says how the content is delimited. */
  protected abstract acceptHead(
    line: StartLine,
    headers: HttpHeaders,
  ): AcceptedHead<Head> | HttpViolation;
  protected abstract peerDid(what: 'end of message' | 'connection closed' | 'protocol error'): void;
  protected abstract bodyStatus(): BodyStatus;
  protected abstract incompleteHead(): HttpViolation;

  protected next(): Head | BodyEvent | HttpConnectionClosed | HttpNeedData | HttpPaused {
    if (this.#stopped) return PAUSED;
    const phase = this.peerPhase();
    if (phase === 'undecided' || phase === 'switched') return PAUSED;
    if (phase === 'body') return this.#nextOfBody();
    if (phase === 'head' && this.input.length > 0) {
      const event = this.#nextOfHead();
      if (event !== undefined) return event;
      if (!this.#ended) return NEED_DATA;
      if (this.input.length > 0) return this.#refuse(this.incompleteHead());
    }
    if (this.input.length > 0) {
      if (phase === 'between') return PAUSED;
      // RFC 9112 §9.6: what follows the last message of a connection is ignored.
      this.input.take(this.input.length);
    }
    if (!this.#ended) return NEED_DATA;
    if (this.#startLine !== undefined) return this.#refuse(this.incompleteHead());
    this.#stopped = true;
    this.peerDid('connection closed');
    return CONNECTION_CLOSED;
  }

  /** Undefined while the head has not arrived. */
  #nextOfHead(): Head | HttpViolation | undefined {
    if (this.#startLine === undefined) {
      this.#headFrom = this.#received - this.input.length;
      const line = this.readStartLine();
      if (line === undefined) return undefined;
      if (isViolation(line)) return this.#refuse(line);
      this.#startLine = line;
    }
    this.#fields ??= new FieldSectionReader(this.fieldOptions());
    const headers = this.#fields.read(this.input);
    if (headers === undefined) return undefined;
    if (isViolation(headers)) return this.#refuse(headers);
    const accepted = this.acceptHead(this.#startLine, headers);
    this.#startLine = undefined;
    this.#fields = undefined;
    if (accepted.kind === 'violation') return this.#refuse(accepted);
    this.#headOctets = this.#received - this.input.length - this.#headFrom;
    const { head, framing } = accepted;
    this.#body =
      framing === undefined ? undefined : bodyReader(framing, this.limits, this.bodyStatus());
    return head;
  }

  #nextOfBody(): BodyEvent | HttpNeedData {
    const event = this.#body!.read(this.input, this.#ended);
    if (event === undefined) return NEED_DATA;
    if (event.kind === 'violation') return this.#refuse(event);
    if (event.kind === 'end of message') {
      this.#body = undefined;
      this.peerDid('end of message');
    }
    return event;
  }

  #refuse(violation: HttpViolation): HttpViolation {
    this.#stopped = true;
    this.conversation.dropKeepAlive();
    this.peerDid('protocol error');
    return violation;
  }

  /** Frames content that our side sends. */
  protected frame(content: Payload): Payload {
    if (this.writer === undefined) throw new CallError('no message is being sent');
    return this.writer.data(content);
  }

  protected frameBytes(bytes: Uint8Array): Uint8Array {
    return this.frame(bytesPayload(bytes)).toBytes();
  }
}
