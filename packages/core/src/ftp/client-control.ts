/** The client's end of the control connection: one command, then its replies (RFC 959 §5.4). */
import type { ByteStream } from '../base/byte-stream.ts';
import { ConnectionError, TimeoutError } from '../base/errors.ts';
import type { Process } from '../base/process.ts';
import type { ProgramHost } from '../base/program-host.ts';
import { after, type Micros } from '../base/time.ts';
import { within } from '../base/within.ts';
import type { FtpClientArrow } from './client.machine.ts';
import { clientControlMachine, type ClientControlMachine } from './control-machine.ts';
import { encodeCommand } from './command.ts';
import { FtpError } from './ftp-error.ts';
import { ReplyReader, type FtpReply } from './reply.ts';
import { FTP_RULES } from './rules.ts';

export class ClientControl {
  readonly stream: ByteStream;
  readonly machine: ClientControlMachine;
  readonly #host: ProgramHost;
  readonly #timeout: Micros;
  readonly #reader = new ReplyReader();

  constructor(host: ProgramHost, stream: ByteStream, timeout: Micros) {
    this.#host = host;
    this.stream = stream;
    this.machine = clientControlMachine(host, stream);
    this.#timeout = timeout;
  }

  /** Sends a command and waits for its first reply. @throws ConnectionError, TimeoutError */
  *command(
    kind: 'command' | 'transfer command' | 'sequence command',
    verb: string,
    argument = '',
  ): Process<FtpReply> {
    const line = encodeCommand(verb, argument);
    if (!this.machine.can(kind)) {
      throw new ConnectionError('connection closed', `in state "${this.machine.state}"`);
    }
    this.machine.follow(kind);
    const shown = verb === 'PASS' ? 'PASS ***' : `${verb} ${argument}`.trim();
    this.#note('command', shown);
    yield* this.#timed(this.stream.sendAll(line));
    return yield* this.reply();
  }

  /** As `command`, for those that must succeed. @throws FtpError */
  *expect(verb: string, argument = ''): Process<FtpReply> {
    return accepted(verb, yield* this.command('command', verb, argument));
  }

  /** The next reply. @throws ConnectionError when it breaks the protocol or the connection ends */
  *reply(): Process<FtpReply> {
    const found = yield* this.#timed(this.#read());
    if ('problem' in found) return this.#broken(found.problem);
    this.#note('reply', `${found.code} ${found.lines.join(' / ')}`);
    const first = Math.floor(found.code / 100);
    const arrow = first >= 4 ? 'rcv 4yz or 5yz' : (`rcv ${first}yz` as FtpClientArrow);
    this.machine.follow(arrow);
    if (this.machine.state === 'error') return this.#broken(`${found.code} came out of turn`);
    return found;
  }

  close(): void {
    if (this.machine.can('connection closed')) this.machine.follow('connection closed');
    this.stream.close();
  }

  *#read(): Process<FtpReply | { readonly problem: string }> {
    for (;;) {
      const found = this.#reader.next();
      if (found !== undefined) return found;
      const octets = yield* this.stream.receive();
      if (octets.length === 0) {
        this.close();
        throw new ConnectionError('connection closed', 'before the reply was whole');
      }
      this.#reader.push(octets);
      const refusals = this.#reader.takeRefusals();
      if (refusals.length > 0) yield* this.stream.sendAll(refusals);
    }
  }

  #broken(problem: string): never {
    this.#host.note({
      layer: 'ftp',
      kind: 'protocol error',
      text: problem,
      cause: { rule: FTP_RULES.oneMark, why: problem },
      stream: this.stream.label,
    });
    this.close();
    throw new ConnectionError('protocol error', problem);
  }

  *#timed<T>(process: Process<T>): Process<T> {
    const now = (): Micros => this.#host.now();
    return yield* within(process, after(now(), this.#timeout), now, silent);
  }

  #note(kind: string, text: string): void {
    this.#host.note({ layer: 'ftp', kind, text, stream: this.stream.label });
  }
}

/** The reply, unless it is 4yz or 5yz. @throws FtpError */
export function accepted(command: string, reply: FtpReply): FtpReply {
  if (reply.code >= 400) throw new FtpError(command, reply);
  return reply;
}

function silent(): Error {
  return new TimeoutError('the FTP server does not answer');
}
