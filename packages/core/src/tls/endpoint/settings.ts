/** Options with every default filled in, read once. */
import { CallError } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random.ts';
import { NOBLE_CRYPTO } from '../crypto/noble-provider.ts';
import type { CryptoProvider, GroupName } from '../crypto/provider.ts';
import { MAX_PLAINTEXT } from '../limits.ts';
import { CIPHER_SUITES, NULL_SUITE, type CipherSuite } from '../parameters/cipher-suite.ts';
import { GROUPS } from '../parameters/named-group.ts';
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import type { Certificate } from '../x509/certificate.ts';
import { readCertificate } from '../x509/known-certificates.ts';
import type { RevocationList } from '../x509/revocation-list.ts';
import type { TlsOptions } from './options.ts';

/** 2026-01-01 00:00:00 UTC. */
export const DEFAULT_EPOCH_SECONDS = 1_767_225_600;

export interface Settings {
  readonly random: RandomStream;
  readonly crypto: CryptoProvider;
  readonly epochSeconds: number;
  readonly versions: readonly TlsVersion[];
  readonly suites: readonly CipherSuite[];
  readonly groups: readonly GroupName[];
  readonly schemes: readonly SignatureScheme[];
  readonly protocols: readonly string[];
  readonly anchors: readonly Certificate[];
  readonly revocationLists: readonly RevocationList[];
  readonly recordSize: number;
  readonly padTo: number;
}

/** @throws CallError for names that are unknown, lists that are empty and anchors that do not parse */
export function settingsOf(options: TlsOptions): Settings {
  const versions = options.versions ?? ['TLS 1.3', 'TLS 1.2'];
  return {
    random: options.random,
    crypto: options.crypto ?? NOBLE_CRYPTO,
    epochSeconds: options.epochSeconds ?? DEFAULT_EPOCH_SECONDS,
    versions,
    suites: chosenSuites(options).filter((suite) => versions.includes(suite.version)),
    groups: options.groups ?? GROUPS,
    schemes: byName('signature scheme', SIGNATURE_SCHEMES, options.signatureSchemes),
    protocols: options.protocols ?? [],
    anchors: (options.trust ?? []).map(anchorOf),
    revocationLists: options.revocationLists ?? [],
    recordSize: inRange('recordSize', options.recordSize ?? MAX_PLAINTEXT, 64, MAX_PLAINTEXT),
    padTo: inRange('padTo', options.padTo ?? 1, 1, MAX_PLAINTEXT),
  };
}

function chosenSuites(options: TlsOptions): readonly CipherSuite[] {
  if (options.withoutProtection === true) return [NULL_SUITE];
  return byName('cipher suite', CIPHER_SUITES, options.suites);
}

function byName<T extends { readonly name: string }>(
  what: string,
  known: readonly T[],
  names: readonly string[] | undefined,
): readonly T[] {
  if (names === undefined) return known;
  return names.map((name) => {
    const found = known.find((one) => one.name === name);
    if (found === undefined) throw new CallError(`unknown ${what}`, name);
    return found;
  });
}

function anchorOf(der: Uint8Array): Certificate {
  const certificate = readCertificate(der);
  if (certificate === undefined) throw new CallError('a trusted certificate is not X.509 in DER');
  return certificate;
}

/** @throws CallError outside the range, both ends of which belong to it */
export function inRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new CallError(`${name} is ${value}`, `it is ${least} to ${most}`);
}
