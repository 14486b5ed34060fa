/** The machine of one end of a control connection; each of its steps goes into the trace. */
import type { ByteStream } from '../base/byte-stream.ts';
import { MachineRunner } from '../base/machine/runner.ts';
import type { ProgramHost } from '../base/program-host.ts';
import { ftpClientMachine, type FtpClientArrow, type FtpClientState } from './client.machine.ts';
import { ftpServerMachine, type FtpServerArrow, type FtpServerState } from './server.machine.ts';

export class ControlMachine<State extends string, Arrow extends string> {
  readonly #runner: MachineRunner<State, Arrow>;
  readonly #name: string;
  readonly #host: ProgramHost;
  readonly #stream: ByteStream;

  constructor(
    runner: MachineRunner<State, Arrow>,
    name: string,
    host: ProgramHost,
    stream: ByteStream,
  ) {
    this.#runner = runner;
    this.#name = name;
    this.#host = host;
    this.#stream = stream;
  }

  get state(): State {
    return this.#runner.state;
  }

  can(arrow: Arrow): boolean {
    return this.#runner.can(arrow);
  }

  /** @throws InvariantViolation when the diagram has no such arrow from here */
  follow(arrow: Arrow): void {
    const before = this.#runner.state;
    const after = this.#runner.follow(arrow);
    this.#host.note({
      layer: 'ftp',
      kind: 'state',
      text: `${this.#name}: ${before} → ${after} (${arrow})`,
      stream: this.#stream.label,
      data: { machine: this.#name, before, arrow, after },
    });
  }
}

export type ServerControlMachine = ControlMachine<FtpServerState, FtpServerArrow>;
export type ClientControlMachine = ControlMachine<FtpClientState, FtpClientArrow>;

export function serverControlMachine(host: ProgramHost, control: ByteStream): ServerControlMachine {
  const name = 'ftp server';
  const runner = new MachineRunner<FtpServerState, FtpServerArrow>(
    ftpServerMachine,
    name,
    undefined,
  );
  return new ControlMachine(runner, name, host, control);
}

export function clientControlMachine(host: ProgramHost, control: ByteStream): ClientControlMachine {
  const name = 'ftp client';
  const runner = new MachineRunner<FtpClientState, FtpClientArrow>(
    ftpClientMachine,
    name,
    undefined,
  );
  return new ControlMachine(runner, name, host, control);
}
