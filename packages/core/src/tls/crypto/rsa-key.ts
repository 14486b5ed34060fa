/** RSA keys: generated from a random stream (FIPS 186-5 §A.1 in outline) or put together from numbers. */
import type { RandomStream } from '../../base/random.ts';
import type { RsaPrivateKey } from './provider.ts';
import { inverseMod, numberFromBytes, powerMod } from './rsa-math.ts';

const PUBLIC_EXPONENT = 65_537n;
/** With 1024-bit candidates, an error below 2^-100 (FIPS 186-5, table B.1). */
const MILLER_RABIN_ROUNDS = 8;

/** A key of `bits` binary digits; the same stream gives the same key. 2048 bits take about a second. */
export function generateRsaKey(bits: number, random: RandomStream): RsaPrivateKey {
  for (;;) {
    const p = randomPrime(bits / 2, random);
    const q = randomPrime(bits / 2, random);
    const key = p === q ? undefined : rsaKeyFromPrimes(p, q, PUBLIC_EXPONENT);
    if (key !== undefined) return key;
  }
}

/** The whole key from its primes; undefined when `e` has no inverse. */
export function rsaKeyFromPrimes(p: bigint, q: bigint, e: bigint): RsaPrivateKey | undefined {
  const d = inverseMod(e, (p - 1n) * (q - 1n));
  const qInv = inverseMod(q, p);
  if (d === undefined || qInv === undefined) return undefined;
  const publicKey = { kind: 'RSA', n: p * q, e } as const;
  return { kind: 'RSA', publicKey, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qInv };
}

function randomPrime(bits: number, random: RandomStream): bigint {
  for (;;) {
    const bytes = random.bytes(bits / 8);
    // The two highest bits make the product exactly twice as long; the lowest makes it odd.
    bytes[0]! |= 0xc0;
    bytes[bytes.length - 1]! |= 1;
    const candidate = numberFromBytes(bytes);
    if (!hasSmallFactor(candidate) && isProbablePrime(candidate, random)) return candidate;
  }
}

const SMALL_PRIMES = smallPrimes(2_000);

function smallPrimes(limit: number): bigint[] {
  const composite = new Uint8Array(limit);
  const primes: bigint[] = [];
  for (let n = 2; n < limit; n += 1) {
    if (composite[n] === 1) continue;
    primes.push(BigInt(n));
    for (let multiple = n * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
  return primes;
}

function hasSmallFactor(candidate: bigint): boolean {
  return SMALL_PRIMES.some((prime) => candidate % prime === 0n);
}

function isProbablePrime(candidate: bigint, random: RandomStream): boolean {
  let odd = candidate - 1n;
  let halvings = 0;
  while (odd % 2n === 0n) {
    odd /= 2n;
    halvings += 1;
  }
  for (let round = 0; round < MILLER_RABIN_ROUNDS; round += 1) {
    const base = (numberFromBytes(random.bytes(32)) % (candidate - 3n)) + 2n;
    if (isWitness(base, { candidate, odd, halvings })) return false;
  }
  return true;
}

/** Whether `base` proves the candidate composite. */
function isWitness(
  base: bigint,
  { candidate, odd, halvings }: { candidate: bigint; odd: bigint; halvings: number },
): boolean {
  let power = powerMod(base, odd, candidate);
  if (power === 1n || power === candidate - 1n) return false;
  for (let i = 1; i < halvings; i += 1) {
    power = (power * power) % candidate;
    if (power === candidate - 1n) return false;
  }
  return true;
}
