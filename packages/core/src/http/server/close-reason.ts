/** Why a server closes a connection: what product and traces call the reasons, and the rule of each. */
import type { Rule } from '../../base/cause.ts';
import { HTTP_RULES } from '../rules.ts';

export const CLOSE_REASONS = {
  'idle timeout': HTTP_RULES.idleTimeout,
  'request limit': HTTP_RULES.requestLimit,
  'client asked': HTTP_RULES.closeAsked,
  'no keep-alive in HTTP/1.0': HTTP_RULES.persist,
  'client closed': HTTP_RULES.peerClosed,
  'handler asked': HTTP_RULES.closeAsked,
  'keep-alive is off': HTTP_RULES.closeAsked,
  'server is stopping': HTTP_RULES.shutdown,
  'protocol violation': HTTP_RULES.respond,
  'slow client': HTTP_RULES.slowClient,
  'content not read': HTTP_RULES.lingeringClose,
  'response until close': HTTP_RULES.untilClose,
  'handler failed': HTTP_RULES.handlerFailed,
  'connection failed': HTTP_RULES.peerClosed,
  'protocol switched': HTTP_RULES.upgrade,
  'too many connections': HTTP_RULES.respond,
} as const satisfies Record<string, Rule>;

export type CloseReason = keyof typeof CLOSE_REASONS;
