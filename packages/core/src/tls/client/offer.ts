/** What a client has offered, and the ClientHello that says so (RFC 8446 §4.1.2). */
import { EMPTY_BYTES, latin1Bytes } from '../../base/bytes.ts';
import type { AgreementKey, GroupName } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { TlsSession } from '../endpoint/session.ts';
import { Transcript } from '../keys/transcript.ts';
import { writeProtocols } from '../messages/client-hello-extensions.ts';
import { writeClientHello } from '../messages/client-hello.ts';
import { extension, type Extension } from '../messages/extensions.ts';
import type { HandshakeMessage } from '../messages/message.ts';
import { EMPTY_RENEGOTIATION_INFO_SCSV } from '../parameters/cipher-suite.ts';
import { EXTENSION } from '../parameters/extension-type.ts';
import { GROUP_CODES } from '../parameters/named-group.ts';
import { VERSION_CODES } from '../parameters/version.ts';
import { isAddress } from '../x509/address.ts';
import type { ClientSettings } from './client-settings.ts';
import { usableSession, writeBoundClientHello } from './resumption.ts';

/** psk_dhe_ke (RFC 8446 §4.2.9): a PSK always together with a key agreement. */
const PSK_DHE_KE = 1;

export interface Offer {
  readonly settings: ClientSettings;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly keyShares: readonly AgreementKey[];
  /** The session offered for resumption. */
  readonly session: TlsSession | undefined;
  /** `lost`: it was sent, and a HelloRetryRequest refused it. */
  readonly earlyData: 'none' | 'sent' | 'lost';
  /** Types of the extensions that were sent. */
  readonly offered: ReadonlySet<number>;
  readonly message: HandshakeMessage;
  readonly transcript: Transcript;
}

/** What a HelloRetryRequest asks to change. */
export interface RetryDemands {
  readonly group: GroupName | undefined;
  readonly cookie: Uint8Array | undefined;
  readonly session: TlsSession | undefined;
}

/** The first ClientHello. */
export function firstOffer(channel: Channel, settings: ClientSettings): Offer {
  const { crypto, random } = settings;
  const clientRandom = random.bytes(32);
  const session = usableSession(settings, channel.now);
  const speaks13 = settings.versions.includes('TLS 1.3');
  // RFC 5077 §3.4: with a ticket of TLS 1.2 an id of the client's choice shows whether it was taken.
  const needsId = (speaks13 && settings.compatibility) || session?.version === 'TLS 1.2';
  const shares = speaks13 ? settings.keyShares : [];
  const sendsEarly =
    session?.version === 'TLS 1.3' &&
    settings.earlyData !== undefined &&
    settings.earlyData.length <= session.maxEarlyData &&
    // RFC 8446 §4.2.10: the data is for the application protocol of the session.
    (session.protocol === undefined || settings.protocols.includes(session.protocol));
  return writeOffer(channel, {
    settings,
    random: clientRandom,
    sessionId: needsId ? random.bytes(32) : EMPTY_BYTES,
    keyShares: shares.map((group) => crypto.agreementKey(group, random)),
    session,
    earlyData: sendsEarly ? 'sent' : 'none',
    transcript: new Transcript(crypto),
    cookie: undefined,
  });
}

/** The second ClientHello: the first with just what was asked changed (RFC 8446 §4.1.2). */
export function secondOffer(channel: Channel, first: Offer, demands: RetryDemands): Offer {
  const { crypto, random } = first.settings;
  const { group, cookie, session } = demands;
  const earlyData = first.earlyData === 'sent' ? 'lost' : 'none';
  const keyShares = group === undefined ? first.keyShares : [crypto.agreementKey(group, random)];
  return writeOffer(channel, { ...first, keyShares, session, cookie, earlyData });
}

type Draft = Omit<Offer, 'offered' | 'message'> & { readonly cookie: Uint8Array | undefined };

