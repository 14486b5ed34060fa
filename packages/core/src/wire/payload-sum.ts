/**
 * The checksum's share of a payload. A described pattern repeats, so that its sum is two look-ups in
 * a table of running sums, however long it is.
 */
import { sumWords } from '../base/checksum.ts';
import { PATTERN_PERIOD, patternByte, type Payload } from '../base/payload.ts';

/** Running sums of the octets at even and at odd positions before each position of one period. */
const EVEN_BEFORE = new Int32Array(PATTERN_PERIOD + 1);
const ODD_BEFORE = new Int32Array(PATTERN_PERIOD + 1);
for (let i = 0; i < PATTERN_PERIOD; i += 1) {
  const octet = patternByte(i);
  EVEN_BEFORE[i + 1] = EVEN_BEFORE[i]! + (i % 2 === 0 ? octet : 0);
  ODD_BEFORE[i + 1] = ODD_BEFORE[i]! + (i % 2 === 1 ? octet : 0);
}

/** Adds the 16-bit words of a payload to a running sum (RFC 1071); an odd last octet is padded (W-004). */
export function sumPayload(payload: Payload, sum: number): number {
  if (payload.length === 0) return sum;
  const offset = payload.patternOffset;
  if (offset === undefined) return sumWords(payload.toBytes(), 0, payload.length, sum);
  // The period is even, so that a position and its remainder have the same parity.
  const start = offset % PATTERN_PERIOD;
  const end = start + payload.length;
  const rest = end % PATTERN_PERIOD;
  const periods = (end - rest) / PATTERN_PERIOD;
  const even = periods * EVEN_BEFORE[PATTERN_PERIOD]! + EVEN_BEFORE[rest]! - EVEN_BEFORE[start]!;
  const odd = periods * ODD_BEFORE[PATTERN_PERIOD]! + ODD_BEFORE[rest]! - ODD_BEFORE[start]!;
  return sum + (start % 2 === 0 ? even * 256 + odd : odd * 256 + even);
}
