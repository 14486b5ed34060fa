import * as z from 'zod';
import { us, utf8Text, type ByteStream, type Process, type ProgramHost } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { appKind } from './app-kind.ts';
import { LineReader } from './line-reader.ts';
import { enduring } from './serve-each.ts';
import { connectOptions, peer } from './settings.ts';

const settings = closed({
  ...peer,
  lines: z
    .array(z.string().min(1).max(10_000))
    .min(1, 'expected at least one line')
    .max(10_000)
    .describe('What it says, line by line.'),
  every: duration.optional().describe('How long it waits between lines. Default: 1s.'),
});

/** Connects to a chat or echo app, says its lines one by one, notes what it hears, and leaves. */
export const talk = appKind({
  key: 'talk',
  about: 'Connects to a chat or echo app, says its lines one by one and notes what it hears.',
  settings,
  needs: ({ to }) => ({ peers: [to] }),
  *run(host, given) {
    const stream = yield* host.connect(given.to, given.port, connectOptions(given));
    const hearing = host.spawn(enduring(hear(host, stream)), 'hear');
    yield* enduring(say(host, stream, given));
    yield* hearing.join();
    stream.close();
  },
});

function* say(host: ProgramHost, stream: ByteStream, given: z.output<typeof settings>): Process {
  for (const line of given.lines) {
    yield* stream.sendAll(`${line}\n`);
    yield* host.sleep(us(given.every ?? 1_000_000));
  }
  stream.shutdown();
}

function* hear(host: ProgramHost, stream: ByteStream): Process {
  const lines = new LineReader(stream);
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    const text = utf8Text(line).trimEnd();
    host.note({ layer: 'app', kind: 'heard', text: `Hears: ${text}`, stream: stream.label });
  }
}
