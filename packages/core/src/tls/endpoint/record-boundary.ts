/** Messages before a change of keys end their record (RFC 8446 §5.1). */
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Channel } from './channel.ts';

/** Asked before the message is answered, so that nothing is settled with a peer that breaks this. */
export function checkRecordBoundary(channel: Channel): Refusal | undefined {
  if (channel.pendingHandshakeBytes() === 0) return undefined;
  const why = 'handshake data follows in the same record where the keys change';
  return refuse('unexpected_message', RULES.keyBoundary, why);
}
