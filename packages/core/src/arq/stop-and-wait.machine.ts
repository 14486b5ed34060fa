/**
 * The sender of stop-and-wait. Textbooks draw it with four states, one pair for number 0 and one for
 * number 1; the number is data, so that two states say the same for any number of bits.
 */
import { setup } from 'xstate';
import type { ArqSenderActions } from './sender-actions.ts';

export type StopAndWaitState = 'wait for call from above' | 'wait for ACK' | 'given up';

export const stopAndWaitMachine = setup({
  types: {} as { context: ArqSenderActions; input: ArqSenderActions },
  actions: {
    // Textbooks write Λ for "nothing is done".
    Λ: () => {},
    'move window': ({ context }) => context.moveWindow(),
    'make and send packet': ({ context }) => context.sendNewest(),
    'send packet again': ({ context }) => context.resendOutstanding(),
    'start timer': ({ context }) => context.startTimer(),
    'stop timer': ({ context }) => context.stopTimer(),
  },
}).createMachine({
  id: 'stop-and-wait sender',
  context: ({ input }) => input,
  initial: 'wait for call from above',
  states: {
    'wait for call from above': {
      on: {
        rdt_send: { target: 'wait for ACK', actions: ['make and send packet', 'start timer'] },
        // A late answer to a packet that was sent twice.
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
      },
    },
    'wait for ACK': {
      on: {
        'rcv ACK of all': {
          target: 'wait for call from above',
          actions: ['move window', 'stop timer'],
        },
        'rcv corrupt packet or other ACK': { actions: ['Λ'] },
        timeout: { actions: ['send packet again', 'start timer'] },
        'too many timeouts': { target: 'given up', actions: ['stop timer'] },
      },
    },
    'given up': {},
  },
});
