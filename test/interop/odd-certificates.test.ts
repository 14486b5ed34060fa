/** Odd certificates that OpenSSL issues, and its verdict on each beside ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { NOBLE_CRYPTO } from '@tcplab/core/tls/crypto';
import {
  parseCertificate,
  pemBlocks,
  pemText,
  readChain,
  verifyChain,
} from '@tcplab/core/tls/x509';

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;
if (!HAS_OPENSSL) console.log('skipped: openssl is not installed');

const folder = mkdtempSync(join(tmpdir(), 'odd-certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CA = 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n';
const HOST = 'subjectAltName=DNS:www.example.com\n';
const EC = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const RSA = ['rsa', '-pkeyopt', 'rsa_keygen_bits:2048'];
const PSS = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest', '-sha256'];

interface Odd {
  /** Kinds of keys as openssl names them. */
  readonly rootKey?: readonly string[];
  readonly leafKey?: readonly string[];
  /** Lines of extensions. */
  readonly root?: string;
  readonly middle?: string;
  readonly leaf?: string;
  /** How the root, the intermediate or the leaf is signed. */
  readonly signing?: readonly string[];
  readonly leafOptions?: readonly string[];
  readonly subject?: string;
}

let count = 0;

/** Three certificates in files: root, intermediate, leaf. */
function issue(odd: Odd): { root: string; middle: string; leaf: string } {
  count += 1;
  const path = (name: string): string => join(folder, `${count}-${name}`);
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe' });
  };
  const key = (name: string, [algorithm, ...more]: readonly string[]): void =>
    run('genpkey', '-algorithm', algorithm!, ...more, '-out', path(`${name}.key`));
  key('root', odd.rootKey ?? EC);
  key('middle', EC);
  key('leaf', odd.leafKey ?? EC);
  const request = (name: string, subject: string): void =>
    run('req', '-new', '-key', path(`${name}.key`), '-subj', subject, '-out', path(`${name}.csr`));
  const sign = (name: string, extensions: string, by: string[], more: readonly string[]): void => {
    writeFileSync(path(`${name}.ext`), extensions);
    const inAndOut = ['-in', path(`${name}.csr`), '-out', path(`${name}.pem`)];
    run(
      'x509',
      '-req',
      ...inAndOut,
      '-days',
      '3650',
      '-extfile',
      path(`${name}.ext`),
      ...by,
      ...more,
    );
  };
  const issuedBy = (name: string): string[] => [
    '-CA',
    path(`${name}.pem`),
    '-CAkey',
    path(`${name}.key`),
    '-CAcreateserial',
  ];
  request('root', '/CN=Odd Root');
  request('middle', '/CN=Odd Middle');
  request('leaf', odd.subject ?? '/CN=leaf');
  const { signing = [] } = odd;
  sign('root', odd.root ?? CA, ['-signkey', path('root.key')], signing);
  sign('middle', odd.middle ?? CA, issuedBy('root'), signing);
  sign('leaf', odd.leaf ?? HOST, issuedBy('middle'), odd.leafOptions ?? []);
  return { root: path('root.pem'), middle: path('middle.pem'), leaf: path('leaf.pem') };
}

const octets = (path: string): Uint8Array => pemBlocks(readFileSync(path, 'utf8'))![0]!.der;

/** OpenSSL's verdict and ours. */
function judge(odd: Odd, host = 'www.example.com'): [openssl: boolean, ours: boolean] {
  const { root, middle, leaf } = issue(odd);
  const name = host.includes(':') ? '-verify_ip' : '-verify_hostname';
  const verify = [
    'verify',
    '-purpose',
    'sslserver',
    name,
    host,
    '-CAfile',
    root,
    '-untrusted',
    middle,
  ];
  const theirs = spawnSync('openssl', [...verify, leaf]).status === 0;
  const chain = readChain([octets(leaf), octets(middle)]);
  const at = Math.floor(Date.now() / 1_000);
  const demands = {
    anchors: [parseCertificate(octets(root))!],
    purpose: 'server',
    host,
    at,
  } as const;
  const result =
    'alert' in chain ? chain : verifyChain(chain, { ...demands, crypto: NOBLE_CRYPTO });
  return [theirs, !('alert' in result)];
}

