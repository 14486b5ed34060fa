/** Revocation lists (RFC 5280 §5, §6.3) of the right issuer and the wrong one, right and odd. */
import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES, latin1Bytes } from '@tcplab/core';
import { NOBLE_CRYPTO } from '@tcplab/core/tls/crypto';
import { parseCertificate, parseRevocationList, type RevocationList } from '@tcplab/core/tls/x509';
import { algorithmIdentifier } from '../../../src/tls/x509/algorithm.ts';
import {
  authority,
  bits,
  der,
  extension,
  forge,
  name,
  newKey,
  party,
  seq,
  TRUE,
  verdict,
  type Party,
} from '../support/forge.ts';
import { hex } from '../support/hello.ts';
import { LEAF, ROOT, ROOT_DER } from '../support/odd-certificate.ts';
import { testRandom } from '../support/random.ts';

const usage = (bitString: string): Uint8Array => extension('2.5.29.15', hex(bitString), TRUE);

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

  const judge = (
    crl: RevocationList | undefined,
    root = ROOT_DER,
    leaf = forge(ROOT, LEAF),
  ): string =>
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
    ['of another issuer', 'path of 2', () => list(party('Middle'))],
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
