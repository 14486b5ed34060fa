import { describe, expect, test } from 'vitest';
import { drawLadder } from '../../src/drawing/index.ts';
import { tellStory } from '../../src/drawing/story.ts';
import { tlsLanes } from '../../src/drawing/tls-lane.ts';
import { loadScenario, recordScenario } from '../../src/scenario/index.ts';
import type { TraceMemory } from '../../src/trace/index.ts';
import { libraryText } from '../scenario/library.ts';

function run(name: string): TraceMemory {
  const loaded = loadScenario(libraryText(`${name}.yaml`), name);
  if (!loaded.ok) throw new Error(name);
  return recordScenario(loaded.loaded).trace;
}

/** `#5 ServerHello, …` for each segment with something of TLS. */
function lanes({ header, records }: TraceMemory): readonly string[] {
  const { of } = tlsLanes(tellStory(header!, records));
  return [...of]
    .sort(([a], [b]) => a.packet.id - b.packet.id)
    .map(([flight, words]) => `#${flight.packet.id} ${words.map(({ word }) => word).join(', ')}`);
}

const FLIGHT =
  'ServerHello, ChangeCipherSpec, EncryptedExtensions, Certificate, CertificateVerify, Finished';

describe('the records of TLS lie on the segments that carry them', () => {
  test('each message of a handshake, the data, and both ends', () => {
    expect(lanes(run('tls-handshake'))).toEqual([
      '#4 ClientHello',
      `#5 ${FLIGHT}`,
      '#6 ChangeCipherSpec, Finished',
      '#7 data, 5 bytes',
      '#8 NewSessionTicket, NewSessionTicket',
      '#9 data, 5 bytes',
      '#10 close_notify',
      '#12 close_notify',
    ]);
  });

  test('early data leaves with the ClientHello', () => {
    expect(lanes(run('tls-early-data'))).toContain(
      '#19 ClientHello, ChangeCipherSpec, early data, 5 bytes',
    );
  });

  test('a flight of many segments goes on upon each of them', () => {
    expect(lanes(run('tls-chain-larger-than-window')).slice(1, 7)).toEqual([
      `#5 ${FLIGHT}`,
      ...['#6', '#7', '#9', '#10', '#11'].map((segment) => `${segment} … Finished`),
    ]);
  });

  test('what is sent again carries the same records again', () => {
    const all = lanes(run('tls-lost-server-hello'));
    expect(all.filter((line) => line.includes('ServerHello'))).toEqual([
      `#5 ${FLIGHT}`,
      `#8 ${FLIGHT}`,
    ]);
  });

  test('an alert is on its segment, and its reason beside it', () => {
    const trace = run('tls-certificate-expired');
    expect(lanes(trace).at(-1)).toMatch(/alert certificate_expired$/);
    expect(drawLadder(trace.header!, trace.records)).toMatch(/expired on/);
  });

  test('what somebody has passed on is told by who receives it', () => {
    const trace = run('tls-altered-record');
    const ladder = drawLadder(trace.header!, trace.records, { width: 100 });
    expect(ladder).toContain('tls: received ServerHello');
    expect(ladder).toContain('tls: received ClientHello');
  });

  test('without TLS there are no lanes', () => {
    expect(lanes(run('http-one-session'))).toEqual([]);
  });
});

describe('in a terminal', () => {
  const trace = run('tls-handshake');
  const ladder = drawLadder(trace.header!, trace.records, { width: 80 });

  test('a band under the arrow names the messages with what they say', () => {
    expect(ladder).toMatch(
      /│╞ tls: ServerHello \(TLS 1\.3; ═+╡│\n.*╞ TLS_AES_128_GCM_SHA256; X25519\)/,
    );
    expect(ladder).toMatch(/│╞ tls: data, 5 bytes ═+╡│/);
  });

  test('nothing is said twice, and what was agreed stays beside the lines', () => {
    expect(ladder).not.toMatch(/tls: (sent|received)/);
    expect(ladder.match(/· tls: TLS 1\.3,/g)).toHaveLength(1);
    expect(ladder.match(/tls: TLS 1\.3, ·/g)).toHaveLength(1);
  });

  test('with details the messages stand between the keys, in the order of their happening', () => {
    const detailed = drawLadder(trace.header!, trace.records, { width: 80, detail: true });
    expect(detailed).toContain('tls: sent ServerHello');
    expect(detailed).toContain('is now protected');
  });
});
