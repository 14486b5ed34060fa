import { concatBytes, latin1Bytes, ms, seconds } from '@tcplab/core';
import { HttpClientRole, HttpServerRole } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { world } from './server/world.ts';
import { drain, singly, summary, wire } from './support.ts';

/** Feeds a server role piece by piece: the verdict, and the most that it held unread. */
function feed(pieces: Iterable<Uint8Array>): { last: string; held: number; taken: number } {
  const role = new HttpServerRole();
  let held = 0;
  let taken = 0;
  let last = '';
  for (const piece of pieces) {
    role.receiveData(piece);
    taken += piece.length;
    const told = summary(drain(role));
    last = told.at(-1) ?? last;
    held = Math.max(held, role.bufferedBytes);
    if (last.startsWith('violation')) break;
  }
  return { last, held, taken };
}

/** The same octets for ever, at most `limit` of them. */
function* endless(head: string, again: string, limit: number): Generator<Uint8Array> {
  yield wire(head);
  const octets = latin1Bytes(again);
  for (let sent = 0; sent < limit; sent += octets.length) yield octets;
}

const MEGABYTE = 1_000_000;
const HEAD = 'GET / HTTP/1.1\nHost: h\n';
const CHUNKED = `POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n`;

describe('what never ends is refused while it is small', () => {
  test.each([
    ['a request line', '', 'GET /'.padEnd(1_000, 'a'), 'H-L03 414', 10_000],
    ['a method', '', 'A'.repeat(1_000), 'H-R03 501', 10_000],
    ['a CR that no LF follows', 'GET / HTTP/1.1\u000d', 'Host: h', 'H-L02 400', 30],
    ['a field', `${HEAD}X: `, 'y'.repeat(1_000), 'H-F06 431', 70_000],
    ['a field name', HEAD, 'y'.repeat(1_000), 'H-F06 431', 70_000],
    ['fields', HEAD, 'A: b\r\n'.repeat(100), 'H-F05 431', 5_000],
    ['long fields', HEAD, `A: ${'b'.repeat(5_000)}\r\n`, 'H-F06 431', 80_000],
    ['empty lines', '', '\r\n'.repeat(10), 'H-L04 400', 100],
    ['a chunk extension', `${CHUNKED}5;`, 'a'.repeat(100), 'H-C03 400', 2_000],
    ['a chunk size', CHUNKED, '0'.repeat(100), 'H-C03 400', 2_000],
    ['chunk extensions', CHUNKED, `1;${'a'.repeat(1_000)}\r\nx\r\n`, 'H-C03 400', 20_000],
    ['trailers', `${CHUNKED}0\n`, 'A: b\r\n', 'H-F05 431', 1_000],
    ['a trailer', `${CHUNKED}0\nA: `, 'b'.repeat(500), 'H-F06 431', 10_000],
    ['NULs', '', '\u0000'.repeat(1_000), 'H-R02 400', 1_000],
    ['NULs in a field', `${HEAD}X: \u0000\n`, '\u0000', 'H-F04 400', 100],
  ])('%s', (_title, head, again, verdict, most) => {
    const { last, held, taken } = feed(endless(head, again, MEGABYTE));
    expect(last).toBe(`violation ${verdict}`);
    expect(taken).toBeLessThanOrEqual(most);
    expect(held).toBeLessThanOrEqual(most);
  });

  test('a header of a megabyte at once, and octet by octet', () => {
    const octets = concatBytes([wire(HEAD), wire(`X: ${'y'.repeat(MEGABYTE)}\n\n`)]);
    expect(feed([octets]).last).toBe('violation H-F06 431');
    const single = feed(singly(octets.subarray(0, 70_000)));
    expect(single.last).toBe('violation H-F06 431');
    expect(single.taken).toBeLessThan(66_000);
  });

  test('100,000 fields at once', () => {
    expect(feed([wire(`${HEAD}${'A: b\n'.repeat(100_000)}\n`)]).last).toBe('violation H-F05 431');
  });

  test('a hundred thousand chunks of one octet are content, and nothing stays behind', () => {
    const role = new HttpServerRole();
    role.receiveData(wire(CHUNKED));
    drain(role);
    let content = 0;
    const chunks = latin1Bytes('1\r\nx\r\n'.repeat(1_000));
    for (let i = 0; i < 100; i += 1) {
      role.receiveData(chunks);
      for (const event of drain(role)) if (event.kind === 'data') content += event.bytes.length;
    }
    expect(content).toBe(100_000);
    expect(role.bufferedBytes).toBe(0);
  });

  test('a client is as hard to fill', () => {
    const endings: [string, string][] = [
      ['H-L03', 'HTTP/1.1 200 '],
      ['H-F06', 'HTTP/1.1 200 OK\nX: '],
      ['H-C03', 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;'],
    ];
    for (const [rule, head] of endings) {
      const role = new HttpClientRole();
      role.send({ kind: 'request', method: 'GET', target: '/', headers: { Host: 'h' } });
      role.send({ kind: 'end of message' });
      role.receiveData(wire(head));
      let last = summary(drain(role)).at(-1);
      for (let i = 0; i < 1_000 && last?.startsWith('violation') !== true; i += 1) {
        role.receiveData(latin1Bytes('a'.repeat(1_000)));
        last = summary(drain(role)).at(-1) ?? last;
        expect(role.bufferedBytes).toBeLessThan(70_000);
      }
      expect(last).toBe(`violation ${rule} 0`);
    }
  });
});

describe('a server under attack goes on serving', () => {
  test('pipelined requests beyond what is read wait in the network, not in memory', () => {
    const { run, server } = world();
    run(function* (host) {
      const stream = yield* host.connect('server', 80);
      const request = 'GET /slow/1000 HTTP/1.1\r\nHost: h\r\n\r\n';
      const flood = host.spawn(
        (function* () {
          for (let i = 0; i < 20_000 && stream.failure === undefined; i += 1)
            yield* stream.sendAll(request);
        })(),
      );
      yield* host.sleep(seconds(5));
      expect(server.status.bufferedBytes).toBeLessThanOrEqual(65_536);
      expect(server.status.requests).toBeLessThan(7);
      flood.cancel();
      stream.abort();
      yield* host.sleep(ms(1_100));
    });
    expect(server.status.connections).toBe(0);
  });

  test('a thousand connections of every wrong kind leave nothing behind', () => {
    const { run, server, net } = world({ headerTimeout: seconds(1), bodyTimeout: seconds(1) });
    const wrongs = [
      '',
      'G',
      'GET / HTTP/1.1\r\n',
      '\u0000',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx',
      'GET / HTTP/1.1\r\n\r\n',
      '\r\n'.repeat(9),
    ];
    run(function* (host) {
      for (let i = 0; i < 1_000; i += 1) {
        const stream = yield* host.connect('server', 80);
        yield* stream.sendAll(wrongs[i % wrongs.length]!);
        if (i % 3 === 0) stream.shutdown();
        if (i % 3 === 1) stream.abort();
      }
    });
    net.run();
    const { status } = server;
    expect(status.accepted).toBe(1_000);
    expect(status.connections).toBe(0);
    expect(status.bufferedBytes).toBe(0);
    let closed = 0;
    for (const count of status.closed.values()) closed += count;
    expect(closed).toBe(1_000);
  });
});
