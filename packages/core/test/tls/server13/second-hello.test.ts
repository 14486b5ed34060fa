/** RFC 8446 §4.1.2: the second ClientHello is the first but for what was asked for. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
import {
  extensionOf,
  hex,
  putTogether,
  record,
  setExtension,
  takeApart,
  u16,
  type HelloParts,
} from '../support/hello.ts';
import { resumingServer, sessionWith } from '../support/early.ts';
import { recordsOf, Victim } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { clientOptions, drain, serverOptions } from '../support/world.ts';

type Edit = (parts: HelloParts) => void;

/** Answers an honest client's first hello, and what `edit` makes of its second. */
function answer(edit: Edit, options: Partial<TlsServerOptions>): string {
  const client = new TlsClient(clientOptions());
  const victim = new Victim(new TlsServer(serverOptions(options)));
  victim.send(drain(client));
  client.handleInput(drain(victim.endpoint), ZERO_TIME);
  const second = recordsOf(drain(client)).find((bytes) => bytes[0] === 22)!;
  const parts = takeApart(second);
  edit(parts);
  victim.send(putTogether(parts));
  return sentRecords(victim.endpoint, victim.events)[0]!;
}

const set =
  (type: number, data: string | undefined): Edit =>
  (parts) =>
    setExtension(parts, type, data === undefined ? undefined : hex(data));

const FOR_GROUP = { groups: ['P-384'] } as const;
const FOR_COOKIE = { alwaysRetry: true } as const;

describe('after a HelloRetryRequest for a group', () => {
  it.each<[string, Edit]>([
    ['nothing else', () => undefined],
    ['padding added', set(21, '0000')],
    ['its extensions in another order', (p) => p.extensions.reverse()],
  ])('a ClientHello with %s changed is answered', (_what, edit) => {
    expect(answer(edit, FOR_GROUP)).toBe('plain ServerHello');
  });

  it.each<[string, string, Edit]>([
    ['illegal_parameter', 'another legacy_version', (p) => (p.version = 0x0302)],
    ['illegal_parameter', 'another random', (p) => (p.random[0]! ^= 1)],
    ['illegal_parameter', 'another session id', (p) => (p.sessionId[0]! ^= 1)],
    ['illegal_parameter', 'other suites', (p) => (p.suites = hex('00021302'))],
    ['illegal_parameter', 'other signature schemes', set(13, '00020403')],
    ['illegal_parameter', 'no session id', (p) => (p.sessionId = EMPTY_BYTES)],
    [
      'illegal_parameter',
      'a suite more',
      (p) => (p.suites = concatBytes([u16(p.suites.length), p.suites.slice(2), hex('cafe')])),
    ],
    ['illegal_parameter', 'compression', (p) => (p.compression = hex('020001'))],
    ['illegal_parameter', 'an unknown extension more', set(0x2a2a, '')],
    ['illegal_parameter', 'an extension less', set(45, undefined)],
    ['illegal_parameter', 'another host', set(0, '000400000161')],
    ['illegal_parameter', 'other versions', set(43, '020304')],
    ['illegal_parameter', 'TLS 1.2 only', set(43, '020303')],
    ['illegal_parameter', 'no supported_versions', set(43, undefined)],
    ['illegal_parameter', 'other groups', set(10, '00020018')],
    ['illegal_parameter', 'a cookie that nobody gave', set(44, '0001aa')],
    ['illegal_parameter', 'early_data', set(42, '')],
    [
      'illegal_parameter',
      'PSKs that were not there',
      (p) => p.extensions.push([41, hex(`000700016100000000002120${'00'.repeat(32)}`)]),
    ],
    ['illegal_parameter', 'no share', set(51, '0000')],
    [
      'illegal_parameter',
      'a share more',
      (p) => {
        const list = concatBytes([extensionOf(p, 51).slice(2), hex(`001d0020${'09'.repeat(32)}`)]);
        setExtension(p, 51, concatBytes([u16(list.length), list]));
      },
    ],
    ['illegal_parameter', 'a share of the wrong length', set(51, `0014001800100${'4'.repeat(31)}`)],
    ['illegal_parameter', 'no key_share', set(51, undefined)],
    ['decode_error', 'an octet behind', (p) => (p.trailer = hex('00'))],
  ])('%s: %s', (alert, _what, edit) => {
    expect(answer(edit, FOR_GROUP)).toBe(`plain fatal ${alert}`);
  });
});

describe('after a HelloRetryRequest for a cookie alone', () => {
  it.each<[string, string, Edit]>([
    ['ServerHello', 'with the cookie', () => undefined],
    ['fatal missing_extension', 'without it', set(44, undefined)],
    ['fatal illegal_parameter', 'with another', set(44, '0001ff')],
    ['fatal illegal_parameter', 'with other key shares', set(51, `0024001d0020${'09'.repeat(32)}`)],
    ['fatal illegal_parameter', 'without key shares', set(51, '0000')],
  ])('%s: a ClientHello %s', (expected, _what, edit) => {
    expect(answer(edit, FOR_COOKIE)).toBe(`plain ${expected}`);
  });
});

describe('a client that resumes by way of a HelloRetryRequest', () => {
  const session = sessionWith();

  function resume(edit: Edit): string {
    const client = new TlsClient(clientOptions({ session }));
    const victim = new Victim(new TlsServer(resumingServer(FOR_GROUP)));
    victim.send(drain(client));
    client.handleInput(drain(victim.endpoint), ZERO_TIME);
    const parts = takeApart(recordsOf(drain(client)).at(-1)!);
    edit(parts);
    victim.send(record(20, hex('01'))).send(putTogether(parts));
    return sentRecords(victim.endpoint, victim.events).join();
  }

  it('has its PSK taken, may leave it out, and may not change its binder', () => {
    expect(resume(() => undefined)).not.toContain('Certificate');
    expect(resume(set(41, undefined))).toContain('plain ServerHello');
    const flip: Edit = (p) => {
      const data = extensionOf(p, 41).slice();
      data[data.length - 1]! ^= 1;
      setExtension(p, 41, data);
    };
    expect(resume(flip)).toBe('plain fatal decrypt_error');
  });
});
