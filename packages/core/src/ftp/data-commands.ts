/** TYPE, MODE, STRU, PORT, PASV, EPRT, EPSV: how the next transfer goes (RFC 959 §4.1.2, RFC 2428). */
import type { StreamEnd } from '../base/byte-stream.ts';
import { CallError } from '../base/errors.ts';
import { isIpv4 } from '../base/host-name.ts';
import {
  formatHostPort,
  IPV4_PROTOCOL,
  IPV6_PROTOCOL,
  parseExtended,
  parseHostPort,
} from './host-port.ts';
import { answer, type Answer, type CommandHandler, type FtpSession } from './session.ts';

/** FTP-17: ports below this belong to services. */
const FIRST_UNPRIVILEGED_PORT = 1_024;
/** RFC 959 §5.3.2: what may follow TYPE, served or not. */
const TYPE_CODE = /^(?:[AE](?: [NTC])?|I|L \d{1,3})$/;

export const DATA_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  TYPE: { argument: 'required', run: typeCommand },
  MODE: { argument: 'required', run: (_, mode) => parameter('MODE', mode, 'SBC') },
  STRU: { argument: 'required', run: (_, structure) => parameter('STRU', structure, 'FRP') },
  PORT: { argument: 'required', run: portCommand },
  EPRT: { argument: 'required', run: eprtCommand },
  PASV: { argument: 'none', run: pasvCommand },
  EPSV: { argument: 'optional', run: epsvCommand },
};

/** Forgets how the next data connection was to come to be. */
export function closeData(session: FtpSession): void {
  if (session.data.kind === 'passive') session.data.listener.close();
  session.data = { kind: 'none' };
}

function typeCommand(session: FtpSession, argument: string): Answer {
  const type = argument.trim().toUpperCase();
  if (type === 'A' || type === 'A N') session.type = 'ascii';
  else if (type === 'I' || type === 'L 8') session.type = 'image';
  else if (TYPE_CODE.test(type)) return answer('parameters', 504, 'types A and I are served');
  else return answer('argument', 501, 'expected A, E, I or L, and what belongs to it');
  return answer('parameters', 200, `type is ${session.type}`);
}

/** @param codes those of RFC 959 §5.3.2, the one that is served first */
function parameter(verb: string, argument: string, codes: string): Answer {
  const code = argument.trim().toUpperCase();
  const served = codes[0]!;
  if (code === served) return answer('parameters', 200, `${verb} is ${served}`);
  return code.length === 1 && codes.includes(code)
    ? answer('parameters', 504, `only ${verb} ${served} is served`)
    : answer('argument', 501, `expected one of ${[...codes].join(', ')}`);
}

function portCommand(session: FtpSession, argument: string): Answer {
  const refused = activeRefusal(session);
  if (refused !== undefined) return refused;
  const end = parseHostPort(argument);
  if (end === undefined) return answer('argument', 501, 'expected h1,h2,h3,h4,p1,p2');
  return goActive(session, end);
}

function eprtCommand(session: FtpSession, argument: string): Answer {
  const refused = activeRefusal(session);
  if (refused !== undefined) return refused;
  const end = parseExtended(argument);
  if (end === undefined) return answer('argument', 501, 'expected |protocol|address|port|');
  if (end === 'protocol') return unsupportedProtocol(session);
  return isIpv4(end.address) === isIpv4(session.control.remote?.address ?? end.address)
    ? goActive(session, end)
    : unsupportedProtocol(session);
}

function pasvCommand(session: FtpSession): Answer {
  const refused = passiveRefusal(session);
  if (refused !== undefined) return refused;
  if (session.extendedOnly) return onlyExtended();
  const address = session.settings.passiveAddress ?? session.control.local?.address ?? '';
  if (!isIpv4(address)) return answer('passive', 425, 'no IPv4 address to tell; try EPSV');
  const port = listen(session);
  if (port === undefined) return noPort();
  const where = formatHostPort({ address, port });
  return answer('passive', 227, `entering passive mode (${where})`);
}

function epsvCommand(session: FtpSession, argument: string): Answer {
  const refused = passiveRefusal(session);
  if (refused !== undefined) return refused;
  if (argument.toUpperCase() === 'ALL') {
    session.extendedOnly = true;
    return answer('extendedAll', 200, 'only EPSV from now on');
  }
  if (!/^\d*$/.test(argument))
    return answer('argument', 501, 'expected a protocol, ALL or nothing');
  if (argument !== '' && argument !== protocolOf(session)) return unsupportedProtocol(session);
  const port = listen(session);
  if (port === undefined) return noPort();
  return answer('extended', 229, `entering extended passive mode (|||${port}|)`);
}

/** FTP-17: a client that names another host makes the server knock at that host's doors. */
function goActive(session: FtpSession, end: StreamEnd): Answer {
  const foreign = end.address !== session.control.remote?.address;
  if (!session.settings.allowBounce && foreign) {
    return answer('bounce', 504, 'only to the host of the control connection');
  }
  if (!session.settings.allowBounce && end.port < FIRST_UNPRIVILEGED_PORT) {
    return answer('bounce', 504, `not to a port below ${FIRST_UNPRIVILEGED_PORT}`);
  }
  closeData(session);
  session.data = { kind: 'active', ...end };
  return answer('port', 200, `data connection to ${end.address} port ${end.port}`);
}

/** @returns the port, or undefined when the host has none to give now */
function listen(session: FtpSession): number | undefined {
  closeData(session);
  try {
    const listener = session.host.listen(0);
    session.data = { kind: 'passive', listener };
    return listener.port;
  } catch (error) {
    closeData(session);
    if (error instanceof CallError) return undefined;
    throw error;
  }
}

function noPort(): Answer {
  const short = answer('passive', 425, 'no port is free for a data connection');
  return { ...short, portsAreShort: true };
}

function activeRefusal(session: FtpSession): Answer | undefined {
  if (!session.settings.active) return answer('unknown', 502, 'active mode is not served');
  return session.extendedOnly ? onlyExtended() : undefined;
}

function passiveRefusal(session: FtpSession): Answer | undefined {
  return session.settings.passive
    ? undefined
    : answer('unknown', 502, 'passive mode is not served');
}

function onlyExtended(): Answer {
  return answer('extendedAll', 503, 'refused after EPSV ALL');
}

function protocolOf(session: FtpSession): string {
  return isIpv4(session.control.local?.address ?? '127.0.0.1') ? IPV4_PROTOCOL : IPV6_PROTOCOL;
}

function unsupportedProtocol(session: FtpSession): Answer {
  return answer('extended', 522, `network protocol not supported, use (${protocolOf(session)})`);
}
