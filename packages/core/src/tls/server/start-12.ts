/** The ClientHello of a TLS 1.2 connection at the server: resumption, or what is needed for more. */
import type { GroupName, KeyKind } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { Transcript } from '../keys/transcript.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import { DOWNGRADE_TO_12 } from '../messages/server-hello.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { GROUP_CODES } from '../parameters/named-group.ts';
import { TLS12 } from '../parameters/version.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { chooseIdentity, type SigningIdentity } from './choose-identity.ts';
import { chooseProtocol } from './choose-protocol.ts';
import { ServerFlight12Writer } from './server-flight-12.ts';
import type { ServerSettings } from './server-settings.ts';
import type { TicketContents } from './ticket-keys.ts';
import {
  waitForEnd12,
  WaitClientCertificate12,
  WaitClientKeyExchange12,
} from './wait-client-12.ts';

/** What the server has settled. */
export interface Hello12 {
  readonly settings: ServerSettings;
  readonly hello: ClientHello;
  readonly suite: CipherSuite;
  readonly serverRandom: Uint8Array;
  readonly protocol: string | undefined;
  readonly extendedMasterSecret: boolean;
  readonly transcript: Transcript;
}

/** A full handshake signs and agrees; a resumed one has its secret. */
export type Basis12 =
  | { readonly kind: 'full'; readonly group: GroupName; readonly signing: SigningIdentity }
  | { readonly kind: 'resumed'; readonly ticket: TicketContents };

export function startServer12(
  channel: Channel,
  settings: ServerSettings,
  hello: ClientHello,
): Phase | Refusal {
  const refused = checkHello(hello);
  if (refused !== undefined) return refused;
  const protocol = chooseProtocol(settings, hello);
  if (protocol instanceof Refusal) return protocol;
  const chosen = resumption(channel, settings, hello) ?? fullHandshake(settings, hello);
  if (chosen instanceof Refusal) return chosen;
  channel.version = 'TLS 1.2';
  const transcript = new Transcript(settings.crypto);
  transcript.add(hello.message);
  transcript.start(chosen.suite.hash);
  const known: Hello12 = {
    settings,
    hello,
    suite: chosen.suite,
    serverRandom: serverRandom(settings),
    protocol,
    extendedMasterSecret: hello.extendedMasterSecret,
    transcript,
  };
  channel.follow('recv ClientHello of TLS 1.2');
  channel.useMachine('TLS 1.2');
  return answer(channel, known, chosen.basis);
}

function answer(channel: Channel, known: Hello12, basis: Basis12): Phase {
  const flight = new ServerFlight12Writer(channel, known, basis);
  if (basis.kind === 'resumed') {
    flight.resume(basis.ticket.secret);
    channel.follow('recv ClientHello, resuming', { flight });
    return waitForEnd12(channel, flight, basis.ticket.peerChain);
  }
  if (known.settings.clientAuthentication === 'none') {
    channel.follow('recv ClientHello', { flight });
    return new WaitClientKeyExchange12(channel, flight, undefined);
  }
  channel.follow('recv ClientHello, asking for a certificate', { flight });
  return new WaitClientCertificate12(channel, flight);
}

/** RFC 8446 §4.1.3: a server that speaks TLS 1.3 says so even when it speaks 1.2. */
function serverRandom({ random, versions }: ServerSettings): Uint8Array {
  const bytes = random.bytes(32);
  if (versions.includes('TLS 1.3')) bytes.set(DOWNGRADE_TO_12, 24);
  return bytes;
}

function checkHello(hello: ClientHello): Refusal | undefined {
  if (!hello.compression.includes(0)) {
    const why = 'the client does not offer the null compression method';
    return refuse('illegal_parameter', RULES.compression, why);
  }
  if (hello.pointFormats !== undefined && !hello.pointFormats.includes(0)) {
    const why = 'the client does not take uncompressed points';
    return refuse('illegal_parameter', RULES.pointFormats, why);
  }
  if ((hello.renegotiationInfo?.length ?? 0) === 0) return undefined;
  const why = 'renegotiation_info of a first handshake is not empty';
  return refuse('handshake_failure', RULES.secureRenegotiation, why);
}

interface Chosen {
  readonly suite: CipherSuite;
  readonly basis: Basis12;
}

/** RFC 5077 §3.4: a ticket that opens and fits; anything else leads to a full handshake. */
function resumption(
  channel: Channel,
  settings: ServerSettings,
  hello: ClientHello,
): Chosen | Refusal | undefined {
  const ticket = hello.ticket && settings.tickets?.open(hello.ticket);
  const suite = settings.suites.find(({ code }) => code === ticket?.suite);
  if (ticket === undefined || suite === undefined || ticket.version !== TLS12) return undefined;
  const ageSeconds = Math.floor((channel.now - ticket.issuedAt) / 1_000_000);
  const isCurrent = ageSeconds >= 0 && ageSeconds <= ticket.lifetimeSeconds;
  const isSameName = ticket.serverName === hello.serverName;
  if (!isCurrent || !isSameName || !hello.suites.includes(suite.code)) return undefined;
  if (settings.clientAuthentication === 'require' && ticket.peerChain.length === 0) {
    return undefined;
  }
  if (ticket.extendedMasterSecret && !hello.extendedMasterSecret) {
    const why = 'the session had the extended master secret, the client leaves it out now';
    return refuse('handshake_failure', RULES.extendedMasterSecret, why);
  }
  // RFC 7627 §5.3: a session without it is not resumed where the client now offers it. Deviation:
  // where neither has it the RFC would rather abort; peers of that age could not resume at all.
  if (!ticket.extendedMasterSecret && hello.extendedMasterSecret) return undefined;
  return { suite, basis: { kind: 'resumed', ticket } };
}

function fullHandshake(settings: ServerSettings, hello: ClientHello): Chosen | Refusal {
  const group = chooseGroup(settings, hello);
  for (const suite of settings.suites) {
    if (suite.version !== 'TLS 1.2' || !hello.suites.includes(suite.code)) continue;
    const isRsa = suite.authentication === 'RSA';
    const identities = settings.identities.filter(
      ({ key }) => (key.kind === 'RSA') === isRsa && respectsGroups(key.kind, hello),
    );
    const narrowed = { ...settings, identities };
    // RFC 9155 §2: without signature_algorithms SHA-1 would remain, a handshake_failure now.
    const signing = chooseIdentity(narrowed, 'TLS 1.2', hello);
    if (group !== undefined && signing !== undefined) {
      return { suite, basis: { kind: 'full', group, signing } };
    }
  }
  const why = 'no suite, group and signature scheme of the client fits what we have';
  return refuse('handshake_failure', RULES.noCommonSuite, why);
}

function chooseGroup({ groups }: ServerSettings, hello: ClientHello): GroupName | undefined {
  // RFC 8422 §4: without the extension the server may choose; every client of that time knows P-256.
  if (hello.groups === undefined) return groups.find((name) => name === 'P-256') ?? groups[0];
  return groups.find((name) => hello.groups?.includes(GROUP_CODES[name]));
}

/** RFC 8422 §5.3: the curve of the certificate is one of the client's groups as well. */
function respectsGroups(kind: KeyKind, { groups }: ClientHello): boolean {
  if (kind === 'RSA' || kind === 'Ed25519' || groups === undefined) return true;
  return groups.includes(GROUP_CODES[kind]);
}
