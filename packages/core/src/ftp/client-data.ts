/** The client's side of setting up data connections. */
import type { ByteStream } from '../base/byte-stream.ts';
import { CallError, TimeoutError } from '../base/errors.ts';
import { isIpv4 } from '../base/host-name.ts';
import type { Process } from '../base/process.ts';
import type { ProgramHost, StreamListener } from '../base/program-host.ts';
import { after, type Micros } from '../base/time.ts';
import { within } from '../base/within.ts';
import { accepted, type ClientControl } from './client-control.ts';
import { FtpError } from './ftp-error.ts';
import { formatExtended, formatHostPort, hostPortOfPasv, portOfEpsv } from './host-port.ts';
import { FTP_RULES } from './rules.ts';

export type DataMode = 'passive' | 'active';

interface DataOptions {
  /** As the program named it. */
  readonly server: string;
  readonly mode: DataMode;
  readonly extended: boolean;
  readonly timeout: Micros;
  readonly trustPassiveAddress: boolean;
}

/** Opens the data connection, once the server has announced the transfer. */
type Opening = () => Process<ByteStream>;

export class ClientData {
  readonly #host: ProgramHost;
  readonly #control: ClientControl;
  readonly #options: DataOptions;
  #extended: boolean;
  #listener: StreamListener | undefined;
  /** Open, but not yet handed to a transfer. */
  #stream: ByteStream | undefined;

  constructor(host: ProgramHost, control: ClientControl, options: DataOptions) {
    this.#host = host;
    this.#control = control;
    this.#options = options;
    this.#extended = options.extended;
  }

  /** Tells the server how, before the command that transfers. @throws FtpError, ConnectionError */
  *prepare(): Process<Opening> {
    return this.#options.mode === 'passive' ? yield* this.#passive() : yield* this.#active();
  }

  /** Takes back what was prepared for a transfer that does not come to be. */
  close(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#stream?.abort();
    this.#stream = undefined;
  }

  /** FTP-19: EPSV first; a server that does not know it is asked with PASV from then on. */
  *#passive(): Process<Opening> {
    if (this.#extended) {
      const reply = yield* this.#control.command('command', 'EPSV');
      const port = reply.code === 229 ? portOfEpsv(reply.lines[0] ?? '') : undefined;
      if (port !== undefined) return yield* this.#connected(this.#serverAddress(), port);
      if (reply.code < 500 && reply.code >= 400) throw new FtpError('EPSV', reply);
      this.#extended = false;
    }
    const reply = yield* this.#control.expect('PASV');
    const end = hostPortOfPasv(reply.lines[0] ?? '');
    if (end === undefined) throw new FtpError('PASV', reply);
    const own = this.#serverAddress();
    const trusted = this.#options.trustPassiveAddress || own === end.address;
    if (!trusted) this.#noteIgnored(end.address, own);
    return yield* this.#connected(trusted ? end.address : own, end.port);
  }

  /** The passive side listens already, so the connection is opened before the command. */
  *#connected(address: string, port: number): Process<Opening> {
    const { timeout } = this.#options;
    const stream = yield* this.#host.connect(address, port, { timeout });
    this.#stream = stream;
    // oxlint-disable-next-line require-yield -- what is open already needs no waiting.
    return function* (this: ClientData): Process<ByteStream> {
      this.#stream = undefined;
      return stream;
    }.bind(this);
  }

  *#active(): Process<Opening> {
    const address = this.#control.stream.local?.address;
    if (address === undefined) {
      throw new CallError(
        'address unknown',
        'active mode needs the local address of the connection',
      );
    }
    this.close();
    const listener = this.#host.listen(0);
    this.#listener = listener;
    const end = { address, port: listener.port };
    if (this.#extended) {
      const reply = yield* this.#control.command('command', 'EPRT', formatExtended(end));
      if (reply.code < 300) return () => this.#accepted(listener);
      if (reply.code < 500 || !isIpv4(address)) throw new FtpError('EPRT', reply);
      this.#extended = false;
    }
    const reply = yield* this.#control.command('command', 'PORT', formatHostPort(end));
    accepted('PORT', reply);
    return () => this.#accepted(listener);
  }

  /** FTP-21 holds for clients too: only the server may connect. */
  *#accepted(listener: StreamListener): Process<ByteStream> {
    const now = (): Micros => this.#host.now();
    const deadline = after(now(), this.#options.timeout);
    try {
      for (;;) {
        const stream = yield* within(listener.accept(), deadline, now, notOpened);
        if (stream.remote?.address === this.#control.stream.remote?.address) return stream;
        stream.abort();
      }
    } finally {
      this.close();
    }
  }

  #serverAddress(): string {
    return this.#control.stream.remote?.address ?? this.#options.server;
  }

  #noteIgnored(told: string, used: string): void {
    const why = `PASV told ${told}; the server is ${used}`;
    this.#host.note({
      layer: 'ftp',
      kind: 'address ignored',
      text: why,
      cause: { rule: FTP_RULES.passive, why },
      stream: this.#control.stream.label,
    });
  }
}

function notOpened(): Error {
  return new TimeoutError('the server did not open the data connection');
}
