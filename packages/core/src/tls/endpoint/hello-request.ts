/** A HelloRequest while a client negotiates (RFC 5246 §7.4.1.1). */
import { malformed, type HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';
import type { Refusal } from '../refusal.ts';
import type { Channel } from './channel.ts';
import type { Phase } from './phase.ts';

/**
 * During a handshake that may be one of TLS 1.2 a HelloRequest is ignored, and the transcript never
 * holds one: the phase stays. Undefined for every other message, which the phase must judge.
 */
export function passOverHelloRequest(
  channel: Channel,
  phase: Phase,
  message: HandshakeMessage,
): Phase | Refusal | undefined {
  const mayBe12 = channel.version !== 'TLS 1.3' && channel.settings.versions.includes('TLS 1.2');
  if (channel.role !== 'client' || !mayBe12) return undefined;
  if (message.type !== HANDSHAKE.HelloRequest) return undefined;
  if (message.body.length > 0) return malformed('the HelloRequest');
  return channel.established === undefined ? phase : undefined;
}
