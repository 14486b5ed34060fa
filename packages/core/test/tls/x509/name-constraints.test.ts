/** Name constraints (RFC 5280 §4.2.1.10): which names an authority may issue certificates for. */
import { describe, expect, it } from 'vitest';
import { latin1Bytes } from '@tcplab/core';
import {
  altNames,
  authority,
  der,
  dnsName,
  extension,
  forge,
  name,
  newKey,
  party,
  seq,
  TRUE,
  verdict,
} from '../support/forge.ts';
import { hex } from '../support/hello.ts';
import { LEAF, ROOT, ROOT_DER } from '../support/odd-certificate.ts';

const MIDDLE = party('Middle');
const middle = (...extensions: Uint8Array[]): Uint8Array => forge(ROOT, MIDDLE, { extensions });

describe('name constraints', () => {
  const PERMITTED = 0xa0;
  const EXCLUDED = 0xa1;
  const bound = (tag: number, ...bases: Uint8Array[]): Uint8Array =>
    der(tag, ...bases.map((base) => seq(base)));
  const constraints = (...fields: Uint8Array[]): Uint8Array =>
    extension('2.5.29.30', seq(...fields), TRUE);
  const address = (text: string): Uint8Array => der(0x87, hex(text));
  const directory = (...parts: Uint8Array[]): Uint8Array =>
    der(0xa4, seq(...parts.map((p) => p.subarray(2))));
  const mail = der(0x81, latin1Bytes('example'));
  const BROKEN = 'bad_certificate (PKI-12)';

  it.each<[string, string, Uint8Array[], Uint8Array[]]>([
    [
      'a name below',
      'path of 3',
      [bound(PERMITTED, dnsName('example.com'))],
      [dnsName('a.b.example.com')],
    ],
    [
      'the name itself',
      'path of 3',
      [bound(PERMITTED, dnsName('example.com'))],
      [dnsName('EXAMPLE.com')],
    ],
    [
      'a wildcard below',
      'path of 3',
      [bound(PERMITTED, dnsName('example.com'))],
      [dnsName('*.example.com')],
    ],
    [
      'one of two',
      'path of 3',
      [bound(PERMITTED, dnsName('a.com'), dnsName('b.com'))],
      [dnsName('x.b.com')],
    ],
    ['every name', 'path of 3', [bound(PERMITTED, dnsName(''))], [dnsName('x.y')]],
    [
      'another form',
      'path of 3',
      [bound(PERMITTED, address('0a000000ff000000'))],
      [dnsName('x.y')],
    ],
    ['mail, where there is none', 'path of 3', [bound(PERMITTED, mail)], [dnsName('x.y')]],
    [
      'an address inside',
      'path of 3',
      [bound(PERMITTED, address('0a000000ff000000'))],
      [address('0a010203')],
    ],
    [
      'PKI-12 a name beside',
      BROKEN,
      [bound(PERMITTED, dnsName('example.com'))],
      [dnsName('example.org')],
    ],
    [
      'PKI-12 a name that only ends so',
      BROKEN,
      [bound(PERMITTED, dnsName('example.com'))],
      [dnsName('badexample.com')],
    ],
    [
      'PKI-12 one name of two',
      BROKEN,
      [bound(PERMITTED, dnsName('a.com'))],
      [dnsName('a.com'), dnsName('b.com')],
    ],
    [
      'PKI-12 the name where only those below are',
      BROKEN,
      [bound(PERMITTED, dnsName('.a.com'))],
      [dnsName('a.com')],
    ],
    [
      'PKI-12 an excluded name',
      BROKEN,
      [bound(EXCLUDED, dnsName('bad.com'))],
      [dnsName('x.bad.com')],
    ],
    [
      'PKI-12 a wildcard over an excluded name',
      BROKEN,
      [bound(EXCLUDED, dnsName('x.bad.com'))],
      [dnsName('*.bad.com')],
    ],
    [
      'PKI-12 permitted and excluded',
      BROKEN,
      [bound(PERMITTED, dnsName('a.com')), bound(EXCLUDED, dnsName('b.a.com'))],
      [dnsName('b.a.com')],
    ],
    [
      'PKI-12 an address outside',
      BROKEN,
      [bound(PERMITTED, address('0a000000ff000000'))],
      [address('0b010203')],
    ],
    [
      'PKI-12 an excluded address',
      BROKEN,
      [bound(EXCLUDED, address('0a000000ff000000'))],
      [address('0a010203')],
    ],
    [
      'PKI-12 mail of which we cannot tell',
      BROKEN,
      [bound(PERMITTED, mail)],
      [der(0x81, latin1Bytes('a@example'))],
    ],
    [
      'PKI-12 a directory that is excluded',
      BROKEN,
      [bound(EXCLUDED, directory(name('LEAF')))],
      [dnsName('x.y')],
    ],
    [
      'PKI-12 a directory that is not permitted',
      BROKEN,
      [bound(PERMITTED, directory(name('other')))],
      [dnsName('x.y')],
    ],
    [
      'a directory that is permitted',
      'path of 3',
      [bound(PERMITTED, directory(name('leaf')))],
      [dnsName('x.y')],
    ],
    ['nothing at all', 'bad_certificate (PKI-01)', [], [dnsName('x.y')]],
    ['an empty list', 'bad_certificate (PKI-01)', [der(PERMITTED)], [dnsName('x.y')]],
    [
      'a minimum',
      'bad_certificate (PKI-01)',
      [der(PERMITTED, seq(dnsName('x.y'), hex('800101')))],
      [dnsName('x.y')],
    ],
    [
      'an address without its mask',
      'bad_certificate (PKI-01)',
      [bound(PERMITTED, address('0a000000'))],
      [dnsName('x.y')],
    ],
  ])('%s: %s', (_what, expected, fields, names) => {
    const chain = [
      forge(MIDDLE, LEAF, { extensions: [altNames(...names)] }),
      middle(authority(), constraints(...fields)),
    ];
    expect(verdict(chain, [ROOT_DER])).toBe(expected);
  });

  it('PKI-12 of the root hold for all below, though not for what it issued for itself', () => {
    const bounds = constraints(bound(PERMITTED, directory(name('leaf'))));
    const root = forge(ROOT, ROOT, { extensions: [authority(), bounds] });
    expect(verdict([forge(MIDDLE, LEAF), middle(authority())], [root])).toBe(BROKEN);
    const renewed = { ...ROOT, key: newKey() };
    const own = forge(ROOT, renewed, { extensions: [authority()] });
    expect(verdict([forge(renewed, LEAF), own], [root])).toBe('path of 3');
  });
});
