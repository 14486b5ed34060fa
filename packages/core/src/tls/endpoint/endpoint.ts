/**
 * The half of an endpoint that reads: records become messages, data, alerts; messages go to the phase
 * of the handshake; what is refused becomes a fatal alert, here and nowhere else. `TlsClient` and
 * `TlsServer` differ only in their first phase.
 */
import { CallError, invariant } from '../../base/errors.ts';
import type { SansIo } from '../../base/sans-io.ts';
import { NEVER, type Micros } from '../../base/time.ts';
import { RECORDS_PER_KEY } from '../limits.ts';
import { ALERT_CODES, ALERT_LEVEL_FATAL, ALERT_LEVEL_WARNING } from '../parameters/alert.ts';
import { handshakeText } from '../parameters/handshake-type.ts';
import { MessageJoiner } from '../record/message-joiner.ts';
import { RecordFramer } from '../record/record-framer.ts';
import { CONTENT, type OpenedRecord, type TlsRecord } from '../record/record.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { AlertReader } from './alert-reader.ts';
import type { Channel } from './channel.ts';
import { takeChangeCipherSpec } from './change-cipher-spec.ts';
import { Connected13 } from './connected-13.ts';
import type { TlsEstablished, TlsEvent } from './event.ts';
import { FloodGuard } from './flood-guard.ts';
import { passOverHelloRequest } from './hello-request.ts';
import { framingOf, openRecord } from './open-record.ts';
import type { Phase } from './phase.ts';

export class TlsEndpoint implements SansIo<Uint8Array, Uint8Array, TlsEvent> {
  readonly #channel: Channel;
  readonly #start: () => Phase;
  readonly #framer = new RecordFramer();
  readonly #joiner = new MessageJoiner();
  readonly #floods = new FloodGuard();
  readonly #alerts: AlertReader;
  #phase: Phase | undefined;
  /** Data that was handed in before it could be sent. */
  #waiting: Uint8Array[] = [];
  #closeWanted = false;
  #closeReceived = false;
  #failed = false;

  /** @param start makes the first phase, at the first moment that is known */
  constructor(channel: Channel, start: () => Phase) {
    this.#channel = channel;
    this.#start = start;
    this.#alerts = new AlertReader(channel);
    channel.pendingHandshakeBytes = () => this.#joiner.pending;
  }

  /** The state of the handshake's machine, e.g. `WAIT_SH`. */
  get state(): string {
    return this.#channel.state;
  }

  /** What was agreed; undefined while the handshake goes on. */
  get established(): TlsEstablished | undefined {
    return this.#channel.established;
  }

  /** What a server that takes early data knows before the client's Finished confirms it. */
  get agreedEarly(): TlsEstablished | undefined {
    return this.#channel.agreedEarly;
  }

  /** Nothing more will be sent or read: an error, or close_notify in both directions. */
  get isClosed(): boolean {
    return this.#failed || (this.#channel.closeSent && this.#closeReceived);
  }

