/** FTP, DNS and reliable datagrams over simulated links that lose, double and reorder, on our own stack. */
import {
  concatBytes,
  equalBytes,
  latin1Bytes,
  latin1Text,
  ms,
  patternPayload,
  seconds,
  type Process,
} from '@tcplab/core';
import { receiveReliably, sendReliably, type ArqProtocol } from '@tcplab/core/arq';
import { createResolver, parseZone, serveDns } from '@tcplab/core/dns';
import { FileTree, openFtp, serveFtp, type DataMode } from '@tcplab/core/ftp';
import { BernoulliLoss, Duplication, Reordering, Simulation } from '@tcplab/sim';
import { expect, test } from 'vitest';
import { fc, runs } from '../support/fast-check.ts';

const faults = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  loss: fc.constantFrom(0, 0.02, 0.1),
  duplicate: fc.constantFrom(0, 0.1),
  reorder: fc.constantFrom(0, 0.2),
});

type Faults = typeof faults extends fc.Arbitrary<infer T> ? T : never;

function worldOf({ seed, loss, duplicate, reorder }: Faults): Simulation {
  const sim = new Simulation({ seed, checkInvariants: true });
  const tcp = { r2: seconds(100_000), synR2: seconds(100_000), userTimeout: seconds(100_000) };
  sim.link(sim.host('client', { tcp }), sim.host('server', { tcp }), {
    delay: { kind: 'fixed', delay: ms(20) },
    rate: 10_000_000,
    impair: (streams) => [
      new BernoulliLoss(loss, streams('loss')),
      new Duplication(duplicate, streams('duplicate'), ms(7)),
      new Reordering(reorder, ms(30), streams('reorder')),
    ],
  });
  return sim;
}

/** Runs until the client's program has ended. @returns what it returned */
function resultOf<T>(sim: Simulation, program: Process<T>): T {
  const task = sim.host('client').spawn(program, 'client');
  sim.runUntil(() => task.done, { within: seconds(100_000) });
  const joined = sim.host('client').spawn(task.join(), 'join');
  sim.runUntil(() => joined.done);
  expect(sim.failures).toEqual([]);
  let value: T | undefined;
  joined.observe((outcome) => {
    if (outcome.kind === 'returned') value = outcome.value;
  });
  return value!;
}

test('FTP-23: files go up and down whole, whoever opens the data connections', () => {
  const mode = fc.constantFrom<DataMode>('passive', 'active');
  fc.assert(
    fc.property(faults, mode, fc.nat({ max: 20_000 }), (plan, dataMode, length) => {
      const sim = worldOf(plan);
      const [client, server] = [sim.host('client'), sim.host('server')];
      const tree = new FileTree({ now: () => sim.now });
      tree.write('/down', patternPayload(3, length));
      const patience = seconds(10_000);
      server.spawn(serveFtp(server, { tree, idleTimeout: patience, dataTimeout: patience }));
      const down = resultOf(
        sim,
        (function* () {
          const ftp = yield* openFtp(client, 'server', { mode: dataMode, timeout: patience });
          yield* ftp.login();
          const parts: Uint8Array[] = [];
          yield* ftp.getParts('down', (part) => void parts.push(part));
          yield* ftp.put('up', patternPayload(5, length));
          const names = yield* ftp.names();
          yield* ftp.quit();
          return [names, concatBytes(parts)] as const;
        })(),
      );
      expect(down[0]).toEqual(['down', 'up']);
      expect(equalBytes(down[1], patternPayload(3, length).toBytes())).toBe(true);
      const up = tree.read('/up');
      const octets = typeof up === 'string' ? new Uint8Array(0) : up.toBytes();
      expect(equalBytes(octets, patternPayload(5, length).toBytes())).toBe(true);
    }),
    runs(20),
  );
});

test('DNS-19, DNS-24: names are resolved over a lossy link, over UDP and TCP', () => {
  const zone = parseZone(
    'test',
    `@ SOA ns admin 1 2 3 4 5
www A 10.0.0.80
${Array.from({ length: 20 }, (_, i) => `large TXT "${String(i).padStart(200, '.')}"`).join('\n')}`,
  );
  fc.assert(
    fc.property(faults, (plan) => {
      const sim = worldOf(plan);
      const [client, server] = [sim.host('client'), sim.host('server')];
      server.spawn(serveDns(server, [zone]));
      const found = resultOf(
        sim,
        (function* () {
          const servers = [server.dotted];
          const resolver = createResolver(client, { servers, rounds: 12, total: seconds(1_000) });
          const addresses = yield* resolver.resolve('www.test');
          const large = yield* resolver.query('large.test', 'TXT');
          return [addresses, large.kind === 'records' && large.records.length] as const;
        })(),
      );
      expect(found).toEqual([['10.0.0.80'], 20]);
    }),
    runs(25),
  );
});

test('ARQ-01 … ARQ-08: messages larger than the MTU arrive once and in order', () => {
  const protocol = fc.constantFrom<ArqProtocol>('stop-and-wait', 'go-back-n', 'selective-repeat');
  fc.assert(
    fc.property(faults, protocol, fc.nat({ max: 12 }), (plan, kind, count) => {
      const sim = worldOf(plan);
      const [client, server] = [sim.host('client'), sim.host('server')];
      const options = { protocol: kind, window: 4, attempts: 1_000 };
      const texts = Array.from({ length: count }, (_, i) => `${i}`.repeat(1 + i * 400));
      // Of six fragments one in ten is lost: half of the large messages are not whole. Who lingers for a
      // few timeouts only may be gone before the last of them comes again.
      const patient = { ...options, linger: seconds(60) };
      const receiving = server.spawn(receiveReliably(server, server.datagram(9), patient));
      let received: string[] = [];
      receiving.observe((outcome) => {
        if (outcome.kind === 'returned') received = outcome.value.map(latin1Text);
      });
      const to = { host: 'server', port: 9, ...options };
      resultOf(sim, sendReliably(client, client.datagram(), to, texts.map(latin1Bytes)));
      sim.runUntil(() => receiving.done, { within: seconds(200) });
      expect(received).toEqual(texts);
    }),
    runs(25),
  );
});
