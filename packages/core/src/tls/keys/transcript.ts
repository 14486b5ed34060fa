/** The hash over all handshake messages (RFC 8446 §4.4.1), kept as messages until it is known which hash. */
import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import {
  digest,
  type CryptoProvider,
  type HashName,
  type RunningHash,
} from '../crypto/provider.ts';

import { encodeMessage, type HandshakeMessage } from '../messages/message.ts';

export class Transcript {
  readonly #crypto: CryptoProvider;
  #messages: Uint8Array[] = [];
  #running: RunningHash | undefined;
  #hash: HashName | undefined;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  add(message: HandshakeMessage): void {
    this.#messages.push(message.bytes);
    this.#running?.update(message.bytes);
  }

  /** From now on the hash runs; what was added before is hashed now. */
  start(hash: HashName): void {
    if (this.#hash === hash) return;
    this.#hash = hash;
    this.#running = this.#crypto.hash(hash);
    for (const bytes of this.#messages) this.#running.update(bytes);
  }

  /** The hash of all messages so far. Needs `start`. */
  digest(): Uint8Array {
    return this.#running!.digest();
  }

  /** The hash of all messages so far and `more`, by any hash: what a binder covers. */
  digestWith(hash: HashName, more: Uint8Array = EMPTY_BYTES): Uint8Array {
    return digest(this.#crypto, hash, concatBytes([...this.#messages, more]));
  }

  /** All messages so far: what a CertificateVerify of TLS 1.2 signs. */
  bytes(): Uint8Array {
    return concatBytes([...this.#messages, EMPTY_BYTES]);
  }

  /** RFC 8446 §4.4.1: after a HelloRetryRequest the first ClientHello stands there as its hash. */
  replaceByHash(hash: HashName): void {
    const summary = this.digestWith(hash);
    this.#messages = [encodeMessage('message_hash', summary).bytes];
    this.#hash = undefined;
    this.start(hash);
  }
}