  /** Octets handed to `send` before the handshake was far enough. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  handleInput(bytes: Uint8Array, now: Micros): void {
    this.#begin(now);
    if (this.#failed || this.#closeReceived) return;
    this.#framer.push(bytes);
    for (;;) {
      const record = this.#framer.next(framingOf(this.#channel));
      if (record === undefined) break;
      const refusal = record instanceof Refusal ? record : this.#takeRecord(record);
      if (refusal !== undefined) this.#fail(refusal);
      if (this.#failed) return;
      if (this.#closeReceived) break;
    }
    // RFC 8446 §6.1: nothing follows our close_notify, not even an answer to a KeyUpdate.
    if (this.#phase instanceof Connected13 && !this.#channel.closeSent) this.#phase.answerUpdate();
    this.#sendWaiting();
  }

  /** The stream below has ended. Without close_notify before it data may be missing. */
  handleEnd(now: Micros): void {
    this.#begin(now);
    if (this.#failed || this.#closeReceived) return;
    this.#failed = true;
    const why = 'the stream ended without close_notify';
    this.#channel.tell({ kind: 'truncated', cause: { rule: RULES.truncation, why } });
  }

  /** TLS over a reliable stream has no timers. */
  handleTimeout(now: Micros): void {
    this.#begin(now);
  }

  pollTimeout(): Micros {
    return NEVER;
  }

  /** The next record to send. */
  pollOutput(now: Micros): Uint8Array | undefined {
    this.#begin(now);
    const { writer } = this.#channel;
    const record = writer.poll();
    const written = record === undefined ? writer.takeWritten() : undefined;
    if (written !== undefined) this.#channel.tell({ kind: 'records', ...written });
    return record;
  }

  pollEvent(): TlsEvent | undefined {
    return this.#channel.pollEvent();
  }

  /**
   * Sends data once the handshake allows it; before, it waits.
   * @throws CallError `connection closing` after `close`
   */
  send(bytes: Uint8Array): void {
    if (this.#closeWanted || this.#failed) throw new CallError('connection closing');
    this.#waiting.push(bytes);
    this.#sendWaiting();
  }

  /** Says close_notify after everything that was handed in. What the peer sends is still read. */
  close(): void {
    this.#closeWanted = true;
    if (!this.#failed) this.#sendWaiting();
  }

  /**
   * Takes new keys for what is sent, and asks the peer to do the same when `requested`.
   * @throws CallError where there is no KeyUpdate: in TLS 1.2 and before the handshake is done
   */
  requestKeyUpdate(requested = true): void {
    if (this.#closeWanted || this.#failed) throw new CallError('connection closing');
    if (this.#phase?.updateKeys === undefined) throw new CallError('KeyUpdate is not possible now');
    this.#phase.updateKeys(requested);
  }

  /**
   * Keying material for the application (RFC 8446 §7.5).
   * @returns undefined before the handshake is done, and in a session of TLS 1.2 without the extended
   *   master secret (RFC 7627 §5.4)
   */
  exportKeyingMaterial(label: string, context: Uint8Array, length: number): Uint8Array | undefined {
    return this.#channel.exporter?.({ label, context, length });
  }

  #begin(now: Micros): void {
    this.#channel.now = now;
    this.#phase ??= this.#start();
  }

  #takeRecord(record: TlsRecord): Refusal | undefined {
    if (record.type === CONTENT.change_cipher_spec) return this.#takeChangeCipherSpec(record);
    const opened = openRecord(this.#channel, record);
    if (opened === undefined) return undefined;
    if (opened instanceof Refusal) return opened;
    if (this.#joiner.pending > 0 && !this.#mayInterleave(opened.type)) {
      const why = `a record of type ${opened.type} stands inside a handshake message`;
      return refuse('unexpected_message', RULES.interleaved, why);
    }
    return this.#floods.checkRecord(opened) ?? this.#takeContent(opened);
  }

  /** RFC 5246 §6.2.1: in TLS 1.2 data may stand between the fragments of a later handshake. */
  #mayInterleave(type: number): boolean {
    if (type === CONTENT.application_data) return this.#channel.version === 'TLS 1.2';
    return type === CONTENT.handshake || type === CONTENT.alert;
  }

  #takeContent(opened: OpenedRecord): Refusal | undefined {
    if (opened.type !== CONTENT.alert && opened.fragment.length > 0) this.#alerts.interrupt();
    if (opened.type === CONTENT.handshake) return this.#takeHandshake(opened.fragment);
    if (opened.type === CONTENT.application_data) return this.#takeData(opened);
    if (opened.type === CONTENT.alert) return this.#takeAlert(opened.fragment);
    const why = `a record of type ${opened.type} has no place here`;
    return refuse('unexpected_message', RULES.recordType, why);
  }

  #takeHandshake(fragment: Uint8Array): Refusal | undefined {
    if (fragment.length === 0) {
      const why = 'a handshake record is empty';
      return refuse('unexpected_message', RULES.emptyFragment, why);
    }
    this.#joiner.push(fragment);
    for (;;) {
      const message = this.#joiner.next();
      if (message === undefined || message instanceof Refusal) return message;
      const name = handshakeText(message.type);
      const length = message.bytes.length;
      this.#channel.tell({ kind: 'message', direction: 'received', name, length, summary: '' });
      const phase = this.#phase!;
      const next = passOverHelloRequest(this.#channel, phase, message) ?? phase.receive(message);
      const refused = this.#enter(next);
      if (refused !== undefined) return refused;
    }
  }

  /** Goes on to the next phase, which must be the machine's. */
  #enter(next: Phase | Refusal): Refusal | undefined {
    if (next instanceof Refusal) return next;
    const { state } = this.#channel;
    invariant(next.state === state, `the machine is in ${state}, the handshake in ${next.state}`);
    this.#phase = next;
    return undefined;
  }

  #takeChangeCipherSpec({ fragment }: TlsRecord): Refusal | undefined {
    const isBetween = this.#joiner.pending === 0 && !this.#alerts.isPending;
    const next = takeChangeCipherSpec(this.#channel, this.#phase!, { fragment, isBetween });
    return next === 'dropped' ? this.#floods.checkCompatibility() : this.#enter(next);
  }

  #takeData({ fragment, isProtected }: OpenedRecord): Refusal | undefined {
    const { takes } = this.#phase!;
    if (!isProtected || takes === 'handshake') {
      const why = `application data in ${this.#channel.state}`;
      return refuse('unexpected_message', RULES.unexpectedMessage, why);
    }
    this.#phase!.dataReceived?.();
    const early = takes === 'early data';
    if (early) {
      this.#channel.earlyDataLeft -= fragment.length;
      if (this.#channel.earlyDataLeft < 0) {
        const why = 'more early data came than the ticket allows';
        return refuse('unexpected_message', RULES.earlyDataLimit, why);
      }
    }
    if (fragment.length === 0) return undefined;
    this.#channel.tell({ kind: 'application data', data: fragment, early });
    return undefined;
  }

