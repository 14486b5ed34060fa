/** The sender of go-back-N: one timer, cumulative acknowledgments, and back to the oldest on timeout. */
import { setup } from 'xstate';
import type { ArqSenderActions } from './sender-actions.ts';

export type WindowState = 'window empty' | 'window open' | 'window full' | 'given up';

export const goBackNMachine = setup({
  types: {} as { context: ArqSenderActions; input: ArqSenderActions },
  actions: {
    // Textbooks write Λ for "nothing is done".
    Λ: () => {},
    'move window': ({ context }) => context.moveWindow(),
    'make and send packet': ({ context }) => context.sendNewest(),
    'send all outstanding again': ({ context }) => context.resendOutstanding(),
    'start timer': ({ context }) => context.startTimer(),
    'stop timer': ({ context }) => context.stopTimer(),
  },
}).createMachine({
  id: 'go-back-N sender',
  context: ({ input }) => input,
  initial: 'window empty',
  states: {
    'window empty': {
      on: {
        rdt_send: { target: 'window open', actions: ['make and send packet', 'start timer'] },
        'rdt_send fills the window': {
          target: 'window full',
          actions: ['make and send packet', 'start timer'],
        },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
      },
    },
    'window open': {
      on: {
        rdt_send: { actions: ['make and send packet'] },
        'rdt_send fills the window': { target: 'window full', actions: ['make and send packet'] },
        'rcv ACK': { actions: ['move window', 'start timer'] },
        'rcv ACK of all': { target: 'window empty', actions: ['move window', 'stop timer'] },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
        timeout: { actions: ['send all outstanding again', 'start timer'] },
        'too many timeouts': { target: 'given up', actions: ['stop timer'] },
      },
    },
    'window full': {
      on: {
        'rcv ACK': { target: 'window open', actions: ['move window', 'start timer'] },
        'rcv ACK of all': { target: 'window empty', actions: ['move window', 'stop timer'] },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
        timeout: { actions: ['send all outstanding again', 'start timer'] },
        'too many timeouts': { target: 'given up', actions: ['stop timer'] },
      },
    },
    'given up': {},
  },
});
