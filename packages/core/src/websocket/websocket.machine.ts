/**
 * The life of a WebSocket connection, RFC 6455 §4 and §7: every change of state is an arrow here.
 *
 * The opening handshake leads to OPEN. A Close frame goes each way before the TCP connection is
 * closed (§7.1.2); who has sent one sends no message after it, who has received one listens no more.
 * To _Fail the WebSocket Connection_ (§7.1.7) skips the rest of that.
 */
import { setup } from 'xstate';

export type WebSocketState =
  | 'CONNECTING'
  | 'OPEN'
  /** We have sent a Close and wait for the peer's. */
  | 'CLOSING, close sent'
  /** We have received a Close and answer it at once. */
  | 'CLOSING, close received'
  /** Both were sent; the TCP connection remains to be closed. */
  | 'CLOSING, closes TCP'
  | 'CLOSED';

export type WebSocketArrow =
  | 'handshake complete'
  | 'handshake failed'
  | 'snd Close'
  | 'rcv Close'
  | 'fail the connection'
  | 'close timeout'
  | 'TCP closed';

/** What the arrows do; the connection implements it. */
export interface WebSocketActions {
  sendClose(code: number | undefined, reason: string): void;
  closeStream(): void;
  tellClosed(): void;
}

interface SendClose {
  readonly code?: number;
  readonly reason?: string;
}

export const webSocketMachine = setup({
  types: {
    context: {} as { readonly connection: WebSocketActions },
    input: {} as WebSocketActions,
    events: {} as { readonly type: WebSocketArrow } & SendClose,
  },
  actions: {
    'snd Close': ({ context, event }) =>
      context.connection.sendClose(event.code, event.reason ?? ''),
    'close TCP': ({ context }) => context.connection.closeStream(),
    'tell the user': ({ context }) => context.connection.tellClosed(),
  },
}).createMachine({
  id: 'websocket',
  context: ({ input }) => ({ connection: input }),
  initial: 'CONNECTING',
  states: {
    CONNECTING: {
      on: {
        'handshake complete': { target: 'OPEN', meta: { rfc: '6455 §4.1' } },
        'handshake failed': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §4.1' },
        },
        'TCP closed': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.4' },
        },
      },
    },
    OPEN: {
      on: {
        'snd Close': {
          target: 'CLOSING, close sent',
          actions: ['snd Close'],
          meta: { rfc: '6455 §7.1.2' },
        },
        'rcv Close': { target: 'CLOSING, close received', meta: { rfc: '6455 §5.5.1' } },
        'fail the connection': {
          target: 'CLOSED',
          actions: ['snd Close', 'close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.7' },
        },
        'TCP closed': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.4' },
        },
      },
    },
    'CLOSING, close sent': {
      on: {
        'rcv Close': { target: 'CLOSING, closes TCP', meta: { rfc: '6455 §7.1.2' } },
        'fail the connection': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.7' },
        },
        'close timeout': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.1' },
        },
        'TCP closed': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.4' },
        },
      },
    },
    'CLOSING, close received': {
      on: {
        'snd Close': {
          target: 'CLOSING, closes TCP',
          actions: ['snd Close'],
          meta: { rfc: '6455 §5.5.1' },
        },
      },
    },
    'CLOSING, closes TCP': {
      on: {
        'TCP closed': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.1' },
        },
        'close timeout': {
          target: 'CLOSED',
          actions: ['close TCP', 'tell the user'],
          meta: { rfc: '6455 §7.1.1' },
        },
      },
    },
    CLOSED: { type: 'final' },
  },
});
