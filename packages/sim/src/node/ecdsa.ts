/**
 * ECDSA signatures with OpenSSL's arithmetic on the curve and the nonce of RFC 6979: always the same
 * octets for the same message, which OpenSSL before 3.2, that is Node 20, cannot make by itself.
 * FIPS 186-5 §6.4.1; not constant-time: for a laboratory.
 */
import * as node from 'node:crypto';
import { concatBytes } from '@tcplab/core';
import {
  derInteger,
  derSequence,
  inverseMod,
  numberFromBytes,
  numberToBytes,
} from '@tcplab/core/tls';

/** OpenSSL's name, the order n, the octets of a number below it, and the hash the nonce is made with. */
const CURVES = {
  'P-256': {
    name: 'prime256v1',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    length: 32,
    hash: 'sha256',
  },
  'P-384': {
    name: 'secp384r1',
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    length: 48,
    hash: 'sha384',
  },
} as const;

type Curve = (typeof CURVES)[keyof typeof CURVES];

interface Nonce {
  readonly number: bigint;
  readonly octets: Uint8Array;
}

/** The signature over a message's hash, in DER. */
export function signEcdsa(
  kind: keyof typeof CURVES,
  secret: Uint8Array,
  hashed: Uint8Array,
): Uint8Array {
  const curve = CURVES[kind];
  const { order, length, name } = curve;
  const d = numberFromBytes(secret);
  // The leftmost bits of the hash, as many as the order has (RFC 6979 §2.3.2).
  const e = numberFromBytes(hashed.subarray(0, length));
  const candidates = nonces(curve, secret, numberToBytes(e % order, length));
  for (;;) {
    const nonce = candidates.next().value;
    const exchange = node.createECDH(name);
    exchange.setPrivateKey(nonce.octets);
    // The point k·G is 04 ‖ x ‖ y; r is its x.
    const x = new Uint8Array(exchange.getPublicKey()).subarray(1, 1 + length);
    const r = numberFromBytes(x) % order;
    const s = (inverseMod(nonce.number, order)! * (e + r * d)) % order;
    if (r !== 0n && s !== 0n) return derSequence(derInteger(r), derInteger(s));
  }
}

/** RFC 6979 §3.2: numbers from 1 to n − 1 that follow from the key and the message. */
function* nonces(
  { order, length, hash }: Curve,
  secret: Uint8Array,
  message: Uint8Array,
): Generator<Nonce, never> {
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Uint8Array =>
    node.createHmac(hash, key).update(concatBytes(parts)).digest();
  const zero = Uint8Array.of(0);
  let v: Uint8Array = new Uint8Array(length).fill(1);
  let k: Uint8Array = new Uint8Array(length);
  k = hmac(k, v, zero, secret, message);
  v = hmac(k, v);
  k = hmac(k, v, Uint8Array.of(1), secret, message);
  v = hmac(k, v);
  for (;;) {
    // The hash is as long as the order: one block is one candidate.
    v = hmac(k, v);
    const number = numberFromBytes(v);
    if (number > 0n && number < order) yield { number, octets: v };
    k = hmac(k, v, zero);
    v = hmac(k, v);
  }
}
