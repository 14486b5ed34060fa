/** RFC 3492: Punycode, the letters-digits-hyphen form of a label with other characters. */

// RFC 3492 §5: the parameters that IDNA uses.
const BASE = 36;
const TMIN = 1;
const TMAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** RFC 3492 §6.3: the encoding of a label, without the `xn--` before it. */
export function punycode(label: string): string {
  const points = Array.from(label, (character) => character.codePointAt(0)!);
  const basic = points.filter((point) => point < INITIAL_N);
  let output = basic.map((point) => String.fromCharCode(point)).join('');
  if (basic.length > 0) output += '-';
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  let handled = basic.length;
  while (handled < points.length) {
    const next = smallestFrom(points, n);
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta += 1;
      if (point !== n) continue;
      output += generalizedInteger(delta, bias);
      bias = adaptedBias(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled += 1;
    }
    delta += 1;
    n += 1;
  }
  return output;
}

function smallestFrom(points: readonly number[], n: number): number {
  let smallest = 0x110000;
  for (const point of points) if (point >= n && point < smallest) smallest = point;
  return smallest;
}

/** RFC 3492 §3.3: a number in digits whose weights depend on the bias. */
function generalizedInteger(value: number, bias: number): string {
  let text = '';
  let rest = value;
  for (let k = BASE; ; k += BASE) {
    const threshold = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
    if (rest < threshold) return text + DIGITS[rest]!;
    text += DIGITS[threshold + ((rest - threshold) % (BASE - threshold))]!;
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

/** RFC 3492 §6.1. */
function adaptedBias(delta: number, count: number, first: boolean): number {
  let scaled = first ? Math.floor(delta / DAMP) : Math.floor(delta / 2);
  scaled += Math.floor(scaled / count);
  let k = 0;
  for (; scaled > Math.floor(((BASE - TMIN) * TMAX) / 2); k += BASE) {
    scaled = Math.floor(scaled / (BASE - TMIN));
  }
  return k + Math.floor(((BASE - TMIN + 1) * scaled) / (scaled + SKEW));
}
