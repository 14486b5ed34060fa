/**
 * The TLS 1.2 server: RFC 5246 §7.3, figures 1 and 2, with RFC 5077's ticket. The RFC draws no
 * states; they are named here after the message that is waited for, as RFC 8446 does.
 */
import { setup } from 'xstate';
import type { ServerFlight12, KeyChanges } from './key-changes.ts';

export type Server12State =
  | 'START'
  | 'WAIT_CERT'
  | 'WAIT_CKE'
  | 'WAIT_CKE_CV'
  | 'WAIT_CV'
  | 'WAIT_CCS'
  | 'WAIT_FINISHED'
  | 'WAIT_CCS_RESUMED'
  | 'WAIT_FINISHED_RESUMED'
  | 'CONNECTED';

type Plain =
  | 'recv empty Certificate'
  | 'recv Certificate'
  | 'recv ClientKeyExchange'
  | 'recv CertificateVerify'
  | 'recv ChangeCipherSpec'
  | 'recv Finished, resuming'
  | 'recv ClientHello, refused';

type Sending =
  | 'recv ClientHello'
  | 'recv ClientHello, asking for a certificate'
  | 'recv ClientHello, resuming'
  | 'recv Finished';
export type Server12Arrow = Plain | Sending;
type Event = { type: Plain } | { type: Sending; flight: ServerFlight12 };

const FIRST_FLIGHT = [
  'send ServerHello',
  'send Certificate',
  'send ServerKeyExchange',
  '[send CertificateRequest]',
  'send ServerHelloDone',
] as const;

const LAST_FLIGHT = [
  '[send NewSessionTicket]',
  'send ChangeCipherSpec',
  'K_send = session',
  'send Finished',
] as const;

export const server12Machine = setup({
  types: {
    context: {} as { readonly keys: KeyChanges },
    input: {} as KeyChanges,
    events: {} as Event,
  },
  actions: {
    'send ServerHello': ({ event }) => flightOf(event)?.serverHello(),
    'send Certificate': ({ event }) => flightOf(event)?.certificate(),
    'send ServerKeyExchange': ({ event }) => flightOf(event)?.serverKeyExchange(),
    '[send CertificateRequest]': ({ event }) => flightOf(event)?.certificateRequest(),
    'send ServerHelloDone': ({ event }) => flightOf(event)?.serverHelloDone(),
    '[send NewSessionTicket]': ({ event }) => flightOf(event)?.newSessionTicket(),
    'send ChangeCipherSpec': ({ event }) => flightOf(event)?.changeCipherSpec(),
    'send Finished': ({ event }) => flightOf(event)?.finished(),
    'K_send = session': ({ context }) => context.keys.sendWith('session'),
    'K_recv = session': ({ context }) => context.keys.receiveWith('session'),
  },
}).createMachine({
  id: 'TLS 1.2 server',
  initial: 'START',
  context: ({ input }) => ({ keys: input }),
  states: {
    START: {
      on: {
        'recv ClientHello': { target: 'WAIT_CKE', actions: FIRST_FLIGHT },
        'recv ClientHello, asking for a certificate': {
          target: 'WAIT_CERT',
          actions: FIRST_FLIGHT,
        },
        'recv ClientHello, resuming': {
          target: 'WAIT_CCS_RESUMED',
          actions: ['send ServerHello', ...LAST_FLIGHT],
        },
      },
    },
    WAIT_CERT: {
      on: { 'recv empty Certificate': 'WAIT_CKE', 'recv Certificate': 'WAIT_CKE_CV' },
    },
    WAIT_CKE: { on: { 'recv ClientKeyExchange': 'WAIT_CCS' } },
    WAIT_CKE_CV: { on: { 'recv ClientKeyExchange': 'WAIT_CV' } },
    WAIT_CV: { on: { 'recv CertificateVerify': 'WAIT_CCS' } },
    WAIT_CCS: {
      on: { 'recv ChangeCipherSpec': { target: 'WAIT_FINISHED', actions: 'K_recv = session' } },
    },
    WAIT_FINISHED: { on: { 'recv Finished': { target: 'CONNECTED', actions: LAST_FLIGHT } } },
    WAIT_CCS_RESUMED: {
      on: {
        'recv ChangeCipherSpec': { target: 'WAIT_FINISHED_RESUMED', actions: 'K_recv = session' },
      },
    },
    WAIT_FINISHED_RESUMED: { on: { 'recv Finished, resuming': 'CONNECTED' } },
    CONNECTED: {
      on: { 'recv ClientHello, refused': { target: 'CONNECTED', meta: { rfc: '5246 §7.4.1.2' } } },
    },
  },
});

function flightOf(event: Event): ServerFlight12 | undefined {
  return 'flight' in event ? event.flight : undefined;
}
