import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { CallError } from '@tcplab/core';
import {
  CertificateAuthority,
  checkIdentity,
  pemBlocks,
  pemText,
  privateKeyFromPem,
  type Identity,
  type TlsServerOptions,
  type TlsVersion,
} from '@tcplab/core/tls';
import { NODE_CRYPTO, type NodeProgramHost } from '../../node/index.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { epochOf } from './live-host.ts';

const DAY = 86_400;

/** PEM files of a chain and its key; both or neither. */
export interface IdentityFiles {
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface ServerFiles extends IdentityFiles {
  /** Where to write the certificate of the authority that was made instead. */
  readonly caOut: string | undefined;
}

export interface ClientDemands {
  readonly clientAuth: 'request' | 'require' | undefined;
  /** PEM file of the authorities whose clients are taken; with `clientAuth` only. */
  readonly cacert: string | undefined;
}

/** Who a server is: from files, or a new certificate of a new authority for this machine's names. */
export function serverIdentity(
  host: NodeProgramHost,
  files: ServerFiles,
  { io, address }: { readonly io: Io; readonly address: string },
): Identity {
  const given = identityFromFiles(files, io);
  if (given !== undefined) return given;
  const now = epochOf(host);
  const validity = { notBefore: now - DAY, notAfter: now + 30 * DAY };
  const random = host.random('certificates');
  const name = 'tcplab live root';
  const authority = CertificateAuthority.root({ name, validity, random, crypto: NODE_CRYPTO });
  if (files.caOut !== undefined) {
    writeFileSync(resolve(io.cwd, files.caOut), pemText('CERTIFICATE', authority.certificate));
  }
  const names = new Set([
    'localhost',
    '127.0.0.1',
    ...(/^[0-9.]+$/.test(address) ? [address] : []),
  ]);
  return authority.leaf({ names: [...names], purposes: ['server'] });
}

/** @returns undefined when no files are named */
export function identityFromFiles({ cert, key }: IdentityFiles, io: Io): Identity | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new CliError(EXIT.usage, '--cert and --key go together');
  }
  const chain = certificatesOf(cert, io);
  const privateKey = privateKeyFromPem(readText(key, io), NODE_CRYPTO);
  if (privateKey === undefined) {
    throw new CliError(EXIT.invalid, `${key}: no private key of a kind that is known here`);
  }
  const identity = { chain, key: privateKey };
  try {
    checkIdentity(identity);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new CliError(EXIT.invalid, `${cert}, ${key}: ${error.message}`);
  }
  return identity;
}

/** The certificates of a PEM file, in order. */
export function certificatesOf(file: string, io: Io): readonly Uint8Array[] {
  const blocks = pemBlocks(readText(file, io)) ?? [];
  const chain = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ der }) => der);
  if (chain.length === 0) throw new CliError(EXIT.invalid, `${file}: no certificate in PEM`);
  return chain;
}

/** Whether clients are asked for a certificate, and from whom it must be. */
export function clientDemands(
  { clientAuth, cacert }: ClientDemands,
  io: Io,
): Pick<TlsServerOptions, 'clientAuthentication' | 'trust'> {
  if (clientAuth === undefined && cacert === undefined) return {};
  if (clientAuth === undefined || cacert === undefined) {
    throw new CliError(EXIT.usage, '--client-auth and --cacert go together');
  }
  return { clientAuthentication: clientAuth, trust: certificatesOf(cacert, io) };
}

/** Whom a client trusts: the file's certificates, or else the roots that Node knows. */
export function trustedRoots(file: string | undefined, io: Io): readonly Uint8Array[] {
  if (file !== undefined) return certificatesOf(file, io);
  return rootCertificates.flatMap((text) => (pemBlocks(text) ?? []).map(({ der }) => der));
}

/** `1.2`, `1.3` or both, as `--tls` takes them. */
export function tlsVersions(text: string | undefined): readonly TlsVersion[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((part): TlsVersion => {
    const version = part.trim().replace(/^TLS ?/i, '');
    if (version === '1.2' || version === '1.3') return `TLS ${version}`;
    throw new CliError(EXIT.usage, `--tls: expected 1.2, 1.3 or both, found ${part}`);
  });
}

function readText(file: string, io: Io): string {
  return readFileSync(resolve(io.cwd, file), 'utf8');
}
