/** RECVD_CH and NEGOTIATED: the parameters of a TLS 1.3 connection (RFC 8446 §4.1.1). */
import type { GroupName } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { checkRecordBoundary } from '../endpoint/record-boundary.ts';
import { Transcript } from '../keys/transcript.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { GROUP_CODES, SHARE_LENGTHS } from '../parameters/named-group.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { chooseIdentity } from './choose-identity.ts';
import { chooseProtocol } from './choose-protocol.ts';
import { sendRetry, type Retry } from './hello-retry.ts';
import { choosePsk } from './choose-psk.ts';
import { sendServerFlight } from './send-server-flight.ts';
import type { ServerSettings } from './server-settings.ts';
import { skipLimit, type Negotiated } from './negotiated.ts';

/** The next phase; or what a HelloRetryRequest has asked for. */
export function negotiate13(
  channel: Channel,
  settings: ServerSettings,
  hello: ClientHello,
  retry: Retry | undefined,
): Phase | { readonly retry: Retry } | Refusal {
  const refused = checkRecordBoundary(channel) ?? checkHello(hello);
  if (refused !== undefined) return refused;
  const suite = retry?.suite ?? chooseSuite(settings, hello);
  if (suite instanceof Refusal) return suite;
  const group = chooseGroup(settings, hello);
  if (group instanceof Refusal) return group;
  channel.follow('recv ClientHello');
  const share = hello.keyShares?.find(({ group: code }) => code === GROUP_CODES[group]);
  if (share === undefined || (settings.alwaysRetry && retry === undefined)) {
    const wanted = { group: share ? undefined : group, withCookie: settings.alwaysRetry };
    const asked = sendRetry(channel, hello, suite, wanted);
    channel.follow('send HelloRetryRequest');
    // RFC 8446 §4.2.10: the early data that is under way is passed over.
    if (hello.earlyData) refuseEarlyData(channel, settings);
    return { retry: asked };
  }
  const transcript = retry?.transcript ?? new Transcript(settings.crypto);
  const known = { settings, hello, suite, group, clientShare: share.key, transcript };
  return settle(channel, { ...known, lostEarlyData: retry?.first.earlyData === true });
}

function refuseEarlyData(channel: Channel, settings: ServerSettings): void {
  channel.skippableBytes = skipLimit(settings);
  const why = 'the ClientHello is answered with a HelloRetryRequest';
  const cause = { rule: RULES.earlyDataFirst, why };
  channel.tell({ kind: 'early data', verdict: 'rejected', cause });
}

type Known = Omit<Negotiated, 'protocol' | 'psk' | 'signing'>;

function settle(channel: Channel, known: Known): Phase | Refusal {
  const { settings, hello, suite, transcript } = known;
  if (known.clientShare.length !== SHARE_LENGTHS[known.group]) {
    const why = `a key share of ${known.clientShare.length} octets for ${known.group}`;
    return refuse('illegal_parameter', RULES.keyShare, why);
  }
  const protocol = chooseProtocol(settings, hello);
  if (protocol instanceof Refusal) return protocol;
  const psk = choosePsk(channel, { settings, hello, suite, transcript });
  if (psk instanceof Refusal) return psk;
  const signing = psk ? undefined : chooseIdentity(settings, 'TLS 1.3', hello);
  if (psk === undefined && signing === undefined) {
    const isMissing = hello.schemes === undefined;
    return isMissing
      ? missing('signature_algorithms')
      : refuse(
          'handshake_failure',
          RULES.noCommonSuite,
          'no certificate of ours can sign with a scheme of the client',
        );
  }
  transcript.start(suite.hash);
  transcript.add(hello.message);
  channel.follow('select parameters');
  return sendServerFlight(channel, { ...known, protocol, psk, signing });
}

/** RFC 8446 §4.1.2 and §9.2: what every ClientHello of TLS 1.3 must satisfy. */
function checkHello(hello: ClientHello): Refusal | undefined {
  const { compression, groups, keyShares, schemes, psk, pskModes } = hello;
  if (compression.length !== 1 || compression[0] !== 0) {
    const why = 'a ClientHello of TLS 1.3 offers compression methods';
    return refuse('illegal_parameter', RULES.hello, why);
  }
  if (psk !== undefined && pskModes === undefined) return missing('psk_key_exchange_modes');
  if (psk !== undefined && psk.identities.length !== psk.binders.length) {
    const why = `${psk.identities.length} PSKs come with ${psk.binders.length} binders`;
    return refuse('illegal_parameter', RULES.pskModes, why);
  }
  if (psk === undefined && schemes === undefined) return missing('signature_algorithms');
  if (groups === undefined) return missing('supported_groups');
  if (keyShares === undefined) return missing('key_share');
  const strange = keyShares.find(({ group }) => !groups.includes(group));
  if (strange === undefined) return undefined;
  const why = `a key share for group ${strange.group}, which is not among supported_groups`;
  return refuse('illegal_parameter', RULES.keyShare, why);
}

function missing(name: string): Refusal {
  const why = `the ClientHello lacks ${name}`;
  return refuse('missing_extension', RULES.missingExtension, why);
}

function chooseSuite(settings: ServerSettings, hello: ClientHello): CipherSuite | Refusal {
  const suite = settings.suites.find(
    ({ version, code }) => version === 'TLS 1.3' && hello.suites.includes(code),
  );
  const why = 'the client offers no suite of TLS 1.3 that we have';
  return suite ?? refuse('handshake_failure', RULES.noCommonSuite, why);
}

/** Our preference, but a group whose share is there already saves a round trip. */
function chooseGroup(settings: ServerSettings, hello: ClientHello): GroupName | Refusal {
  const common = settings.groups.filter((name) => hello.groups?.includes(GROUP_CODES[name]));
  const shared = common.find((name) =>
    hello.keyShares?.some(({ group }) => group === GROUP_CODES[name]),
  );
  const why = 'the client offers no group that we have';
  return shared ?? common[0] ?? refuse('handshake_failure', RULES.noCommonSuite, why);
}
