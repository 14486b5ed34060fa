/** The life of one connection in a pool. */
import { setup } from 'xstate';

/** What the machine's actions do; the connection itself implements it. */
export interface PooledConnectionActions {
  watchWhileIdle(): void;
  stopWatching(): void;
  closeStream(): void;
  abortStream(): void;
}

export type PooledConnectionState =
  | 'opening'
  | 'busy'
  | 'idle'
  | 'handed over'
  | 'closing'
  | 'closed';

export type PooledConnectionArrow =
  | 'connected'
  | 'connect failed'
  | 'response complete'
  | 'last response complete'
  | 'exchange failed'
  | 'protocol switched'
  | 'next request'
  | 'idle too long'
  | 'too old'
  | 'server closed'
  | 'room needed'
  | 'pool closed'
  | 'stream closed';

export const pooledConnectionMachine = setup({
  types: {
    context: {} as { readonly connection: PooledConnectionActions },
    input: {} as PooledConnectionActions,
    events: {} as { readonly type: PooledConnectionArrow },
  },
  actions: {
    'watch while idle': ({ context }) => context.connection.watchWhileIdle(),
    'stop watching': ({ context }) => context.connection.stopWatching(),
    'close stream': ({ context }) => context.connection.closeStream(),
    'abort stream': ({ context }) => context.connection.abortStream(),
  },
}).createMachine({
  id: 'pooled connection',
  context: ({ input }) => ({ connection: input }),
  initial: 'opening',
  states: {
    opening: {
      on: {
        connected: 'busy',
        'connect failed': 'closed',
      },
    },
    busy: {
      on: {
        'response complete': { target: 'idle', actions: 'watch while idle' },
        'last response complete': { target: 'closing', actions: 'close stream' },
        'exchange failed': { target: 'closing', actions: 'abort stream' },
        'protocol switched': 'handed over',
        'pool closed': { target: 'closing', actions: 'abort stream' },
      },
    },
    idle: {
      exit: 'stop watching',
      on: {
        'next request': 'busy',
        'idle too long': { target: 'closing', actions: 'close stream' },
        'too old': { target: 'closing', actions: 'close stream' },
        'server closed': { target: 'closing', actions: 'close stream' },
        'room needed': { target: 'closing', actions: 'close stream' },
        'pool closed': { target: 'closing', actions: 'close stream' },
      },
    },
    'handed over': {
      on: {
        'stream closed': 'closed',
        'pool closed': { target: 'closing', actions: 'abort stream' },
      },
    },
    closing: {
      on: {
        'stream closed': 'closed',
      },
    },
    closed: {},
  },
});
