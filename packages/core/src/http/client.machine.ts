import { createMachine } from 'xstate';

/** Where the client's side of a connection stands. Both ends keep one such machine. */
export type ClientState =
  | 'idle'
  | 'send body'
  | 'done'
  | 'must close'
  | 'closed'
  | 'might switch protocol'
  | 'switched protocol'
  | 'error';

export type ClientArrow =
  | 'request'
  | 'end of message'
  | 'connection closed'
  | 'protocol error'
  | 'no keep-alive'
  | 'server closed'
  | 'switch proposed'
  | 'switch accepted'
  | 'switch refused'
  | 'next request'
  | 'next cycle';

/**
 * The client's side of HTTP/1.1. The first four events are what the client sends; the others are
 * couplings, followed by `Conversation` when both sides together allow or force them.
 */
export const clientMachine = createMachine({
  id: 'http client',
  initial: 'idle',
  types: {} as { events: { type: ClientArrow } },
  states: {
    idle: {
      on: {
        request: 'send body',
        'connection closed': 'closed',
        'protocol error': 'error',
        'server closed': { target: 'must close', meta: { rfc: '9112 §9.5' } },
      },
    },
    'send body': {
      on: {
        'end of message': 'done',
        'connection closed': 'closed',
        'protocol error': 'error',
      },
    },
    done: {
      on: {
        'connection closed': 'closed',
        'protocol error': 'error',
        'switch proposed': { target: 'might switch protocol', meta: { rfc: '9110 §7.8' } },
        'no keep-alive': { target: 'must close', meta: { rfc: '9112 §9.6' } },
        'server closed': { target: 'must close', meta: { rfc: '9112 §9.5' } },
        'next request': { target: 'idle', meta: { rfc: '9112 §9.3.2' } },
        'next cycle': { target: 'idle', meta: { rfc: '9112 §9.3' } },
      },
    },
    'might switch protocol': {
      on: {
        'switch accepted': { target: 'switched protocol', meta: { rfc: '9110 §15.2.2' } },
        'switch refused': { target: 'done', meta: { rfc: '9110 §7.8' } },
        'connection closed': 'closed',
        'protocol error': 'error',
      },
    },
    'must close': { on: { 'connection closed': 'closed', 'protocol error': 'error' } },
    closed: {},
    'switched protocol': {},
    error: {},
  },
});
