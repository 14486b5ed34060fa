/**
 * What a real kernel did on the same losses, recorded elsewhere (`../shared/kernel-traces`): order and
 * counts are compared, not milliseconds. Skips where the recordings are absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { flagLetters, ms, patternPayload, seconds, seqDiff } from '@tcplab/core';
import { Simulation, TraceMemory, fixedDelay, type PacketView } from '@tcplab/sim';
import { describe, expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../../../shared/kernel-traces/', import.meta.url));
const present = existsSync(folder);
if (!present) console.warn('skipped: no kernel recordings beside the repository');

interface Recording {
  readonly scenario: {
    readonly drop?: readonly string[];
    readonly late?: Record<string, number>;
    readonly hold?: number;
  };
  readonly got: number;
  readonly segments: readonly {
    readonly from: string;
    readonly flags: number;
    readonly seq: number;
    readonly ack: number | null;
    readonly len: number;
  }[];
}

interface Told {
  /** Data as sent by B: offset and length, in order; repeated ones are retransmissions. */
  readonly sent: readonly string[];
  /** ACKs of A that repeat the one before. */
  readonly duplicateAcks: number;
}

function kernelTold({ segments }: Recording): Told {
  const data = segments.filter(({ from, len }) => from === 'B' && len > 0);
  const acks = segments
    .filter(({ from, len, flags }) => from === 'A' && len === 0 && flags === 16)
    .map(({ ack }) => ack);
  return {
    sent: data.map(({ seq, len }) => `${seq - 1}+${len}`),
    duplicateAcks: acks.filter((ack, i) => i > 1 && ack === acks[i - 1]).length,
  };
}

/** Runs the recorded scenario with this project's TCP, set up like that kernel: ten segments, no delay of ACKs. */
function ourTold({ scenario, got }: Recording): Told {
  const memory = new TraceMemory();
  const sim = new Simulation({ seed: 1, sinks: [memory], checkInvariants: true });
  const tcp = { initialWindow: 'rfc6928', delayedAck: ms(0), minRto: ms(200) } as const;
  const a = sim.host('A', { tcp });
  const b = sim.host('B', { tcp });
  sim.link(a, b, { delay: fixedDelay(ms(20)) });
  const numbers = (names: readonly string[]): number[] =>
    names.map((name) => Number(name.slice('B:D'.length)));
  const isData = (packet: PacketView): boolean => packet.from === 'B' && (packet.tcp?.len ?? 0) > 0;
  if (scenario.drop !== undefined) sim.faults.drop(isData, { nth: numbers(scenario.drop) });
  if (scenario.late !== undefined)
    sim.faults.delay(isData, ms(10), { nth: numbers(Object.keys(scenario.late)) });
  b.run(function* server(host) {
    const socket = yield* host.listen(80).accept();
    yield* socket.sendAll(patternPayload(0, got));
    if (scenario.hold !== undefined) yield* host.sleep(seconds(scenario.hold));
    socket.close();
  });
  let received = 0;
  a.run(function* client(host) {
    const socket = yield* host.connect('B', 80);
    for (;;) {
      const bytes = yield* socket.receive();
      if (bytes.length === 0) break;
      received += bytes.length;
    }
    socket.close();
  });
  sim.run();
  expect(received).toBe(got);
  return toldBy(memory);
}

function toldBy(memory: TraceMemory): Told {
  const sends = memory.records.flatMap((record) => (record.kind === 'send' ? [record] : []));
  const start = sends.find(
    ({ host, packet }) => host === 'B' && packet.flags === flagLetters(0x12),
  )!.packet.seq!;
  const acks = sends
    .filter(({ host, packet }) => host === 'A' && packet.len === 0 && packet.flags === 'A')
    .map(({ packet }) => packet.ack);
  return {
    sent: sends
      .filter(({ host, packet }) => host === 'B' && packet.len > 0)
      .map(({ packet }) => `${seqDiff(packet.seq!, start) - 1}+${packet.len}`),
    duplicateAcks: acks.filter((ack, i) => i > 1 && ack === acks[i - 1]).length,
  };
}

describe.skipIf(!present)('beside a recorded kernel (NewReno, no SACK)', () => {
  for (const name of ['newreno-drop12', 'newreno-reorder', 'newreno-tail']) {
    test(`${name}: the same segments in the same order, the same duplicate ACKs`, () => {
      const recording = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as Recording;
      expect(ourTold(recording)).toEqual(kernelTold(recording));
    });
  }
});
