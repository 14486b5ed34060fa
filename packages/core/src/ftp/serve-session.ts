/** The server's protocol interpreter for one client, as a process (RFC 959 §5.4). */
import type { ByteStream } from '../base/byte-stream.ts';
import { ConnectionError } from '../base/errors.ts';
import { Signal, type Process } from '../base/process.ts';
import type { ProgramHost } from '../base/program-host.ts';
import { after, NEVER, type Micros } from '../base/time.ts';
import { CommandReader, type CommandLine, type FtpCommand } from './command.ts';
import { serverControlMachine } from './control-machine.ts';
import { closeData, DATA_COMMANDS } from './data-commands.ts';
import { transfer } from './data-transfer.ts';
import { FILE_COMMANDS } from './file-commands.ts';
import { INFO_COMMANDS } from './info-commands.ts';
import { LOGIN_COMMANDS } from './login-commands.ts';
import { encodeReply } from './reply.ts';
import { FTP_RULES } from './rules.ts';
import type { FtpSettings } from './server-options.ts';
import {
  answer,
  type Answer,
  type CommandHandler,
  type FtpSession,
  type TransferPlan,
} from './session.ts';
import { TRANSFER_COMMANDS } from './transfer-commands.ts';

/** Commands that may wait for the end of a transfer; then the connection is not read any further. */
const MAX_WAITING_COMMANDS = 32;

/** Old names of commands, RFC 1123 §4.1.3.1. */
const SYNONYMS: Readonly<Record<string, string>> = {
  XCWD: 'CWD',
  XCUP: 'CDUP',
  XMKD: 'MKD',
  XPWD: 'PWD',
  XRMD: 'RMD',
};

const COMMANDS: ReadonlyMap<string, CommandHandler> = new Map(
  Object.entries({
    ...LOGIN_COMMANDS,
    ...DATA_COMMANDS,
    ...FILE_COMMANDS,
    ...INFO_COMMANDS,
    ...TRANSFER_COMMANDS,
    ABOR: { argument: 'none', run: abortNothing },
    HELP: { open: true, argument: 'optional', run: help },
  } satisfies Record<string, CommandHandler>),
);

/** FTP-13: what may stand between REST and its transfer, because clients put it there. */
const BETWEEN_REST = new Set(['PASV', 'EPSV', 'PORT', 'EPRT', 'RETR', 'STOR', 'APPE', 'REST']);

/** Serves one client to the end of its control connection. */
export function* serveSession(
  host: ProgramHost,
  control: ByteStream,
  settings: FtpSettings,
): Process {
  const session = newSession(host, control, settings);
  const interpreter = new Interpreter(session);
  try {
    yield* interpreter.run();
  } catch (error) {
    // What happens to one client's connection is that client's business.
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    closeData(session);
    control.close();
  }
}

function newSession(host: ProgramHost, control: ByteStream, settings: FtpSettings): FtpSession {
  return {
    host,
    settings,
    control,
    machine: serverControlMachine(host, control),
    userName: '',
    user: undefined,
    loginFailures: 0,
    directory: '/',
    type: 'ascii',
    renameFrom: '',
    restartAt: 0,
    data: { kind: 'none' },
    extendedOnly: false,
  };
}

/** A transfer that runs beside the interpreter. */
interface Running {
  result: Answer | undefined;
  readonly ended: Signal;
}

class Interpreter {
  readonly #session: FtpSession;
  readonly #reader = new CommandReader();
  #waiting: CommandLine[] = [];

  constructor(session: FtpSession) {
    this.#session = session;
  }

  *run(): Process {
    const { machine, settings } = this.#session;
    machine.follow('greeting');
    yield* this.#say(answer('greeting', 220, 'tcplab FTP server ready'));
    while (machine.state !== 'closed') {
      const idle = after(this.#now(), settings.idleTimeout);
      const line = this.#waiting.shift() ?? (yield* this.#nextLine(idle));
      if (line === 'end') {
        machine.follow('connection lost');
      } else if (line === 'late') {
        machine.follow('service closing');
        yield* this.#say(answer('idle', 421, 'nothing was commanded for too long'));
      } else if (typeof line === 'object') {
        yield* this.#obey(line);
      }
    }
  }

  *#obey(line: CommandLine): Process {
    if ('problem' in line) return yield* this.#say(problemAnswer(line.problem));
    const command = { ...line, verb: SYNONYMS[line.verb] ?? line.verb };
    this.#noteCommand(command);
    const { machine } = this.#session;
    const kept = machine.state === 'rename from' ? command.verb === 'RNTO' : false;
    const keepsRest = machine.state === 'restart at' && BETWEEN_REST.has(command.verb);
    if (
      (machine.state === 'rename from' || machine.state === 'restart at') &&
      !kept &&
      !keepsRest
    ) {
      machine.follow('other command');
    }
    const result = this.#dispatch(command);
    if ('code' in result) {
      if (result.closes === true) machine.follow(result.code === 221 ? 'QUIT' : 'service closing');
      yield* this.#say(result);
    } else {
      yield* this.#transfer(result);
    }
  }

