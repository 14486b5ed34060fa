/** An FTP client for programs. */
import type { ByteStream } from '../base/byte-stream.ts';
import { concatBytes } from '../base/bytes.ts';
import { ConnectionError, TimeoutError } from '../base/errors.ts';
import { bytesPayload, type Payload } from '../base/payload.ts';
import type { Process } from '../base/process.ts';
import type { ProgramHost } from '../base/program-host.ts';
import { after, seconds, type Micros } from '../base/time.ts';
import { utf8Bytes, utf8Text } from '../base/utf8.ts';
import { within } from '../base/within.ts';
import { AsciiDecoder, AsciiEncoder } from './ascii.ts';
import { accepted, ClientControl } from './client-control.ts';
import { ClientData, type DataMode } from './client-data.ts';
import { FtpError } from './ftp-error.ts';
import { parseFactsLine, type RemoteEntry } from './listing.ts';
import type { FtpReply } from './reply.ts';
import { FTP_PORT } from './server-options.ts';

export interface FtpClientOptions {
  /** @default 21 */
  readonly port?: number;
  /** Who opens data connections: the client (`passive`) or the server. @default 'passive' */
  readonly mode?: DataMode;
  /** Try EPSV or EPRT before PASV or PORT. @default true */
  readonly extended?: boolean;
  /** How long to wait for a reply, and for data that stand still. @default 30 s */
  readonly timeout?: Micros;
  /**
   * Go to the address that PASV tells, whatever it is. Else the server's own is used, because the
   * told one may be meant for another network, or for a victim. @default false
   */
  readonly trustPassiveAddress?: boolean;
}

export interface TransferOptions {
  /** Go on at this octet (REST). @default 0 */
  readonly from?: number;
  /** Translate line ends (TYPE A). @default false */
  readonly ascii?: boolean;
}

export interface PutOptions extends TransferOptions {
  /** Add to the end of the remote file (APPE). @default false */
  readonly append?: boolean;
}

/** Connects and waits for the greeting. @throws ConnectionError, TimeoutError, FtpError */
export function* openFtp(
  host: ProgramHost,
  server: string,
  options: FtpClientOptions = {},
): Process<FtpClient> {
  const timeout = options.timeout ?? seconds(30);
  const stream = yield* host.connect(server, options.port ?? FTP_PORT, { timeout });
  const control = new ClientControl(host, stream, timeout);
  try {
    while (control.machine.state === 'wait for greeting') {
      accepted('greeting', yield* control.reply());
    }
  } catch (error) {
    control.close();
    throw error;
  }
  return new FtpClient(host, server, control, options);
}

/** One session. Commands go one after the other; a method may throw FtpError when one is declined. */
export class FtpClient {
  readonly #host: ProgramHost;
  readonly #control: ClientControl;
  readonly #data: ClientData;
  readonly #timeout: Micros;
  #type: 'ascii' | 'image' | undefined;

