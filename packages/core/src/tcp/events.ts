import type { ConnectionEnd } from '../base/index.ts';

/** What a connection tells its user without being asked. */
export type TcpEvent =
  | { readonly kind: 'established' }
  /** There is something to RECEIVE. Told again only after the event was taken. */
  | { readonly kind: 'data arrived' }
  /** SEND took less than it was given before, and there is room again. */
  | { readonly kind: 'send space' }
  /** The peer's FIN is in order: after what is still readable the stream ends ("connection closing"). */
  | { readonly kind: 'peer closed' }
  /** All we sent, our FIN included, is acknowledged: the "ok" of the CLOSE call (§3.10.7.4). */
  | { readonly kind: 'close acknowledged' }
  /** An urgent pointer arrived or moved on (MUST-32); so many bytes are to be read up to it. */
  | { readonly kind: 'urgent'; readonly bytes: number }
  /** R1: the same segment was retransmitted so often (SHLD-9); the IP layer may look for another way. */
  | { readonly kind: 'excessive retransmission'; readonly retransmissions: number }
  /** An ICMP error that does not end the connection (SHLD-25). */
  | { readonly kind: 'soft error'; readonly type: number; readonly code: number }
  /** The connection is in TIME-WAIT: nothing more will come or go. */
  | { readonly kind: 'time-wait' }
  /** A connection born by a LISTEN fell back to LISTEN (§3.10.7.4): it disappears without a word to the user. */
  | { readonly kind: 'returned to LISTEN' }
  /** Closed in order; the TCB is deleted. */
  | { readonly kind: 'closed' }
  /** Ended otherwise; the TCB is deleted. `detail` has the RFC's words. */
  | { readonly kind: 'failed'; readonly reason: ConnectionEnd; readonly detail: string };
