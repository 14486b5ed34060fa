/** Random secrets as text, and comparing them without telling how much of a guess is right. */
import { base64Url } from '../../base/base64.ts';
import type { RandomStream } from '../../base/random.ts';

/** `bits` random bits in characters that may stand in cookies, URLs and file names. */
export function randomSecret(random: RandomStream, bits: number): string {
  return base64Url(random.bytes(bits / 8));
}

/** Whether the text could be a secret of so many bits. */
export function looksLikeSecret(text: string, bits: number): boolean {
  return text.length === Math.ceil(bits / 6) && /^[A-Za-z0-9_-]*$/.test(text);
}

/** Takes the same time wherever the two differ; the length of a secret is none. */
export function equalSecrets(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
