/**
 * Simulated runs with everything a network does to packets, judged by another program: tshark must
 * agree with the truth file frame by frame, at the sender and at the receiver.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ms, seconds } from '@tcplab/core';
import {
  BernoulliLoss,
  captureTruth,
  fixedDelay,
  packetsAtTap,
  Simulation,
  toPcapng,
  TraceMemory,
} from '@tcplab/sim';
import { afterAll, describe, expect, test } from 'vitest';

interface Trouble {
  readonly name: string;
  readonly loss: number;
  /** Some packets are overtaken, some arrive twice. */
  readonly disorder: boolean;
  /** The receiver does not read for a while: the window closes and is probed. */
  readonly slowReader: boolean;
}

const TROUBLES: readonly Trouble[] = [
  { name: 'loss in both directions', loss: 0.02, disorder: false, slowReader: false },
  { name: 'loss, reordering and duplicates', loss: 0.02, disorder: true, slowReader: false },
  {
    name: 'a closed window, probes and keep-alives',
    loss: 0.01,
    disorder: false,
    slowReader: true,
  },
];

function troubledRun(trouble: Trouble, seed: number): TraceMemory {
  const trace = new TraceMemory();
  const sim = new Simulation({ seed, name: trouble.name, sinks: [trace] });
  const client = sim.host('client', { tcp: { keepAlive: true, keepAliveIdle: seconds(2) } });
  const server = sim.host('server');
  sim.link(client, server, {
    delay: fixedDelay(ms(20)),
    rate: 5_000_000,
    impair: (streams) => [new BernoulliLoss(trouble.loss, streams('loss'))],
  });
  if (trouble.disorder) {
    sim.faults.duplicate((packet) => (packet.tcp?.len ?? 0) > 0 && packet.id % 17 === 0, ms(3));
    sim.faults.delay((packet) => (packet.tcp?.len ?? 0) > 0 && packet.id % 13 === 0, ms(12));
  }
  server.run(function* sink(host) {
    const listener = host.listen(80);
    using socket = yield* listener.accept();
    if (trouble.slowReader) yield* host.sleep(seconds(5));
    for (let bytes = 0; bytes < 200_000;) bytes += (yield* socket.receive()).length;
    if (trouble.slowReader) yield* host.sleep(seconds(10));
    yield* socket.sendAll('thanks');
  });
  client.run(function* source(host) {
    using socket = yield* host.connect('server', 80);
    for (let i = 0; i < 20; i += 1) yield* socket.sendAll(new Uint8Array(10_000).fill(65));
    yield* socket.receive();
  });
  sim.run({ until: seconds(300) });
  sim.finish();
  return trace;
}

describe('captures of troubled runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'judged-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const judge = fileURLToPath(
    new URL('../../../../../shared/tools/wirecheck.mjs', import.meta.url),
  );
  const canJudge = existsSync(judge) && spawnSync('tshark', ['--version']).status === 0;

  for (const [index, trouble] of TROUBLES.entries()) {
    test.skipIf(!canJudge)(
      `${trouble.name}: tshark and the simulator agree (skipped where tshark or its judge is absent)`,
      () => {
        const { header, records } = troubledRun(trouble, index + 1);
        for (const host of ['client', 'server']) {
          const file = join(folder, `${index}-${host}.pcapng`);
          const truth = join(folder, `${index}-${host}.json`);
          writeFileSync(file, toPcapng(header!, records, { tap: { host } }));
          writeFileSync(truth, JSON.stringify(captureTruth(header!, records, { host })));
          const verdict = spawnSync('node', [judge, file, truth], { encoding: 'utf8' });
          expect(verdict.stdout).toContain('"fail":[]');
          expect(verdict.status, host).toBe(0);
        }
      },
    );
  }

  test('what the receiver lacks or gets twice is in the truth, and nothing of it at the sender', () => {
    const { header, records } = troubledRun(TROUBLES[1]!, 7);
    const atSender = captureTruth(header!, records, { host: 'client' });
    const atReceiver = captureTruth(header!, records, { host: 'server' });
    expect(atSender.lost).toEqual([]);
    expect(atReceiver.lost.length).toBeGreaterThan(3);
    expect(atReceiver.retransmit.length).toBeGreaterThan(atSender.retransmit.length);
    expect(atSender.acklost).toEqual([]);
  });

  test('a closed window shows as probes and keep-alives', () => {
    const { header, records } = troubledRun(TROUBLES[2]!, 3);
    const truth = captureTruth(header!, records, { host: 'client' });
    expect(truth.zwin.length).toBeGreaterThan(0);
    expect(truth.zwp.length).toBeGreaterThan(0);
    expect(truth.ka.length).toBeGreaterThan(0);
  });

  test('a damaged packet is captured whole at its sender and damaged at its receiver', () => {
    const trace = new TraceMemory();
    const sim = new Simulation({ seed: 1, sinks: [trace] });
    const client = sim.host('client');
    sim.link(client, sim.host('server'), { delay: fixedDelay(ms(1)) });
    sim.faults.corrupt((packet) => packet.tcp?.flags === 'S', [300], { nth: [1] });
    client.run(function* knock(host) {
      yield* host.connect('server', 80, { timeout: ms(500) });
    });
    sim.run({ until: seconds(1) });
    const [sent] = packetsAtTap(trace.header!, trace.records, { host: 'client' });
    const [arrived] = packetsAtTap(trace.header!, trace.records, { host: 'server' });
    const differing = [...sent!.bytes.keys()].filter(
      (at) => sent!.bytes[at] !== arrived!.bytes[at],
    );
    expect(differing).toEqual([37]);
    expect(sent!.comments.join('\n')).toContain('damaged by corrupt #1');
  });
});
