/** Extensions of a certificate that are odd (RFC 5280 §4.2). */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, latin1Bytes } from '@tcplab/core';
import { parseCertificate } from '@tcplab/core/tls/x509';
import {
  altNames,
  authority,
  der,
  dnsName,
  extension,
  forge,
  name,
  oid,
  seq,
  TRUE,
  verdict,
} from '../support/forge.ts';
import { hex } from '../support/hello.ts';
import { FINE, judge, LEAF, MALFORMED, ROOT, ROOT_DER, SAN } from '../support/odd-certificate.ts';

describe('extensions', () => {
  const usage = (value: string): Uint8Array => extension('2.5.29.15', hex(value), TRUE);
  const purposes = (...ids: string[]): Uint8Array => extension('2.5.29.37', seq(...ids.map(oid)));
  const SERVER = '1.3.6.1.5.5.7.3.1';

  it.each<[string, string, Uint8Array[]]>([
    ['unknown, not critical', FINE, [SAN, extension('1.2.3.4', hex('0500'))]],
    [
      'unknown with a UUID for its number',
      FINE,
      [SAN, seq(hex(`061469${'83ffffffffffffffffffffffffffffffffff7f'}`), hex('04020500'))],
    ],
    [
      'FALSE written out, as many do',
      FINE,
      [SAN, extension('1.2.3.4', hex('0500'), hex('010100'))],
    ],
    [
      'a critical subjectAltName',
      FINE,
      [extension('2.5.29.17', seq(dnsName('server.example')), TRUE)],
    ],
    [
      'names of every form',
      FINE,
      [
        altNames(
          der(0x81, latin1Bytes('a@b')),
          dnsName('server.example'),
          der(0x86, latin1Bytes('u:')),
          der(0xa4, name('x')),
          der(0x88, hex('2a')),
        ),
      ],
    ],
    ['inhibitAnyPolicy, critical', FINE, [SAN, extension('2.5.29.54', hex('020100'), TRUE)]],
    [
      'certificatePolicies, critical',
      FINE,
      [SAN, extension('2.5.29.32', seq(seq(oid('1.2.3'))), TRUE)],
    ],
    [
      'PKI-08 unknown and critical',
      'unsupported_certificate (PKI-08)',
      [SAN, extension('1.2.3.4', hex('0500'), TRUE)],
    ],
    [
      'PKI-08 policyConstraints, critical',
      'unsupported_certificate (PKI-08)',
      [SAN, extension('2.5.29.36', hex('3003800100'), TRUE)],
    ],
    ['twice', MALFORMED, [SAN, SAN]],
    [
      'unknown twice',
      MALFORMED,
      [SAN, extension('1.2.3.4', EMPTY_BYTES), extension('1.2.3.4', EMPTY_BYTES)],
    ],
    [
      'critical with a boolean of 1',
      MALFORMED,
      [SAN, extension('1.2.3.4', EMPTY_BYTES, hex('010101'))],
    ],
    [
      'critical with a boolean of two octets',
      MALFORMED,
      [SAN, extension('1.2.3.4', EMPTY_BYTES, hex('0102ffff'))],
    ],
    ['with a rest', MALFORMED, [SAN, seq(oid('1.2.3.4'), hex('0400'), hex('0500'))]],
    ['without a value', MALFORMED, [SAN, seq(oid('1.2.3.4'))]],
    ['subjectAltName without a name', MALFORMED, [altNames()]],
    [
      'subjectAltName with a rest',
      MALFORMED,
      [extension('2.5.29.17', concatBytes([seq(dnsName('server.example')), hex('00')]))],
    ],
    [
      'an address of five octets',
      MALFORMED,
      [altNames(dnsName('server.example'), der(0x87, hex('0a00000200')))],
    ],
    [
      'a host name that is no ASCII',
      MALFORMED,
      [altNames(dnsName('server.example'), dnsName('b\u00fccher.example'))],
    ],
    ['keyUsage for signatures', FINE, [SAN, usage('03020780')]],
    ['keyUsage with zeros at its end', FINE, [SAN, usage('03020080')]],
    [
      'PKI-06 keyUsage for encryption alone',
      'unsupported_certificate (PKI-06)',
      [SAN, usage('03020520')],
    ],
    ['keyUsage with unused bits set', MALFORMED, [SAN, usage('030207ff')]],
    ['keyUsage with nine unused bits', MALFORMED, [SAN, usage('03020980')]],
    ['the purpose of a server among others', FINE, [SAN, purposes('1.2.3', SERVER)]],
    [
      'PKI-07 the purpose of a client',
      'unsupported_certificate (PKI-07)',
      [SAN, purposes('1.3.6.1.5.5.7.3.2')],
    ],
    [
      'PKI-07 any purpose, which names none',
      'unsupported_certificate (PKI-07)',
      [SAN, purposes('2.5.29.37.0')],
    ],
    ['no purpose at all', MALFORMED, [SAN, purposes()]],
    ['basicConstraints, empty', FINE, [SAN, extension('2.5.29.19', seq(), TRUE)]],
    [
      'basicConstraints, FALSE written out',
      FINE,
      [SAN, extension('2.5.29.19', hex('3003010100'), TRUE)],
    ],
    [
      'basicConstraints with a rest',
      MALFORMED,
      [SAN, extension('2.5.29.19', seq(TRUE, hex('020100'), hex('0500')), TRUE)],
    ],
    [
      'basicConstraints with a negative length',
      MALFORMED,
      [SAN, extension('2.5.29.19', hex('30060101ff0201ff'), TRUE)],
    ],
    ['an authority as a server', FINE, [SAN, authority()]],
  ])('%s: %s', (_what, expected, extensions) => {
    expect(judge({ extensions })).toBe(expected);
  });
});

describe('a certificate with every extension we read', () => {
  const bounds = der(0xa0, seq(dnsName('example')), seq(der(0x87, hex('0a000000ff000000'))));
  const whole = forge(ROOT, LEAF, {
    extensions: [
      altNames(dnsName('a.example'), der(0x87, hex('0a000001')), der(0xa4, name('x')), der(0x81)),
      authority(3),
      extension('2.5.29.15', hex('03020186'), TRUE),
      extension('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.30', seq(bounds, der(0xa1, seq(der(0xa4, name('y'))))), TRUE),
      extension('2.5.29.14', hex('0401aa')),
      extension('2.5.29.35', hex('30038001aa')),
      extension('2.5.29.32', seq(seq(oid('1.2.3')))),
    ],
  });

  it('is read', () => {
    const { extensions } = parseCertificate(whole)!;
    expect(extensions).toMatchObject({ isAuthority: true, pathLength: 3, keyUsage: [0, 5, 6] });
    expect(extensions.alternativeNames.map(({ kind }) => kind)).toEqual([
      'dns',
      'ip',
      'directory',
      'other',
    ]);
    expect(extensions.nameConstraints).toMatchObject({
      permitted: [{ kind: 'dns' }, { kind: 'ip' }],
      excluded: [{ kind: 'directory' }],
    });
  });

  it('does not make the reader throw with any octet changed, and is never trusted then', () => {
    const trusted = verdict([whole], [ROOT_DER]);
    expect(trusted).toBe('path of 2');
    for (let at = 0; at < whole.length; at += 1) {
      for (const change of [0x01, 0x80, 0xff]) {
        const mutated = whole.slice();
        mutated[at]! ^= change;
        const certificate = parseCertificate(mutated);
        if (certificate === undefined || change !== 0x01) continue;
        expect(verdict([mutated], [ROOT_DER]), `octet ${at}`).not.toBe(trusted);
      }
    }
  });
});
