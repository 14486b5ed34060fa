/** One certificate that is odd at a time: DER (X.690 §10) and the fields of RFC 5280 §4.1. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, latin1Bytes } from '@tcplab/core';
import {
  altNames,
  der,
  dnsName,
  extension,
  forge,
  name,
  oid,
  seq,
  verdict,
  type Wanted,
} from '../support/forge.ts';
import { hex } from '../support/hello.ts';
import { FINE, judge, LEAF, MALFORMED, ROOT, ROOT_DER } from '../support/odd-certificate.ts';

describe('the fields of a certificate', () => {
  it.each<[string, string, Wanted]>([
    ['as they should be', FINE, {}],
    ['a serial of zero', FINE, { serial: hex('020100') }],
    ['a negative serial', FINE, { serial: hex('0201ff') }],
    ['a serial of twenty octets', FINE, { serial: hex(`02147f${'aa'.repeat(19)}`) }],
    ['a serial with a zero too many', MALFORMED, { serial: hex('02020001') }],
    ['a negative serial with an octet too many', MALFORMED, { serial: hex('0202ff80') }],
    ['no octet of a serial', MALFORMED, { serial: hex('0200') }],
    [
      'version 1',
      'unsupported_certificate (PKI-01)',
      { version: EMPTY_BYTES, extensions: undefined },
    ],
    [
      'version 2',
      'unsupported_certificate (PKI-01)',
      { version: hex('a003020101'), extensions: undefined },
    ],
    ['version 1 with extensions', MALFORMED, { version: EMPTY_BYTES }],
    ['version 2 with extensions', MALFORMED, { version: hex('a003020101') }],
    ['version 1 written out', MALFORMED, { version: hex('a003020100'), extensions: undefined }],
    ['version 4', MALFORMED, { version: hex('a003020103') }],
    [
      'a version with something behind it',
      MALFORMED,
      { version: hex('a0060201020500 00'.replace(' ', '')) },
    ],
    ['unique identifiers', FINE, { uniqueIds: hex('810200aa820200bb') }],
    ['an empty list of extensions', MALFORMED, { extensions: [] }],
    ['another algorithm outside', MALFORMED, { outer: seq(oid('1.2.840.10045.4.3.3')) }],
    [
      'an algorithm with parameters it has not',
      'unsupported_certificate (PKI-03)',
      { inner: seq(oid('1.2.840.10045.4.3.2'), hex('0500')) },
    ],
    [
      'an algorithm nobody knows',
      'unsupported_certificate (PKI-03)',
      { inner: seq(oid('1.2.3.4')) },
    ],
    ['MD5', 'bad_certificate (PKI-13)', { inner: seq(oid('1.2.840.113549.1.1.4'), hex('0500')) }],
    [
      'SHA-1 with RSA',
      'bad_certificate (PKI-13)',
      { inner: seq(oid('1.2.840.113549.1.1.5'), hex('0500')) },
    ],
    ['SHA-1 with ECDSA', 'bad_certificate (PKI-13)', { inner: seq(oid('1.2.840.10045.4.1')) }],
    [
      'ECDSA with SHA-384 by a key of P-256',
      FINE,
      { algorithm: { family: 'ECDSA', hash: 'SHA-384' } },
    ],
    [
      'ECDSA with SHA-512 by a key of P-256',
      FINE,
      { algorithm: { family: 'ECDSA', hash: 'SHA-512' } },
    ],
  ])('%s: %s', (_what, expected, wanted) => {
    expect(judge(wanted)).toBe(expected);
  });

  it.each<[string, string, Uint8Array]>([
    ['empty', FINE, seq()],
    [
      'of two attributes in one set',
      FINE,
      seq(der(0x31, attribute('2.5.4.3', 'a'), attribute('2.5.4.10', 'b'))),
    ],
    ['in BMPString', FINE, seq(der(0x31, seq(oid('2.5.4.3'), der(0x1e, hex('00410042')))))],
    [
      'with a UUID for its attribute',
      FINE,
      seq(
        der(
          0x31,
          seq(hex(`061469${'83ffffffffffffffffffffffffffffffffff7f'}`), der(0x0c, hex('61'))),
        ),
      ),
    ],
    ['of an empty set', MALFORMED, seq(der(0x31))],
    ['of an attribute without a value', MALFORMED, seq(der(0x31, seq(oid('2.5.4.3'))))],
    [
      'of an attribute with two values',
      MALFORMED,
      seq(der(0x31, seq(oid('2.5.4.3'), hex('0c0161'), hex('0c0162')))),
    ],
    ['that is a set', MALFORMED, der(0x31, name('a'))],
  ])('a subject %s: %s', (_what, expected, subject) => {
    expect(judge({}, { ...LEAF, name: subject })).toBe(expected);
  });

  it('the common name is no host name', () => {
    const subject = { ...LEAF, name: name('server.example') };
    expect(judge({ extensions: [altNames(dnsName('other.example'))] }, subject)).toBe(
      'bad_certificate (PKI-09)',
    );
    expect(judge({ extensions: [extension('2.5.29.14', hex('0401aa'))] }, subject)).toBe(
      'bad_certificate (PKI-09)',
    );
    expect(judge({ extensions: undefined }, subject)).toBe('bad_certificate (PKI-09)');
  });

  function attribute(id: string, text: string): Uint8Array {
    return seq(oid(id), der(0x13, latin1Bytes(text)));
  }
});

describe('times', () => {
  const EXPIRED = 'certificate_expired (PKI-02)';
  const utc = (text: string): Uint8Array => der(0x17, latin1Bytes(text));
  const general = (text: string): Uint8Array => der(0x18, latin1Bytes(text));
  const from = utc('250101000000Z');

  it.each<[string, string, Uint8Array, Uint8Array]>([
    ['UTCTime until 2049', FINE, from, utc('491231235959Z')],
    ['GeneralizedTime from 2050', FINE, from, general('20500101000000Z')],
    [
      'GeneralizedTime before 2050, to be understood all the same',
      FINE,
      general('20250101000000Z'),
      general('20400101000000Z'),
    ],
    ['the end of all days', FINE, from, general('99991231235959Z')],
    ['UTCTime 50 is 1950', EXPIRED, from, utc('500101000000Z')],
    ['over', EXPIRED, from, utc('291231235959Z')],
    ['over this second', FINE, from, utc('300101000000Z')],
    ['not begun', EXPIRED, utc('300101000001Z'), utc('340101000000Z')],
    ['begun this second', FINE, utc('300101000000Z'), utc('340101000000Z')],
    ['the end before the beginning', EXPIRED, utc('340101000000Z'), utc('250101000000Z')],
    ['no seconds', MALFORMED, from, utc('3401010000Z')],
    ['an offset', MALFORMED, from, utc('340101000000+0000')],
    ['no Z', MALFORMED, from, utc('340101000000')],
    ['a fraction', MALFORMED, from, general('20340101000000.5Z')],
    ['a month 13', MALFORMED, from, utc('341301000000Z')],
    ['30 February', MALFORMED, from, utc('340230000000Z')],
    ['hour 24', MALFORMED, from, utc('340101240000Z')],
    ['letters', MALFORMED, from, utc('34010100000xZ')],
    ['UTCTime with four digits of year', MALFORMED, from, utc('20340101000000Z')],
    ['GeneralizedTime with two', MALFORMED, from, general('340101000000Z')],
    ['another type', MALFORMED, from, der(0x13, latin1Bytes('340101000000Z'))],
  ])('%s: %s', (_what, expected, notBefore, notAfter) => {
    expect(judge({ validity: seq(notBefore, notAfter) })).toBe(expected);
  });

  it('a third time is one too many', () => {
    const validity = seq(from, utc('340101000000Z'), utc('340101000000Z'));
    expect(judge({ validity })).toBe(MALFORMED);
  });
});

describe('BER that is no DER', () => {
  const good = forge(ROOT, LEAF);

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['an indefinite length', (b) => concatBytes([hex('3080'), b.subarray(4), hex('0000')])],
    ['a length with a zero in front', (b) => concatBytes([hex('308300'), b.subarray(2)])],
    ['a tag in the long form', (b) => concatBytes([hex('3f30'), b.subarray(1)])],
    ['a length longer than the octets', (b) => b.subarray(0, -1)],
    ['an octet behind it', (b) => concatBytes([b, hex('00')])],
    ['a context tag instead of a sequence', (b) => concatBytes([hex('a0'), b.subarray(1)])],
  ])('%s', (_what, edit) => {
    expect(verdict([good], [ROOT_DER])).toBe(FINE);
    expect(verdict([edit(good)], [ROOT_DER])).toBe(MALFORMED);
  });

  it('a short length in the long form', () => {
    expect(judge({ serial: hex('02810101') })).toBe(MALFORMED);
  });
});
