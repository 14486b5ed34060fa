/**
 * What the phases of a handshake work on: the machine, the keys of both directions, the way out for
 * messages, and the list of events. It sends and it knows; it decides nothing.
 */
import { invariant } from '../../base/errors.ts';
import { MachineRunner } from '../../base/machine/runner.ts';
import { ZERO_TIME, type Micros } from '../../base/time.ts';
import { keyLogLine, type KeyLogLabel } from '../keys/key-log.ts';
import { client12Machine } from '../machines/client12.machine.ts';
import { client13Machine } from '../machines/client13.machine.ts';
import type { Epoch, KeyChanges } from '../machines/key-changes.ts';
import { server12Machine } from '../machines/server12.machine.ts';
import { server13Machine } from '../machines/server13.machine.ts';
import type { HandshakeMessage } from '../messages/message.ts';
import { handshakeText } from '../parameters/handshake-type.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { PlainOpener, PlainSealer } from '../record/plain.ts';
import type { Opener, Sealer } from '../record/protection.ts';
import { RecordWriter } from '../record/record-writer.ts';
import { CONTENT } from '../record/record.ts';
import type { TlsEstablished, TlsEvent } from './event.ts';
import type { Settings } from './settings.ts';

export interface ExportRequest {
  readonly label: string;
  readonly context: Uint8Array;
  readonly length: number;
}

export type Role = 'client' | 'server';

/** Makes the protection of each direction when the machine says so. */
export interface EpochKeys {
  readonly opener?: () => Opener;
  readonly sealer?: () => Sealer;
}

const MACHINES = {
  client: { 'TLS 1.3': client13Machine, 'TLS 1.2': client12Machine },
  server: { 'TLS 1.3': server13Machine, 'TLS 1.2': server12Machine },
} as const;

export class Channel implements KeyChanges {
  readonly role: Role;
  readonly settings: Settings;
  readonly writer: RecordWriter;
  /** The time of the call that is being handled. */
  now: Micros = ZERO_TIME;
  /** Undefined until the ServerHello fixes it. */
  version: TlsVersion | undefined;
  /** Early data that was refused may still arrive: octets that are skipped before it is too much. */
  skippableBytes = 0;
  clientRandom: Uint8Array = new Uint8Array(32);
  opener: Opener = new PlainOpener();
  /** What the keys of each direction protect now; undefined while there are none. */
  receiving: Epoch | undefined;
  sending: Epoch | undefined;
  /** Makes keying material for the application once the handshake is done. */
  exporter: ((wanted: ExportRequest) => Uint8Array) | undefined;
  /** The server: a HelloRetryRequest went out. */
  sentRetry = false;
  /** The server: octets of early data that the ticket still allows. */
  earlyDataLeft = 0;
  /**
   * Application data may go out now. A server that waits for a certificate says nothing before it
   * knows whom it talks to (RFC 8446 §2).
   */
  canSendData = false;
  /** The server that took early data: what its own flight has settled. */
  agreedEarly: TlsEstablished | undefined;
  /** Our close_notify went out: nothing may follow it (RFC 8446 §6.1, RFC 5246 §7.2.1). */
  closeSent = false;
  /** What was agreed; undefined while the handshake goes on. */
  established: TlsEstablished | undefined;
  /** Octets of handshake messages that are not taken yet; the endpoint keeps it true. */
  pendingHandshakeBytes: () => number = () => 0;
  readonly #events: TlsEvent[] = [];
  readonly #keys = new Map<Epoch, EpochKeys>();
  #machine = '';
  #runner: MachineRunner<string, string>;
  #sentChangeCipherSpec = false;

  constructor(role: Role, settings: Settings) {
    this.role = role;
    this.settings = settings;
    const sealer = new PlainSealer(role);
    this.writer = new RecordWriter(sealer, settings.recordSize, settings.padTo);
    this.#runner = this.useMachine('TLS 1.3');
  }

  /** The state of the handshake. */
  get state(): string {
    return this.#runner.state;
  }

  /** The machine's name, e.g. `TLS 1.3 client`. */
  get machine(): string {
    return this.#machine;
  }

  /** Goes on with the machine of this version, from its initial state. */
  useMachine(version: TlsVersion): MachineRunner<string, string> {
    const machine = MACHINES[this.role][version];
    this.#machine = machine.id;
    this.#runner = new MachineRunner(machine, machine.id, this);
    return this.#runner;
  }

  /** Follows an arrow of the machine. */
  follow(arrow: string, details?: object): void {
    const before = this.state;
    const after = this.#runner.follow(arrow, details);
    this.tell({ kind: 'state', machine: this.#machine, before, arrow, after });
  }

  /** Tells how the keys of an epoch are made; the machine says when they are taken. */
  provide(epoch: Epoch, keys: EpochKeys): void {
    this.#keys.set(epoch, { ...this.#keys.get(epoch), ...keys });
  }

  receiveWith(epoch: Epoch): void {
    const opener = this.#keys.get(epoch)?.opener;
    invariant(opener !== undefined, `there are no keys to receive ${epoch} with`);
    invariant(this.pendingHandshakeBytes() === 0, 'keys change in the middle of a message');
    this.receiving = epoch;
    this.changeOpener(opener());
  }

  sendWith(epoch: Epoch): void {
    const sealer = this.#keys.get(epoch)?.sealer;
    invariant(sealer !== undefined, `there are no keys to send ${epoch} with`);
    this.sending = epoch;
    this.changeSealer(sealer());
  }

  /** The alert about a message of the handshake goes under its keys where it can (RFC 8446 §A.1). */
  preferHandshakeKeys(): void {
    const isBehind = this.sending === undefined || this.sending === 'early data';
    if (isBehind && this.#keys.get('handshake')?.sealer !== undefined) this.sendWith('handshake');
  }

  changeOpener(opener: Opener): void {
    this.opener = opener;
    this.tell({
      kind: 'key installed',
      direction: 'receiving',
      protects: this.receiving ?? 'nothing',
    });
  }

  changeSealer(sealer: Sealer): void {
    this.writer.changeTo(sealer);
    this.tell({ kind: 'key installed', direction: 'sending', protects: this.sending ?? 'nothing' });
  }

  /** The second ClientHello goes without keys, even when early data was under way. */
  sendUnprotected(): void {
    if (this.sending === undefined) return;
    this.sending = undefined;
    const sealer = new PlainSealer('server');
    this.changeSealer(sealer);
  }

  send(message: HandshakeMessage, summary = ''): void {
    this.writer.handshake(message.bytes);
    const name = handshakeText(message.type);
    const length = message.bytes.length;
    this.tell({ kind: 'message', direction: 'sent', name, length, summary });
  }

  sendChangeCipherSpec(): void {
    this.#sentChangeCipherSpec = true;
    this.writer.write(CONTENT.change_cipher_spec, Uint8Array.of(1));
    const about = { direction: 'sent', name: 'ChangeCipherSpec', length: 1 } as const;
    this.tell({ kind: 'message', ...about, summary: '' });
  }

  /** RFC 8446 §D.4: once, and it means nothing. */
  sendCompatibilityChangeCipherSpec(): void {
    if (!this.#sentChangeCipherSpec) this.sendChangeCipherSpec();
  }

  logKey(label: KeyLogLabel, secret: Uint8Array): void {
    this.tell({ kind: 'key log', line: keyLogLine(label, this.clientRandom, secret) });
  }

  tell(event: TlsEvent): void {
    if (event.kind === 'established') this.established = event;
    this.#events.push(event);
  }

  pollEvent(): TlsEvent | undefined {
    return this.#events.shift();
  }
}
