/** RFC 9525 §6 and RFC 5280 §4.2.1.6: which names of a certificate are a host's. */
import { describe, expect, it } from 'vitest';
import { certificateNames, isAddress, parseCertificate } from '@tcplab/core/tls/x509';
import { addressOctets } from '../../../src/tls/x509/address.ts';
import { altNames, der, dnsName, forge, party } from '../support/forge.ts';
import { hex } from '../support/hello.ts';

const CA = party('Root');

function names(pattern: string, host: string): boolean {
  const octets = addressOctets(pattern);
  const entry = octets === undefined ? dnsName(pattern) : der(0x87, octets);
  const certificate = parseCertificate(forge(CA, CA, { extensions: [altNames(entry)] }))!;
  return certificateNames(certificate, host);
}

describe('a name of a certificate', () => {
  it.each([
    ['server.example', 'server.example'],
    ['server.example', 'SERVER.Example'],
    ['SERVER.EXAMPLE', 'server.example'],
    ['server.example', 'server.example.'],
    ['localhost', 'localhost'],
    ['*.example.com', 'a.example.com'],
    ['*.EXAMPLE.com', 'A.example.COM'],
    ['*.example.com', 'xn--bcher-kva.example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['*.xn--bcher-kva.example', 'a.xn--bcher-kva.example'],
    ['_service.example.com', '_service.example.com'],
    ['10.0.0.2', '10.0.0.2'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
    ['::ffff:10.0.0.2', '::ffff:a00:2'],
  ])('%s is for %s', (pattern, host) => {
    expect(names(pattern, host)).toBe(true);
  });

  it.each([
    ['server.example', 'other.example'],
    ['server.example', 'a.server.example'],
    ['a.server.example', 'server.example'],
    ['server.example.', 'server.example'],
    ['server.example', ''],
    ['server.example', '.server.example'],
    ['server.example', 'server..example'],
    ['*', 'localhost'],
    ['*', 'example.com'],
    ['*.com', 'example.com'],
    ['*.*.com', 'a.b.com'],
    ['*.example.com', 'example.com'],
    ['*.example.com', 'a.b.example.com'],
    ['*.example.com', '.example.com'],
    ['a.*.example.com', 'a.b.example.com'],
    ['a*.example.com', 'ab.example.com'],
    ['*a.example.com', 'ba.example.com'],
    ['xn--*.example.com', 'xn--bcher-kva.example.com'],
    ['**.example.com', 'a.example.com'],
    ['*.0.0.2', '10.0.0.2'],
    ['10.0.0.2', '10.0.0.3'],
    ['10.0.0.2', '::ffff:10.0.0.2'],
    ['2001:db8::1', '2001:db8::2'],
    ['server.example\u0000.evil.example', 'server.example'],
  ])('%s is not for %s', (pattern, host) => {
    expect(names(pattern, host)).toBe(false);
  });

  it('an address as a host name is none, nor a host name as an address', () => {
    const text = parseCertificate(forge(CA, CA, { extensions: [altNames(dnsName('10.0.0.2'))] }))!;
    expect(certificateNames(text, '10.0.0.2')).toBe(false);
    const octets = altNames(der(0x87, hex('61626364')));
    expect(
      certificateNames(parseCertificate(forge(CA, CA, { extensions: [octets] }))!, 'abcd'),
    ).toBe(false);
  });
});

describe('addresses as text', () => {
  it.each([
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['1::', `0001${'00'.repeat(14)}`],
    ['2001:db8::8:800:200c:417a', '20010db80000000000080800200c417a'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::ffff:192.0.2.1', `${'00'.repeat(10)}ffffc0000201`],
    ['192.0.2.1', 'c0000201'],
  ])('%s', (text, octets) => {
    expect(addressOctets(text)).toEqual(hex(octets));
    expect(isAddress(text)).toBe(true);
  });

  it.each([
    '',
    ':',
    ':::',
    '1',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    'g::',
    '12345::',
    '::1.2.3',
    '::1.2.3.256',
    '1.2.3.4::',
    '256.1.1.1',
    '1.2.3',
    '[::1]',
  ])('%j is none', (text) => {
    expect(addressOctets(text)).toBeUndefined();
  });
});
