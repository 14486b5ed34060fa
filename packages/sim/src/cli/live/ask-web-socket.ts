import { utf8Text, type Process } from '@tcplab/core';
import { ClientSession } from '@tcplab/core/session';
import { connectWebSocket, echoWebSocket } from '@tcplab/core/session/websocket';
import type { CloseInfo, WebSocket } from '@tcplab/core/websocket';
import type { NodeProgramHost } from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { ask, clientTls, type AskOptions } from './ask.ts';

/** Of stdin, for messages. */
const MAX_STDIN = 16 * 1_024 * 1_024;

export interface TalkOptions extends AskOptions {
  /** Text messages to send; without any, the lines of stdin. */
  readonly messages: readonly string[];
  /** Wait for so many messages. @default as many as are sent */
  readonly receive: number | undefined;
  /** Send back whatever comes, until the server closes. */
  readonly echo: boolean;
  readonly protocols: readonly string[];
  readonly deflate: boolean;
}

/** Sends messages, prints what comes back a line each, and closes; 1 when the end was not in order. */
export function askWebSocket(io: Io, options: TalkOptions): Promise<ExitCode> {
  return ask(io, options, {
    name: 'ws',
    *run(host) {
      const tls = clientTls(host, options, io);
      const session = new ClientSession(host, { secure: tls.secure });
      try {
        const { protocols, deflate } = options;
        const socket = yield* connectWebSocket(session, options.url, { protocols, deflate });
        const end = yield* talk(socket, { host, options, io });
        if (options.json) {
          const { code, reason, clean } = end;
          io.out(`${JSON.stringify({ kind: 'closed', code, reason, clean })}\n`);
        }
        if (end.clean) return EXIT.ok;
        io.err(`tcplab ws: closed with ${end.code}${end.cause ? `: ${end.cause.why}` : ''}\n`);
        return EXIT.failed;
      } finally {
        session.close();
      }
    },
  });
}

function* talk(
  socket: WebSocket,
  {
    host,
    options,
    io,
  }: { readonly host: NodeProgramHost; readonly options: TalkOptions; readonly io: Io },
): Process<CloseInfo> {
  if (options.echo) {
    yield* echoWebSocket(socket);
    return yield* socket.close();
  }
  const messages = options.messages.length > 0 ? options.messages : linesOf(io);
  // Beside the receiving: a server that answers stops reading while nobody takes its answers.
  const sending = host.spawn(sendAll(socket, messages), 'send');
  const wanted = options.receive ?? messages.length;
  for (let count = 0; count < wanted; count += 1) {
    const message = yield* socket.receive();
    if (message.kind === 'closed') return message;
    print(io, options.json, message.kind === 'text' ? message.text : message.bytes);
  }
  yield* sending.join();
  return yield* socket.close();
}

function* sendAll(socket: WebSocket, messages: readonly string[]): Process {
  for (const message of messages) {
    if (socket.state !== 'OPEN') return;
    yield* socket.send(message);
  }
}

function linesOf(io: Io): readonly string[] {
  const lines = utf8Text(io.readStdin(MAX_STDIN)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function print(io: Io, json: boolean, data: string | Uint8Array): void {
  if (typeof data === 'string') {
    io.out(json ? `${JSON.stringify({ kind: 'text', text: data })}\n` : `${data}\n`);
  } else {
    const hex = Buffer.from(data).toString('hex');
    io.out(json ? `${JSON.stringify({ kind: 'binary', hex })}\n` : `${hex}\n`);
  }
}
