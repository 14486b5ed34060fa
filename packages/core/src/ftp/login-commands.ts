/** USER, PASS, ACCT, REIN, QUIT: RFC 959 §4.1.1. */
import { closeData } from './data-commands.ts';
import { MLST_FACTS } from './listing.ts';
import { userOf } from './server-options.ts';
import { answer, type Answer, type CommandHandler, type FtpSession } from './session.ts';

export const LOGIN_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  USER: { open: true, argument: 'required', run: userCommand },
  PASS: { open: true, argument: 'optional', run: passCommand },
  ACCT: { open: true, argument: 'required', run: acctCommand },
  REIN: { open: true, argument: 'none', strayCode: 500, run: reinCommand },
  QUIT: { open: true, argument: 'none', strayCode: 500, run: quitCommand },
};

function userCommand(session: FtpSession, name: string): Answer {
  logOut(session);
  session.userName = name;
  const user = userOf(session.settings, name);
  const isAnonymous = !Object.hasOwn(session.settings.users, name) && user !== undefined;
  if (user !== undefined && !isAnonymous && user.password === undefined) {
    return enter(session, 'USER accepted');
  }
  session.machine.follow('USER needs password');
  // FTP-11: an unknown name is asked for its password too, so that nobody learns which names exist.
  const words = isAnonymous ? 'any password will do' : 'password, please';
  return answer('login', 331, `${name}: ${words}`);
}

function passCommand(session: FtpSession, password: string): Answer {
  if (session.machine.state === 'logged in') return answer('login', 202, 'already logged in');
  if (session.machine.state !== 'need password') return answer('sequence', 503, 'USER comes first');
  const user = userOf(session.settings, session.userName);
  if (user === undefined || (user.password !== undefined && user.password !== password)) {
    return refuse(session, 'PASS refused');
  }
  if (user.account === undefined) return enter(session, 'PASS accepted');
  session.machine.follow('PASS needs account');
  return answer('login', 332, 'account, please');
}

function acctCommand(session: FtpSession, account: string): Answer {
  if (session.machine.state !== 'need account') {
    const known = session.machine.state === 'logged in';
    return known ? answer('login', 202, 'not needed') : answer('sequence', 503, 'USER comes first');
  }
  const user = userOf(session.settings, session.userName);
  return user?.account === account
    ? enter(session, 'ACCT accepted')
    : refuse(session, 'ACCT refused');
}

function reinCommand(session: FtpSession): Answer {
  logOut(session);
  session.machine.follow('REIN');
  return answer('greeting', 220, 'ready for a new user');
}

function quitCommand(): Answer {
  return { ...answer('quit', 221, 'goodbye'), closes: true };
}

function enter(
  session: FtpSession,
  arrow: 'USER accepted' | 'PASS accepted' | 'ACCT accepted',
): Answer {
  session.machine.follow(arrow);
  session.user = userOf(session.settings, session.userName);
  session.directory = session.user?.home ?? '/';
  return answer('login', 230, `${session.userName} is logged in`);
}

function refuse(session: FtpSession, arrow: 'PASS refused' | 'ACCT refused'): Answer {
  session.machine.follow(arrow);
  session.loginFailures += 1;
  if (session.loginFailures < session.settings.maxLoginFailures) {
    return answer('login', 530, 'not logged in');
  }
  return { ...answer('guessing', 421, 'too many wrong passwords'), closes: true };
}

function logOut(session: FtpSession): void {
  closeData(session);
  session.user = undefined;
  session.directory = '/';
  session.type = 'ascii';
  session.facts = MLST_FACTS;
  session.extendedOnly = false;
}
