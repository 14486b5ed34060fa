/** ChangeCipherSpec: a step of TLS 1.2, and in TLS 1.3 a thing to drop for middleboxes' sake. */
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Channel } from './channel.ts';
import type { Phase } from './phase.ts';

interface ChangeCipherSpec {
  readonly fragment: Uint8Array;
  /** It cuts no other message in two. */
  readonly isBetween: boolean;
}

export function takeChangeCipherSpec(
  channel: Channel,
  phase: Phase,
  { fragment, isBetween }: ChangeCipherSpec,
): Phase | Refusal | 'dropped' {
  const isOne = fragment.length === 1 && fragment[0] === 1;
  // RFC 8446 §5: in TLS 1.3 it is dropped wherever it stands, between the fragments of a message too.
  const isWhole = isOne && (isBetween || channel.version === 'TLS 1.3');
  if (channel.version !== 'TLS 1.2') return drop(channel, phase, isWhole);
  const next = isWhole ? phase.changeCipherSpec?.() : undefined;
  if (next === undefined) {
    const why = `a ChangeCipherSpec in ${channel.state}, or of another form`;
    return refuse('unexpected_message', RULES.changeCipherSpec12, why);
  }
  const about = { direction: 'received', name: 'ChangeCipherSpec', length: 1 } as const;
  channel.tell({ kind: 'message', ...about, summary: '' });
  return next;
}

/** RFC 8446 §5: from the first ClientHello to the peer's Finished. RFC 5246 knows no such thing. */
function drop(channel: Channel, phase: Phase, isWhole: boolean): Refusal | 'dropped' {
  const speaks13 = channel.settings.versions.includes('TLS 1.3');
  const isBeforeHello = channel.role === 'server' && channel.state === 'START';
  const isOutside = phase.takes === 'application data' || (isBeforeHello && !hasHello(channel));
  if (isWhole && speaks13 && !isOutside) return 'dropped';
  const why = `a change_cipher_spec in ${channel.state}, or of another form`;
  return refuse('unexpected_message', RULES.changeCipherSpec, why);
}

/** A server in START again has sent a HelloRetryRequest. */
function hasHello(channel: Channel): boolean {
  return channel.writer.sealer.records > 0 || channel.sentRetry;
}
