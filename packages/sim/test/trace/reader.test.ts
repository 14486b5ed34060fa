import { ms } from '@tcplab/core';
import {
  fixedDelay,
  readTrace,
  recordLine,
  Simulation,
  TraceFileError,
  TraceMemory,
  TraceReader,
} from '@tcplab/sim';
import { describe, expect, test } from 'vitest';
import { fc, runs } from '../../../../test/support/fast-check.ts';

function realRun(): TraceMemory {
  const memory = new TraceMemory();
  const sim = new Simulation({ seed: 3, name: 'reader', sinks: [memory] });
  const client = sim.host('client');
  const server = sim.host('server');
  sim.link(client, server, { delay: fixedDelay(ms(5)) });
  server.run(function* answer(host) {
    const listener = host.listen(80);
    using socket = yield* listener.accept();
    yield* socket.receive();
    yield* socket.sendAll('hello');
  });
  client.run(function* ask(host) {
    using socket = yield* host.connect('server', 80);
    yield* socket.sendAll('hi');
    yield* socket.receive();
  });
  sim.run();
  sim.finish();
  return memory;
}

const run = realRun();
const lines = [run.header!, ...run.records, run.footer!].map(recordLine);
const file = lines.join('');

/** The message of the refusal, or `read` when it was read. */
function refusal(text: string): string {
  try {
    readTrace(text, 'run.ndjson');
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(TraceFileError);
    return (error as TraceFileError).message;
  }
}

function changed(line: number, change: (value: { [key: string]: unknown }) => void): string {
  const value = JSON.parse(lines[line - 1]!) as { [key: string]: unknown };
  change(value);
  return [...lines.slice(0, line - 1), `${JSON.stringify(value)}\n`, ...lines.slice(line)].join('');
}

describe('reading a trace', () => {
  test('a run that was written is read as it was', () => {
    const read = readTrace(file);
    expect(read).toEqual({ header: run.header, records: run.records, footer: run.footer });
  });

  test('in pieces of any size it is the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (size) => {
        const memory = new TraceMemory();
        const reader = new TraceReader('run.ndjson', memory);
        for (let at = 0; at < file.length; at += size) reader.push(file.slice(at, at + size));
        expect(reader.finish()).toBe(true);
        expect(memory.records).toHaveLength(run.records.length);
      }),
      runs(30),
    );
  });

  test('a file that is still being written has no footer', () => {
    expect(readTrace(lines.slice(0, 5).join('')).footer).toBeUndefined();
  });
});

describe('what is no trace is refused with its place', () => {
  test.each([
    ['', 'run.ndjson:1: expected a header, found the end of the file'],
    ['hello\n', 'run.ndjson:1: expected a line of JSON, found "hello"'],
    ['[1]\n', 'run.ndjson:1: expected an object, found "[1]"'],
    [
      '{"format":"pcap"}\n',
      'run.ndjson:1: expected a header with format "tcplab-trace/1", found "pcap"',
    ],
    [
      changed(1, (header) => (header['hosts'] = 5)),
      'run.ndjson:1: header: expected hosts to be a list, found 5',
    ],
    [
      changed(3, (record) => (record['kind'] = 'toString')),
      /^run\.ndjson:3: expected a kind of record .*, found "toString"$/,
    ],
    [
      changed(3, (record) => (record['timeUs'] = 0.5)),
      'run.ndjson:3: expected timeUs to be an integer from 0 on, found 0.5',
    ],
    [
      changed(3, (record) => (record['id'] = 7)),
      'run.ndjson:3: expected id 2, found 7: a record is missing or added',
    ],
    [
      changed(3, (record) => (record['why'] = 'Because.')),
      /^run\.ndjson:\d+: expected records with the hash [0-9a-f]+, found [0-9a-f]+: they were changed$/,
    ],
    [`${file}{}\n`, /expected the end of the file after the footer$/],
    [changed(lines.length, (footer) => (footer['records'] = 1)), /expected 1 records, found \d+$/],
    [
      `${lines[0]}${'x'.repeat(1_100_000)}`,
      'run.ndjson:1: expected lines of at most 1048576 characters',
    ],
  ])('%#', (text, message) => {
    if (typeof message === 'string') expect(refusal(text)).toBe(message);
    else expect(refusal(text)).toMatch(message);
  });

  test('changed, cut and doubled lines are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string({ maxLength: 8 }), (where, length, put) => {
        const at = where % file.length;
        const result = refusal(file.slice(0, at) + put + file.slice(at + (length % 40)));
        expect(result === 'read' || result.startsWith('run.ndjson:')).toBe(true);
      }),
    );
  });
});
