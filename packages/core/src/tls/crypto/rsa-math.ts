/** RSA's arithmetic on whole numbers (RFC 8017 §4, §5). Not constant-time: for a laboratory. */
import { fromHex, toHex } from '../../base/bytes.ts';
import { invariant } from '../../base/errors.ts';
import type { RsaPrivateKey, RsaPublicKey } from './provider.ts';

/** OS2IP: octets as an unsigned big-endian number. */
export function numberFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** I2OSP: a number in exactly `length` octets. */
export function numberToBytes(value: bigint, length: number): Uint8Array {
  const bytes = fromHex(value.toString(16).padStart(length * 2, '0'));
  invariant(bytes !== undefined && bytes.length === length, `a number exceeds ${length} octets`);
  return bytes;
}

/** Octets that hold any number below `n`. */
export function byteLength(n: bigint): number {
  return Math.ceil(n.toString(16).length / 2);
}

/** How many binary digits `n` has. */
export function bitLength(n: bigint): number {
  const hex = n.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}

/** base^exponent mod modulus, four bits of the exponent at a time. */
export function powerMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n];
  for (let i = 1; i < 16; i += 1) powers.push((powers[i - 1]! * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i += 1) result = (result * result) % modulus;
    const nibble = Number.parseInt(digit, 16);
    if (nibble !== 0) result = (result * powers[nibble]!) % modulus;
  }
  return result;
}

/** The inverse of `a` modulo `m`; undefined when they have a common divisor. */
export function inverseMod(a: bigint, m: bigint): bigint | undefined {
  let [r0, r1] = [m, ((a % m) + m) % m];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return r0 === 1n ? ((t0 % m) + m) % m : undefined;
}

/** RSAVP1 (RFC 8017 §5.2.2). */
export function rsaPublic(key: RsaPublicKey, value: bigint): bigint {
  return powerMod(value, key.e, key.n);
}

/** RSASP1 (RFC 8017 §5.2.1) by the Chinese remainder theorem. */
export function rsaPrivate(key: RsaPrivateKey, value: bigint): bigint {
  const m1 = powerMod(value % key.p, key.dp, key.p);
  const m2 = powerMod(value % key.q, key.dq, key.q);
  const h = ((((m1 - m2) * key.qInv) % key.p) + key.p) % key.p;
  return m2 + h * key.q;
}
