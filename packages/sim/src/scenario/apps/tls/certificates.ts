/**
 * The public key infrastructure of all scenarios: one root that every client trusts. Every certificate
 * is a pure function of what is asked for, drawn from a stream of its own, so that the order in which
 * scenarios ask changes nothing. Keys cost milliseconds, so what was issued is kept.
 */
import {
  CertificateAuthority,
  DEFAULT_EPOCH_SECONDS,
  generateRsaKey,
  parseCertificate,
  parseRevocationList,
  pssKey,
  type Identity,
  type RevocationList,
} from '@tcplab/core/tls';
import { SimRandom } from '../../../random/index.ts';

/** What can be wrong with a server's certificate. */
export const CERTIFICATE_PROBLEMS = [
  'expired',
  'not-yet-valid',
  'wrong-host',
  'self-signed',
  'unknown-authority',
  'broken-signature',
  'missing-intermediate',
  'revoked',
] as const;

export type CertificateProblem = (typeof CERTIFICATE_PROBLEMS)[number];

export const KEY_KINDS = ['P-256', 'P-384', 'Ed25519', 'RSA', 'RSA-PSS'] as const;

export interface CertificateWish {
  /** Host names, the first is the subject. */
  readonly names: readonly string[];
  readonly problem?: CertificateProblem | undefined;
  readonly key?: (typeof KEY_KINDS)[number] | undefined;
  /** Authorities between the root and the leaf. */
  readonly intermediates?: number | undefined;
}

const DAY = 86_400;
const YEAR = 365 * DAY;
const VALIDITY = {
  notBefore: DEFAULT_EPOCH_SECONDS - 30 * DAY,
  notAfter: DEFAULT_EPOCH_SECONDS + YEAR,
};
const CA_VALIDITY = {
  notBefore: DEFAULT_EPOCH_SECONDS - YEAR,
  notAfter: DEFAULT_EPOCH_SECONDS + 20 * YEAR,
};
const RSA_BITS = 2_048;
/** All certificates are the same in all runs; only their use depends on a run's seed. */
const PKI_SEED = 2_026;

const issued = new Map<string, Identity>();
let root: Uint8Array | undefined;

/** The certificate that every client trusts, in DER. */
export function trustedRoot(): Uint8Array {
  root ??= authority('tcplab root', 'the root').certificate;
  return root;
}

/** A server's certificate chain and key, as good or as wrong as asked for. */
export function serverIdentity(wish: CertificateWish): Identity {
  return remembered(purposeOf(wish), () => issue(wish));
}

/** A client's certificate from the trusted root. */
export function clientIdentity(name: string): Identity {
  return remembered(`client ${name}`, () =>
    authority('tcplab root', `client ${name}`).leaf({ subject: name, purposes: ['client'] }),
  );
}

/** The root's list of what it took back: the certificate that `problem: revoked` shows for these names. */
export function revocationLists(names: readonly string[]): readonly RevocationList[] {
  const [leaf] = serverIdentity({ names, problem: 'revoked' }).chain;
  const certificate = leaf === undefined ? undefined : parseCertificate(leaf);
  if (certificate === undefined) return [];
  const issuer = authority('tcplab root', 'revocation list');
  issuer.revoke(certificate.serial, DEFAULT_EPOCH_SECONDS - DAY);
  const list = parseRevocationList(
    issuer.revocationList({
      thisUpdate: DEFAULT_EPOCH_SECONDS - DAY,
      nextUpdate: DEFAULT_EPOCH_SECONDS + 30 * DAY,
    }),
  );
  return list === undefined ? [] : [list];
}

/**
 * The authority of this name. Its key depends on the name alone; what it draws afterwards (serials,
 * keys of leaves) on the purpose too.
 */
function authority(name: string, purpose: string): CertificateAuthority {
  const random = new SimRandom(PKI_SEED, `${name}: key`);
  const made = CertificateAuthority.root({ name, validity: CA_VALIDITY, random });
  return CertificateAuthority.root({
    name,
    validity: CA_VALIDITY,
    key: made.key,
    random: new SimRandom(PKI_SEED, `${name}: ${purpose}`),
  });
}

function issue(wish: CertificateWish): Identity {
  const { names, problem } = wish;
  const purpose = purposeOf(wish);
  if (problem === 'self-signed') {
    const alone = authority(names[0] ?? 'unnamed', purpose);
    return alone.leaf({ names, key: alone.key, validity: VALIDITY, purposes: ['server'] });
  }
  let issuer = authority(
    problem === 'unknown-authority' ? 'an unknown root' : 'tcplab root',
    purpose,
  );
  const depth = wish.intermediates ?? (problem === 'missing-intermediate' ? 1 : 0);
  for (let i = 1; i <= depth; i += 1) {
    issuer = issuer.intermediate({ name: `tcplab intermediate ${i}`, validity: CA_VALIDITY });
  }
  const identity = issuer.leaf({
    names: problem === 'wrong-host' ? ['somebody-else.example'] : names,
    validity: validityFor(problem),
    purposes: ['server'],
    ...keyFor(wish.key, purpose),
  });
  if (problem === 'missing-intermediate') return { ...identity, chain: identity.chain.slice(0, 1) };
  if (problem === 'broken-signature') return { ...identity, chain: identity.chain.map(damaged) };
  return identity;
}

/** What a certificate is for, in one order: it names the stream that its serial and key are drawn from. */
function purposeOf({ names, problem, key, intermediates }: CertificateWish): string {
  return JSON.stringify([names, problem ?? '', key ?? '', intermediates ?? 0]);
}

function validityFor(problem: CertificateProblem | undefined): typeof VALIDITY {
  if (problem === 'expired') return { ...VALIDITY, notAfter: DEFAULT_EPOCH_SECONDS - DAY };
  if (problem === 'not-yet-valid') return { ...VALIDITY, notBefore: DEFAULT_EPOCH_SECONDS + DAY };
  return VALIDITY;
}

function keyFor(
  kind: CertificateWish['key'],
  purpose: string,
): Pick<Parameters<CertificateAuthority['leaf']>[0], 'key'> {
  if (kind === undefined) return {};
  if (kind !== 'RSA' && kind !== 'RSA-PSS') return { key: kind };
  const key = generateRsaKey(RSA_BITS, new SimRandom(PKI_SEED, `RSA key for ${purpose}`));
  return { key: kind === 'RSA' ? key : pssKey(key, 'any') };
}

/** The same certificate with one bit of the leaf's signature flipped. */
function damaged(certificate: Uint8Array, index: number): Uint8Array {
  if (index > 0) return certificate;
  const copy = certificate.slice();
  const last = copy.length - 1;
  copy[last] = copy[last]! ^ 1;
  return copy;
}

function remembered(key: string, make: () => Identity): Identity {
  let identity = issued.get(key);
  if (identity === undefined) {
    identity = make();
    issued.set(key, identity);
  }
  return identity;
}
