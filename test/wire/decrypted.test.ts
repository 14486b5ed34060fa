/** Captures with TLS: the file itself holds the secrets, and tshark reads with them what was said inside. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { toKeyLog, toPcapng } from '../../packages/sim/src/export/index.ts';
import { loadScenario, recordScenario } from '../../packages/sim/src/scenario/index.ts';
import type { TraceMemory } from '../../packages/sim/src/trace/index.ts';
import { libraryText } from '../../packages/sim/test/scenario/library.ts';
import { fieldsOf, hasTshark } from '../support/tshark.ts';

const FIELDS = [
  'tls.record.version',
  'tls.record.content_type',
  'tls.app_data',
  'http.request.uri',
  'http.response.code',
  'frame.protocols',
] as const;

const judge = fileURLToPath(new URL('../../../shared/tools/wirecheck.mjs', import.meta.url));

const skipped = 'skipped where tshark is absent';

function run(text: string): TraceMemory {
  const result = loadScenario(text, 'decrypted.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return recordScenario(result.loaded).trace;
}

/** Two requests, each over a connection of its own. */
function https(version: string): string {
  return `tcplab: 1
name: https
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
apps:
  - { on: server, http: { tls: { versions: ["${version}"] }, routes: { /: { body: hello } } } }
  - { on: client, session: { sessions: each, requests: [ { url: "https://server/", times: 2 } ] } }
expect: [ never retransmission ]
`;
}

const EARLY = `tcplab: 1
name: early data
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
apps:
  - { on: server, tls-server: { tls: { earlyData: 16KB } } }
  - { on: client, tls-client: { to: server, connections: 2, early: true, tls: {} } }
expect: [ exactly 1 note where note.name == heard and note.data.early > 0 ]
`;

describe.skipIf(!hasTshark).concurrent('tshark decrypts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'decrypted-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function capture(name: string, trace: TraceMemory): string {
    const file = join(folder, `${name}.pcapng`);
    writeFileSync(file, toPcapng(trace.header!, trace.records));
    return file;
  }

  async function seen(file: string): Promise<{
    readonly unreadable: number;
    readonly data: number;
    readonly requests: readonly string[];
    readonly answers: readonly string[];
  }> {
    const frames = await fieldsOf(file, FIELDS);
    expect(frames.map((frame) => frame['frame.protocols'].join('')).join()).not.toMatch(
      /_ws\.(malformed|short|unreassembled)/,
    );
    return {
      unreadable: frames.filter(
        (frame) => frame['tls.record.version'].length !== frame['tls.record.content_type'].length,
      ).length,
      data: frames.flatMap((frame) => frame['tls.app_data']).length,
      requests: frames.flatMap((frame) => frame['http.request.uri']),
      answers: frames.flatMap((frame) => frame['http.response.code']),
    };
  }

  test(`the library's HTTPS, down to request and answer (${skipped})`, async () => {
    const trace = run(libraryText('https-end-to-end.yaml'));
    const file = capture('end-to-end', trace);
    const { unreadable, requests, answers } = await seen(file);
    expect({ unreadable, requests, answers }).toEqual({
      unreadable: 0,
      requests: ['/'],
      answers: ['200'],
    });
    if (!existsSync(judge)) return;
    const verdict = spawnSync('node', [judge, file], { encoding: 'utf8' });
    expect(verdict.stdout).toContain('"fail":[]');
  });

  test.each(['1.2', '1.3'])(`TLS %s, new and resumed (${skipped})`, async (version) => {
    const trace = run(https(version));
    const resumed = trace.records.filter(
      (each) => each.kind === 'note' && each.name === 'established' && each.data?.['resumed'],
    );
    expect(resumed).toHaveLength(2);
    const { unreadable, requests, answers } = await seen(capture(`https-${version}`, trace));
    expect({ unreadable, requests, answers }).toEqual({
      unreadable: 0,
      requests: ['/', '/'],
      answers: ['200', '200'],
    });
  });

  test(`early data, which has a secret of its own (${skipped})`, async () => {
    const trace = run(EARLY);
    expect(toKeyLog(trace.records)).toContain('CLIENT_EARLY_TRAFFIC_SECRET');
    const { unreadable, data } = await seen(capture('early', trace));
    expect({ unreadable, data }).toEqual({ unreadable: 0, data: 4 });
  });

  test(`nothing without the secrets (${skipped})`, async () => {
    const trace = run(libraryText('https-end-to-end.yaml'));
    const file = join(folder, 'locked.pcapng');
    writeFileSync(file, toPcapng(trace.header!, trace.records, { keyLog: '' }));
    const { unreadable, requests } = await seen(file);
    expect(unreadable).toBeGreaterThan(3);
    expect(requests).toEqual([]);
  });
});

test('a key log has one line for each secret, though both ends tell it', () => {
  const lines = toKeyLog(run(https('1.3')).records)
    .split('\n')
    .slice(0, -1);
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.filter((line) => line.startsWith('CLIENT_TRAFFIC_SECRET_0 '))).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(/^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$/);
});
