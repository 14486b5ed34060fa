/**
 * A certification authority of the simulated world: roots, intermediates and leaves. Everything it
 * issues is a pure function of its random stream and the times it is given.
 */
import type { RandomStream } from '../../base/random.ts';
import {
  digest,
  type CryptoProvider,
  type CurveKeyKind,
  type PrivateKey,
  type PublicKey,
} from '../crypto/provider.ts';
import { NOBLE_CRYPTO } from '../crypto/noble-provider.ts';
import { algorithmIdentifier, certificateAlgorithm } from './algorithm.ts';
import { KEY_USAGE, writeExtensions, type ExtensionsToWrite } from './certificate-extensions.ts';
import { derBits, derContext, derInteger, derSequence, derTime } from './der-writer.ts';
import { derName } from './name.ts';
import { OID } from './oid.ts';
import { publicKeyInfo } from './public-key.ts';
import { numberFromBytes } from '../crypto/rsa-math.ts';
import { writeRevocationList } from './revocation-list.ts';

/** Who one is, and the key that proves it. */
export interface Identity {
  /** Certificates in DER, the leaf first; the root may be left out. */
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKey;
}

/** Both ends in seconds since 1970. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface AuthorityOptions {
  readonly name: string;
  readonly validity: Validity;
  /** The kind of a new key, or a key to use. @default 'P-256' */
  readonly key?: CurveKeyKind | PrivateKey;
  /** How many authorities may follow below. @default no limit */
  readonly pathLength?: number;
  readonly random: RandomStream;
  readonly crypto?: CryptoProvider;
}

export interface LeafOptions {
  /** The common name. @default the first of `names` */
  readonly subject?: string;
  /** Host names (`*.example.com` too) and addresses of both kinds. */
  readonly names?: readonly string[];
  readonly key?: CurveKeyKind | PrivateKey;
  /** @default the authority's */
  readonly validity?: Validity;
  /** What the key may be used for. @default both */
  readonly purposes?: readonly ('server' | 'client')[];
}

const PURPOSES = { server: OID.serverAuth, client: OID.clientAuth } as const;

export class CertificateAuthority {
  readonly certificate: Uint8Array;
  readonly key: PrivateKey;
  readonly validity: Validity;
  /** Certificates from this authority up to, but without, the root. */
  readonly #above: readonly Uint8Array[];
  readonly #name: string;
  readonly #random: RandomStream;
  readonly #crypto: CryptoProvider;
  readonly #revoked = new Map<string, number>();

  private constructor(
    options: AuthorityOptions,
    issue: { key: PrivateKey; certificate: Uint8Array; above: readonly Uint8Array[] },
  ) {
    this.#name = options.name;
    this.validity = options.validity;
    this.#random = options.random;
    this.#crypto = options.crypto ?? NOBLE_CRYPTO;
    this.key = issue.key;
    this.certificate = issue.certificate;
    this.#above = issue.above;
  }

  /** A root, signed by itself. */
  static root(options: AuthorityOptions): CertificateAuthority {
    const crypto = options.crypto ?? NOBLE_CRYPTO;
    const key = keyFor(options.key, crypto, options.random);
    const issuer = { name: options.name, key, crypto, random: options.random };
    const certificate = sign(issuer, {
      ...options,
      publicKey: key.publicKey,
      extensions: authorityExtensions(options.pathLength),
    });
    return new CertificateAuthority(options, { key, certificate, above: [] });
  }

  /** An authority below this one; what it issues carries its certificate in the chain. */
  intermediate(options: Omit<AuthorityOptions, 'random' | 'crypto'>): CertificateAuthority {
    const key = keyFor(options.key, this.#crypto, this.#random);
    const certificate = sign(this.#issuer(), {
      ...options,
      publicKey: key.publicKey,
      extensions: authorityExtensions(options.pathLength),
    });
    const whole = { ...options, random: this.#random, crypto: this.#crypto };
    const above = [certificate, ...this.#above];
    return new CertificateAuthority(whole, { key, certificate, above });
  }

  /** A certificate for a host or a client, with its chain and a new key unless one is given. */
  leaf(options: LeafOptions): Identity {
    const key = keyFor(options.key, this.#crypto, this.#random);
    const names = options.names ?? [];
    const purposes = (options.purposes ?? ['server', 'client']).map((name) => PURPOSES[name]);
    const certificate = sign(this.#issuer(), {
      name: options.subject ?? names[0] ?? 'unnamed',
      validity: options.validity ?? this.validity,
      publicKey: key.publicKey,
      extensions: { keyUsage: [KEY_USAGE.digitalSignature], purposes, names },
    });
    return { chain: [certificate, ...this.#above], key };
  }

  /** Takes a certificate back from `at` (seconds since 1970) on. @param serial hexadecimal */
  revoke(serial: string, at: number): void {
    this.#revoked.set(serial, at);
  }

  /** The signed list of what was revoked, in DER. */
  revocationList(validity: {
    readonly thisUpdate: number;
    readonly nextUpdate: number;
  }): Uint8Array {
    return writeRevocationList({
      issuer: derName(this.#name),
      key: this.key,
      revoked: this.#revoked,
      ...validity,
      crypto: this.#crypto,
      random: this.#random,
    });
  }

  #issuer(): Issuer {
    return { name: this.#name, key: this.key, crypto: this.#crypto, random: this.#random };
  }
}

interface Issuer {
  readonly name: string;
  readonly key: PrivateKey;
  readonly crypto: CryptoProvider;
  readonly random: RandomStream;
}

interface Subject {
  readonly name: string;
  readonly validity: Validity;
  readonly publicKey: PublicKey;
  readonly extensions: Omit<ExtensionsToWrite, 'subjectKeyId' | 'authorityKeyId'>;
}

function authorityExtensions(pathLength: number | undefined): Subject['extensions'] {
  return {
    authority: pathLength === undefined ? {} : { pathLength },
    keyUsage: [KEY_USAGE.keyCertSign, KEY_USAGE.crlSign],
  };
}

function keyFor(
  wanted: CurveKeyKind | PrivateKey | undefined,
  crypto: CryptoProvider,
  random: RandomStream,
): PrivateKey {
  return typeof wanted === 'object' ? wanted : crypto.generateKey(wanted ?? 'P-256', random);
}

function sign(issuer: Issuer, subject: Subject): Uint8Array {
  const algorithm = certificateAlgorithm(issuer.key.publicKey);
  const identifier = algorithmIdentifier(algorithm);
  // RFC 5280 §4.1.2.2: positive, at most 20 octets, not to be guessed.
  const serial = numberFromBytes(issuer.random.bytes(16)) + 1n;
  const toBeSigned = derSequence(
    derContext(0, derInteger(2)),
    derInteger(serial),
    identifier,
    derName(issuer.name),
    derSequence(derTime(subject.validity.notBefore), derTime(subject.validity.notAfter)),
    derName(subject.name),
    publicKeyInfo(subject.publicKey),
    writeExtensions({
      ...subject.extensions,
      subjectKeyId: keyId(issuer.crypto, subject.publicKey),
      authorityKeyId: keyId(issuer.crypto, issuer.key.publicKey),
    }),
  );
  const signature = issuer.crypto.sign(algorithm, issuer.key, toBeSigned, issuer.random);
  return derSequence(toBeSigned, identifier, derBits(signature));
}

/** RFC 7093 §2, method 1: the leftmost 160 bits of SHA-256. */
function keyId(crypto: CryptoProvider, key: PublicKey): Uint8Array {
  return digest(crypto, 'SHA-256', publicKeyInfo(key)).slice(0, 20);
}
