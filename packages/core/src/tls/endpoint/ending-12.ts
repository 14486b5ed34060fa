/** The peer's ChangeCipherSpec and Finished, the same at both ends (RFC 5246 §7.1, §7.4.9). */
import type { Transcript } from '../keys/transcript.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import type { Refusal } from '../refusal.ts';
import type { Channel } from './channel.ts';
import { checkFinished } from './check-finished.ts';
import { Connected12 } from './connected-12.ts';
import type { TlsEstablished } from './event.ts';
import type { Phase } from './phase.ts';
import { provideExporter12, verifyDataOf, type Session12 } from './session-keys-12.ts';

/** What is known once only the peer's last two messages are missing. */
export interface Ending12 {
  readonly resumed: boolean;
  readonly keys: Session12;
  readonly transcript: Transcript;
  readonly established: TlsEstablished;
  /** Follows the machine's last arrow, with what is still to be sent. */
  finish(): void;
  /** What is told once the connection is there. */
  afterwards?(): void;
}

export class WaitChangeCipherSpec12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #ending: Ending12;

  constructor(channel: Channel, ending: Ending12) {
    this.#channel = channel;
    this.#ending = ending;
  }

  get state(): 'WAIT_CCS' | 'WAIT_CCS_RESUMED' {
    return this.#ending.resumed ? 'WAIT_CCS_RESUMED' : 'WAIT_CCS';
  }

  receive(message: HandshakeMessage): Refusal {
    return unexpected(message, 'ChangeCipherSpec');
  }

  changeCipherSpec(): Phase {
    this.#channel.follow('recv ChangeCipherSpec');
    return new WaitFinished12(this.#channel, this.#ending);
  }
}

class WaitFinished12 implements Phase {
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #ending: Ending12;

  constructor(channel: Channel, ending: Ending12) {
    this.#channel = channel;
    this.#ending = ending;
  }

  get state(): 'WAIT_FINISHED' | 'WAIT_FINISHED_RESUMED' {
    return this.#ending.resumed ? 'WAIT_FINISHED_RESUMED' : 'WAIT_FINISHED';
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.Finished) return unexpected(message, 'Finished');
    const { keys, transcript, established } = this.#ending;
    const peer = this.#channel.role === 'client' ? 'server' : 'client';
    const expected = verifyDataOf(this.#channel, keys, peer, transcript);
    const refused = checkFinished(message.body, expected);
    if (refused !== undefined) return refused;
    transcript.add(message);
    this.#ending.finish();
    provideExporter12(this.#channel, keys, established.extendedMasterSecret === true);
    const connected = new Connected12(this.#channel, established);
    this.#ending.afterwards?.();
    return connected;
  }
}
