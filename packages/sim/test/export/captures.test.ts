import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, decodePacket, toHex, utf8Text } from '@tcplab/core';
import { afterAll, describe, expect, test } from 'vitest';
import { HandMadeTrace, type HandMadeRun } from '../../../../test/support/hand-made-trace.ts';
import { bulkRun, crossingRun, lostSynAckRun } from '../../../../test/support/sample-runs.ts';
import {
  captureTruth,
  packetsAtTap,
  PcapngWriter,
  sendersTap,
  toPcap,
  toPcapng,
  type PcapngOptions,
} from '../../src/export/index.ts';

function pcapng(run: HandMadeRun, options: Partial<PcapngOptions> = {}): Uint8Array {
  return toPcapng(run.header, run.records, options);
}

function tshark(args: readonly string[]): string {
  return spawnSync('tshark', ['-n', ...args], { encoding: 'utf8' }).stdout;
}

/** Types and contents of the blocks of a pcapng file; every length is checked on the way. */
function blocksOf(
  file: Uint8Array,
): readonly { readonly type: number; readonly body: Uint8Array }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const blocks = [];
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    expect(length % 4).toBe(0);
    expect(view.getUint32(at + length - 4, true)).toBe(length);
    blocks.push({ type: view.getUint32(at, true), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks;
}

describe('taps', () => {
  test('a host sees what it sends when it sends it, and what arrives when it arrives', () => {
    const run = crossingRun();
    const seen = packetsAtTap(run.header, run.records, { host: 'client' });
    expect(seen.map(({ timeUs, direction, packet }) => [timeUs, direction, packet.id])).toEqual([
      [0, 'out', 1],
      [25_000, 'in', 2],
      [25_000, 'out', 4],
      [40_000, 'in', 3],
    ]);
  });

  test('a link shows what enters it, lost or not', () => {
    const run = lostSynAckRun();
    const seen = packetsAtTap(run.header, run.records, { link: 'server→client' });
    expect(seen.map(({ packet }) => packet.id)).toEqual([2, 4, 7, 9, 10]);
    const both = packetsAtTap(run.header, run.records, { link: 'client↔server' });
    expect(both).toHaveLength(11);
  });

  test('without a wish the tap is at the host that sends most data', () => {
    const bulk = bulkRun(5);
    expect(sendersTap(bulk.header, bulk.records)).toEqual({ host: 'client' });
    const answer = lostSynAckRun();
    expect(sendersTap(answer.header, answer.records)).toEqual({ host: 'server' });
  });

  test('a copy made by a link is a packet of its own at the receiver', () => {
    const run = new HandMadeTrace('copy');
    const id = run.pass(0, 1_000, 'client', 'server', { flags: 'S' });
    run.arrive(1_500, run.duplicate(0, id, 'duplicate #1'));
    const { header, records } = run.build();
    const seen = packetsAtTap(header, records, { host: 'server' });
    expect(seen.map(({ packet }) => packet.id)).toEqual([1, 2]);
    expect(toHex(seen[0]!.bytes)).toBe(toHex(seen[1]!.bytes));
  });

  test('frames leave in order of time, however long one of them is on its way', () => {
    const run = new HandMadeTrace('slow');
    const slow = run.send(0, 'client', 'server', { flags: 'A', seq: 1, ack: 1, len: 10 });
    for (let i = 1; i < 50; i += 1) {
      run.pass(i * 10, 5, 'client', 'server', { flags: 'A', seq: 1 + i * 10, ack: 1, len: 10 });
    }
    run.lose(1_000, slow, 'cut', 'The wire was cut.');
    const { header, records } = run.build();
    const seen = packetsAtTap(header, records, { host: 'client' });
    expect(seen).toHaveLength(50);
    expect(seen.map(({ timeUs }) => timeUs)).toEqual([...seen.keys()].map((i) => i * 10));
    expect(seen[0]!.comments).toContain('lost by cut: The wire was cut.');
  });

  test('described payloads are written out and every datagram is right', () => {
    const run = bulkRun(20, [3]);
    for (const { bytes, packet } of packetsAtTap(run.header, run.records)) {
      expect(bytes.length).toBe(packet.size);
      expect(decodePacket(bytes).ok).toBe(true);
    }
  });
});

describe('pcapng', () => {
  test('blocks stand in order, key log before the first packet, statistics last', () => {
    const run = lostSynAckRun();
    const types = blocksOf(pcapng(run, { keyLog: 'CLIENT_RANDOM 00 11\n' })).map(
      ({ type }) => type,
    );
    expect(types).toEqual([0x0a0d0d0a, 1, 4, 10, ...Array.from({ length: 11 }, () => 6), 5]);
  });

  test('packets carry their fate, their rule and the change of state they made', () => {
    const text = blocksOf(pcapng(lostSynAckRun()))
      .map(({ body }) => utf8Text(body))
      .join('\n');
    expect(text).toContain(
      'sim: lost by drop of SYN-ACK #1: The scenario drops the first SYN-ACK.',
    );
    expect(text).toContain('sim: tcp LISTEN → SYN-RECEIVED (rcv SYN)');
    expect(text).toContain('[A-X01]');
    const bare = blocksOf(pcapng(lostSynAckRun(), { comments: false })).map(({ body }) =>
      utf8Text(body),
    );
    expect(bare.join('\n')).not.toContain('sim: ');
  });

  test('the pieces of the streaming writer are the file', () => {
    const run = bulkRun(30, [5]);
    const writer = new PcapngWriter({ tap: { host: 'client' } });
    const pieces = [
      writer.begin(run.header),
      ...run.records.map((record) => writer.record(record)),
      writer.end(),
    ];
    expect(concatBytes(pieces)).toEqual(pcapng(run, { tap: { host: 'client' } }));
  });

  test('times beyond what 32 bits of nanoseconds hold are right', () => {
    const run = new HandMadeTrace('late');
    const timeUs = 9_007_199_254_740;
    run.pass(timeUs, 10, 'client', 'server', { flags: 'S' });
    const { header, records } = run.build();
    const packet = blocksOf(toPcapng(header, records)).find(({ type }) => type === 6)!.body;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    const nanos = (BigInt(view.getUint32(4, true)) << 32n) | BigInt(view.getUint32(8, true));
    expect(nanos).toBe(BigInt(timeUs) * 1_000n);
  });
});

test('classic pcap: one header, then a head and the octets for each packet', () => {
  const run = lostSynAckRun();
  const file = toPcap(run.header, run.records);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  expect(view.getUint32(0, true)).toBe(0xa1b2c3d4);
  expect(view.getUint32(20, true)).toBe(101);
  let at = 24;
  let packets = 0;
  while (at < file.length) {
    const length = view.getUint32(at + 8, true);
    expect(decodePacket(file.subarray(at + 16, at + 16 + length)).ok).toBe(true);
    at += 16 + length;
    packets += 1;
  }
  expect([at, packets]).toEqual([file.length, 11]);
});

describe('the truth beside a capture', () => {
  test('names what was sent again, by frame', () => {
    const run = lostSynAckRun();
    expect(captureTruth(run.header, run.records).retransmit).toEqual([3, 4]);
    expect(captureTruth(run.header, run.records, { host: 'client' }).retransmit).toEqual([2]);
  });

  test('at the receiver, what is missing is missing, and what fills the hole comes again', () => {
    const run = bulkRun(30, [5]);
    const truth = captureTruth(run.header, run.records, { host: 'server' });
    expect(truth.lost).toHaveLength(1);
    expect(truth.retransmit).toHaveLength(1);
    expect(truth.acklost).toEqual([]);
  });

  test('a closed window, its probe and a keep-alive are what they are', () => {
    const run = new HandMadeTrace('window');
    run.pass(0, 1, 'client', 'server', { flags: 'A', seq: 1, ack: 1, len: 10 });
    run.pass(10, 1, 'server', 'client', { flags: 'A', seq: 1, ack: 11, wnd: 0 });
    run.pass(20, 1, 'client', 'server', { flags: 'A', seq: 11, ack: 1, len: 1 });
    run.pass(30, 1, 'server', 'client', { flags: 'A', seq: 1, ack: 11, wnd: 0 });
    run.pass(40, 1, 'server', 'client', { flags: 'A', seq: 1, ack: 11, wnd: 9_000 });
    run.pass(50, 1, 'client', 'server', { flags: 'A', seq: 10, ack: 1 });
    run.pass(60, 1, 'server', 'client', { flags: 'A', seq: 1, ack: 11, wnd: 9_000 });
    const { header, records } = run.build();
    const truth = captureTruth(header, records, { host: 'client' });
    expect(truth).toMatchObject({ zwin: [2, 4], zwp: [3], ka: [6], retransmit: [], dupack: [] });
  });
});

describe('as another program sees it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'captures-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const hasTshark = spawnSync('tshark', ['--version']).status === 0;
  const judge = fileURLToPath(
    new URL('../../../../../shared/tools/wirecheck.mjs', import.meta.url),
  );
  const runs: readonly (readonly [string, HandMadeRun])[] = [
    ['lost SYN-ACK', lostSynAckRun()],
    ['bulk', bulkRun(60, [7, 8, 30])],
    ['crossing', crossingRun()],
  ];

  test.skipIf(!hasTshark)('tshark finds nothing malformed (skipped where tshark is absent)', () => {
    for (const [name, run] of runs) {
      const file = join(folder, `${name}.pcapng`);
      writeFileSync(file, pcapng(run));
      const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
      const bad = '_ws.malformed or tcp.checksum.status != 1 or ip.checksum.status != 1';
      expect(tshark(['-r', file, ...checks, '-Y', bad])).toBe('');
      const listed = tshark(['-r', file, '-T', 'fields', '-e', 'frame.number']);
      expect(listed.trim().split('\n')).toHaveLength(packetsAtTap(run.header, run.records).length);
    }
  });

  test.skipIf(!hasTshark || !existsSync(judge))(
    'an independent judge agrees with the truth file (skipped where it or tshark is absent)',
    () => {
      for (const [name, run] of runs) {
        const file = join(folder, `${name}-judged.pcapng`);
        const truth = join(folder, `${name}.truth.json`);
        writeFileSync(file, pcapng(run));
        writeFileSync(truth, JSON.stringify(captureTruth(run.header, run.records)));
        const verdict = spawnSync('node', [judge, file, truth], { encoding: 'utf8' });
        expect(verdict.stdout).toContain('"fail":[]');
        expect(verdict.status).toBe(0);
      }
    },
  );
});
