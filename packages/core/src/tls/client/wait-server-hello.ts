/** WAIT_SH: the ServerHello decides the version, the suite and the keys (RFC 8446 §4.1.3). */
import { equalBytes } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { checkRecordBoundary } from '../endpoint/record-boundary.ts';
import { provideHandshakeKeys } from '../endpoint/traffic-13.ts';
import { KeySchedule } from '../keys/key-schedule.ts';
import { checkPlaces, checkSolicited, readOne } from '../messages/extensions.ts';
import { unexpected, type HandshakeMessage } from '../messages/message.ts';
import {
  DOWNGRADE_TO_11,
  DOWNGRADE_TO_12,
  readServerHello,
  type ServerHello,
} from '../messages/server-hello.ts';
import { suiteText, type CipherSuite } from '../parameters/cipher-suite.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import { groupOf } from '../parameters/named-group.ts';
import { SSL30, TLS11, TLS12, TLS13, versionText } from '../parameters/version.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { answerRetry } from './hello-retry.ts';
import { startClient12 } from './start-12.ts';
import type { Offer } from './offer.ts';
import { suiteOfSession } from './resumption.ts';
import { WaitEncryptedExtensions } from './wait-encrypted-extensions.ts';

export class WaitServerHello implements Phase {
  readonly state = 'WAIT_SH';
  readonly takes = 'handshake';
  readonly #channel: Channel;
  readonly #offer: Offer;
  /** The suite of a HelloRetryRequest that was answered; the ServerHello must keep it. */
  readonly #retrySuite: CipherSuite | undefined;

  constructor(channel: Channel, offer: Offer, retrySuite?: CipherSuite) {
    this.#channel = channel;
    this.#offer = offer;
    this.#retrySuite = retrySuite;
  }

