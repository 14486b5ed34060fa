/** The sender of selective repeat: a timer for each packet, and an acknowledgment for each. */
import { setup } from 'xstate';
import type { ArqSenderActions } from './sender-actions.ts';

export const selectiveRepeatMachine = setup({
  types: {} as { context: ArqSenderActions; input: ArqSenderActions },
  actions: {
    // Textbooks write Λ for "nothing is done".
    Λ: () => {},
    'move window': ({ context }) => context.moveWindow(),
    'make and send packet with its timer': ({ context }) => context.sendNewest(),
    'send overdue packets again': ({ context }) => context.resendOverdue(),
    'stop all timers': ({ context }) => context.stopTimer(),
  },
}).createMachine({
  id: 'selective repeat sender',
  context: ({ input }) => input,
  initial: 'window empty',
  states: {
    'window empty': {
      on: {
        rdt_send: { target: 'window open', actions: ['make and send packet with its timer'] },
        'rdt_send fills the window': {
          target: 'window full',
          actions: ['make and send packet with its timer'],
        },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
      },
    },
    'window open': {
      on: {
        rdt_send: { actions: ['make and send packet with its timer'] },
        'rdt_send fills the window': {
          target: 'window full',
          actions: ['make and send packet with its timer'],
        },
        // The oldest was acknowledged: the window moves.
        'rcv ACK': { actions: ['move window'] },
        // A later one was: it is marked, and the window waits for the oldest.
        'rcv ACK of a later one': { actions: ['Λ'] },
        'rcv ACK of all': { target: 'window empty', actions: ['move window', 'stop all timers'] },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
        timeout: { actions: ['send overdue packets again'] },
        'too many timeouts': { target: 'given up', actions: ['stop all timers'] },
      },
    },
    'window full': {
      on: {
        'rcv ACK': { target: 'window open', actions: ['move window'] },
        'rcv ACK of a later one': { actions: ['Λ'] },
        'rcv ACK of all': { target: 'window empty', actions: ['move window', 'stop all timers'] },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
        timeout: { actions: ['send overdue packets again'] },
        'too many timeouts': { target: 'given up', actions: ['stop all timers'] },
      },
    },
    'given up': {},
  },
});
