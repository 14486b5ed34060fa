import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../src/trace/index.ts';
import { Workplace } from './memory-io.ts';

const place = new Workplace();

/** Explains the first note of TLS with this name whose data hold this text. */
async function explained(scenario: string, name: string, text: string): Promise<string> {
  const file = `${scenario}.ndjson`;
  await place.tcplab('run', scenario, '-q', '-o', file);
  const records = place
    .read(file)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceRecord);
  const found = records.find(
    (record) =>
      record.kind === 'note' && record.name === name && JSON.stringify(record.data).includes(text),
  );
  return (await place.tcplab('explain', file, String(found!.id))).out;
}

describe('tcplab explain, of TLS', () => {
  test('a message: what it is for, where it stands, its size and under which key it goes', async () => {
    const out = await explained('tls-handshake', 'message', 'CertificateVerify');
    expect(out).toContain('proves that the sender has the key of its certificate');
    expect(out).toMatch(/\(RFC 8446 §4\.4\.3\)\nIt has \d+ octets\./);
    expect(out).toMatch(/sends under the key of: handshake \(since record \d+\)/);
    expect(out).toContain('receives without protection: it has no key yet');
  });

  test('the same name in TLS 1.2 is cited from its own RFC', async () => {
    const out = await explained('tls-12-handshake', 'message', 'Finished');
    expect(out).toContain('(RFC 5246 §7.4.9)');
  });

  test('a secret: what it protects', async () => {
    const early = await explained('tls-early-data', 'key log', 'CLIENT_EARLY_TRAFFIC_SECRET');
    expect(early).toContain('It protects early data, which only the client sends. (RFC 8446 §7.1)');
    const old = await explained('tls-12-handshake', 'key log', 'CLIENT_RANDOM');
    expect(old).toContain('(RFC 5246 §8.1)');
  });

  test('a key: from which record on, and what was before', async () => {
    const out = await explained('tls-handshake', 'key installed', 'application');
    expect(out).toContain('numbered from 0 again');
    expect(out).toMatch(/sends under the key of: handshake/);
  });

  test('an alert: the sentence, and the rule that demands it', async () => {
    const out = await explained('tls-certificate-expired', 'alert', '"sent"');
    expect(out).toContain('expired on 2025-12-31');
    expect(out).toContain('Rule PKI-02 (RFC 5280 §6.1.3, MUST)');
  });

  test('what a record of TCP is about needs no such sentence', async () => {
    await place.tcplab('run', 'handshake', '-q', '-o', 'handshake.ndjson');
    const { out } = await place.tcplab('explain', 'handshake.ndjson', '#1', '--json');
    expect(JSON.parse(out)).toMatchObject({ about: [] });
  });
});

test('the states of TLS stand beside those of TCP', async () => {
  await place.tcplab('run', 'tls-12-handshake', '-q', '-o', 'states.ndjson');
  const { out } = await place.tcplab('show', 'states.ndjson', '--states');
  expect(out).toMatch(/client, TLS 1\.3 client .*\n {2}START → WAIT_SH .* → NEGOTIATED_TLS12/);
  expect(out).toMatch(/server, TLS 1\.2 server .*\n {2}START → WAIT_CKE/);
});

test('the ladder shows whatever a filter lets through, keys too', async () => {
  await place.tcplab('run', 'tls-handshake', '-q', '-o', 'keys.ndjson');
  const filter = 'note where note.name == "key installed"';
  const { out } = await place.tcplab('show', 'keys.ndjson', '--filter', filter, '--width', '120');
  expect(out.match(/is now protected/g)).toHaveLength(8);
});
