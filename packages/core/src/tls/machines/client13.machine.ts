/** The TLS 1.3 client: RFC 8446, appendix A.1. Upper labels are events, lower labels actions. */
import { setup } from 'xstate';
import type { ClientFlight, KeyChanges } from './key-changes.ts';

export type Client13State =
  | 'START'
  | 'WAIT_SH'
  | 'WAIT_EE'
  | 'WAIT_CERT_CR'
  | 'WAIT_CERT'
  | 'WAIT_CV'
  | 'WAIT_FINISHED'
  | 'CONNECTED'
  | 'NEGOTIATED_TLS12';

type Plain =
  | 'send ClientHello'
  | 'send ClientHello with early data'
  | 'recv HelloRetryRequest'
  | 'recv ServerHello'
  | 'recv ServerHello of TLS 1.2'
  | 'recv EncryptedExtensions, using PSK'
  | 'recv EncryptedExtensions, using certificate'
  | 'recv CertificateRequest'
  | 'recv Certificate'
  | 'recv CertificateVerify'
  | 'recv NewSessionTicket'
  | 'recv KeyUpdate';

export type Client13Arrow = Plain | 'recv Finished';
type Event = { type: Plain } | { type: 'recv Finished'; flight: ClientFlight };

export const client13Machine = setup({
  types: {
    context: {} as { readonly keys: KeyChanges },
    input: {} as KeyChanges,
    events: {} as Event,
  },
  actions: {
    'K_send = early data': ({ context }) => context.keys.sendWith('early data'),
    'K_recv = handshake': ({ context }) => context.keys.receiveWith('handshake'),
    'K_send = handshake': ({ context }) => context.keys.sendWith('handshake'),
    'K_recv = application': ({ context }) => context.keys.receiveWith('application'),
    'K_send = application': ({ context }) => context.keys.sendWith('application'),
    '[send change_cipher_spec]': ({ event }) => flightOf(event)?.changeCipherSpec(),
    '[send EndOfEarlyData]': ({ event }) => flightOf(event)?.endOfEarlyData(),
    '[send Certificate [+ CertificateVerify]]': ({ event }) => flightOf(event)?.certificate(),
    'send Finished': ({ event }) => flightOf(event)?.finished(),
  },
}).createMachine({
  id: 'TLS 1.3 client',
  initial: 'START',
  context: ({ input }) => ({ keys: input }),
  states: {
    START: {
      on: {
        'send ClientHello': 'WAIT_SH',
        'send ClientHello with early data': { target: 'WAIT_SH', actions: 'K_send = early data' },
      },
    },
    WAIT_SH: {
      on: {
        'recv HelloRetryRequest': 'START',
        'recv ServerHello': { target: 'WAIT_EE', actions: 'K_recv = handshake' },
        'recv ServerHello of TLS 1.2': { target: 'NEGOTIATED_TLS12', meta: { rfc: '8446 §4.1.3' } },
      },
    },
    WAIT_EE: {
      on: {
        'recv EncryptedExtensions, using PSK': 'WAIT_FINISHED',
        'recv EncryptedExtensions, using certificate': 'WAIT_CERT_CR',
      },
    },
    WAIT_CERT_CR: {
      on: { 'recv Certificate': 'WAIT_CV', 'recv CertificateRequest': 'WAIT_CERT' },
    },
    WAIT_CERT: { on: { 'recv Certificate': 'WAIT_CV' } },
    WAIT_CV: { on: { 'recv CertificateVerify': 'WAIT_FINISHED' } },
    WAIT_FINISHED: {
      on: {
        'recv Finished': {
          target: 'CONNECTED',
          actions: [
            '[send change_cipher_spec]',
            '[send EndOfEarlyData]',
            'K_send = handshake',
            '[send Certificate [+ CertificateVerify]]',
            'send Finished',
            'K_recv = application',
            'K_send = application',
          ],
        },
      },
    },
    CONNECTED: {
      on: {
        'recv NewSessionTicket': { target: 'CONNECTED', meta: { rfc: '8446 §4.6.1' } },
        'recv KeyUpdate': { target: 'CONNECTED', meta: { rfc: '8446 §4.6.3' } },
      },
    },
    // The machine of TLS 1.2 goes on from here.
    NEGOTIATED_TLS12: { type: 'final' },
  },
});

function flightOf(event: Event): ClientFlight | undefined {
  return event.type === 'recv Finished' ? event.flight : undefined;
}
