import * as z from 'zod';
import { didYouMean } from '../suggest.ts';

/** Between the messages of several unknown keys of one object; no message contains it. */
export const MESSAGE_SEPARATOR = '\n';

/** Of one object so many unknown keys are told; a file with more is something else than a scenario. */
export const MAX_UNKNOWN_KEYS = 20;

/** An object without any other keys: an unknown one is an error that knows what was meant. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, MAX_UNKNOWN_KEYS)
            .map((key) => unknownKey(key, known))
            .join(MESSAGE_SEPARATOR)
        : undefined,
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key "${key}".${didYouMean(key, known)} Known here: ${known.join(', ')}`;
}
