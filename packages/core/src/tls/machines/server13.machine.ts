/** The TLS 1.3 server: RFC 8446, appendix A.2. Upper labels are events, lower labels actions. */
import { setup } from 'xstate';
import type { KeyChanges, ServerFlight } from './key-changes.ts';

export type Server13State =
  | 'START'
  | 'RECVD_CH'
  | 'NEGOTIATED'
  | 'WAIT_EOED'
  | 'WAIT_FLIGHT2'
  | 'WAIT_CERT'
  | 'WAIT_CV'
  | 'WAIT_FINISHED'
  | 'CONNECTED'
  | 'NEGOTIATED_TLS12';

type Plain =
  | 'recv ClientHello'
  | 'recv ClientHello of TLS 1.2'
  | 'send HelloRetryRequest'
  | 'select parameters'
  | 'recv EndOfEarlyData'
  | 'no client authentication'
  | 'client authentication'
  | 'recv empty Certificate'
  | 'recv Certificate'
  | 'recv CertificateVerify'
  | 'recv Finished'
  | 'recv KeyUpdate';

type Sending = 'send server flight, no 0-RTT' | 'send server flight, 0-RTT';
export type Server13Arrow = Plain | Sending;
type Event = { type: Plain } | { type: Sending; flight: ServerFlight };

const SERVER_FLIGHT = [
  'send ServerHello',
  'K_send = handshake',
  'send EncryptedExtensions',
  '[send CertificateRequest]',
  '[send Certificate + CertificateVerify]',
  'send Finished',
  'K_send = application',
] as const;

export const server13Machine = setup({
  types: {
    context: {} as { readonly keys: KeyChanges },
    input: {} as KeyChanges,
    events: {} as Event,
  },
  actions: {
    'send ServerHello': ({ event }) => flightOf(event)?.serverHello(),
    'send EncryptedExtensions': ({ event }) => flightOf(event)?.encryptedExtensions(),
    '[send CertificateRequest]': ({ event }) => flightOf(event)?.certificateRequest(),
    '[send Certificate + CertificateVerify]': ({ event }) => flightOf(event)?.certificate(),
    'send Finished': ({ event }) => flightOf(event)?.finished(),
    'K_send = handshake': ({ context }) => context.keys.sendWith('handshake'),
    'K_send = application': ({ context }) => context.keys.sendWith('application'),
    'K_recv = early data': ({ context }) => context.keys.receiveWith('early data'),
    'K_recv = handshake': ({ context }) => context.keys.receiveWith('handshake'),
    'K_recv = application': ({ context }) => context.keys.receiveWith('application'),
  },
}).createMachine({
  id: 'TLS 1.3 server',
  initial: 'START',
  context: ({ input }) => ({ keys: input }),
  states: {
    START: {
      on: {
        'recv ClientHello': 'RECVD_CH',
        'recv ClientHello of TLS 1.2': { target: 'NEGOTIATED_TLS12', meta: { rfc: '8446 §4.2.1' } },
      },
    },
    RECVD_CH: {
      on: { 'send HelloRetryRequest': 'START', 'select parameters': 'NEGOTIATED' },
    },
    NEGOTIATED: {
      on: {
        'send server flight, no 0-RTT': {
          target: 'WAIT_FLIGHT2',
          actions: [...SERVER_FLIGHT, 'K_recv = handshake'],
        },
        'send server flight, 0-RTT': {
          target: 'WAIT_EOED',
          actions: [...SERVER_FLIGHT, 'K_recv = early data'],
        },
      },
    },
    WAIT_EOED: {
      on: { 'recv EndOfEarlyData': { target: 'WAIT_FLIGHT2', actions: 'K_recv = handshake' } },
    },
    WAIT_FLIGHT2: {
      on: { 'no client authentication': 'WAIT_FINISHED', 'client authentication': 'WAIT_CERT' },
    },
    WAIT_CERT: {
      on: { 'recv empty Certificate': 'WAIT_FINISHED', 'recv Certificate': 'WAIT_CV' },
    },
    WAIT_CV: { on: { 'recv CertificateVerify': 'WAIT_FINISHED' } },
    WAIT_FINISHED: {
      on: { 'recv Finished': { target: 'CONNECTED', actions: 'K_recv = application' } },
    },
    CONNECTED: {
      on: { 'recv KeyUpdate': { target: 'CONNECTED', meta: { rfc: '8446 §4.6.3' } } },
    },
    // The machine of TLS 1.2 goes on from here.
    NEGOTIATED_TLS12: { type: 'final' },
  },
});

function flightOf(event: Event): ServerFlight | undefined {
  return 'flight' in event ? event.flight : undefined;
}
