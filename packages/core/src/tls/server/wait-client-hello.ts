/** START: the ClientHello, from which the server takes the version (RFC 8446 §4.2.1). */
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { readClientHello, type ClientHello } from '../messages/client-hello.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import { FALLBACK_SCSV } from '../parameters/cipher-suite.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { TLS12, TLS13, VERSION_CODES, versionText } from '../parameters/version.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { checkServerName } from './choose-identity.ts';
import { checkSecondHello, type Retry } from './hello-retry.ts';
import { negotiate13 } from './negotiate-13.ts';
import type { ServerSettings } from './server-settings.ts';
import { startServer12 } from './start-12.ts';

export class WaitClientHello implements Phase {
  readonly state = 'START';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #settings: ServerSettings;
  /** What was asked for by a HelloRetryRequest. */
  readonly #retry: Retry | undefined;

  constructor(channel: Channel, settings: ServerSettings, retry?: Retry) {
    this.#channel = channel;
    this.#settings = settings;
    this.#retry = retry;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.ClientHello) return unexpected(message, 'ClientHello');
    const hello = readClientHello(message);
    if (hello instanceof Refusal) return hello;
    const version = chooseVersion(this.#settings, hello);
    if (version instanceof Refusal) return version;
    const refused =
      (this.#retry && checkSecondHello(this.#retry, hello, version)) ??
      checkServerName(this.#settings, hello.serverName);
    if (refused !== undefined) return refused;
    const channel = this.#channel;
    channel.clientRandom = hello.random;
    if (version === TLS12) return startServer12(channel, this.#settings, hello);
    channel.version = 'TLS 1.3';
    const next = negotiate13(channel, this.#settings, hello, this.#retry);
    return 'retry' in next ? new WaitClientHello(channel, this.#settings, next.retry) : next;
  }
}

function chooseVersion(settings: ServerSettings, hello: ClientHello): number | Refusal {
  const ours = settings.versions.map((version) => VERSION_CODES[version]);
  // With supported_versions the legacy version says nothing (RFC 8446 §4.2.1).
  const offered = hello.versions ?? (hello.legacyVersion >= TLS12 ? [TLS12] : []);
  const version = [TLS13, TLS12].find(
    (code) => offered.includes(code) && ours.some((known) => known === code),
  );
  if (version === undefined) {
    const theirs = hello.versions ?? [hello.legacyVersion];
    const why = `the client offers ${theirs.map(versionText).join(', ')}`;
    return refuse('protocol_version', RULES.versionRange, why);
  }
  // RFC 7507 §3: the client has a better version than it offers, and so do we.
  if (hello.suites.includes(FALLBACK_SCSV) && ours.some((known) => known > version)) {
    const why = `a fallback to ${versionText(version)}, although we speak more`;
    return refuse('inappropriate_fallback', RULES.fallback, why);
  }
  return version;
}
