import { describe, expect, test } from 'vitest';
import { cargoesOf } from '../../src/drawing/cargo.ts';
import { drawSequenceSvg } from '../../src/drawing/index.ts';
import { tellStory } from '../../src/drawing/story.ts';
import { loadScenario, recordScenario } from '../../src/scenario/index.ts';
import type { TraceMemory } from '../../src/trace/index.ts';
import { libraryText } from '../scenario/library.ts';

function run(name: string): TraceMemory {
  const loaded = loadScenario(libraryText(`${name}.yaml`), name);
  if (!loaded.ok) throw new Error(name);
  return recordScenario(loaded.loaded).trace;
}

/** `client tls: ClientHello`, packet by packet. */
function carried({ header, records }: TraceMemory): readonly string[] {
  const lines: string[] = [];
  for (const [flight, cargoes] of cargoesOf(tellStory(header!, records)).of) {
    for (const { layer, words } of cargoes) {
      lines.push(`#${flight.packet.id} ${flight.from} ${layer}: ${words.join(', ')}`);
    }
  }
  return lines;
}

describe('what packets carry', () => {
  test('HTTPS: the handshake, the tickets, the request, the answer, the ends', () => {
    expect(carried(run('https-end-to-end')).slice().sort(byPacket)).toEqual([
      '#4 client tls: ClientHello',
      '#5 server tls: ServerHello, ChangeCipherSpec, EncryptedExtensions, Certificate, CertificateVerify, Finished',
      '#6 client tls: ChangeCipherSpec, Finished',
      '#7 client http: GET https://server/',
      '#8 server tls: NewSessionTicket, NewSessionTicket',
      '#9 server http: 200, 9 bytes',
      '#10 client tls: close_notify',
      '#12 server tls: close_notify',
    ]);
  });

  test('datagrams: questions and answers of the DNS', () => {
    const lines = carried(run('dns-lookup'));
    expect(lines.some((line) => / client dns: query /.test(line))).toBe(true);
    expect(lines.some((line) => / dns: answer /.test(line))).toBe(true);
  });

  test('a packet that is lost has carried it all the same', () => {
    const trace = run('tls-lost-server-hello');
    const { of } = cargoesOf(tellStory(trace.header!, trace.records));
    const lost = [...of].find(([flight]) => flight.fate === 'lost');
    expect(lost?.[1][0]?.words[0]).toBe('ServerHello');
  });
});

test('the picture shows a lane and its words, and says nothing twice', () => {
  const { header, records } = run('https-end-to-end');
  const svg = drawSequenceSvg(header!, records);
  expect(svg).toContain('tls: ServerHello … Finished (6 messages)');
  expect(svg).toContain('http: GET https://server/');
  expect(svg).toContain('carries tls');
  expect(svg).not.toMatch(/received (ServerHello|Finished)|sent ClientHello/);
  expect(drawSequenceSvg(header!, records, { scale: 'time' })).toContain('http: 200, 9 bytes');
});

function byPacket(a: string, b: string): number {
  return Number(/\d+/.exec(a)) - Number(/\d+/.exec(b));
}
