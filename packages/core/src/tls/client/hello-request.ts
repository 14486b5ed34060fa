import type { HandshakeMessage } from '../messages/message.ts';
import { HANDSHAKE } from '../parameters/handshake-type.ts';

/**
 * RFC 5246 §7.4.1.1: during a handshake a HelloRequest is ignored, and the transcript never holds
 * one.
 */
export function ignoreHelloRequest({ type, body }: HandshakeMessage): boolean {
  return type === HANDSHAKE.HelloRequest && body.length === 0;
}
