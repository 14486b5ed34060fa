import type * as z from 'zod';
import { TimeoutError, after, seconds, us, type Process, type ProgramHost } from '@tcplab/core';
import { receiveReliably } from '@tcplab/core/arq';
import { closed } from '../schema/closed.ts';
import { duration, size } from '../schema/quantities.ts';
import { count } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { MessageTally } from './message-tally.ts';
import { carrier, datagramSocket } from './messages.ts';
import { listenPort } from './settings.ts';

const settings = closed({
  ...listenPort,
  over: carrier.describe('What carries the messages; the same as at the sender.'),
  count: count(1, 100_000).describe('How many messages are expected.'),
  size: size.describe('Bytes of each message; the same as at the sender.'),
  window: count(1, 1_000).optional().describe('Window of selective-repeat. Default: 8.'),
  patience: duration
    .optional()
    .describe('How long it waits for another message before it gives its account. Default: 5s.'),
});

type Settings = z.output<typeof settings>;

const DEFAULT_PATIENCE = seconds(5);

/** Receives numbered messages and says how many were lost, came twice or out of order, and how long each took. */
export const messageSink = appKind({
  key: 'message-sink',
  about: 'Receives numbered messages and tells how many were lost, came twice, or out of order.',
  settings,
  needs: ({ port }) => ({ listens: [port] }),
  *run(host, given) {
    const tally = new MessageTally(given.count);
    if (given.over === 'tcp') yield* overTcp(host, given, tally);
    else if (given.over === 'udp') yield* overUdp(host, given, tally);
    else yield* overArq(host, given, tally, given.over);
    host.note(tally.note(given.over));
  },
});

function* overUdp(host: ProgramHost, given: Settings, tally: MessageTally): Process {
  const socket = datagramSocket(host, given.port);
  const patience = given.patience === undefined ? DEFAULT_PATIENCE : us(given.patience);
  tally.take((yield* socket.receiveFrom()).bytes, host.now());
  try {
    for (;;) {
      const { bytes } = yield* socket.receiveFrom(after(host.now(), patience));
      tally.take(bytes, host.now());
    }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  socket.close();
}

function* overTcp(host: ProgramHost, given: Settings, tally: MessageTally): Process {
  const listener = host.listen(given.port);
  const stream = yield* listener.accept();
  for (;;) {
    const bytes = yield* stream.receiveExactly(given.size);
    if (bytes.length < given.size) break;
    tally.take(bytes, host.now());
  }
  stream.close();
  listener.close();
}

function* overArq(
  host: ProgramHost,
  given: Settings,
  tally: MessageTally,
  protocol: Exclude<Settings['over'], 'udp' | 'tcp'>,
): Process {
  const socket = datagramSocket(host, given.port);
  yield* receiveReliably(host, socket, {
    protocol,
    ...(given.window === undefined ? {} : { window: given.window }),
    onMessage: (message) => tally.take(message, host.now()),
  });
  socket.close();
}
