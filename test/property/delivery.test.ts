/** Bytes out = bytes in, both ways, under any schedule of faults that heals; then nothing is left behind. */
import { bytesPayload, ms, seconds, type Process } from '@tcplab/core';
import {
  BernoulliLoss,
  Corruption,
  Duplication,
  GilbertElliottLoss,
  Reordering,
  Simulation,
  type SimSocket,
} from '@tcplab/sim';
import { expect, test } from 'vitest';
import { fc } from '../support/fast-check.ts';

const schedule = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  up: fc.nat({ max: 60_000 }),
  down: fc.nat({ max: 60_000 }),
  delay: fc.integer({ min: 0, max: 300 }),
  jitter: fc.integer({ min: 0, max: 100 }),
  keepOrder: fc.boolean(),
  rate: fc.constantFrom(undefined, 256_000, 10_000_000),
  queue: fc.integer({ min: 2, max: 40 }),
  loss: fc.constantFrom(0, 0.01, 0.1, 0.3),
  burst: fc.boolean(),
  duplicate: fc.constantFrom(0, 0.05, 0.3),
  corrupt: fc.constantFrom(0, 0.02, 0.1),
  reorder: fc.constantFrom(0, 0.1, 0.4),
  cutAt: fc.integer({ min: 0, max: 20_000 }),
  cutFor: fc.integer({ min: 0, max: 20_000 }),
  noDelay: fc.boolean(),
  receiveBuffer: fc.constantFrom(1_000, 4_096, 65_535),
  mss: fc.constantFrom(88, 536, 1_460),
  pause: fc.integer({ min: 0, max: 500 }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** Real bytes that say where they are from. */
function letter(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 31 + (i >> 8) * 7 + seed) & 255;
  return bytes;
}

function worldOf(plan: Schedule): Simulation {
  const sim = new Simulation({ seed: plan.seed, checkInvariants: true });
  const tcp = {
    receiveBuffer: plan.receiveBuffer,
    mss: plan.mss,
    r2: seconds(100_000),
    userTimeout: seconds(100_000),
    synR2: seconds(100_000),
  };
  const client = sim.host('client', { tcp });
  const server = sim.host('server', { tcp });
  const link = sim.link(client, server, {
    delay: { kind: 'uniform', from: ms(plan.delay), to: ms(plan.delay + plan.jitter) },
    keepOrder: plan.keepOrder,
    queue: { packets: plan.queue },
    ...(plan.rate === undefined ? {} : { rate: plan.rate }),
    impair: (stream) => [
      ...(plan.burst
        ? [new GilbertElliottLoss({ toBad: 0.02, toGood: 0.3 }, stream('burst'))]
        : []),
      new BernoulliLoss(plan.loss, stream('loss')),
      new Corruption(plan.corrupt, stream('corruption')),
      new Duplication(plan.duplicate, stream('duplication'), ms(3)),
      new Reordering(plan.reorder, ms(40), stream('reordering')),
    ],
  });
  sim.at(ms(plan.cutAt), () => link.cut());
  sim.at(ms(plan.cutAt + plan.cutFor), () => link.heal());
  return sim;
}

function* speak(socket: SimSocket, text: Uint8Array): Process {
  yield* socket.sendAll(bytesPayload(text));
  socket.shutdown();
}

function* hear(socket: SimSocket, sim: Simulation, pause: number): Process<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const bytes = yield* socket.receive(700);
    if (bytes.length === 0) break;
    parts.push(bytes);
    if (pause > 0 && parts.length % 40 === 0)
      yield { signals: [], deadline: (sim.now + pause * 1_000) as never };
  }
  return Buffer.concat(parts);
}

test('I-01 … I-14, I-17, I-20: whatever heals delivers every byte once and in order, and ends in order', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      const sim = worldOf(plan);
      const [client, server] = [sim.host('client'), sim.host('server')];
      const [there, back] = [letter(plan.seed, plan.up), letter(plan.seed + 1, plan.down)];
      const heard: Uint8Array[] = [];
      server.run(function* serve(host) {
        const socket = yield* host.listen(80).accept();
        host.spawn(speak(socket, back));
        heard[0] = yield* hear(socket, sim, plan.pause);
      });
      client.run(function* ask(host) {
        const socket = yield* host.connect('server', 80, { noDelay: plan.noDelay });
        host.spawn(speak(socket, there));
        heard[1] = yield* hear(socket, sim, 0);
      });
      expect(sim.run({ maxEvents: 3_000_000 })).toBe('idle');
      expect(sim.failures).toEqual([]);
      expect(Buffer.compare(Buffer.from(heard[0]!), Buffer.from(there))).toBe(0);
      expect(Buffer.compare(Buffer.from(heard[1]!), Buffer.from(back))).toBe(0);
      for (const host of sim.hosts)
        expect(host.resources).toEqual({ connections: 0, timeWait: 0, bufferedBytes: 0 });
      for (const { counts } of sim.directions) {
        expect(counts.sent + counts.duplicated + counts.injected).toBe(
          counts.delivered + counts.lost,
        );
      }
    }),
  );
});
