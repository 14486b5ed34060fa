/** CONNECTED in TLS 1.2. Renegotiation is always refused, with a warning (RFC 5246 §7.2.2). */
import { MAX_WARNING_ALERTS } from '../limits.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { ALERT_CODES, ALERT_LEVEL_WARNING } from '../parameters/alert.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { CONTENT } from '../record/record.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Channel } from './channel.ts';
import type { TlsEstablished } from './event.ts';
import type { Phase } from './phase.ts';

export class Connected12 implements Phase {
  readonly state = 'CONNECTED';
  readonly takes = 'application data';
  readonly #channel: Channel;
  #refused = 0;

  constructor(channel: Channel, established: TlsEstablished) {
    this.#channel = channel;
    channel.canSendData = true;
    channel.tell({ kind: 'established', ...established });
  }

  /** Only what follows one another without data between is a flood. */
  dataReceived(): void {
    this.#refused = 0;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    const isClient = this.#channel.role === 'client';
    const asks = isClient ? HANDSHAKE.HelloRequest : HANDSHAKE.ClientHello;
    if (message.type !== asks) return unexpected(message, 'application data');
    this.#refused += 1;
    if (this.#refused > MAX_WARNING_ALERTS) {
      const why = 'the peer asks for a renegotiation again and again';
      return refuse('unexpected_message', RULES.floodLimit, why);
    }
    this.#channel.follow(isClient ? 'recv HelloRequest' : 'recv ClientHello, refused');
    if (this.#channel.closeSent) return this;
    const alert = Uint8Array.of(ALERT_LEVEL_WARNING, ALERT_CODES.no_renegotiation);
    this.#channel.writer.write(CONTENT.alert, alert);
    const why = 'the peer asks for a renegotiation';
    this.#channel.tell({
      kind: 'alert',
      direction: 'sent',
      level: 'warning',
      description: 'no_renegotiation',
      cause: { rule: RULES.renegotiation, why },
    });
    return this;
  }
}