  /** Made by `openFtp`. */
  constructor(
    host: ProgramHost,
    server: string,
    control: ClientControl,
    options: FtpClientOptions,
  ) {
    this.#host = host;
    this.#control = control;
    this.#timeout = options.timeout ?? seconds(30);
    this.#data = new ClientData(host, control, {
      server,
      mode: options.mode ?? 'passive',
      extended: options.extended ?? true,
      timeout: this.#timeout,
      trustPassiveAddress: options.trustPassiveAddress ?? false,
    });
  }

  /** FTP-09: name, and password and account if they are asked for. */
  *login(user = 'anonymous', password = 'anonymous@', account = ''): Process {
    const sequence = [
      ['USER', user],
      ['PASS', password],
      ['ACCT', account],
    ] as const;
    let code = 0;
    for (const [verb, argument] of sequence) {
      // RFC 959 §5.4: 332 asks for the account, also where it comes before any password.
      if (verb === 'PASS' && code === 332) continue;
      const kind = 'sequence command';
      code = accepted(verb, yield* this.#control.command(kind, verb, argument)).code;
      if (code < 300) return;
    }
    throw new ConnectionError('protocol error', 'the login has no end');
  }

  /** Any command of one reply. @throws FtpError */
  *command(verb: string, argument = ''): Process<FtpReply> {
    return yield* this.#control.expect(verb, argument);
  }

  /** The file's octets from `from` on. */
  *get(path: string, options: TransferOptions = {}): Process<Uint8Array> {
    const parts: Uint8Array[] = [];
    yield* this.getParts(path, (part) => void parts.push(part), options);
    return concatBytes(parts);
  }

  /** As `get`, handing over each part as it comes. @returns octets received */
  *getParts(
    path: string,
    onPart: (part: Uint8Array) => void,
    options: TransferOptions = {},
  ): Process<number> {
    yield* this.#setType(options.ascii === true ? 'ascii' : 'image');
    const decoder = options.ascii === true ? new AsciiDecoder() : undefined;
    return yield* this.#receive('RETR', path, options.from ?? 0, (octets) => {
      const part = octets.length === 0 ? decoder?.finish() : (decoder?.push(octets) ?? octets);
      if (part !== undefined && part.length > 0) onPart(part);
    });
  }

  /** Stores a file; with `from` the octets belong at that place of the remote file. */
  *put(path: string, data: Payload | Uint8Array | string, options: PutOptions = {}): Process {
    yield* this.#setType(options.ascii === true ? 'ascii' : 'image');
    const verb = options.append === true ? 'APPE' : 'STOR';
    const contents = payloadOf(data, options.ascii === true);
    const stream = yield* this.#begin(verb, path, options.from ?? 0);
    try {
      yield* this.#timed(stream.sendAll(contents));
      // FTP-23: the end of the connection is the end of the file.
      stream.close();
    } catch (error) {
      stream.abort();
      // The server says why; that is worth more than that the connection broke.
      if (error instanceof ConnectionError) accepted(verb, yield* this.#control.reply());
      throw error;
    }
    accepted(verb, yield* this.#control.reply());
  }

  /** The names in a directory (NLST). */
  *names(path = ''): Process<string[]> {
    return yield* this.#lines('NLST', path);
  }

  /** The lines of LIST, which are meant for people. */
  *list(path = ''): Process<string[]> {
    return yield* this.#lines('LIST', path);
  }

  /** What stands in a directory, with facts (MLSD). */
  *entries(path = ''): Process<RemoteEntry[]> {
    return (yield* this.#lines('MLSD', path)).flatMap((line) => parseFactsLine(line) ?? []);
  }

  /** In octets. */
  *size(path: string): Process<number> {
    yield* this.#setType('image');
    return Number((yield* this.#control.expect('SIZE', path)).lines[0]);
  }

  /** `YYYYMMDDHHMMSS` in UTC. */
  *modified(path: string): Process<string> {
    return (yield* this.#control.expect('MDTM', path)).lines[0] ?? '';
  }

  *rename(from: string, to: string): Process {
    const first = yield* this.#control.command('sequence command', 'RNFR', from);
    if (accepted('RNFR', first).code < 300) return;
    yield* this.#control.expect('RNTO', to);
  }

  *remove(path: string): Process {
    yield* this.#control.expect('DELE', path);
  }

  *makeDirectory(path: string): Process {
    yield* this.#control.expect('MKD', path);
  }

  *removeDirectory(path: string): Process {
    yield* this.#control.expect('RMD', path);
  }

  *changeDirectory(path: string): Process {
    yield* this.#control.expect('CWD', path);
  }

  *workingDirectory(): Process<string> {
    const text = (yield* this.#control.expect('PWD')).lines[0] ?? '';
    const quoted = /^"((?:[^"]|"")*)"/.exec(text)?.[1];
    if (quoted === undefined) throw new ConnectionError('protocol error', `PWD said ${text}`);
    return quoted.replaceAll('""', '"');
  }

  /** The names of what the server can do beyond RFC 959; none when it does not know FEAT. */
  *features(): Process<string[]> {
    const reply = yield* this.#control.command('command', 'FEAT');
    return reply.code === 211 ? reply.lines.slice(1, -1).map((line) => line.trim()) : [];
  }

  /** Says goodbye and closes. */
  *quit(): Process {
    try {
      yield* this.#control.command('command', 'QUIT');
    } catch (error) {
      // Whoever wants to leave does not mind being thrown out.
      if (!(error instanceof ConnectionError || error instanceof TimeoutError)) throw error;
    } finally {
      this.close();
    }
  }

  /** Closes without a word. Safe to call twice. */
  close(): void {
    this.#data.close();
    this.#control.close();
  }

  *#lines(verb: string, path: string): Process<string[]> {
    yield* this.#setType('ascii');
    const parts: Uint8Array[] = [];
    yield* this.#receive(verb, path, 0, (part) => void parts.push(part));
    const lines = utf8Text(concatBytes(parts)).split(/\r?\n/);
    return lines.filter((line) => line !== '');
  }

  /** Hands over what comes, and an empty part at the end. */
  *#receive(
    verb: string,
    path: string,
    from: number,
    onPart: (part: Uint8Array) => void,
  ): Process<number> {
    const stream = yield* this.#begin(verb, path, from);
    let length = 0;
    try {
      for (;;) {
        const part = yield* this.#timed(stream.receive());
        onPart(part);
        if (part.length === 0) break;
        length += part.length;
      }
      stream.close();
    } catch (error) {
      stream.abort();
      if (error instanceof ConnectionError) accepted(verb, yield* this.#control.reply());
      throw error;
    }
    accepted(verb, yield* this.#control.reply());
    return length;
  }

  /** Everything up to the 1yz reply and the open data connection. */
  *#begin(verb: string, path: string, from: number): Process<ByteStream> {
    try {
      const opening = yield* this.#data.prepare();
      if (from > 0) {
        const at = String(from);
        accepted('REST', yield* this.#control.command('sequence command', 'REST', at));
      }
      const reply = yield* this.#control.command('transfer command', verb, path);
      accepted(verb, reply);
      if (reply.code >= 200) {
        throw new ConnectionError('protocol error', `${verb} ended before it began`);
      }
      return yield* opening();
    } catch (error) {
      this.#data.close();
      // A transfer that could not begin still has its last reply, e.g. 425.
      const pending = this.#control.machine.state === 'wait for completion';
      if (pending && !(error instanceof FtpError)) accepted(verb, yield* this.#control.reply());
      throw error;
    }
  }

  *#setType(type: 'ascii' | 'image'): Process {
    if (this.#type === type) return;
    yield* this.#control.expect('TYPE', type === 'ascii' ? 'A' : 'I');
    this.#type = type;
  }

  *#timed<T>(process: Process<T>): Process<T> {
    const now = (): Micros => this.#host.now();
    return yield* within(process, after(now(), this.#timeout), now, stoodStill);
  }
}

function payloadOf(data: Payload | Uint8Array | string, ascii: boolean): Payload {
  const text = typeof data === 'string' ? utf8Bytes(data) : data;
  if (!ascii) return text instanceof Uint8Array ? bytesPayload(text) : text;
  const octets = text instanceof Uint8Array ? text : text.toBytes();
  return bytesPayload(new AsciiEncoder().push(octets));
}

function stoodStill(): Error {
  return new TimeoutError('the data connection stood still');
}
