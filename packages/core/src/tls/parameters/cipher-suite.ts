/** The cipher suites (RFC 8446 §B.4, RFC 5288, RFC 5289, RFC 7905). AEAD only. */
import type { AeadName, HashName } from '../crypto/provider.ts';
import type { TlsVersion } from './version.ts';

export interface CipherSuite {
  readonly code: number;
  /** The name in the IANA registry. */
  readonly name: string;
  readonly version: TlsVersion;
  readonly aead: AeadName;
  readonly hash: HashName;
  /** TLS 1.2 only: the kind of key that signs the ServerKeyExchange. */
  readonly authentication?: 'ECDSA' | 'RSA';
}

type Row = readonly [number, string, AeadName, HashName, ('ECDSA' | 'RSA')?];

const ROWS_13: readonly Row[] = [
  [0x1301, 'TLS_AES_128_GCM_SHA256', 'AES-128-GCM', 'SHA-256'],
  [0x1302, 'TLS_AES_256_GCM_SHA384', 'AES-256-GCM', 'SHA-384'],
  [0x1303, 'TLS_CHACHA20_POLY1305_SHA256', 'ChaCha20-Poly1305', 'SHA-256'],
];

const ROWS_12: readonly Row[] = [
  [0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'AES-128-GCM', 'SHA-256', 'ECDSA'],
  [0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'AES-128-GCM', 'SHA-256', 'RSA'],
  [0xc02c, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'AES-256-GCM', 'SHA-384', 'ECDSA'],
  [0xc030, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'AES-256-GCM', 'SHA-384', 'RSA'],
  [
    0xcca9,
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    'ChaCha20-Poly1305',
    'SHA-256',
    'ECDSA',
  ],
  [0xcca8, 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ChaCha20-Poly1305', 'SHA-256', 'RSA'],
];

/**
 * Protects nothing: for runs with very many connections where ciphers would cost the time. The
 * number is of the private-use range (RFC 8446 §11) and is offered only on explicit demand, so that
 * no real peer ever takes it.
 */
export const NULL_SUITE: CipherSuite = {
  code: 0xff13,
  name: 'TCPLAB_UNPROTECTED_SHA256',
  version: 'TLS 1.3',
  aead: 'none',
  hash: 'SHA-256',
};

/** All suites that protect, in our order of preference. */
export const CIPHER_SUITES: readonly CipherSuite[] = [
  ...ROWS_13.map((row) => suiteOf('TLS 1.3', row)),
  ...ROWS_12.map((row) => suiteOf('TLS 1.2', row)),
];

function suiteOf(version: TlsVersion, [code, name, aead, hash, authentication]: Row): CipherSuite {
  return { code, name, version, aead, hash, ...(authentication && { authentication }) };
}

/** RFC 5746 §3.3: says that secure renegotiation is understood, in place of the extension. */
export const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
/** RFC 7507: the client tries again with a lower version. */
export const FALLBACK_SCSV = 0x5600;

/** A suite's name, or its number where it is none of ours. */
export function suiteText(code: number): string {
  if (code === NULL_SUITE.code) return NULL_SUITE.name;
  const suite = CIPHER_SUITES.find((known) => known.code === code);
  return suite?.name ?? `0x${code.toString(16).padStart(4, '0')}`;
}
