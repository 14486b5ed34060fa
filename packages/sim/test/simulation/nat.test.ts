/** A NAT: those inside reach those outside, not the other way round, and silence is forgotten. */
import { bytesPayload, type ConnectionError, ms, seconds, utf8Bytes, utf8Text } from '@tcplab/core';
import { Simulation, fixedDelay, type SimHost, type SimNat, type SimSocket } from '@tcplab/sim';
import { expect, test } from 'vitest';

interface World {
  readonly sim: Simulation;
  readonly home: SimHost;
  readonly server: SimHost;
  readonly nat: SimNat;
}

function world(idle = seconds(300)): World {
  const sim = new Simulation({ seed: 1, checkInvariants: true });
  const home = sim.host('home', { address: '192.168.1.2' });
  const server = sim.host('server', {
    address: '198.51.100.7',
    tcp: { synR2: seconds(4), r2: seconds(4) },
  });
  const nat = sim.nat('router', { address: '203.0.113.1', inside: ['home'], idle });
  sim.link(home, nat, { delay: fixedDelay(ms(1)) });
  sim.link(nat, server, { delay: fixedDelay(ms(20)) });
  return { sim, home, server, nat };
}

test('a server sees the public address, and its answers find their way inside', () => {
  const { sim, home, server } = world();
  let seen = '';
  let heard = '';
  server.run(function* serve(host) {
    const socket = yield* host.listen(80).accept();
    seen = socket.remote.address;
    yield* socket.sendAll(yield* socket.receive());
    socket.close();
  });
  home.run(function* ask(host) {
    const socket = yield* host.connect('server', 80);
    yield* socket.sendAll('echo');
    heard = utf8Text(yield* socket.receive());
    socket.close();
  });
  sim.run();
  expect(seen).toBe('203.0.113.1');
  expect(heard).toBe('echo');
});

test('nobody outside reaches inside unasked', () => {
  const { sim, home, server } = world();
  home.listen(80);
  const errors: unknown[] = [];
  server.run(function* intrude(host) {
    for (const address of ['203.0.113.1', '192.168.1.2']) {
      try {
        yield* host.connect(address, 80);
      } catch (error) {
        errors.push((error as ConnectionError).reason);
      }
    }
  });
  sim.run();
  expect(errors).toEqual(['connection timed out', 'host unreachable']);
});

test('a mapping nobody uses is forgotten, and the connection is cut without a word', () => {
  const { sim, home, server, nat } = world(seconds(30));
  let accepted: SimSocket | undefined;
  server.tcp.listen(80, (socket) => {
    accepted = socket;
  });
  const socket = home.tcp.connect(server, 80);
  sim.runFor(seconds(1));
  expect(nat.table.alive(sim.now)).toHaveLength(1);
  sim.runFor(seconds(60));
  expect(nat.table.alive(sim.now)).toHaveLength(0);
  accepted!.close();
  sim.runFor(seconds(60));
  expect(accepted!.failure?.reason).toBe('connection timed out');
  expect(socket.state).toBe('ESTABLISHED');
});

test('two hosts inside share the address and keep apart, even with the same local port', () => {
  const sim = new Simulation({ seed: 1 });
  const inside = ['phone', 'tablet'].map((name, i) =>
    sim.host(name, { address: `192.168.1.${i + 2}` }),
  );
  const server = sim.host('server', { address: '198.51.100.7' });
  const nat = sim.nat('router', { address: '203.0.113.1', inside: ['phone', 'tablet'] });
  for (const station of [...inside, server]) sim.link(station, nat, { delay: fixedDelay(ms(1)) });
  const answers: string[] = [];
  server.tcp.listen(80, (socket) =>
    socket.onChange(() => {
      const bytes = socket.isOver ? undefined : socket.tryReceive();
      if (bytes !== undefined && bytes.length > 0)
        socket.trySend(bytesPayload(utf8Bytes(`to ${utf8Text(bytes)}`)));
    }),
  );
  for (const host of inside) {
    host.run(function* ask() {
      const socket = yield* host.connect('server', 80, { localPort: 5_000 });
      yield* socket.sendAll(host.name);
      answers.push(utf8Text(yield* socket.receive()));
      socket.abort();
    });
  }
  sim.runFor(seconds(2));
  expect(answers.sort()).toEqual(['to phone', 'to tablet']);
  expect(nat.table.alive(sim.now).map(({ insidePort }) => insidePort)).toEqual([5_000, 5_000]);
});

test('names and addresses are taken once', () => {
  const { sim } = world();
  expect(() => sim.nat('router', { address: '203.0.113.9', inside: [] })).toThrow(
    'host already exists',
  );
  expect(() => sim.nat('other', { address: '192.168.1.2', inside: [] })).toThrow('address in use');
});
