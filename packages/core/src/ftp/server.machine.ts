/**
 * The server's side of a control connection: the login sequence of RFC 959 §6, and the two commands
 * whose meaning lies in what follows them. Commands that leave the state alone are no arrows.
 */
import { createMachine } from 'xstate';

export type FtpServerState =
  | 'connected'
  | 'not logged in'
  | 'need password'
  | 'need account'
  | 'logged in'
  | 'rename from'
  | 'restart at'
  | 'transfer'
  | 'closed';

export type FtpServerArrow =
  | 'greeting'
  | 'USER needs password'
  | 'USER accepted'
  | 'PASS accepted'
  | 'PASS needs account'
  | 'PASS refused'
  | 'ACCT accepted'
  | 'ACCT refused'
  | 'REIN'
  | 'RNFR'
  | 'RNTO'
  | 'REST'
  | 'other command'
  | 'transfer begins'
  | 'transfer ends'
  | 'ABOR'
  | 'QUIT'
  | 'service closing'
  | 'connection lost';

const ENDS = {
  QUIT: 'closed',
  'service closing': 'closed',
  'connection lost': 'closed',
} as const;

const LOGIN = {
  'USER needs password': 'need password',
  'USER accepted': 'logged in',
  REIN: 'not logged in',
} as const;

export const ftpServerMachine = createMachine({
  id: 'ftp server',
  initial: 'connected',
  types: {} as { events: { type: FtpServerArrow } },
  states: {
    connected: {
      on: {
        greeting: { target: 'not logged in', meta: { rfc: '959 §5.4' } },
        'service closing': 'closed',
        'connection lost': 'closed',
      },
    },
    'not logged in': { on: { ...LOGIN, ...ENDS } },
    'need password': {
      on: {
        ...LOGIN,
        ...ENDS,
        'PASS accepted': 'logged in',
        'PASS needs account': 'need account',
        'PASS refused': 'not logged in',
      },
    },
    'need account': {
      on: { ...LOGIN, ...ENDS, 'ACCT accepted': 'logged in', 'ACCT refused': 'not logged in' },
    },
    'logged in': {
      on: {
        ...LOGIN,
        ...ENDS,
        RNFR: { target: 'rename from', meta: { rfc: '959 §4.1.3' } },
        REST: { target: 'restart at', meta: { rfc: '3659 §5' } },
        'transfer begins': 'transfer',
      },
    },
    'rename from': {
      on: { ...ENDS, RNTO: 'logged in', 'other command': 'logged in' },
    },
    'restart at': {
      on: { ...ENDS, 'transfer begins': 'transfer', 'other command': 'logged in' },
    },
    transfer: {
      on: {
        'transfer ends': 'logged in',
        ABOR: { target: 'logged in', meta: { rfc: '959 §4.1.3' } },
        'service closing': 'closed',
        'connection lost': 'closed',
      },
    },
    closed: {},
  },
});
