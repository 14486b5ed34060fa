import { createMachine } from 'xstate';

/** Where the server's side of a connection stands. Both ends keep one such machine. */
export type ServerState =
  | 'idle'
  | 'send response'
  | 'send body'
  | 'done'
  | 'must close'
  | 'closed'
  | 'switched protocol'
  | 'error';

export type ServerArrow =
  | 'request'
  | 'informational response'
  | 'response'
  | 'end of message'
  | 'connection closed'
  | 'protocol error'
  | 'no keep-alive'
  | 'client closed'
  | 'switch'
  | 'next request'
  | 'next cycle';

/**
 * The server's side of HTTP/1.1. `request` is the client's doing; `response` and its kin are what
 * the server sends; the others are couplings, followed by `Conversation`.
 */
export const serverMachine = createMachine({
  id: 'http server',
  initial: 'idle',
  types: {} as { events: { type: ServerArrow } },
  states: {
    idle: {
      on: {
        request: 'send response',
        // A server answers also what it could not read (400, 408).
        response: { target: 'send body', meta: { rfc: '9110 §15.5.9' } },
        'connection closed': 'closed',
        'protocol error': 'error',
        'client closed': { target: 'must close', meta: { rfc: '9112 §9.5' } },
      },
    },
    'send response': {
      on: {
        'informational response': { target: 'send response', meta: { rfc: '9110 §15.2' } },
        response: 'send body',
        switch: { target: 'switched protocol', meta: { rfc: '9110 §15.2.2' } },
        'connection closed': 'closed',
        'protocol error': 'error',
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
        'no keep-alive': { target: 'must close', meta: { rfc: '9112 §9.6' } },
        'client closed': { target: 'must close', meta: { rfc: '9112 §9.5' } },
        'next request': { target: 'send response', meta: { rfc: '9112 §9.3.2' } },
        'next cycle': { target: 'idle', meta: { rfc: '9112 §9.3' } },
      },
    },
    'must close': { on: { 'connection closed': 'closed', 'protocol error': 'error' } },
    closed: {},
    'switched protocol': {},
    error: {},
  },
});