  #takeAlert(fragment: Uint8Array): Refusal | undefined {
    const verdict = this.#alerts.read(fragment);
    if (verdict instanceof Refusal) return verdict;
    if (verdict === 'fatal') this.#failed = true;
    if (verdict === 'closed') this.#endReceived();
    // RFC 8446 §5.1: what does not cut a message off stands inside it like any other record.
    const isInside = this.#joiner.pending > 0 && this.#channel.version !== 'TLS 1.2';
    if (verdict !== 'warning' || !isInside) return undefined;
    const why = 'a warning stands inside a handshake message';
    return refuse('unexpected_message', RULES.interleaved, why);
  }

  /** The peer will say no more. A handshake that is not done can never be. */
  #endReceived(): void {
    this.#closeReceived = true;
    const isDone = this.established !== undefined;
    if (!isDone && this.#channel.role === 'client') this.#channel.preferHandshakeKeys();
    // RFC 5246 §7.2.1: answered at once. RFC 8446 §6.1: the other direction may stay open.
    if (this.#channel.version !== 'TLS 1.3' || !isDone) this.close();
    if (isDone) return;
    this.#failed = true;
    const why = 'the peer closed the connection in the middle of the handshake';
    this.#channel.tell({ kind: 'truncated', cause: { rule: RULES.closeNotify, why } });
  }

  #sendWaiting(): void {
    const { canSendData } = this.#channel;
    if (canSendData) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const bytes of waiting) {
        // RFC 8446 §5.5: new keys before the cipher's limit.
        if (this.#channel.writer.sealer.records >= RECORDS_PER_KEY)
          this.#phase?.updateKeys?.(false);
        this.#channel.writer.write(CONTENT.application_data, bytes);
      }
    }
    // RFC 8446 §6.1: nothing follows close_notify, so that our part of the handshake comes first.
    const isAllSaid = (canSendData && this.#waiting.length === 0) || this.#closeReceived;
    if (this.#closeWanted && !this.#channel.closeSent && isAllSaid) {
      this.#channel.closeSent = true;
      this.#sendAlert(ALERT_LEVEL_WARNING, ALERT_CODES.close_notify);
      this.#channel.tell({ kind: 'close_notify', direction: 'sent' });
    }
  }

  /** RFC 8446 §6.2: one fatal alert, then nothing more in either direction. */
  #fail(refusal: Refusal): void {
    this.#failed = true;
    if (this.#channel.role === 'client') this.#channel.preferHandshakeKeys();
    if (!this.#channel.closeSent) this.#sendAlert(ALERT_LEVEL_FATAL, ALERT_CODES[refusal.alert]);
    this.#channel.tell({
      kind: 'alert',
      direction: 'sent',
      level: 'fatal',
      description: refusal.alert,
      cause: refusal.cause,
    });
  }

  #sendAlert(level: number, code: number): void {
    this.#channel.writer.write(CONTENT.alert, Uint8Array.of(level, code));
  }
}