  #dispatch({ verb, argument }: FtpCommand): Answer | TransferPlan {
    const handler = COMMANDS.get(verb);
    if (handler === undefined) return answer('unknown', 500, `${verb} is unknown`);
    if (handler.open !== true && this.#session.user === undefined) {
      return answer('notLoggedIn', 530, 'please log in with USER and PASS');
    }
    if (handler.argument === 'required' && argument === '') {
      return answer('argument', 501, `${verb} needs an argument`);
    }
    if (handler.argument === 'none' && argument !== '') {
      return answer('argument', 501, `${verb} takes no argument`);
    }
    // A second REST replaces the first one.
    const { machine } = this.#session;
    if (verb === 'REST' && machine.state === 'restart at') machine.follow('other command');
    return handler.run(this.#session, argument);
  }

  /** FTP-22. Meanwhile the control connection is read on: ABOR and STAT take effect at once. */
  *#transfer(plan: TransferPlan): Process {
    const { host, machine, data } = this.#session;
    if (data.kind === 'none') {
      if (machine.state === 'restart at') machine.follow('other command');
      return yield* this.#say(answer('transferReplies', 425, 'PORT or PASV comes first'));
    }
    machine.follow('transfer begins');
    yield* this.#say(answer('transferReplies', 150, `here comes ${plan.what}`));
    const running: Running = { result: undefined, ended: new Signal() };
    const task = host.spawn(runTransfer(this.#session, plan, running), 'ftp data');
    try {
      while (running.result === undefined && !task.done) {
        const line = yield* this.#nextLine(NEVER, running);
        if (line === 'transfer ended') break;
        if (line === 'end' || line === 'late') {
          // FTP-35: the transfer has nobody left to be for.
          machine.follow('connection lost');
          return;
        }
        if ('verb' in line && line.verb === 'ABOR') return yield* this.#abort(() => task.cancel());
        if ('verb' in line && line.verb === 'STAT' && line.argument === '') {
          yield* this.#say(answer('transferReplies', 211, `transferring ${plan.what}`));
        } else this.#waiting.push(line);
      }
      yield* task.join();
      machine.follow('transfer ends');
      yield* this.#say(running.result ?? answer('transferReplies', 451, 'the transfer stopped'));
    } finally {
      if (!task.done) task.cancel();
    }
  }

  *#abort(cancel: () => void): Process {
    this.#noteCommand({ verb: 'ABOR', argument: '' });
    cancel();
    this.#session.machine.follow('ABOR');
    yield* this.#say(answer('abort', 426, 'transfer aborted'));
    yield* this.#say(answer('abort', 226, 'abort done'));
  }

  /** The next line, or what came instead of one. */
  *#nextLine(
    deadline: Micros,
    running?: Running,
  ): Process<CommandLine | 'end' | 'late' | 'transfer ended'> {
    const { control } = this.#session;
    for (;;) {
      const line = this.#reader.next();
      if (line !== undefined) return line;
      if (running?.result !== undefined) return 'transfer ended';
      const full = this.#waiting.length >= MAX_WAITING_COMMANDS;
      const octets = full ? undefined : control.tryReceive();
      if (octets === undefined) {
        if (control.failure !== undefined) return 'end';
        if (this.#now() >= deadline) return 'late';
        const signals = full ? [] : [control.readable];
        yield { signals: running === undefined ? signals : [...signals, running.ended], deadline };
      } else if (octets.length === 0) {
        return 'end';
      } else {
        this.#reader.push(octets);
        const refusals = this.#reader.takeRefusals();
        if (refusals.length > 0) yield* control.sendAll(refusals);
      }
    }
  }

  *#say(what: Answer): Process {
    const { host, control } = this.#session;
    const text = `${what.code} ${what.lines.join(' / ')}`;
    host.note({
      layer: 'ftp',
      kind: 'reply',
      text,
      cause: { rule: FTP_RULES[what.rule], why: text },
      stream: control.label,
      data: { code: what.code },
    });
    yield* control.sendAll(encodeReply(what));
  }

  #noteCommand({ verb, argument }: FtpCommand): void {
    const { host, control } = this.#session;
    // A password belongs in no trace.
    const shown = verb === 'PASS' && argument !== '' ? '***' : argument;
    const text = shown === '' ? verb : `${verb} ${shown}`;
    host.note({ layer: 'ftp', kind: 'command', text, stream: control.label });
  }

  #now(): Micros {
    return this.#session.host.now();
  }
}

function* runTransfer(session: FtpSession, plan: TransferPlan, running: Running): Process {
  try {
    running.result = yield* transfer(session, plan);
  } finally {
    running.ended.raise();
  }
}

function problemAnswer(problem: string): Answer {
  return answer(problem.startsWith('line longer') ? 'lineLimit' : 'commandLine', 500, problem);
}

function abortNothing(session: FtpSession): Answer {
  closeData(session);
  return answer('abort', 226, 'no transfer to abort');
}

function help(_: FtpSession, argument: string): Answer {
  if (argument !== '') {
    const known = COMMANDS.has(argument.toUpperCase());
    return known
      ? answer('features', 214, `${argument.toUpperCase()} is known`)
      : answer('argument', 501, `${argument.slice(0, 20)} is unknown`);
  }
  return answer('features', 214, 'commands:', [...COMMANDS.keys()].join(' '), 'end');
}