describe.skipIf(!HAS_OPENSSL)('a chain from OpenSSL', () => {
  it.each<[string, boolean, Odd, string?]>([
    ['as it should be', true, {}],
    ['for another host', false, {}, 'other.example.com'],
    [
      'whose authority permits the name',
      true,
      { middle: `${CA}nameConstraints=critical,permitted;DNS:example.com\n` },
    ],
    [
      'whose authority permits another name',
      false,
      { middle: `${CA}nameConstraints=critical,permitted;DNS:example.org\n` },
    ],
    [
      'whose authority excludes the name',
      false,
      { middle: `${CA}nameConstraints=critical,excluded;DNS:example.com\n` },
    ],
    [
      'whose root permits the name, the intermediate less',
      false,
      {
        root: `${CA}nameConstraints=critical,permitted;DNS:example.com\n`,
        middle: `${CA}nameConstraints=critical,permitted;DNS:a.example.com\n`,
      },
    ],
    [
      'whose authority permits addresses',
      true,
      { middle: `${CA}nameConstraints=critical,permitted;IP:10.0.0.0/255.0.0.0\n` },
    ],
    [
      'with an address that is not permitted',
      false,
      {
        middle: `${CA}nameConstraints=critical,permitted;IP:10.0.0.0/255.0.0.0\n`,
        leaf: 'subjectAltName=DNS:www.example.com,IP:11.0.0.1\n',
      },
    ],
    ['with an IPv6 address', true, { leaf: 'subjectAltName=IP:2001:db8::1\n' }, '2001:db8::1'],
    [
      'with another IPv6 address',
      false,
      { leaf: 'subjectAltName=IP:2001:db8::1\n' },
      '2001:db8::2',
    ],
    [
      'with every kind of name',
      true,
      {
        leaf: 'subjectAltName=email:a@example.com,URI:https://example.com/,RID:1.2.3,DNS:www.example.com\n',
      },
    ],
    ['with a wildcard', true, { leaf: 'subjectAltName=DNS:*.example.com\n' }],
    ['with a wildcard in the middle', false, { leaf: 'subjectAltName=DNS:www.*.com\n' }],
    ['with a negative serial', true, { leafOptions: ['-set_serial', '-5'] }],
    ['with a serial of zero', true, { leafOptions: ['-set_serial', '0'] }],
    ['signed with RSASSA-PSS', true, { rootKey: RSA, signing: PSS }],
    [
      'signed by a key for RSASSA-PSS alone',
      true,
      { rootKey: ['rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048'], signing: PSS },
    ],
    [
      'with an RSA key of exponent 3',
      true,
      { leafKey: [...RSA, '-pkeyopt', 'rsa_keygen_pubexp:3'] },
    ],
    ['signed with SHA-512', true, { signing: ['-sha512'] }],
    ['with an Ed25519 root', true, { rootKey: ['ed25519'] }],
    [
      'with an extension of a UUID',
      true,
      { leaf: `${HOST}2.25.329800735698586629295641978511506172918=ASN1:NULL\n` },
    ],
    [
      'with a critical extension nobody knows',
      false,
      { leaf: `${HOST}1.2.3.4=critical,ASN1:NULL\n` },
    ],
    ['with inhibitAnyPolicy', true, { middle: `${CA}inhibitAnyPolicy=critical,0\n` }],
    ['with policies', true, { leaf: `${HOST}certificatePolicies=critical,1.2.3.4\n` }],
    ['for clients', false, { leaf: `${HOST}extendedKeyUsage=clientAuth\n` }],
    [
      'with an intermediate that is none',
      false,
      { middle: 'basicConstraints=critical,CA:false\n' },
    ],
    [
      'with an intermediate that may not sign certificates',
      false,
      { middle: 'basicConstraints=critical,CA:true\nkeyUsage=critical,cRLSign\n' },
    ],
    [
      'with a root that allows no intermediate',
      false,
      { root: 'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign\n' },
    ],
    ['with a subject of two attributes in a set', true, { subject: '/CN=leaf+O=Example' }],
  ])('%s: %s', (_what, expected, odd, host) => {
    expect(judge(odd, host)).toEqual([expected, expected]);
  });
});

it('every root that Node ships can be trusted: it is read, and its key is of a kind we verify', () => {
  const roots = rootCertificates.flatMap((text) => pemBlocks(text) ?? []);
  expect(roots.length).toBeGreaterThan(100);
  for (const { der } of roots) {
    expect(parseCertificate(der)?.publicKey, pemText('CERTIFICATE', der)).toBeDefined();
  }
});
