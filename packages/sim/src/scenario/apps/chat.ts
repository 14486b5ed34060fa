import { utf8Bytes, utf8Text, type ByteStream, type Process, type ProgramHost } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { LineReader } from './line-reader.ts';
import { enduring } from './serve-each.ts';
import { listenPort } from './settings.ts';

/** Passes every line that somebody says on to everybody else, until they leave. */
export const chat = appKind({
  key: 'chat',
  about: 'A chat room: passes every line on to everybody else who is connected.',
  settings: closed(listenPort),
  needs: ({ port }) => ({ listens: [port] }),
  *run(host, { port }) {
    const room = new Set<ByteStream>();
    const listener = host.listen(port);
    for (let guests = 1; ; guests += 1) {
      const stream = yield* listener.accept();
      room.add(stream);
      host.spawn(guest(host, room, stream), `guest ${guests}`);
    }
  },
});

function* guest(host: ProgramHost, room: Set<ByteStream>, stream: ByteStream): Process {
  try {
    yield* enduring(passOn(host, room, stream));
  } finally {
    room.delete(stream);
  }
}

function* passOn(host: ProgramHost, room: Set<ByteStream>, stream: ByteStream): Process {
  const lines = new LineReader(stream);
  for (;;) {
    const line = yield* lines.next();
    if (line === undefined) break;
    host.note({
      layer: 'app',
      kind: 'said',
      text: `Passes on: ${utf8Text(line).trimEnd()}`,
      stream: stream.label,
      data: { bytes: line.length, listeners: room.size - 1 },
    });
    for (const other of room) {
      if (other !== stream) yield* enduring(other.sendAll(line));
    }
  }
  yield* enduring(stream.sendAll(utf8Bytes('goodbye\n')));
  stream.close();
}
