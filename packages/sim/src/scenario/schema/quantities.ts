/** The quantities of a scenario file as schemas: text with a unit in, a whole number out. */
import * as z from 'zod';
import {
  CERTAIN,
  parseDuration,
  parsePackets,
  parseProbability,
  parseRate,
  parseSize,
  type Quantity,
} from '../units.ts';

interface Wording {
  readonly noun: string;
  readonly examples: readonly [string, ...string[]];
}

function quantity(parse: (text: string) => Quantity, wording: Wording) {
  const { noun, examples } = wording;
  const wanted = `${noun} with its unit, e.g. ${examples.join(' or ')}`;
  return z
    .string({
      error: (issue) =>
        typeof issue.input === 'number'
          ? `expected ${wanted}; the number ${issue.input} has no unit`
          : `expected ${wanted}`,
    })
    .transform((text, context) => {
      const result = parse(text);
      if (result.ok) return result.value;
      context.issues.push({ code: 'custom', message: result.message, input: text });
      return z.NEVER;
    })
    .meta({ description: `${capital(noun)} with its unit.`, examples: [...examples] });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Microseconds. */
export const duration = quantity(parseDuration, { noun: 'a duration', examples: ['50ms', '1.5s'] });
/** Bits per second, at least 1. */
export const rate = quantity(parseRate, { noun: 'a rate', examples: ['10Mbit', '56kbit'] }).refine(
  (bits) => bits > 0,
  'a rate is more than nothing; to stop all traffic use the script action cut',
);
/** Bytes. */
export const size = quantity(parseSize, { noun: 'a size', examples: ['64KB', '1460B'] });

/** A queue's limit: bytes or packets. */
export const queueLimit = quantity(
  (text) => {
    const asPackets = parsePackets(text);
    // Packets are told apart from bytes by their sign until the transform below.
    if (asPackets.ok) return { ok: true, value: -asPackets.value };
    if (/packets?$/.test(text)) return asPackets;
    return parseSize(text);
  },
  { noun: 'a size or a number of packets', examples: ['64KB', '100packets'] },
).transform((value): { readonly bytes: number } | { readonly packets: number } =>
  value < 0 ? { packets: -value } : { bytes: value },
);

/** 0 … 1 as a number; written as a percentage or as a fraction. */
export const probability = z
  .union([z.string(), z.number()], { error: 'expected a probability, e.g. 2% or 0.02' })
  .transform((written, context) => {
    const result = parseProbability(String(written));
    if (result.ok) return result.value / CERTAIN;
    context.issues.push({ code: 'custom', message: result.message, input: written });
    return z.NEVER;
  })
  .meta({ description: 'A percentage, or a fraction from 0 to 1.', examples: ['2%', 0.02] });
