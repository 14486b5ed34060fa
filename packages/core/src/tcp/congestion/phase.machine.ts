/**
 * The phases of congestion control, RFC 5681 §3 and RFC 6582 §3.2. Arrows only on change; the numbers
 * belong to the controller.
 */
import { createMachine } from 'xstate';

export type CongestionPhase = 'slow start' | 'congestion avoidance' | 'fast recovery' | 'loss';

export type PhaseArrow =
  | 'cwnd reached ssthresh'
  | 'third duplicate ACK'
  | 'retransmission timeout'
  | 'full ACK'
  | 'restart after idle';

export const phaseMachine = createMachine({
  id: 'congestion',
  initial: 'slow start',
  states: {
    'slow start': {
      on: {
        'cwnd reached ssthresh': { target: 'congestion avoidance', meta: { rfc: '5681 §3.1' } },
        'third duplicate ACK': { target: 'fast recovery', meta: { rfc: '5681 §3.2' } },
        'retransmission timeout': { target: 'loss', meta: { rfc: '5681 §3.1' } },
      },
    },
    'congestion avoidance': {
      on: {
        'third duplicate ACK': { target: 'fast recovery', meta: { rfc: '5681 §3.2' } },
        'retransmission timeout': { target: 'loss', meta: { rfc: '5681 §3.1' } },
        'restart after idle': { target: 'slow start', meta: { rfc: '5681 §4.1' } },
      },
    },
    // Even when it ends below ssthresh: the next ACK that grows cwnd to ssthresh moves on at once.
    'fast recovery': {
      on: {
        'full ACK': { target: 'slow start', meta: { rfc: '6582 §3.2' } },
        'retransmission timeout': { target: 'loss', meta: { rfc: '6582 §3.2' } },
      },
    },
    // What was outstanding at the timeout is sent again, paced by slow start.
    loss: {
      on: {
        'full ACK': { target: 'slow start', meta: { rfc: '5681 §3.1' } },
      },
    },
  },
});
