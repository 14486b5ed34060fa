import { readU32, writeU32 } from './bytes.ts';

/**
 * SHA-1, RFC 3174 §6.2 ("alternate method", with a circular queue of sixteen words).
 *
 * It is long broken against collisions and must protect nothing. WebSocket's opening handshake
 * (RFC 6455 §1.3) uses it only to show that the server has read the request.
 */
export function sha1(message: Uint8Array): Uint8Array {
  const blocks = pad(message);
  const h = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const w = new Uint32Array(16);
  for (let from = 0; from < blocks.length; from += 64) {
    for (let t = 0; t < 16; t += 1) w[t] = readU32(blocks, from + t * 4);
    addBlock(h, w);
  }
  const digest = new Uint8Array(20);
  h.forEach((word, index) => writeU32(digest, index * 4, word));
  return digest;
}

/** RFC 3174 §4: a one bit, zeros, and the length in bits as 64 bits, to a multiple of 512 bits. */
function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  writeU32(padded, padded.length - 8, Math.floor(message.length / 0x2000_0000));
  writeU32(padded, padded.length - 4, (message.length * 8) >>> 0);
  return padded;
}

function addBlock(h: number[], w: Uint32Array): void {
  let [a, b, c, d, e] = h as [number, number, number, number, number];
  for (let t = 0; t < 80; t += 1) {
    const s = t & 15;
    if (t >= 16) w[s] = rotate(w[(s + 13) & 15]! ^ w[(s + 8) & 15]! ^ w[(s + 2) & 15]! ^ w[s]!, 1);
    const next = (rotate(a, 5) + mix(t, b, c, d) + e + w[s]! + K[Math.floor(t / 20)]!) >>> 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  [a, b, c, d, e].forEach((word, index) => {
    h[index] = (h[index]! + word) >>> 0;
  });
}

/** RFC 3174 §5: the constants K(t). */
const K = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/** RFC 3174 §5: the functions f(t; B, C, D). */
function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (b & c) | (~b & d);
  if (t >= 40 && t < 60) return (b & c) | (b & d) | (c & d);
  return b ^ c ^ d;
}

function rotate(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}
