import type { Process } from '@tcplab/core';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { datagramSocket } from './messages.ts';
import { listenPort } from './settings.ts';

/** RFC 862 over UDP: every datagram goes back to who sent it. */
export const udpEcho = appKind({
  key: 'udp-echo',
  about: 'Sends every datagram back to its sender (RFC 862).',
  settings: closed(listenPort),
  needs: ({ port }) => ({ listens: [port] }),
  *run(host, { port }): Process {
    const socket = datagramSocket(host, port);
    for (;;) {
      const { bytes, address, port: from } = yield* socket.receiveFrom();
      yield* socket.sendTo(bytes, address, from);
    }
  },
});
