import type { TcpEvent } from '@tcplab/core';

/** What a connection told its program, as the trace says it; undefined for what happens all the time. */
export function describeTcpEvent(
  event: TcpEvent,
): { readonly event: string; readonly why: string } | undefined {
  switch (event.kind) {
    case 'data arrived':
    case 'send space':
    // The state changes at the same moment say the same.
    case 'close acknowledged':
    case 'time-wait':
      return undefined;
    case 'established':
      return { event: 'connection established', why: 'The handshake is complete at this end.' };
    case 'peer closed':
      return { event: 'end of stream', why: 'The peer sends nothing more; its FIN is in order.' };
    case 'returned to LISTEN':
      return { event: 'returned to LISTEN', why: 'The half-open connection is forgotten.' };
    case 'closed':
      return { event: 'connection closed', why: 'The connection ended in order.' };
    case 'failed':
      return { event: event.reason, why: `The connection ended: ${event.detail}.` };
    case 'urgent':
      return { event: 'urgent data', why: `${event.bytes} bytes are to be read with urgency.` };
    case 'excessive retransmission':
      return {
        event: 'excessive retransmission',
        why: `The same segment was sent again ${event.retransmissions} times without an answer.`,
      };
    case 'soft error':
      return {
        event: 'soft error',
        why: `An ICMP message of type ${event.type} and code ${event.code} arrived; it does not end the connection.`,
      };
  }
}
