/** Finished, the same in both versions but for how it is computed. */
import { equalBytes } from '../../base/bytes.ts';
import { malformed } from '../messages/message.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';

/** RFC 8446 §4.4.4: the right length, or it does not parse; the right octets, or it is a forgery. */
export function checkFinished(body: Uint8Array, expected: Uint8Array): Refusal | undefined {
  if (body.length !== expected.length) return malformed('the Finished');
  if (equalBytes(body, expected)) return undefined;
  const why = 'the Finished does not fit the messages of this handshake';
  return refuse('decrypt_error', RULES.finished, why);
}
