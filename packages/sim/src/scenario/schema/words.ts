/** The small words of a scenario file: names, ports, numbers, expressions. */
import * as z from 'zod';
import { flagLetters, flagsOfLetters, parseDottedAddress } from './wire-words.ts';
import { ExpressionError, parseClaim, parseCondition } from '../expression/index.ts';
import { CLAIM_WORDS } from './reserved-words.ts';

/** The name of a host, link hold or connection. */
export const name = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]{0,31}$/,
    'expected a name: a letter, then letters, digits and hyphens, at most 32',
  );

export const hostName = name
  .refine((text) => !CLAIM_WORDS.has(text), 'this word has a meaning in expressions; take another')
  .meta({ description: 'The name of a host.', examples: ['client'] });

/** A host that another part of the file declares. */
export const hostReference = name.meta({
  description: 'The name of a host of this scenario.',
  examples: ['client'],
});

export const port = z
  .int('expected a port, 1 … 65535')
  .min(1, 'a port is at least 1')
  .max(65_535, 'a port is at most 65535')
  .meta({ description: 'A port, 1 … 65535.', examples: [80] });

/** A whole number of at least `min`. */
export function count(min: number, max = 1_000_000_000) {
  return z
    .int('expected a whole number')
    .min(min, `expected at least ${min}`)
    .max(max, `expected at most ${max}`);
}

/** One number counted from 1, or several. */
export const numbersFromOne = z.union(
  [
    count(1).transform((one) => [one]),
    z.array(count(1)).min(1, 'expected at least one number').max(10_000),
  ],
  'expected a whole number of at least 1, or a list of them',
);

/** A sentence or two for people. */
export const prose = z
  .string()
  .trim()
  .min(1, 'expected a text that is not empty')
  .max(4_000, 'expected at most 4,000 characters');

/** Control bits as letters, in the order of `flagLetters`. */
export const flags = z
  .string()
  .transform((letters, context) => {
    const bits = flagsOfLetters(letters);
    if (bits !== undefined && letters !== '') return flagLetters(bits);
    context.issues.push({
      code: 'custom',
      message: `expected flags of the letters S, F, R, P, A, U, E, W, found "${letters}"`,
      input: letters,
    });
    return z.NEVER;
  })
  .meta({
    description: 'Control bits as letters: S SYN, F FIN, R RST, P PSH, A ACK, U URG, E ECE, W CWR.',
    examples: ['SA'],
  });

/** A dotted address as an unsigned 32-bit number. */
export const address = z
  .string()
  .transform((text, context) => {
    const value = parseDottedAddress(text);
    if (value !== undefined) return value;
    context.issues.push({
      code: 'custom',
      message: `expected an IPv4 address of a host, e.g. 10.0.0.1, found "${text}"`,
      input: text,
    });
    return z.NEVER;
  })
  .meta({ description: 'An IPv4 address, dotted.', examples: ['10.0.0.1'] });

/** Where in an expression a mistake is, for whoever places the caret. */
export interface ExpressionPlace {
  readonly column: number;
  readonly length: number;
}

function expression<Parsed>(parse: (text: string) => Parsed) {
  return z.string().transform((text, context) => {
    try {
      return { text, parsed: parse(text) };
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const place: ExpressionPlace = { column: error.column, length: error.length };
      context.issues.push({
        code: 'custom',
        message: error.message,
        input: text,
        params: { place },
      });
      return z.NEVER;
    }
  });
}

/** A condition on one packet, parsed. */
export const condition = expression(parseCondition).meta({
  description: 'A condition on one packet, in the expression language.',
  examples: ['flags has S and from == client'],
});

/** A claim about the whole run, parsed. */
export const claim = expression(parseClaim).meta({
  description: 'A claim about the whole run, in the expression language.',
  examples: ['client.tcp[0] reaches ESTABLISHED within 2s', 'count(segment where resent) == 1'],
});