  receive(message: HandshakeMessage): Phase | Refusal {
    if (message.type !== HANDSHAKE.ServerHello) return unexpected(message, 'ServerHello');
    const hello = readServerHello(message);
    if (hello instanceof Refusal) return hello;
    const version = this.#changesAfterRetry(hello) ?? negotiatedVersion(this.#offer, hello);
    if (version instanceof Refusal) return version;
    if (version === TLS12) return startClient12(this.#channel, this.#offer, hello);
    const suite = checkHello13(this.#offer, hello);
    if (suite instanceof Refusal) return suite;
    return hello.isRetry ? this.#retry(hello, suite) : this.#proceed(hello, suite);
  }

  /** RFC 8446 §4.1.4: a HelloRetryRequest comes once, and its version stays. */
  #changesAfterRetry(hello: ServerHello): Refusal | undefined {
    if (this.#retrySuite === undefined) return undefined;
    if (hello.isRetry) {
      const why = 'a second HelloRetryRequest came';
      return refuse('unexpected_message', RULES.helloRetry, why);
    }
    if (hello.selectedVersion === TLS13) return undefined;
    const version = versionText(hello.selectedVersion ?? hello.legacyVersion);
    const why = `after a HelloRetryRequest of TLS 1.3 the server chose ${version}`;
    return refuse('illegal_parameter', RULES.serverHello, why);
  }

  #retry(hello: ServerHello, suite: CipherSuite): Phase | Refusal {
    this.#channel.version = 'TLS 1.3';
    const offer = answerRetry(this.#channel, this.#offer, hello, suite);
    return offer instanceof Refusal ? offer : new WaitServerHello(this.#channel, offer, suite);
  }

  #proceed(hello: ServerHello, suite: CipherSuite): Phase | Refusal {
    const channel = this.#channel;
    const offer = this.#offer;
    if (this.#retrySuite !== undefined && this.#retrySuite !== suite) {
      const why = `the HelloRetryRequest chose ${this.#retrySuite.name}, the ServerHello ${suite.name}`;
      return refuse('illegal_parameter', RULES.serverHello, why);
    }
    const psk = selectedPsk(offer, hello, suite);
    if (psk instanceof Refusal) return psk;
    const agreed = agreeOn(offer, hello, psk);
    if (agreed instanceof Refusal) return agreed;
    channel.version = 'TLS 1.3';
    const { transcript } = offer;
    transcript.start(suite.hash);
    transcript.add(hello.message);
    const { crypto } = channel.settings;
    const early = KeySchedule.early(crypto, suite.hash, psk ? offer.session!.secret : undefined);
    const schedule = early.next(agreed.secret);
    const traffic = provideHandshakeKeys(channel, suite, schedule, transcript.digest());
    const refused = checkRecordBoundary(channel);
    if (refused !== undefined) return refused;
    channel.follow('recv ServerHello');
    const { group } = agreed;
    const resumed = psk ? offer.session : undefined;
    return new WaitEncryptedExtensions(channel, {
      offer,
      suite,
      group,
      schedule,
      traffic,
      resumed,
    });
  }
}

/** RFC 8446 §4.2.1 and §4.1.3: the version, and no downgrade that someone on the way has forced. */
function negotiatedVersion({ settings }: Offer, hello: ServerHello): number | Refusal {
  const { legacyVersion: version, selectedVersion: selected } = hello;
  const speaks13 = settings.versions.includes('TLS 1.3');
  // RFC 8446 §D.5: whatever else the hello says.
  if (version <= SSL30) {
    const why = `the server chose ${versionText(version)}`;
    return refuse('protocol_version', RULES.versionRange, why);
  }
  if (selected !== undefined && speaks13) {
    if (selected === TLS13 && version === TLS12) return TLS13;
    const text = `${versionText(version)} with ${versionText(selected)}`;
    return refuse('illegal_parameter', RULES.serverHello, `the ServerHello says ${text}`);
  }
  if (hello.isRetry && speaks13) {
    // RFC 8446 §4.1.4: only TLS 1.3 has such a message, and it must say so.
    const why = 'the HelloRetryRequest has no supported_versions';
    return refuse('missing_extension', RULES.missingExtension, why);
  }
  if (isDowngrade(speaks13, hello)) {
    const better = speaks13 ? 'TLS 1.3' : 'TLS 1.2';
    const why = `the server could speak ${better} but answers with ${versionText(version)}`;
    return refuse('illegal_parameter', RULES.downgrade, why);
  }
  if (version === TLS12 && settings.versions.includes('TLS 1.2')) return TLS12;
  const why = `the server chose ${versionText(version)}, offered was ${settings.versions.join(', ')}`;
  return refuse('protocol_version', RULES.versionRange, why);
}

/** RFC 8446 §4.1.3: both marks for a client of TLS 1.3, that of TLS 1.1 for one of TLS 1.2. */
function isDowngrade(speaks13: boolean, { legacyVersion, random }: ServerHello): boolean {
  const tail = random.subarray(24);
  if (equalBytes(tail, DOWNGRADE_TO_11)) return legacyVersion <= (speaks13 ? TLS12 : TLS11);
  return speaks13 && legacyVersion <= TLS12 && equalBytes(tail, DOWNGRADE_TO_12);
}

/** What a ServerHello and a HelloRetryRequest have in common. */
function checkHello13(offer: Offer, hello: ServerHello): CipherSuite | Refusal {
  if (!equalBytes(hello.sessionId, offer.sessionId)) {
    const why = 'the ServerHello does not echo the session id';
    return refuse('illegal_parameter', RULES.serverHello, why);
  }
  if (hello.compression !== 0) {
    const why = `the ServerHello chose compression method ${hello.compression}`;
    return refuse('illegal_parameter', RULES.serverHello, why);
  }
  const suite = offer.settings.suites.find(({ code }) => code === hello.suite);
  if (suite === undefined || suite.version !== 'TLS 1.3') {
    const why = `the server chose ${suiteText(hello.suite)}, which was not offered for TLS 1.3`;
    return refuse('illegal_parameter', RULES.serverHello, why);
  }
  // A cookie is the one thing that a HelloRetryRequest may bring unasked (RFC 8446 §4.1.4).
  const solicited = hello.isRetry ? new Set([...offer.offered, 44]) : offer.offered;
  return (
    checkPlaces(hello.extensions, hello.isRetry ? 'HRR' : 'SH') ??
    checkSolicited(hello.extensions, solicited) ??
    suite
  );
}

/** Whether the server took the PSK (RFC 8446 §4.2.11). */
function selectedPsk(offer: Offer, hello: ServerHello, suite: CipherSuite): boolean | Refusal {
  const index = readOne(hello.extensions, 'pre_shared_key', (reader) => reader.u16());
  if (index instanceof Refusal) return index;
  if (index === undefined) return false;
  const { session } = offer;
  invariant(session !== undefined, 'pre_shared_key was solicited without a session');
  if (index === 0 && suiteOfSession(session).hash === suite.hash) return true;
  const why =
    index === 0
      ? `the PSK's hash is not that of ${suite.name}`
      : `the server selected PSK ${index} of one`;
  return refuse('illegal_parameter', RULES.pskChoice, why);
}

function agreeOn(offer: Offer, hello: ServerHello, psk: boolean) {
  const share = readOne(hello.extensions, 'key_share', (reader) => ({
    group: reader.u16(),
    key: reader.vector16(1),
  }));
  if (share instanceof Refusal) return share;
  if (share === undefined && psk) {
    // RFC 8446 §4.2.11: psk_dhe_ke alone was offered, and the answer must be consistent with it.
    const why = 'the server takes the PSK without the key share that psk_dhe_ke demands';
    return refuse('illegal_parameter', RULES.pskChoice, why);
  }
  if (share === undefined) {
    const why = 'the ServerHello has no key share; a PSK alone was not offered';
    return refuse('missing_extension', RULES.missingExtension, why);
  }
  const group = groupOf(share.group);
  const ours = offer.keyShares.find((key) => key.group === group);
  if (ours === undefined) {
    const why = `the server's key share is of group ${share.group}, for which none was sent`;
    return refuse('illegal_parameter', RULES.keyShare, why);
  }
  const secret = offer.settings.crypto.agree(ours, share.key);
  if (secret !== undefined) return { group: ours.group, secret };
  const why = `the server's key share is no valid key of ${ours.group}`;
  return refuse('illegal_parameter', RULES.keyExchange, why);
}
