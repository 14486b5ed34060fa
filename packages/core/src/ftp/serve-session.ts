/** The server's protocol interpreter for one client, as a process (RFC 959 §5.4). */
import type { ByteStream } from '../base/byte-stream.ts';
import { ConnectionError } from '../base/errors.ts';
import { bytesPayload } from '../base/payload.ts';
import { Signal, type Process } from '../base/process.ts';
import type { ProgramHost } from '../base/program-host.ts';
import { after, ms, NEVER, type Micros } from '../base/time.ts';
import { CommandReader, type CommandLine, type FtpCommand } from './command.ts';
import { serverControlMachine } from './control-machine.ts';
import { BETWEEN_REST, COMMANDS, SYNONYMS } from './commands.ts';
import { closeData } from './data-commands.ts';
import { transfer } from './data-transfer.ts';
import { MLST_FACTS } from './listing.ts';
import { encodeReply, reply } from './reply.ts';
import { FTP_RULES } from './rules.ts';
import type { FtpSettings } from './server-options.ts';
import { answer, type Answer, type FtpSession, type TransferPlan } from './session.ts';
import { TRANSFER_COMMANDS } from './transfer-commands.ts';

/** Commands that may wait for the end of a transfer; then the connection is not read any further. */
const MAX_WAITING_COMMANDS = 32;

/** How often, and after which pause, a passive port is asked for when there is none. */
const PORT_TRIES = 50;
const PORT_PAUSE = ms(10);

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
    // Who ends the server ends this session too, and says so (RFC 959 §5.4, "421 … may be a reply to
    // any command if the service knows it must shut down").
    if (session.machine.state !== 'closed' && control.failure === undefined) {
      session.machine.follow('service closing');
      control.trySend(bytesPayload(encodeReply(reply(421, 'the server ends'))));
    }
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
    facts: MLST_FACTS,
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
  /** The client sends no more, but has said QUIT: what runs comes to its end. */
  #leaving = false;

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
    if ('problem' in line) return yield* this.#say(problemAnswer(line));
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
    const result = yield* this.#carryOut(command);
    if ('code' in result) {
      // FTP-13: REST is for the transfer that follows it, also where that one is refused.
      if (machine.state === 'restart at' && Object.hasOwn(TRANSFER_COMMANDS, command.verb)) {
        machine.follow('other command');
      }
      if (result.closes === true) machine.follow(result.code === 221 ? 'QUIT' : 'service closing');
      yield* this.#say(result);
    } else {
      yield* this.#transfer(result);
    }
  }

  /** Hosts bind ports in their own time: when many ask at once, the last ones wait a little. */
  *#carryOut(command: FtpCommand): Process<Answer | TransferPlan> {
    for (let tries = 1; ; tries += 1) {
      const result = this.#dispatch(command);
      const isShort = 'code' in result && result.portsAreShort === true;
      if (!isShort || tries === PORT_TRIES) return result;
      yield { signals: [], deadline: after(this.#now(), PORT_PAUSE) };
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
      return answer('argument', handler.strayCode ?? 501, `${verb} takes no argument`);
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
    yield* this.#say(announcement(plan));
    const running: Running = { result: undefined, ended: new Signal() };
    const task = host.spawn(runTransfer(this.#session, plan, running), 'ftp data');
    try {
      while (running.result === undefined && !task.done) {
        const line = yield* this.#nextLine(NEVER, running);
        if (line === 'transfer ended') break;
        if (line === 'end' && this.#hasQuit()) {
          this.#leaving = true;
          continue;
        }
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

  /** RFC 959 §4.1.1: an end of the control connection is unexpected unless QUIT came before it. */
  #hasQuit(): boolean {
    const { failure } = this.#session.control;
    const quits = this.#waiting.some((line) => 'verb' in line && line.verb === 'QUIT');
    return failure === undefined && quits;
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
      const full = this.#leaving || this.#waiting.length >= MAX_WAITING_COMMANDS;
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

function announcement(plan: TransferPlan): Answer {
  return plan.store?.reserved === true
    ? answer('unique', 150, `FILE: ${plan.what}`)
    : answer('transferReplies', 150, `here comes ${plan.what}`);
}

function problemAnswer({ code, problem }: Exclude<CommandLine, FtpCommand>): Answer {
  if (code === 501) return answer('argument', code, problem);
  return answer(problem.startsWith('line longer') ? 'lineLimit' : 'commandLine', code, problem);
}
