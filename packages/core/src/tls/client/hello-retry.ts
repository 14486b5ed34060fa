/** The client's answer to a HelloRetryRequest (RFC 8446 §4.1.4). */
import type { Channel } from '../endpoint/channel.ts';
import { MAX_EXTENSION_BLOCK } from '../limits.ts';
import { readOne } from '../messages/extensions.ts';
import type { ServerHello } from '../messages/server-hello.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { groupOf, SHARE_LENGTHS } from '../parameters/named-group.ts';
import type { GroupName } from '../crypto/provider.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { secondOffer, type Offer } from './offer.ts';
import { suiteOfSession } from './resumption.ts';

export function answerRetry(
  channel: Channel,
  first: Offer,
  request: ServerHello,
  suite: CipherSuite,
): Offer | Refusal {
  const group = requestedGroup(first, request);
  if (group instanceof Refusal) return group;
  const cookie = readOne(request.extensions, 'cookie', (reader) => reader.vector16(1));
  if (cookie instanceof Refusal) return cookie;
  if (cookie !== undefined && cookie.length > roomForCookie(first, group)) {
    const why = `no ClientHello has room for a cookie of ${cookie.length} octets`;
    return refuse('illegal_parameter', RULES.helloRetry, why);
  }
  if (group === undefined && cookie === undefined) {
    const why = 'the HelloRetryRequest asks for no change';
    return refuse('illegal_parameter', RULES.helloRetry, why);
  }
  const { transcript, settings } = first;
  transcript.replaceByHash(suite.hash);
  transcript.add(request.message);
  channel.follow('recv HelloRetryRequest');
  channel.sendUnprotected();
  if (settings.compatibility) channel.sendCompatibilityChangeCipherSpec();
  if (first.earlyData === 'sent') {
    const why = 'the server answered with a HelloRetryRequest';
    const cause = { rule: RULES.earlyDataFirst, why };
    channel.tell({ kind: 'early data', verdict: 'rejected', cause });
  }
  const offer = secondOffer(channel, first, { group, cookie, session: keptSession(first, suite) });
  channel.follow('send ClientHello');
  return offer;
}

/** The header of an extension, and a cookie's own length. */
const COOKIE_HEADER = 6;

/** What the first ClientHello leaves of its block of extensions, counted with the longer key share. */
function roomForCookie(first: Offer, group: GroupName | undefined): number {
  const share = group === undefined ? 0 : SHARE_LENGTHS[group];
  return MAX_EXTENSION_BLOCK - first.message.body.length - share - COOKIE_HEADER;
}

/** RFC 8446 §4.1.4: a PSK whose hash is not that of the chosen suite is left out. */
function keptSession({ session }: Offer, suite: CipherSuite): Offer['session'] {
  if (session?.version !== 'TLS 1.3') return session;
  return suiteOfSession(session).hash === suite.hash ? session : undefined;
}

function requestedGroup(first: Offer, request: ServerHello): GroupName | Refusal | undefined {
  const code = readOne(request.extensions, 'key_share', (reader) => reader.u16());
  if (code === undefined || code instanceof Refusal) return code;
  const group = groupOf(code);
  const isOffered = group !== undefined && first.settings.groups.includes(group);
  if (isOffered && !first.keyShares.some((share) => share.group === group)) return group;
  const why = isOffered
    ? `the server asks for a key share of ${group}, which it has`
    : `the server asks for a key share of group ${code}, which was not offered`;
  return refuse('illegal_parameter', RULES.helloRetry, why);
}
