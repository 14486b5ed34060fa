/** `pnpm bench`: figures per segment and per connection, memory, growth from n to 10 n; JSON with --json FILE. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { NEVER, TimeHeap, ms, us } from '@tcplab/core';
import { bulk, concurrentConnections, shortConnections, type Outcome } from './workloads.ts';

interface Row {
  readonly workload: string;
  readonly size: string;
  readonly segments: number;
  /** How often it was run; the figures are the median's. */
  readonly rounds: number;
  readonly cpuMs: number;
  readonly usPerSegment: number;
  readonly perSecond?: number;
  /** The largest heap in use seen, in MiB, after a collection. */
  readonly heapMiB: number;
  readonly yardsticks: number;
}

const quick = process.argv.includes('--quick');
const jsonAt = process.argv.indexOf('--json');
const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined);

/** CPU microseconds of a fixed piece of work on this machine now: 1,000 pushes and pops of a heap of 1,000. */
function yardstick(): number {
  const heap = new TimeHeap<number>();
  for (let i = 0; i < 1_000; i += 1) heap.push(us(i * 37), i);
  const before = process.cpuUsage();
  for (let i = 0; i < 1_000_000; i += 1) {
    const at = heap.nextTime;
    heap.push(us(at === NEVER ? 0 : at + ((i * 7_919) % 50_000)), heap.pop()!);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Runs a workload `rounds` times and reports the median. The first round of a process pays for the
 * compiler; the median does not hide it where there is only one round.
 */
function measure(
  workload: string,
  size: string,
  run: (sample: () => void) => Outcome,
  rounds = 1,
): Row {
  let heap = 0;
  const sample = (): void => {
    collect();
    heap = Math.max(heap, process.memoryUsage().heapUsed);
  };
  const times: number[] = [];
  let outcome: Outcome | undefined;
  // One collection for all rounds: a forced one throws compiled code away.
  collect();
  for (let i = 0; i < rounds; i += 1) {
    const before = process.cpuUsage();
    outcome = run(sample);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  const { segments, connections } = outcome!;
  const cpuMs = [...times].sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
  const row: Row = {
    workload,
    size,
    segments,
    rounds,
    cpuMs: Math.round(cpuMs),
    usPerSegment: round((cpuMs * 1_000) / segments),
    heapMiB: round(heap / 1_048_576),
    yardsticks: round((cpuMs * 1_000) / segments / (stick / 1_000)),
    ...(connections > 1 ? { perSecond: Math.round(connections / (cpuMs / 1_000)) } : {}),
  };
  process.stderr.write(`${describe(row)}\n`);
  return row;
}

function describe(row: Row): string {
  const rate = row.perSecond === undefined ? '' : `, ${row.perSecond} connections/s`;
  return `${row.workload} ${row.size}: ${row.usPerSegment} µs/segment (${row.segments} segments, ${row.cpuMs} ms CPU${rate}), heap ${row.heapMiB} MiB`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Collections cost time, so memory is sampled in a run of its own. */
function bulkRows(): Row[] {
  const w1 = { rate: 100_000_000, delay: ms(10), loss: 0.001 };
  const rows: Row[] = [];
  for (const megabytes of quick ? [1, 10] : [10, 100, 1_000]) {
    const run = (): Outcome => bulk(megabytes * 1_000_000, w1);
    rows.push(measure('W1 bulk', `${megabytes} MB`, run, megabytes > 100 ? 1 : 5));
  }
  const clean = { ...w1, loss: 0 };
  rows.push(
    measure(
      'W1 without loss',
      quick ? '10 MB' : '100 MB',
      () => bulk(quick ? 10_000_000 : 100_000_000, clean),
      3,
    ),
  );
  return rows;
}

function memoryRows(): { size: string; heapMiB: number }[] {
  const w1 = { rate: 100_000_000, delay: ms(10), loss: 0.001 };
  return (quick ? [1, 10] : [10, 100]).map((megabytes) => {
    let heap = 0;
    collect();
    const base = process.memoryUsage().heapUsed;
    bulk(megabytes * 1_000_000, w1, () => {
      collect();
      heap = Math.max(heap, process.memoryUsage().heapUsed - base);
    });
    return { size: `${megabytes} MB`, heapMiB: round(heap / 1_048_576) };
  });
}

const stick = yardstick();
process.stderr.write(
  `yardstick: ${round(stick)} µs for 1,000 pushes and pops of a heap of 1,000\n`,
);
bulk(1_000_000, { rate: 100_000_000, delay: ms(10), loss: 0.001 });
const rows: Row[] = [...bulkRows()];
for (const count of quick ? [100, 1_000] : [1_000, 10_000]) {
  rows.push(measure('W2 short connections', String(count), () => shortConnections(count)));
}
for (const count of quick ? [100] : [1_000, 10_000]) {
  rows.push(
    measure('W3 concurrent, 100 KB each', String(count), (sample) => {
      const outcome = concurrentConnections(count, 100_000);
      sample();
      return outcome;
    }),
  );
}
const memory = memoryRows();
for (const { size, heapMiB } of memory)
  process.stderr.write(`W1 memory ${size}: at most ${heapMiB} MiB above the start\n`);
const report = {
  machine: { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
  yardstickUs: round(stick),
  rows,
  memory,
};
if (jsonAt > 0)
  writeFileSync(process.argv[jsonAt + 1] ?? 'bench.json', `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
