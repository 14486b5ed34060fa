/**
 * Random and bent messages in great number: 2,000 octet strings for each role in the normal suite;
 * `FUZZ_FACTOR=500` makes two million. A failure prints the octets and the seed that made them.
 */
import { concatBytes, latin1Bytes, latin1Text } from '@tcplab/core';
import { HttpClientRole, HttpServerRole, type HttpLimits } from '@tcplab/core/http';
import { expect, test } from 'vitest';
import { randomStream } from '../../../../test/support/memory-host.ts';
import { octetsOf, SMUGGLING_CORPUS } from './smuggling-corpus.ts';
import { clientHears, cutAt, drain, serverHears, summary, type Told } from './support.ts';

const FACTOR = Number(process.env['FUZZ_FACTOR'] ?? '1');
const RUNS = 2_000 * FACTOR;
const SEED = process.env['FUZZ_SEED'] ?? '1';

const LIMITS: Partial<HttpLimits> = {
  startLine: 60,
  fieldBytes: 200,
  fieldCount: 6,
  chunkLine: 24,
  chunkExtensions: 40,
  trailerBytes: 40,
  trailerCount: 2,
  bodyBytes: 64,
  informational: 2,
};

const PIECES = [
  'GET',
  'POST',
  'HEAD',
  'CONNECT',
  'OPTIONS',
  ' ',
  '/',
  '*',
  'h:80',
  'http://h/',
  '?a=b',
  '%41',
  '%',
  '#',
  ' HTTP/1.1\r\n',
  ' HTTP/1.0\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 C\r\n',
  'HTTP/1.1 204 \r\n',
  'HTTP/1.0 200 OK\r\n',
  'HTTP/1.1 101 S\r\n',
  'Host: h\r\n',
  'Content-Length: ',
  'Transfer-Encoding: ',
  'chunked',
  'gzip',
  'identity',
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  ':',
  ',',
  ';',
  '"',
  '\t',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Connection: upgrade\r\nUpgrade: x\r\n',
  'Expect: 100-continue\r\n',
  'X: y\r\n',
  '0',
  '1',
  '5',
  'a',
  'ff',
  '0x',
  '+',
  '-',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  '3;a=b\r\nabc\r\n',
  'hello',
  '\u0000',
  '\u007f',
  '\u00ff',
  '99999999999999999999',
].map(latin1Bytes);
const CORPUS = SMUGGLING_CORPUS.map(([, text]) => octetsOf(text));
const RESPONSES = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\nT: u\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
  'HTTP/1.1 100 C\r\n\r\nHTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx',
].map(latin1Bytes);

const random = randomStream(`http fuzz ${SEED}`);
const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;

function invent(seeds: readonly Uint8Array[]): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) return random.bytes(random.below(80));
  if (kind < 4) return concatBytes(Array.from({ length: random.below(14) }, () => pick(PIECES)));
  let octets = pick(seeds);
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) octets = bend(octets);
  return octets;
}

function bend(octets: Uint8Array): Uint8Array {
  const at = random.below(octets.length + 1);
  const head = octets.slice(0, at);
  const tail = octets.slice(at);
  switch (random.below(5)) {
    case 0:
      return concatBytes([head, random.bytes(1), tail]);
    case 1:
      return concatBytes([head, tail.slice(1 + random.below(4))]);
    case 2:
      return concatBytes([head, pick(PIECES), tail]);
    case 3:
      return concatBytes([head, random.bytes(1), tail.slice(1)]);
    default:
      return concatBytes([head, tail, octets.slice(random.below(octets.length + 1))]);
  }
}

function randomCuts(octets: Uint8Array): Uint8Array[] {
  return cutAt(
    octets,
    Array.from({ length: random.below(5) }, () => random.below(200)),
  );
}

/** The quick way to say what a million runs say. */
function expectSame(heard: readonly string[], wanted: readonly string[]): void {
  if (heard.join('\n') !== wanted.join('\n')) expect(heard).toEqual(wanted);
}

/** A heard request, written again by our client role and heard again, is the same request. */
function expectSameAgain(told: readonly Told[]): void {
  const client = new HttpClientRole({ pipelining: true });
  const octets: Uint8Array[] = [];
  const kept: Told[] = [];
  for (const event of told) {
    if (event.kind === 'informational' || event.kind === 'response') return;
    if (event.kind === 'violation' || event.kind === 'connection closed') break;
    kept.push(event);
    // A role of ours always says Host, which HTTP/1.0 need not.
    if (client.state !== 'idle' && client.state !== 'send body' && client.state !== 'done') return;
    octets.push(
      client.send(
        event.kind === 'end of message' && event.trailers.size === 0
          ? { kind: 'end of message' }
          : event,
      ),
    );
  }
  expectSame(serverHears([concatBytes(octets)], { end: false }), summary(kept));
}

function hearAll(octets: Uint8Array): Told[] {
  const role = new HttpServerRole({ limits: LIMITS });
  role.receiveData(octets);
  return drain(role);
}

test(
  'requests: no octets make the server role throw, hang, or depend on the cut',
  () => {
    for (let run = 0; run < RUNS; run += 1) {
      const octets = invent(CORPUS);
      try {
        const whole = serverHears([octets], { limits: LIMITS });
        expectSame(serverHears(randomCuts(octets), { limits: LIMITS }), whole);
        expectSameAgain(hearAll(octets));
      } catch (error) {
        throw new Error(`seed ${SEED}, run ${run}: ${JSON.stringify(latin1Text(octets))}`, {
          cause: error,
        });
      }
    }
  },
  60_000 * FACTOR,
);

test(
  'responses: no octets make the client role throw, hang, or depend on the cut',
  () => {
    for (let run = 0; run < RUNS; run += 1) {
      const octets = invent(RESPONSES);
      const methods = Array.from({ length: random.below(3) }, () =>
        pick(['GET', 'HEAD', 'CONNECT', 'POST']),
      ).slice(0, 2);
      // Behind CONNECT nothing can be pipelined.
      const asked =
        methods[0] === 'CONNECT' ? ['CONNECT'] : methods.filter((method) => method !== 'CONNECT');
      try {
        const whole = clientHears([octets], { limits: LIMITS, methods: asked });
        expectSame(clientHears(randomCuts(octets), { limits: LIMITS, methods: asked }), whole);
      } catch (error) {
        throw new Error(
          `seed ${SEED}, run ${run}: ${JSON.stringify(latin1Text(octets))} for ${asked.join()}`,
          { cause: error },
        );
      }
    }
  },
  60_000 * FACTOR,
);
