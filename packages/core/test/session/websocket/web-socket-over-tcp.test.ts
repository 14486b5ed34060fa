/** The whole way down: WebSocket over HTTP over our own TCP over a wire that loses packets. */
import { ClientSession } from '@tcplab/core/session';
import { connectWebSocket, echoWebSocket, serveWebSocket } from '@tcplab/core/session/websocket';
import { ms, patternPayload, seconds, utf8Text, type Process } from '@tcplab/core';
import type { CloseInfo } from '@tcplab/core/websocket';
import { BernoulliLoss, Simulation, type SimHost } from '@tcplab/sim';
import { expect, test } from 'vitest';

function world(loss: number): { sim: Simulation; client: SimHost; server: SimHost } {
  const sim = new Simulation({ seed: 11, checkInvariants: true });
  const client = sim.host('client');
  const server = sim.host('server');
  sim.link(client, server, {
    delay: { kind: 'fixed', delay: ms(20) },
    rate: 10_000_000,
    impair: (stream) => [new BernoulliLoss(loss, stream('loss'))],
  });
  return { sim, client, server };
}

test('every message comes back in order although one packet in thirty is lost', () => {
  const { sim, client, server } = world(0.03);
  serveWebSocket(server, 80, echoWebSocket);
  let info: CloseInfo | undefined;
  const back: string[] = [];
  const messages = [1, 100, 5_000, 70_000].map((size) =>
    utf8Text(patternPayload(size, size).toBytes()),
  );
  client.run(function* (host): Process {
    const session = new ClientSession(host);
    const socket = yield* connectWebSocket(session, 'ws://server/', { deflate: false });
    for (const message of messages) yield* socket.send(message);
    while (back.length < messages.length) {
      const message = yield* socket.receive();
      if (message.kind === 'text') back.push(message.text);
    }
    info = yield* socket.close(1000);
    session.close();
  });
  sim.run();
  expect(back).toEqual(messages);
  expect(info).toMatchObject({ code: 1000, clean: true });
});

test('WS-P02: a wire that is cut is noticed by the keep-alive, on the server', () => {
  const { sim, client, server } = world(0);
  let ended: CloseInfo | undefined;
  const options = { pingInterval: seconds(10), pongTimeout: seconds(5) };
  serveWebSocket(
    server,
    80,
    function* (socket) {
      const end = yield* socket.receive();
      if (end.kind === 'closed') ended = end;
    },
    options,
  );
  client.run(function* (host): Process {
    const session = new ClientSession(host);
    yield* connectWebSocket(session, 'ws://server/');
    yield* host.sleep(seconds(25));
    sim.linkBetween('client', 'server').cut();
  });
  sim.runFor(seconds(60));
  expect(ended).toMatchObject({ code: 1006, clean: false, cause: { rule: { id: 'WS-P02' } } });
});
