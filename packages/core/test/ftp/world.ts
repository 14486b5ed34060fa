/** A client and an FTP server in the in-memory network, and a way to speak to it line by line. */
import {
  concatBytes,
  ConnectionError,
  ms,
  utf8Text,
  type ByteStream,
  type Process,
} from '@tcplab/core';
import {
  encodeCommand,
  FileTree,
  openFtp,
  portOfEpsv,
  ReplyReader,
  serveFtp,
  type FtpClient,
  type FtpClientOptions,
  type FtpReply,
  type FtpServerOptions,
} from '@tcplab/core/ftp';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';

export interface FtpWorld {
  readonly net: MemoryNetwork;
  readonly tree: FileTree;
  readonly server: MemoryHost;
}

/** A server at 10.0.0.1 with `/hello.txt`, `/docs/a.txt` and `/docs/b.txt`. */
export function worldWith(options: Partial<FtpServerOptions> = {}, cut?: number): FtpWorld {
  const net = new MemoryNetwork({ latency: ms(10), ...(cut === undefined ? {} : { cut }) });
  const server = net.host('server');
  const tree = options.tree ?? new FileTree({ now: () => net.now });
  tree.write('/hello.txt', 'hello\nworld\n');
  tree.makeDirectory('/docs');
  tree.write('/docs/a.txt', 'a');
  tree.write('/docs/b.txt', 'bb');
  server.spawn(serveFtp(server, { ...options, tree }), 'ftp');
  return { net, tree, server };
}

/** Runs a program of the client after an anonymous login. */
export function withClient<T>(
  { net }: FtpWorld,
  program: (ftp: FtpClient, host: MemoryHost) => Process<T>,
  options: FtpClientOptions = {},
): T {
  return net.runProcess(net.host('client'), function* (host): Process<T> {
    const ftp = yield* openFtp(host, 'server', options);
    try {
      yield* ftp.login();
      return yield* program(ftp, host);
    } finally {
      ftp.close();
    }
  });
}

/** The control connection, one line at a time. */
export class Dialogue {
  readonly control: ByteStream;
  readonly #reader = new ReplyReader();

  constructor(control: ByteStream) {
    this.control = control;
  }

  /** The next reply. @throws ConnectionError at the end of the connection */
  *reply(): Process<FtpReply> {
    for (;;) {
      const found = this.#reader.next();
      if (found !== undefined && 'code' in found) return found;
      if (found !== undefined) throw new Error(found.problem);
      const octets = yield* this.control.receive();
      if (octets.length === 0) throw new ConnectionError('connection closed');
      this.#reader.push(octets);
    }
  }

  /** Sends a line. */
  *send(line: string): Process {
    const [verb, ...rest] = line.split(' ');
    yield* this.control.sendAll(encodeCommand(verb!, rest.join(' ')));
  }

  /** Sends a line and waits for its first reply. @returns its code */
  *ask(line: string): Process<number> {
    yield* this.send(line);
    return (yield* this.reply()).code;
  }

  /** As `ask`, with the first line of the reply: `250 "/docs" is current`. */
  *words(line: string): Process<string> {
    yield* this.send(line);
    const { code, lines } = yield* this.reply();
    return `${code} ${lines[0]}`;
  }

  /** Asks line after line. @returns the codes */
  *all(...lines: readonly string[]): Process<number[]> {
    const codes: number[] = [];
    for (const line of lines) codes.push(yield* this.ask(line));
    return codes;
  }
}

/** Opens a control connection and reads the greeting; logs in unless told otherwise. */
export function* dialogue(host: MemoryHost, login = true, port = 21): Process<Dialogue> {
  const talk = new Dialogue(yield* host.connect('server', port));
  const { code } = yield* talk.reply();
  if (code !== 220) throw new Error(`greeted with ${code}`);
  if (login) yield* talk.all('USER anonymous', 'PASS me');
  return talk;
}

/** Runs a dialogue from the client. */
export function speak<T>(
  { net }: FtpWorld,
  program: (talk: Dialogue, host: MemoryHost) => Process<T>,
  login = true,
): T {
  return net.runProcess(net.host('client'), function* (host): Process<T> {
    return yield* program(yield* dialogue(host, login), host);
  });
}

/** Enters passive mode and connects to the port that is told. */
export function* passive(talk: Dialogue, host: MemoryHost): Process<ByteStream> {
  yield* talk.send('EPSV');
  const { lines } = yield* talk.reply();
  return yield* host.connect('server', portOfEpsv(lines[0] ?? '')!);
}

/** All that arrives until the end. */
export function* wholeOf(stream: ByteStream): Process<string> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* stream.receive();
    if (part.length === 0) return utf8Text(concatBytes(parts));
    parts.push(part);
  }
}

/** The codes of a dialogue of these lines. */
export function codes(
  lines: readonly string[],
  options: Partial<FtpServerOptions> = {},
  login = true,
): number[] {
  return speak(worldWith(options), (talk) => talk.all(...lines), login);
}
