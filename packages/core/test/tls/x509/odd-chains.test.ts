/** Paths that are odd (RFC 5280 §6.1): who may issue what, in which order, under which names. */
import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES, latin1Bytes } from '@tcplab/core';
import {
  authority,
  der,
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
