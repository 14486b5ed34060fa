/** The rules of FTP that this folder keeps. */
import type { Rule, RuleLevel } from '../base/cause.ts';

function rule(id: string, rfc: string, level: RuleLevel, text: string): Rule {
  return { id, rfc: `RFC ${rfc}`, level, text };
}

export const FTP_RULES = {
  commandLine: rule(
    'FTP-01',
    '959 §5.3',
    'rule',
    'A command is a word of letters, perhaps a space and an argument, and the end of the line.',
  ),
  lineLimit: rule(
    'FTP-02',
    '959 §5.4',
    'robust',
    'A line longer than the limit is refused and skipped as a whole.',
  ),
  telnet: rule(
    'FTP-03',
    '959 §2.3',
    'rule',
    'Telnet commands on the control connection are taken out, and every option that is offered is refused; ABOR counts even where the urgent octet of a Synch never comes.',
  ),
  multiLine: rule(
    'FTP-04',
    '959 §4.2',
    'rule',
    'A reply of several lines begins with its code and a hyphen and ends at a line of the same code and a space.',
  ),
  greeting: rule('FTP-05', '959 §5.4', 'rule', 'The server speaks first: 220 when it is ready.'),
  unknown: rule(
    'FTP-06',
    '959 §4.2',
    'rule',
    'An unknown command is answered with 500, one that is known but not served with 502.',
  ),
  argument: rule('FTP-07', '959 §4.2', 'rule', 'A wrong argument is answered with 501.'),
  sequence: rule(
    'FTP-08',
    '959 §4.2',
    'rule',
    'A command out of its sequence is answered with 503.',
  ),
  login: rule(
    'FTP-09',
    '959 §6',
    'rule',
    'USER, then perhaps PASS, then perhaps ACCT: each 3yz asks for the next, 2yz ends the sequence.',
  ),
  notLoggedIn: rule(
    'FTP-10',
    '959 §5.4',
    'rule',
    'Before the login only commands that reveal nothing are served; others get 530.',
  ),
  guessing: rule(
    'FTP-11',
    '2577 §5, §7',
    'robust',
    'After several wrong passwords the connection is closed, and unknown names are asked for one too.',
  ),
  rename: rule('FTP-12', '959 §4.1.3', 'MUST', 'RNTO follows its RNFR at once.'),
  restart: rule(
    'FTP-13',
    '3659 §5',
    'rule',
    'REST names the octet at which the transfer that follows it at once goes on.',
  ),
  parameters: rule(
    'FTP-14',
    '1123 §4.1.2.13',
    'MUST',
    'Types ASCII and image, mode stream and structure file are served; other parameters get 504.',
  ),
  ascii: rule(
    'FTP-15',
    '959 §3.1.1.1',
    'rule',
    'In ASCII type each end of line travels as carriage return and line feed.',
  ),
  port: rule(
    'FTP-16',
    '959 §4.1.2',
    'rule',
    'PORT names the address and port to which the server opens the data connection.',
  ),
  bounce: rule(
    'FTP-17',
    '2577 §3',
    'SHOULD',
    'The server opens no data connection to another host than the one that commands it, nor to a port below 1024.',
  ),
  passive: rule(
    'FTP-18',
    '959 §4.1.2',
    'rule',
    'PASV makes the server listen and tell where; the client opens the data connection.',
  ),
  extended: rule(
    'FTP-19',
    '2428 §2, §3',
    'rule',
    'EPRT and EPSV name the protocol too; EPSV names a port only, so that no address needs translation.',
  ),
  extendedAll: rule(
    'FTP-20',
    '2428 §3',
    'MUST',
    'After EPSV ALL every other way to set up a data connection is refused.',
  ),
  stranger: rule(
    'FTP-21',
    '2577 §4',
    'robust',
    'A data connection that comes from another address than the control connection is thrown away.',
  ),
  transferReplies: rule(
    'FTP-22',
    '959 §5.4',
    'rule',
    'A transfer is announced with 150 and ends with 226, or 425, 426, 451 or 552.',
  ),
  endOfFile: rule(
    'FTP-23',
    '959 §3.4.1',
    'rule',
    'In stream mode the end of the file is the end of the data connection.',
  ),
  abort: rule(
    'FTP-24',
    '959 §4.1.3',
    'rule',
    'ABOR during a transfer ends it: 426 for the transfer, then 226 for the abort.',
  ),
  quit: rule('FTP-25', '959 §4.1.1', 'rule', 'QUIT during a transfer takes effect after it.'),
  size: rule('FTP-26', '3659 §4', 'rule', 'SIZE tells how many octets a transfer would carry.'),
  modified: rule('FTP-27', '3659 §3', 'rule', 'MDTM tells when a file was changed, in UTC.'),
  facts: rule('FTP-28', '3659 §7', 'rule', 'MLST and MLSD list facts that a program can read.'),
  features: rule('FTP-29', '2389 §3', 'rule', 'FEAT lists what the server can do beyond RFC 959.'),
  idle: rule(
    'FTP-30',
    '1123 §4.1.3.2',
    'SHOULD',
    'A server closes a connection on which nothing is commanded for some minutes, with 421.',
  ),
  dataTimeout: rule(
    'FTP-31',
    '1123 §4.1.3.2',
    'robust',
    'A data connection that does not open, or stands still for too long, is given up.',
  ),
  traversal: rule(
    'FTP-32',
    '3659 §6',
    'robust',
    'No path leads above the root: parts that go up stop there.',
  ),
  quota: rule(
    'FTP-33',
    '959 §4.2',
    'rule',
    'What would exceed the storage is refused with 452 or 552.',
  ),
  oneMark: rule(
    'FTP-34',
    '959 §6',
    'rule',
    'A command has at most one 1yz reply, and only transfers have one.',
  ),
  loggedOutTransfer: rule(
    'FTP-35',
    '959 §3.2',
    'rule',
    'The data connection belongs to the control connection and ends with it.',
  ),
  unique: rule(
    'FTP-36',
    '1123 §4.1.2.9',
    'MUST',
    'STOU stores under a name that nothing has, and the 150 tells it in the form "FILE: name".',
  ),
} as const;

export type FtpRuleName = keyof typeof FTP_RULES;