function writeOffer(channel: Channel, draft: Draft): Offer {
  const { settings, random, sessionId, session, transcript } = draft;
  const extensions = extensionsOf(draft);
  const suites = settings.suites.map((suite) => suite.code);
  if (settings.versions.includes('TLS 1.2')) suites.push(EMPTY_RENEGOTIATION_INFO_SCSV);
  const hello = { random, sessionId, suites, extensions };
  const isBound = session?.version === 'TLS 1.3';
  const message = isBound
    ? writeBoundClientHello(settings.crypto, hello, session, { transcript, now: channel.now })
    : writeClientHello(hello);
  const offered = new Set(extensions.map(({ type }) => type));
  if (isBound) offered.add(EXTENSION.pre_shared_key);
  // RFC 5746 §3.4: the signalling suite asks for the extension just as the extension does.
  if (settings.versions.includes('TLS 1.2')) offered.add(EXTENSION.renegotiation_info);
  channel.clientRandom = random;
  transcript.add(message);
  channel.send(message, summaryOf(draft));
  const { cookie: _sent, ...rest } = draft;
  return { ...rest, offered, message };
}

function extensionsOf(draft: Draft): Extension[] {
  const { settings, session } = draft;
  const { serverName, protocols, groups, schemes } = settings;
  const list: Extension[] = [];
  // RFC 6066 §3: addresses are no host names, and a host name has no dot at its end.
  if (serverName !== undefined && !isAddress(serverName)) {
    const name = latin1Bytes(serverName.replace(/\.$/, ''));
    list.push(extension('server_name', (w) => w.vector(2, () => w.u8(0).vector(2, name))));
  }
  list.push(extension('supported_groups', (w) => w.list16(groups.map((g) => GROUP_CODES[g]))));
  list.push(extension('signature_algorithms', (w) => w.list16(schemes.map((s) => s.code))));
  if (protocols.length > 0) {
    list.push(
      extension('application_layer_protocol_negotiation', (w) => writeProtocols(w, protocols)),
    );
  }
  if (settings.versions.includes('TLS 1.2')) {
    list.push(extension('ec_point_formats', (w) => w.vector(1, Uint8Array.of(0))));
    list.push(extension('extended_master_secret'));
    const ticket = session?.version === 'TLS 1.2' ? session.ticket : EMPTY_BYTES;
    list.push(extension('session_ticket', (w) => w.bytes(ticket)));
  }
  return settings.versions.includes('TLS 1.3') ? [...list, ...extensionsOf13(draft)] : list;
}

function extensionsOf13({ settings, keyShares, cookie, earlyData }: Draft): Extension[] {
  const versions = settings.versions.map((version) => VERSION_CODES[version]).sort((a, b) => b - a);
  const list = [
    extension('supported_versions', (w) =>
      w.vector(1, () => {
        for (const version of versions) w.u16(version);
      }),
    ),
    extension('psk_key_exchange_modes', (w) => w.vector(1, Uint8Array.of(PSK_DHE_KE))),
    extension('key_share', (w) =>
      w.vector(2, () => {
        for (const { group, publicKey } of keyShares) {
          w.u16(GROUP_CODES[group]).vector(2, publicKey);
        }
      }),
    ),
  ];
  if (cookie !== undefined) list.push(extension('cookie', (w) => w.vector(2, cookie)));
  if (earlyData === 'sent') list.push(extension('early_data'));
  return list;
}

function summaryOf({ settings, keyShares, session, earlyData, cookie }: Draft): string {
  const parts = [settings.versions.join(' or ')];
  if (settings.serverName !== undefined) parts.push(`for ${settings.serverName}`);
  if (keyShares.length > 0) parts.push(`key shares ${keyShares.map((k) => k.group).join(', ')}`);
  if (settings.protocols.length > 0) parts.push(`protocols ${settings.protocols.join(', ')}`);
  if (session !== undefined) parts.push('resuming a session');
  if (earlyData === 'sent') parts.push('early data follows');
  if (cookie !== undefined) parts.push('with the cookie');
  return parts.join('; ');
}
