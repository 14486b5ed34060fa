/** Paths that are odd (RFC 5280 §6.1): who may issue what, in which order, under which names. */
import { describe, expect, it } from 'vitest';
import { parseCertificate, parseRevocationList, type RevocationList } from '@tcplab/core/tls/x509';
import { NOBLE_CRYPTO } from '@tcplab/core/tls/crypto';
import { EMPTY_BYTES, latin1Bytes } from '@tcplab/core';
import { algorithmIdentifier } from '../../../src/tls/x509/algorithm.ts';
import {
  altNames,
  authority,
  bits,
  der,
  dnsName,
  extension,
  forge,
  name,
  newKey,
  oid,
  party,
  seq,
  TRUE,
  verdict,
  type Party,
} from '../support/forge.ts';
import { hex } from '../support/hello.ts';
import { testRandom } from '../support/random.ts';

const ROOT = party('Root');
const ROOT_DER = forge(ROOT, ROOT, { extensions: [authority()] });
const MIDDLE = party('Middle');
const LEAF = party('leaf');
const leafBy = (issuer: Party): Uint8Array => forge(issuer, LEAF);
const middle = (...extensions: Uint8Array[]): Uint8Array => forge(ROOT, MIDDLE, { extensions });
const usage = (bitString: string): Uint8Array => extension('2.5.29.15', hex(bitString), TRUE);
const keyId = (id: string): Uint8Array => extension('2.5.29.14', hex(`0401${id}`));
const issuerId = (id: string): Uint8Array => extension('2.5.29.35', hex(`30038001${id}`));
const NOT_CA = 'bad_certificate (PKI-05)';

describe('an intermediate', () => {
  it.each<[string, string, Uint8Array[]]>([
    ['as it should be', 'path of 3', [authority(), usage('03020106')]],
    ['without keyUsage', 'path of 3', [authority()]],
    ['with room for none below', 'path of 3', [authority(0)]],
    [
      'for servers',
      'path of 3',
      [authority(), extension('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.1')))],
    ],
    [
      'for any purpose',
      'path of 3',
      [authority(), extension('2.5.29.37', seq(oid('2.5.29.37.0')))],
    ],
    ['PKI-05 without basicConstraints', NOT_CA, [usage('03020106')]],
    ['PKI-05 with basicConstraints of FALSE', NOT_CA, [extension('2.5.29.19', seq(), TRUE)]],
    [
      'PKI-06 that may sign only lists',
      'bad_certificate (PKI-06)',
      [authority(), usage('03020102')],
    ],
    [
      'PKI-06 that may sign only data',
      'bad_certificate (PKI-06)',
      [authority(), usage('03020780')],
    ],
    [
      'PKI-07 for clients',
      'unsupported_certificate (PKI-07)',
      [authority(), extension('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.2')))],
    ],
    [
      'PKI-08 with a critical extension',
      'unsupported_certificate (PKI-08)',
      [authority(), extension('1.2.3', EMPTY_BYTES, TRUE)],
    ],
  ])('%s: %s', (_what, expected, extensions) => {
    expect(verdict([leafBy(MIDDLE), middle(...extensions)], [ROOT_DER])).toBe(expected);
  });

  it('PKI-05 of version 1 is none, but an anchor of version 1 is trusted', () => {
    const version1 = { version: EMPTY_BYTES, extensions: undefined };
    const old = forge(ROOT, MIDDLE, version1);
    expect(verdict([leafBy(MIDDLE), old], [ROOT_DER])).toBe(NOT_CA);
    expect(verdict([leafBy(ROOT)], [forge(ROOT, ROOT, version1)])).toBe('path of 2');
    expect(verdict([leafBy(ROOT)], [forge(ROOT, ROOT, { extensions: [keyId('aa')] })])).toBe(
      NOT_CA,
    );
  });

  it('PKI-05 self-issued certificates do not count against the length of the path', () => {
    const renewed = { name: MIDDLE.name, key: newKey() };
    const newWithOld = forge(MIDDLE, renewed, { extensions: [authority()] });
    const chain = [leafBy(renewed), newWithOld, middle(authority(0))];
    expect(verdict(chain, [ROOT_DER])).toBe('path of 4');
    const below = party('Below');
    const deep = [
      leafBy(below),
      forge(MIDDLE, below, { extensions: [authority()] }),
      middle(authority(0)),
    ];
    expect(verdict(deep, [ROOT_DER])).toBe(NOT_CA);
  });

  it('PKI-02 that is over is not used, where another one is', () => {
    const over = forge(ROOT, MIDDLE, {
      extensions: [authority()],
      validity: seq(
        der(0x17, latin1Bytes('200101000000Z')),
        der(0x17, latin1Bytes('210101000000Z')),
      ),
    });
    expect(verdict([leafBy(MIDDLE), over], [ROOT_DER])).toBe('certificate_expired (PKI-02)');
    expect(verdict([leafBy(MIDDLE), over, middle(authority())], [ROOT_DER])).toBe('path of 3');
  });
});

