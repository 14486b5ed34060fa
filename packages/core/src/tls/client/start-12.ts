/** The ServerHello of TLS 1.2 (RFC 5246 §7.4.1.3): a new session or the resumption of one. */
import { equalBytes } from '../../base/bytes.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { provideSessionKeys } from '../endpoint/session-keys-12.ts';
import type { TlsSession } from '../endpoint/session.ts';
import { checkPlaces, checkSolicited, readOne, type Extensions } from '../messages/extensions.ts';
import type { ServerHello } from '../messages/server-hello.ts';
import { suiteText, type CipherSuite } from '../parameters/cipher-suite.ts';
import { EXTENSION } from '../parameters/extension-type.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Offer } from './offer.ts';
import { WaitCertificate12 } from './wait-certificate-12.ts';
import { chosenProtocol } from './wait-encrypted-extensions.ts';
import { waitForEnd12, WaitTicket12 } from './wait-ticket-12.ts';

/** What the ServerHello of TLS 1.2 settles. */
export interface Hello12 {
  readonly offer: Offer;
  readonly suite: CipherSuite;
  readonly serverRandom: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly extendedMasterSecret: boolean;
  readonly protocol: string | undefined;
  /** The server announced a NewSessionTicket. */
  readonly ticketFollows: boolean;
}

export function startClient12(channel: Channel, offer: Offer, hello: ServerHello): Phase | Refusal {
  const known = checkHello12(offer, hello);
  if (known instanceof Refusal) return known;
  const resumed = resumedSession(known);
  if (resumed instanceof Refusal) return resumed;
  channel.version = 'TLS 1.2';
  const { transcript } = offer;
  transcript.start(known.suite.hash);
  transcript.add(hello.message);
  channel.follow('recv ServerHello of TLS 1.2');
  channel.useMachine('TLS 1.2');
  if (resumed !== undefined) return resume(channel, known, resumed);
  channel.follow('recv ServerHello');
  return new WaitCertificate12(channel, known);
}

function resume(channel: Channel, known: Hello12, session: TlsSession): Phase {
  const { suite, serverRandom, offer, ticketFollows } = known;
  const randoms = { client: offer.random, server: serverRandom };
  const keys = { suite, master: session.secret, randoms };
  provideSessionKeys(channel, keys);
  const { peerChain } = session;
  const state = { ...known, keys, peerChain, resumed: true, group: undefined, scheme: undefined };
  if (ticketFollows) {
    channel.follow('recv ServerHello, resuming with a new ticket');
    return new WaitTicket12(channel, state);
  }
  channel.follow('recv ServerHello, resuming');
  return waitForEnd12(channel, state, undefined);
}

function checkHello12(offer: Offer, hello: ServerHello): Hello12 | Refusal {
  const { extensions } = hello;
  if (offer.earlyData !== 'none') {
    const why = 'the server answers early data with TLS 1.2';
    return refuse('protocol_version', RULES.earlyDataFirst, why);
  }
  const suite = offer.settings.suites.find(({ code }) => code === hello.suite);
  if (suite === undefined || suite.version !== 'TLS 1.2') {
    const why = `the server chose ${suiteText(hello.suite)}, which was not offered for TLS 1.2`;
    return refuse('illegal_parameter', RULES.serverHello, why);
  }
  if (hello.compression !== 0) {
    const why = `the server chose compression method ${hello.compression}`;
    return refuse('illegal_parameter', RULES.compression, why);
  }
  const refused =
    checkSolicited(extensions, offer.offered) ??
    checkPlaces(extensions, 'SH2') ??
    checkAnswers(extensions);
  if (refused !== undefined) return refused;
  const protocol = chosenProtocol(extensions, offer.settings.protocols);
  if (protocol instanceof Refusal) return protocol;
  return {
    offer,
    suite,
    serverRandom: hello.random,
    sessionId: hello.sessionId,
    extendedMasterSecret: extensions.has(EXTENSION.extended_master_secret),
    protocol,
    ticketFollows: extensions.has(EXTENSION.session_ticket),
  };
}

/** The answers whose contents are fixed. */
function checkAnswers(extensions: Extensions): Refusal | undefined {
  for (const name of ['extended_master_secret', 'session_ticket', 'server_name'] as const) {
    const answer = readOne(extensions, name, () => true);
    if (answer instanceof Refusal) return answer;
  }
  const info = readOne(extensions, 'renegotiation_info', (r) => r.vector8());
  if (info instanceof Refusal) return info;
  if (info !== undefined && info.length > 0) {
    const why = 'renegotiation_info of a first handshake is not empty';
    return refuse('handshake_failure', RULES.secureRenegotiation, why);
  }
  const formats = readOne(extensions, 'ec_point_formats', (r) => r.vector8(1));
  if (formats instanceof Refusal) return formats;
  if (formats === undefined || formats.includes(0)) return undefined;
  const why = 'the server does not take uncompressed points';
  return refuse('illegal_parameter', RULES.pointFormats, why);
}

/** The session that the server resumes by echoing the id that came with it. */
function resumedSession(known: Hello12): TlsSession | Refusal | undefined {
  const { offer, sessionId, suite, extendedMasterSecret } = known;
  const isEchoed = sessionId.length > 0 && equalBytes(sessionId, offer.sessionId);
  if (!isEchoed) return undefined;
  const { session } = offer;
  if (session?.version !== 'TLS 1.2') {
    const why = 'the server resumes a session that was not offered';
    return refuse('illegal_parameter', RULES.serverHello, why);
  }
  if (session.suite !== suite.code) {
    const why = `the resumed session has another suite than ${suite.name}`;
    return refuse('illegal_parameter', RULES.serverHello, why);
  }
  // Deviation: where neither has it RFC 7627 §5.3 would rather abort.
  if (session.extendedMasterSecret === extendedMasterSecret) return session;
  const why = 'the resumed session changes its use of the extended master secret';
  return refuse('handshake_failure', RULES.extendedMasterSecret, why);
}
