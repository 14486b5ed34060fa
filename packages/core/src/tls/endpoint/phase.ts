/**
 * One state of a handshake with exactly the data that this state has. A message is answered with the
 * next phase, or with why it is refused. The machine decides the state: `state` only says which one
 * the phase's data belongs to, and the endpoint checks that the two agree.
 */
import type { HandshakeMessage } from '../messages/message.ts';
import type { Refusal } from '../refusal.ts';

export interface Phase {
  readonly state: string;
  /** Which data the peer may send now. */
  readonly takes: 'handshake' | 'early data' | 'application data';
  /** A whole handshake message has arrived. */
  receive(message: HandshakeMessage): Phase | Refusal;
  /** TLS 1.2: a ChangeCipherSpec is due in this state. */
  changeCipherSpec?(): Phase | Refusal;
  /** Application data has arrived. */
  dataReceived?(): void;
  /** New keys for what we send. Only where the version and the state have such a thing. */
  updateKeys?(requested: boolean): void;
}
