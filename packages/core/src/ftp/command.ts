/** FTP commands between a line and meaning, RFC 959 §5.3. */
import { CallError } from '../base/errors.ts';
import { latin1Text } from '../base/bytes.ts';
import { utf8Bytes, utf8TextStrict } from '../base/utf8.ts';
import { LineSplitter } from './line-splitter.ts';

const SPACE = 32;
/** Octets of a command line at most: a path of 4,096 and the command. */
export const MAX_COMMAND_LINE = 4_160;

export interface FtpCommand {
  /** Upper case. */
  readonly verb: string;
  /** Empty where there is none. Paths are UTF-8 (RFC 2640). */
  readonly argument: string;
}

/** A command, or in words why the line is none, and with which code to say so (RFC 959 §4.2.2). */
export type CommandLine = FtpCommand | { readonly problem: string; readonly code: 500 | 501 };

/** Commands from the octets of the control connection, however they are cut. */
export class CommandReader {
  readonly #lines = new LineSplitter(MAX_COMMAND_LINE, 'ABOR');

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  next(): CommandLine | undefined {
    const line = this.#lines.next();
    if (line === undefined) return undefined;
    if (line === 'too long') {
      return { code: 500, problem: `line longer than ${MAX_COMMAND_LINE} octets` };
    }
    return parseCommand(line.bytes);
  }

  /** What to send back for Telnet options (FTP-03). */
  takeRefusals(): Uint8Array {
    return this.#lines.takeRefusals();
  }
}

/** One line without its end. */
export function parseCommand(line: Uint8Array): CommandLine {
  const space = line.indexOf(SPACE);
  const verb = latin1Text(space < 0 ? line : line.subarray(0, space));
  if (!/^[A-Za-z]{3,4}$/.test(verb)) return { code: 500, problem: 'not a command' };
  const argument = space < 0 ? '' : utf8TextStrict(line.subarray(space + 1));
  if (argument === undefined) return { code: 501, problem: 'the argument is not UTF-8' };
  // A carriage return, line feed or NUL in a path would end a line elsewhere.
  if (/[\0\r\n]/.test(argument)) {
    return { code: 501, problem: 'control character in the argument' };
  }
  return { verb: verb.toUpperCase(), argument };
}

/** The line to send. @throws CallError `invalid argument` when it would not be one line */
export function encodeCommand(verb: string, argument = ''): Uint8Array {
  if (/[\0\r\n]/.test(argument)) {
    throw new CallError('invalid argument', 'it holds a line end or NUL');
  }
  return escapeIac(utf8Bytes(`${argument === '' ? verb : `${verb} ${argument}`}\r\n`));
}

/** UTF-8 never holds octet 255, but whoever sends other text must double it (RFC 854). */
function escapeIac(bytes: Uint8Array): Uint8Array {
  const octets: number[] = [];
  for (const octet of bytes) octets.push(...(octet === 255 ? [255, 255] : [octet]));
  return Uint8Array.from(octets);
}
