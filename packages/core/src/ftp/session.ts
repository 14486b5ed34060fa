/** What a server knows about one client: who, where, how the next transfer goes. */
import type { ByteStream } from '../base/byte-stream.ts';
import type { Payload } from '../base/payload.ts';
import type { ProgramHost, StreamListener } from '../base/program-host.ts';
import type { ServerControlMachine } from './control-machine.ts';
import type { MlstFact } from './listing.ts';
import type { FtpReply } from './reply.ts';
import type { FtpRuleName } from './rules.ts';
import type { FtpSettings, FtpUser } from './server-options.ts';

/** How the next data connection comes to be. */
export type DataSetup =
  | { readonly kind: 'none' }
  | { readonly kind: 'active'; readonly address: string; readonly port: number }
  | { readonly kind: 'passive'; readonly listener: StreamListener };

export interface FtpSession {
  readonly host: ProgramHost;
  readonly settings: FtpSettings;
  readonly control: ByteStream;
  readonly machine: ServerControlMachine;
  /** The name that USER gave last. */
  userName: string;
  user: FtpUser | undefined;
  loginFailures: number;
  /** Absolute path of the working directory. */
  directory: string;
  type: 'ascii' | 'image';
  /** What MLST and MLSD tell. */
  facts: readonly MlstFact[];
  /** FTP-12, FTP-13: what RNFR and REST told. */
  renameFrom: string;
  restartAt: number;
  data: DataSetup;
  /** After EPSV ALL. */
  extendedOnly: boolean;
}

/** A reply with the rule behind it. `closes` ends the session after it. */
export interface Answer extends FtpReply {
  readonly rule: FtpRuleName;
  readonly closes?: boolean;
  /** The host has no port at this moment, and perhaps one in the next. */
  readonly portsAreShort?: boolean;
}

/** A transfer that a command asked for and that can begin. */
export interface TransferPlan {
  /** For the 150 reply, e.g. `file.txt (12 octets)`. */
  readonly what: string;
  readonly ascii: boolean;
  /** What to send; undefined: receive. */
  readonly send?: Payload;
  /** In ASCII type: what is sent begins between the CR and the LF of a line end (FTP-13). */
  readonly afterCr?: boolean;
  /** Where to store what is received, and what of the old file stays before it. */
  readonly store?: {
    readonly path: string;
    readonly from: number;
    /** FTP-36: the server chose the name, and made an empty file that holds it. */
    readonly reserved?: boolean;
  };
}

/** One command of the server. Its result is the answer, or a transfer that announces itself. */
export interface CommandHandler {
  /** Served before the login too. */
  readonly open?: boolean;
  readonly argument: 'none' | 'optional' | 'required';
  /** The code for an argument where none belongs; for some commands §5.4 has no 501. @default 501 */
  readonly strayCode?: 500;
  readonly run: (session: FtpSession, argument: string) => Answer | TransferPlan;
}

export function answer(rule: FtpRuleName, code: number, ...lines: readonly string[]): Answer {
  return { rule, code, lines };
}

/** FTP-32: the path that an argument means, or the answer that it means none. */
export function pathProblem(argument: string): Answer {
  return answer('argument', 501, `${argument.slice(0, 80)}: not a path`);
}
