import * as z from 'zod';
import { CallError, us, type DatagramSocket, type Process, type ProgramHost } from '@tcplab/core';
import { sendReliably } from '@tcplab/core/arq';
import { closed } from '../schema/closed.ts';
import { duration, size } from '../schema/quantities.ts';
import { count } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { MESSAGE_HEADER, numberedMessage } from './message-tally.ts';
import { enduring } from './serve-each.ts';
import { connectOptions, peer } from './settings.ts';

const MAX_DATAGRAM = 65_507;

/** What can carry messages: plain UDP, TCP, or one of the textbook protocols over UDP. */
export const carrier = z.enum(['udp', 'tcp', 'stop-and-wait', 'go-back-n', 'selective-repeat']);

const settings = closed({
  ...peer,
  over: carrier.describe('What carries the messages.'),
  count: count(1, 100_000).describe('How many messages.'),
  size: size
    .refine(
      (bytes) => bytes >= MESSAGE_HEADER && bytes <= MAX_DATAGRAM,
      `expected ${MESSAGE_HEADER} B … ${MAX_DATAGRAM} B`,
    )
    .describe('Bytes of each message.'),
  interval: duration
    .optional()
    .describe('Time between two messages; the textbook protocols take all at once. Default: none.'),
  window: count(1, 1_000)
    .optional()
    .describe('Window of go-back-n and selective-repeat. Default: 8.'),
  timeout: duration.optional().describe('Retransmission timeout of the textbook protocols.'),
});

type Settings = z.output<typeof settings>;

/** Sends numbered messages, as a sensor or a telephone would, over UDP, TCP or a textbook protocol. */
export const messages = appKind({
  key: 'messages',
  about: 'Sends numbered messages to a message-sink, over UDP, TCP or a textbook protocol.',
  settings,
  needs: ({ to }) => ({ peers: [to] }),
  *run(host, given) {
    if (given.over === 'tcp') yield* enduring(overTcp(host, given));
    else if (given.over === 'udp') yield* overUdp(host, given);
    else yield* enduring(overArq(host, given, given.over));
  },
});

function* overUdp(host: ProgramHost, given: Settings): Process {
  const socket = datagramSocket(host, given.localPort);
  for (let i = 0; i < given.count; i += 1) {
    if (i > 0 && given.interval !== undefined) yield* host.sleep(us(given.interval));
    yield* socket.sendTo(numberedMessage(i, given.size, host.now()), given.to, given.port);
  }
}

function* overTcp(host: ProgramHost, given: Settings): Process {
  const stream = yield* host.connect(given.to, given.port, connectOptions(given));
  for (let i = 0; i < given.count; i += 1) {
    if (i > 0 && given.interval !== undefined) yield* host.sleep(us(given.interval));
    yield* stream.sendAll(numberedMessage(i, given.size, host.now()));
  }
  stream.close();
}

function* overArq(
  host: ProgramHost,
  given: Settings,
  protocol: Exclude<Settings['over'], 'udp' | 'tcp'>,
): Process {
  const socket = datagramSocket(host, given.localPort);
  const all = Array.from({ length: given.count }, (_, i) =>
    numberedMessage(i, given.size, host.now()),
  );
  const report = yield* sendReliably(
    host,
    socket,
    {
      host: given.to,
      port: given.port,
      protocol,
      ...(given.window === undefined ? {} : { window: given.window }),
      ...(given.timeout === undefined ? {} : { timeout: us(given.timeout) }),
    },
    all,
  );
  host.note({
    layer: 'app',
    kind: 'transfer',
    text: `${protocol} needed ${report.frames} frames for ${given.count} messages, ${report.resent} of them again.`,
    data: { frames: report.frames, resent: report.resent, durationUs: report.duration },
  });
}

/** @throws CallError on a host without UDP */
export function datagramSocket(host: ProgramHost, port: number | undefined): DatagramSocket {
  const socket = host.datagram?.(port);
  if (socket === undefined) throw new CallError('no UDP', `${host.name} has no datagrams`);
  return socket;
}