describe('the path', () => {
  it('is found in any order, with strangers between, and with the root', () => {
    const low = party('Low');
    const lower = forge(MIDDLE, low, { extensions: [authority()] });
    const stranger = forge(party('X'), party('Y'));
    const others = [ROOT_DER, stranger, middle(authority()), lower, lower];
    expect(verdict([leafBy(low), ...others], [ROOT_DER])).toBe('path of 4');
    expect(verdict([leafBy(low), ...others.reverse()], [ROOT_DER])).toBe('path of 4');
  });

  it('goes over a cross certificate to the root that is trusted', () => {
    const other = party('Other Root');
    const otherDer = forge(other, other, { extensions: [authority()] });
    const cross = forge(other, ROOT, { extensions: [authority()] });
    const chain = [leafBy(MIDDLE), middle(authority()), ROOT_DER, cross];
    expect(verdict(chain, [otherDer])).toBe('path of 4');
    expect(verdict(chain, [ROOT_DER])).toBe('path of 3');
    expect(verdict(chain.slice(0, 3), [otherDer])).toBe('unknown_ca (PKI-04)');
  });

  it('PKI-04 ends at itself for a leaf that is trusted, and nowhere for one that is not', () => {
    const self = forge(LEAF, LEAF);
    expect(verdict([self], [self], { host: 'server.example' })).toBe('path of 1');
    expect(verdict([self], [ROOT_DER])).toBe('unknown_ca (PKI-04)');
    expect(verdict([self, self], [ROOT_DER])).toBe('unknown_ca (PKI-04)');
    expect(verdict([leafBy(ROOT)], [])).toBe('unknown_ca (PKI-04)');
  });

  it('ends at an intermediate that is trusted', () => {
    expect(verdict([leafBy(MIDDLE)], [middle(authority())])).toBe('path of 2');
  });

  it('does not go round in circles', () => {
    const [a, b] = [party('A'), party('B')];
    const circle = [
      forge(a, b, { extensions: [authority()] }),
      forge(b, a, { extensions: [authority()] }),
    ];
    expect(verdict([leafBy(a), ...circle], [ROOT_DER])).toBe('unknown_ca (PKI-04)');
  });

  it('PKI-11 is not sought for ever', () => {
    const many = Array.from({ length: 60 }, () =>
      forge({ ...ROOT, key: newKey() }, MIDDLE, { extensions: [authority()] }),
    );
    expect(verdict([leafBy({ ...MIDDLE, key: newKey() }), ...many], [ROOT_DER])).toBe(
      'bad_certificate (PKI-03)',
    );
  });

  it('key identifiers help to find it and forbid nothing', () => {
    const chain = (leafSays: string, rootSays: string): string => {
      const root = forge(ROOT, ROOT, { extensions: [authority(), keyId(rootSays)] });
      return verdict([forge(ROOT, LEAF, { extensions: [issuerId(leafSays)] })], [root]);
    };
    expect(chain('aa', 'aa')).toBe('path of 2');
    expect(chain('aa', 'bb')).toBe('path of 2');
    const twin = { ...ROOT, key: newKey() };
    const twinDer = forge(twin, twin, { extensions: [authority(), keyId('bb')] });
    const leaf = forge(ROOT, LEAF, { extensions: [issuerId('aa')] });
    expect(verdict([leaf], [twinDer])).toBe('unknown_ca (PKI-04)');
  });

  it('RFC 5280 §7.1: names match in other kinds of strings, letters and spaces', () => {
    const spelled = (text: string, tag: number): string =>
      verdict([forge({ ...ROOT, name: name(text, tag) }, LEAF)], [ROOT_DER]);
    expect(spelled('Root', 0x13)).toBe('path of 2');
    expect(spelled('  rOOt ', 0x0c)).toBe('path of 2');
    expect(spelled('Roo t', 0x0c)).toBe('unknown_ca (PKI-04)');
    expect(spelled('Root', 0x14)).toBe('unknown_ca (PKI-04)');
    const unit = { ...ROOT, name: name('Root', 0x0c, '2.5.4.11') };
    expect(verdict([forge(unit, LEAF)], [ROOT_DER])).toBe('unknown_ca (PKI-04)');
  });
});

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
    expect(verdict([leafBy(MIDDLE), middle(authority())], [root])).toBe(BROKEN);
    const renewed = { ...ROOT, key: newKey() };
    const own = forge(ROOT, renewed, { extensions: [authority()] });
    expect(verdict([leafBy(renewed), own], [root])).toBe('path of 3');
  });
});

