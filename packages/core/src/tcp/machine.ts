/**
 * The state machine of TCP: Figure 5 of RFC 9293 (§3.3.2) and the arrows that only the text of §3.10
 * gives; those carry `meta.rfc`. Nothing else changes the state of a connection.
 *
 * An event is the figure's upper label, an action its lower label. An event without an arrow is a
 * bug, never ignored. A segment follows as many arrows as it has steps: FIN and the ACK of our FIN in
 * one segment take FIN-WAIT-1 over FIN-WAIT-2 to TIME-WAIT.
 *
 * Not an arrow, though §3.10.7.4 lists it: the FIN in SYN-RECEIVED. Its fifth step comes first and
 * has left that state or dropped the segment.
 */
import { setup } from 'xstate';

/** What the lower labels do. They prepare what is to be sent; they know neither time nor network. */
export interface TcpActions {
  createTcb(): void;
  deleteTcb(): void;
  sendSyn(): void;
  sendSynAck(): void;
  sendAck(): void;
  sendFin(): void;
  sendRst(): void;
}

/** The upper labels: everything that can move a connection from one state to another. */
export type TcpArrow =
  | 'passive OPEN'
  | 'active OPEN'
  | 'SEND'
  | 'CLOSE'
  | 'ABORT'
  | 'rcv SYN'
  | 'rcv SYN,ACK'
  | 'rcv ACK of SYN'
  | 'rcv FIN'
  | 'rcv ACK of FIN'
  | 'rcv RST'
  | 'rcv RST after active OPEN'
  | 'rcv SYN of a new incarnation'
  | 'timeout 2MSL'
  | 'user timeout'
  | 'R2 exceeded'
  | 'hard error';

const tcp = setup({
  types: {
    context: {} as { connection: TcpActions },
    input: {} as { connection: TcpActions },
    events: {} as { type: TcpArrow },
    meta: {} as { rfc: string },
  },
  actions: {
    'create TCB': ({ context }) => context.connection.createTcb(),
    'delete TCB': ({ context }) => context.connection.deleteTcb(),
    'snd SYN': ({ context }) => context.connection.sendSyn(),
    'snd SYN,ACK': ({ context }) => context.connection.sendSynAck(),
    'snd ACK': ({ context }) => context.connection.sendAck(),
    'snd FIN': ({ context }) => context.connection.sendFin(),
    'snd RST': ({ context }) => context.connection.sendRst(),
  },
});

const reset = { target: 'CLOSED', actions: 'delete TCB', meta: { rfc: '9293 §3.10.7.4' } } as const;
const abortWithReset = {
  target: 'CLOSED',
  actions: ['snd RST', 'delete TCB'],
  meta: { rfc: '9293 §3.10.5' },
} as const;
const abortSilently = {
  target: 'CLOSED',
  actions: 'delete TCB',
  meta: { rfc: '9293 §3.10.5' },
} as const;
const userTimeout = {
  target: 'CLOSED',
  actions: 'delete TCB',
  meta: { rfc: '9293 §3.10.8' },
} as const;
const givenUp = { target: 'CLOSED', actions: 'delete TCB', meta: { rfc: '9293 §3.8.3' } } as const;
const hardError = {
  target: 'CLOSED',
  actions: 'delete TCB',
  meta: { rfc: '9293 §3.9.2.2' },
} as const;

export const tcpMachine = tcp.createMachine({
  id: 'tcp',
  context: ({ input }) => input,
  initial: 'CLOSED',
  states: {
    CLOSED: {
      on: {
        'passive OPEN': { target: 'LISTEN', actions: 'create TCB' },
        'active OPEN': { target: 'SYN-SENT', actions: ['create TCB', 'snd SYN'] },
      },
    },
    LISTEN: {
      on: {
        'rcv SYN': { target: 'SYN-RECEIVED', actions: 'snd SYN,ACK' },
        SEND: { target: 'SYN-SENT', actions: 'snd SYN' },
        'active OPEN': { target: 'SYN-SENT', actions: 'snd SYN', meta: { rfc: '9293 §3.10.1' } },
        CLOSE: { target: 'CLOSED', actions: 'delete TCB' },
        ABORT: abortSilently,
      },
    },
    'SYN-SENT': {
      on: {
        'rcv SYN': { target: 'SYN-RECEIVED', actions: 'snd SYN,ACK' },
        'rcv SYN,ACK': { target: 'ESTABLISHED', actions: 'snd ACK' },
        CLOSE: { target: 'CLOSED', actions: 'delete TCB' },
        'rcv RST': { target: 'CLOSED', actions: 'delete TCB', meta: { rfc: '9293 §3.10.7.3' } },
        ABORT: abortSilently,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    'SYN-RECEIVED': {
      on: {
        'rcv ACK of SYN': { target: 'ESTABLISHED' },
        CLOSE: { target: 'FIN-WAIT-1', actions: 'snd FIN' },
        // Note 1 of the figure: to LISTEN only if it came from there.
        'rcv RST': { target: 'LISTEN' },
        'rcv RST after active OPEN': reset,
        'rcv SYN': { target: 'LISTEN', meta: { rfc: '9293 §3.10.7.4' } },
        ABORT: abortWithReset,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    ESTABLISHED: {
      on: {
        CLOSE: { target: 'FIN-WAIT-1', actions: 'snd FIN' },
        'rcv FIN': { target: 'CLOSE-WAIT', actions: 'snd ACK' },
        'rcv RST': reset,
        ABORT: abortWithReset,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    'FIN-WAIT-1': {
      on: {
        'rcv ACK of FIN': { target: 'FIN-WAIT-2' },
        'rcv FIN': { target: 'CLOSING', actions: 'snd ACK' },
        'rcv RST': reset,
        ABORT: abortWithReset,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    'FIN-WAIT-2': {
      on: {
        'rcv FIN': { target: 'TIME-WAIT', actions: 'snd ACK' },
        'rcv RST': reset,
        ABORT: abortWithReset,
        // Nothing is outstanding that could meet a hard error; the user timeout is that of silence.
        'user timeout': userTimeout,
      },
    },
    'CLOSE-WAIT': {
      on: {
        CLOSE: { target: 'LAST-ACK', actions: 'snd FIN' },
        'rcv RST': reset,
        ABORT: abortWithReset,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    CLOSING: {
      on: {
        'rcv ACK of FIN': { target: 'TIME-WAIT' },
        'rcv RST': reset,
        ABORT: abortSilently,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    'LAST-ACK': {
      on: {
        'rcv ACK of FIN': { target: 'CLOSED', actions: 'delete TCB' },
        'rcv RST': reset,
        ABORT: abortSilently,
        'user timeout': userTimeout,
        'R2 exceeded': givenUp,
        'hard error': hardError,
      },
    },
    'TIME-WAIT': {
      on: {
        'timeout 2MSL': { target: 'CLOSED', actions: 'delete TCB' },
        'rcv RST': reset,
        ABORT: abortSilently,
        'rcv SYN of a new incarnation': {
          target: 'CLOSED',
          actions: 'delete TCB',
          meta: { rfc: '9293 §3.6.1 (MAY-2)' },
        },
      },
    },
  },
});
