import { WHOLE_RUN, type Window } from './claim.ts';
import { parseTime } from './parse-value.ts';
import type { TokenReader } from './token-reader.ts';

/**
 * Parses `within 2s` (from the start of the run), `after 1s`, or `between 1s and 2s`; nothing means
 * the whole run. @throws ExpressionError
 */
export function parseWindow(reader: TokenReader): Window {
  if (reader.take('within') || reader.take('before')) {
    return { fromUs: 0, toUs: parseTime(reader, 'a duration') };
  }
  if (reader.take('after')) {
    return { fromUs: parseTime(reader, 'a time'), toUs: WHOLE_RUN.toUs };
  }
  if (reader.take('between')) {
    const fromUs = parseTime(reader, 'a time');
    reader.expect('and');
    return { fromUs, toUs: parseTime(reader, 'a time') };
  }
  return WHOLE_RUN;
}