describe('revocation lists', () => {
  const ECDSA = { family: 'ECDSA', hash: 'SHA-256' } as const;
  const time = (text: string): Uint8Array => der(0x17, latin1Bytes(text));

  interface ListWanted {
    version?: Uint8Array;
    entry?: Uint8Array[];
    serial?: string;
    extensions?: Uint8Array[];
    trailer?: Uint8Array;
  }

  function list(issuer: Party, wanted: ListWanted = {}): RevocationList | undefined {
    const identifier = algorithmIdentifier(ECDSA);
    const entry = seq(
      hex(wanted.serial ?? '020101'),
      time('291231000000Z'),
      ...(wanted.entry ?? []),
    );
    const { extensions = [] } = wanted;
    const signed = seq(
      wanted.version ?? hex('020101'),
      identifier,
      issuer.name,
      time('291231000000Z'),
      time('310101000000Z'),
      seq(entry),
      extensions.length === 0 ? EMPTY_BYTES : der(0xa0, seq(...extensions)),
      wanted.trailer ?? EMPTY_BYTES,
    );
    const signature = NOBLE_CRYPTO.sign(ECDSA, issuer.key, signed, testRandom(5));
    return parseRevocationList(seq(signed, identifier, bits(signature)));
  }

  const judge = (crl: RevocationList | undefined, root = ROOT_DER, leaf = leafBy(ROOT)): string =>
    crl === undefined ? 'no list' : verdict([leaf], [root], { revocationLists: [crl] });

  const REVOKED = 'certificate_revoked (PKI-10)';

  it.each<[string, string, () => RevocationList | undefined]>([
    ['PKI-10 as it should be', REVOKED, () => list(ROOT)],
    ['PKI-10 of version 1', REVOKED, () => list(ROOT, { version: EMPTY_BYTES })],
    [
      'PKI-10 with a number and a reason',
      REVOKED,
      () =>
        list(ROOT, {
          extensions: [extension('2.5.29.20', hex('020105'))],
          entry: [seq(extension('2.5.29.21', hex('0a0101')))],
        }),
    ],
    ['of another serial', 'path of 2', () => list(ROOT, { serial: '020102' })],
    ['of another issuer', 'path of 2', () => list(MIDDLE)],
    ["in the issuer's name by another key", 'path of 2', () => list({ ...ROOT, key: newKey() })],
    [
      'for some certificates only',
      'no list',
      () => list(ROOT, { extensions: [extension('2.5.29.28', hex('3003810101'), TRUE)] }),
    ],
    [
      'that is a delta',
      'no list',
      () => list(ROOT, { extensions: [extension('2.5.29.27', hex('020101'), TRUE)] }),
    ],
    [
      "of another issuer's certificate",
      'no list',
      () => list(ROOT, { entry: [seq(extension('2.5.29.29', seq(der(0xa4, name('X'))), TRUE))] }),
    ],
    ['of version 3', 'no list', () => list(ROOT, { version: hex('020102') })],
    ['with a rest', 'no list', () => list(ROOT, { trailer: hex('0500') })],
  ])('%s: %s', (_what, expected, make) => {
    expect(judge(make())).toBe(expected);
  });

  it('PKI-10 a negative serial is revoked like any other', () => {
    const leaf = forge(ROOT, LEAF, { serial: hex('0202ff01') });
    expect(parseCertificate(leaf)!.serial).toBe('ff01');
    expect(judge(list(ROOT, { serial: '0202ff01' }), ROOT_DER, leaf)).toBe(REVOKED);
    expect(judge(list(ROOT, { serial: '020300ff01' }), ROOT_DER, leaf)).toBe('path of 2');
  });

  it('counts only where its issuer may sign lists', () => {
    const withUsage = (value: string): string =>
      judge(list(ROOT), forge(ROOT, ROOT, { extensions: [authority(), usage(value)] }));
    expect(withUsage('03020106')).toBe(REVOKED);
    expect(withUsage('03020204')).toBe('path of 2');
  });
});
