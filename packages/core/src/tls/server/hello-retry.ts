/** HelloRetryRequest, and what the second ClientHello may change (RFC 8446 §4.1.2, §4.1.4). */
import { equalBytes } from '../../base/bytes.ts';
import type { GroupName } from '../crypto/provider.ts';
import type { Channel } from '../endpoint/channel.ts';
import { Transcript } from '../keys/transcript.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import { extension } from '../messages/extensions.ts';
import { RETRY_RANDOM, writeServerHello } from '../messages/server-hello.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { EXTENSION, extensionText } from '../parameters/extension-type.ts';
import { GROUP_CODES } from '../parameters/named-group.ts';
import { TLS13 } from '../parameters/version.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';

export interface Retry {
  readonly first: ClientHello;
  readonly suite: CipherSuite;
  /** The group that was asked for; undefined where only the cookie was. */
  readonly group: GroupName | undefined;
  readonly cookie: Uint8Array | undefined;
  readonly transcript: Transcript;
}

const COOKIE_LENGTH = 32;

/** Sends the request and tells what to expect. */
export function sendRetry(
  channel: Channel,
  first: ClientHello,
  suite: CipherSuite,
  wanted: { readonly group: GroupName | undefined; readonly withCookie: boolean },
): Retry {
  const { crypto, random } = channel.settings;
  const transcript = new Transcript(crypto);
  transcript.add(first.message);
  transcript.replaceByHash(suite.hash);
  const { group } = wanted;
  const cookie = wanted.withCookie ? random.bytes(COOKIE_LENGTH) : undefined;
  const extensions = [extension('supported_versions', (w) => w.u16(TLS13))];
  if (group !== undefined)
    extensions.push(extension('key_share', (w) => w.u16(GROUP_CODES[group])));
  if (cookie !== undefined) extensions.push(extension('cookie', (w) => w.vector(2, cookie)));
  const { sessionId } = first;
  const hello = { random: RETRY_RANDOM, sessionId, suite: suite.code, extensions };
  const message = writeServerHello(hello);
  transcript.add(message);
  channel.sentRetry = true;
  channel.send(message, `HelloRetryRequest for ${group ?? 'a cookie'}`);
  if (sessionId.length > 0) channel.sendCompatibilityChangeCipherSpec();
  return { first, suite, group, cookie, transcript };
}

/** What may differ between the two ClientHellos, some of it only where it was asked for. */
const MAY_CHANGE: ReadonlySet<number> = new Set([
  EXTENSION.key_share,
  EXTENSION.cookie,
  EXTENSION.early_data,
  EXTENSION.pre_shared_key,
  EXTENSION.padding,
]);

export function checkSecondHello(
  { first, group, cookie }: Retry,
  second: ClientHello,
  version: number,
): Refusal | undefined {
  const changed = version === TLS13 ? changedField(first, second) : 'version';
  if (changed !== undefined) return refuseChange(`${changed} changed`);
  if (second.earlyData) return refuseChange('early_data came again');
  if (first.psk === undefined && second.psk !== undefined) return refuseChange('PSKs were added');
  if (group === undefined && isChanged(first, second, EXTENSION.key_share)) {
    return refuseChange('the key shares changed unasked');
  }
  if (group !== undefined) {
    const [share, ...more] = second.keyShares ?? [];
    if (share?.group !== GROUP_CODES[group] || more.length > 0) {
      return refuseChange(`the key share is not for ${group} alone`);
    }
  }
  return checkCookie(cookie, first, second);
}

function checkCookie(
  cookie: Uint8Array | undefined,
  first: ClientHello,
  second: ClientHello,
): Refusal | undefined {
  if (cookie === undefined) {
    return isChanged(first, second, EXTENSION.cookie)
      ? refuseChange('the cookie changed unasked')
      : undefined;
  }
  if (second.cookie === undefined) {
    const why = 'the second ClientHello lacks the cookie';
    return refuse('missing_extension', RULES.secondHello, why);
  }
  return equalBytes(cookie, second.cookie) ? undefined : refuseChange('the cookie is another');
}

function changedField(first: ClientHello, second: ClientHello): string | undefined {
  if (!equalBytes(first.random, second.random)) return 'the random value';
  if (!equalBytes(first.sessionId, second.sessionId)) return 'the session id';
  if (first.suites.join() !== second.suites.join()) return 'the list of suites';
  if (first.legacyVersion !== second.legacyVersion) return 'the version';
  for (const type of new Set([...first.extensions.keys(), ...second.extensions.keys()])) {
    if (!MAY_CHANGE.has(type) && isChanged(first, second, type)) return extensionText(type);
  }
  return undefined;
}

/** Whether an extension came, went or says something else. */
function isChanged(first: ClientHello, second: ClientHello, type: number): boolean {
  const [before, after] = [first.extensions.get(type), second.extensions.get(type)];
  if (before === undefined || after === undefined) return before !== after;
  return !equalBytes(before, after);
}

function refuseChange(what: string): Refusal {
  const why = `in the second ClientHello ${what}`;
  return refuse('illegal_parameter', RULES.secondHello, why);
}
