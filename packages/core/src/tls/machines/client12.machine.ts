/**
 * The TLS 1.2 client: RFC 5246 §7.3, figures 1 and 2, with RFC 5077's ticket. The RFC draws no
 * states; they are named here after the message that is waited for, as RFC 8446 does.
 */
import { setup } from 'xstate';
import type { ClientFlight12, KeyChanges } from './key-changes.ts';

export type Client12State =
  | 'WAIT_SH'
  | 'WAIT_CERT'
  | 'WAIT_SKE'
  | 'WAIT_CR_SHD'
  | 'WAIT_SHD'
  | 'WAIT_NST'
  | 'WAIT_CCS'
  | 'WAIT_FINISHED'
  | 'WAIT_NST_RESUMED'
  | 'WAIT_CCS_RESUMED'
  | 'WAIT_FINISHED_RESUMED'
  | 'CONNECTED';

type Plain =
  | 'recv ServerHello'
  | 'recv ServerHello, resuming'
  | 'recv ServerHello, resuming with a new ticket'
  | 'recv Certificate'
  | 'recv ServerKeyExchange'
  | 'recv CertificateRequest'
  | 'recv NewSessionTicket'
  | 'recv ChangeCipherSpec'
  | 'recv Finished'
  | 'recv HelloRequest';

type Sending =
  | 'recv ServerHelloDone'
  | 'recv ServerHelloDone, a ticket follows'
  | 'recv Finished, resuming';
export type Client12Arrow = Plain | Sending;
type Event = { type: Plain } | { type: Sending; flight: ClientFlight12 };

const SECOND_FLIGHT = [
  '[send Certificate]',
  'send ClientKeyExchange',
  '[send CertificateVerify]',
  'send ChangeCipherSpec',
  'K_send = session',
  'send Finished',
] as const;

export const client12Machine = setup({
  types: {
    context: {} as { readonly keys: KeyChanges },
    input: {} as KeyChanges,
    events: {} as Event,
  },
  actions: {
    '[send Certificate]': ({ event }) => flightOf(event)?.certificate(),
    'send ClientKeyExchange': ({ event }) => flightOf(event)?.clientKeyExchange(),
    '[send CertificateVerify]': ({ event }) => flightOf(event)?.certificateVerify(),
    'send ChangeCipherSpec': ({ event }) => flightOf(event)?.changeCipherSpec(),
    'send Finished': ({ event }) => flightOf(event)?.finished(),
    'K_send = session': ({ context }) => context.keys.sendWith('session'),
    'K_recv = session': ({ context }) => context.keys.receiveWith('session'),
  },
}).createMachine({
  id: 'TLS 1.2 client',
  initial: 'WAIT_SH',
  context: ({ input }) => ({ keys: input }),
  states: {
    WAIT_SH: {
      on: {
        'recv ServerHello': 'WAIT_CERT',
        'recv ServerHello, resuming': 'WAIT_CCS_RESUMED',
        'recv ServerHello, resuming with a new ticket': 'WAIT_NST_RESUMED',
      },
    },
    WAIT_CERT: { on: { 'recv Certificate': 'WAIT_SKE' } },
    WAIT_SKE: { on: { 'recv ServerKeyExchange': 'WAIT_CR_SHD' } },
    WAIT_CR_SHD: {
      on: {
        'recv CertificateRequest': 'WAIT_SHD',
        'recv ServerHelloDone': { target: 'WAIT_CCS', actions: SECOND_FLIGHT },
        'recv ServerHelloDone, a ticket follows': { target: 'WAIT_NST', actions: SECOND_FLIGHT },
      },
    },
    WAIT_SHD: {
      on: {
        'recv ServerHelloDone': { target: 'WAIT_CCS', actions: SECOND_FLIGHT },
        'recv ServerHelloDone, a ticket follows': { target: 'WAIT_NST', actions: SECOND_FLIGHT },
      },
    },
    WAIT_NST: { on: { 'recv NewSessionTicket': 'WAIT_CCS' } },
    WAIT_CCS: {
      on: { 'recv ChangeCipherSpec': { target: 'WAIT_FINISHED', actions: 'K_recv = session' } },
    },
    WAIT_FINISHED: { on: { 'recv Finished': 'CONNECTED' } },
    WAIT_NST_RESUMED: { on: { 'recv NewSessionTicket': 'WAIT_CCS_RESUMED' } },
    WAIT_CCS_RESUMED: {
      on: {
        'recv ChangeCipherSpec': { target: 'WAIT_FINISHED_RESUMED', actions: 'K_recv = session' },
      },
    },
    WAIT_FINISHED_RESUMED: {
      on: {
        'recv Finished, resuming': {
          target: 'CONNECTED',
          actions: ['send ChangeCipherSpec', 'K_send = session', 'send Finished'],
        },
      },
    },
    CONNECTED: {
      on: { 'recv HelloRequest': { target: 'CONNECTED', meta: { rfc: '5246 §7.4.1.1' } } },
    },
  },
});

function flightOf(event: Event): ClientFlight12 | undefined {
  return 'flight' in event ? event.flight : undefined;
}
