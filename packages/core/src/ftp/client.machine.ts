/**
 * The client's side of a control connection: the diagrams of RFC 959 §6, joined at their begin (B).
 * Each kind of command waits (W) for the replies its own diagram allows; any other is an error (E).
 */
import { createMachine } from 'xstate';

export type FtpClientState =
  | 'wait for greeting'
  | 'begin'
  | 'wait for reply'
  | 'wait for first reply'
  | 'wait for completion'
  | 'wait for intermediate'
  | 'sequence'
  | 'error'
  | 'closed';

export type FtpClientArrow =
  /** The first diagram: one reply. */
  | 'command'
  /** The second diagram: perhaps a 1yz reply, then another. */
  | 'transfer command'
  /** Rename, restart and login: 3yz asks for the next command of the sequence. */
  | 'sequence command'
  | 'rcv 1yz'
  | 'rcv 2yz'
  | 'rcv 3yz'
  | 'rcv 4yz or 5yz'
  | 'connection closed';

const COMMANDS = {
  command: 'wait for reply',
  'transfer command': 'wait for first reply',
  'sequence command': 'wait for intermediate',
} as const;

export const ftpClientMachine = createMachine({
  id: 'ftp client',
  initial: 'wait for greeting',
  types: {} as { events: { type: FtpClientArrow } },
  states: {
    'wait for greeting': {
      on: {
        // 120: the server will be ready later.
        'rcv 1yz': 'wait for greeting',
        'rcv 2yz': 'begin',
        'rcv 3yz': 'error',
        'rcv 4yz or 5yz': 'closed',
        'connection closed': 'closed',
      },
    },
    begin: { on: { ...COMMANDS, 'connection closed': 'closed' } },
    'wait for reply': {
      on: {
        'rcv 1yz': 'error',
        'rcv 2yz': 'begin',
        'rcv 3yz': 'error',
        'rcv 4yz or 5yz': 'begin',
        'connection closed': 'closed',
      },
    },
    'wait for first reply': {
      on: {
        'rcv 1yz': 'wait for completion',
        'rcv 2yz': 'begin',
        'rcv 3yz': 'error',
        'rcv 4yz or 5yz': 'begin',
        'connection closed': 'closed',
      },
    },
    'wait for completion': {
      on: {
        // "At most, one 100 series reply is allowed per command."
        'rcv 1yz': 'error',
        'rcv 2yz': 'begin',
        'rcv 3yz': 'error',
        'rcv 4yz or 5yz': 'begin',
        'connection closed': 'closed',
      },
    },
    'wait for intermediate': {
      on: {
        'rcv 1yz': 'error',
        'rcv 2yz': 'begin',
        'rcv 3yz': 'sequence',
        'rcv 4yz or 5yz': 'begin',
        'connection closed': 'closed',
      },
    },
    sequence: { on: { ...COMMANDS, 'connection closed': 'closed' } },
    error: { on: { 'connection closed': 'closed' } },
    closed: {},
  },
});
