import { CallError, latin1Text, patternPayload } from '@tcplab/core';
import {
  HttpClientRole,
  HttpServerRole,
  type ClientSend,
  type ServerSend,
} from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { clientHears, drain, serverHears, summary, wire } from './support.ts';

const HOST = { Host: 'h' };

/** A client and a server role joined by nothing but bytes. */
class Pair {
  readonly client: HttpClientRole;
  readonly server: HttpServerRole;

  constructor(pipelining = false) {
    this.client = new HttpClientRole({ pipelining });
    this.server = new HttpServerRole();
  }

  clientSends(...events: ClientSend[]): string[] {
    for (const event of events) this.server.receiveData(this.client.send(event));
    return summary(drain(this.server));
  }

  serverSends(...events: ServerSend[]): string[] {
    for (const event of events) this.client.receiveData(this.server.send(event));
    return summary(drain(this.client));
  }

  get states(): string {
    return `${this.client.state} / ${this.server.state}`;
  }
}

const get = (headers: Record<string, string> = {}): ClientSend[] => [
  { kind: 'request', method: 'GET', target: '/', headers: { ...HOST, ...headers } },
  { kind: 'end of message' },
];
const ok = (
  headers: Record<string, string> = { 'Content-Length': '0' },
  status = 200,
): ServerSend[] => [{ kind: 'response', status, headers }, { kind: 'end of message' }];
const bytesOf = (text: string): Uint8Array => wire(text);

describe('two roles speak', () => {
  test('H-K01: an exchange leaves both sides idle, ready for the next', () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i += 1) {
      expect(pair.clientSends(...get())).toEqual(['GET / 1.1 [["Host","h"]]', 'end']);
      expect(pair.states).toBe('done / send response');
      expect(pair.serverSends(...ok())).toEqual([
        'response 200 OK [["Content-Length","0"]]',
        'end',
      ]);
      expect(pair.states).toBe('idle / idle');
      expect(pair.client.reusable).toBe(true);
    }
  });

  test('content of unknown length goes in chunks, with trailers', () => {
    const pair = new Pair();
    pair.clientSends(...get());
    expect(
      pair.serverSends(
        { kind: 'response', status: 200 },
        { kind: 'data', bytes: bytesOf('hello') },
        { kind: 'data', bytes: bytesOf('') },
        { kind: 'data', bytes: bytesOf(' world') },
        { kind: 'end of message', trailers: { Digest: 'x' } },
      ),
    ).toEqual([
      'response 200 OK [["Transfer-Encoding","chunked"]]',
      'data hello world',
      'end [["Digest","x"]]',
    ]);
  });

  test('H-K02: Connection: close of either side ends the connection after the exchange', () => {
    const asked = new Pair();
    asked.clientSends(...get({ Connection: 'close' }));
    const [head] = asked.serverSends(...ok());
    expect(head).toContain('["Connection","close"]');
    expect(asked.states).toBe('must close / must close');
    expect(() => asked.clientSends(...get())).toThrow(CallError);

    const told = new Pair();
    told.clientSends(...get());
    told.serverSends(...ok({ 'Content-Length': '0', Connection: 'close' }));
    expect(told.states).toBe('must close / must close');
    told.server.send({ kind: 'connection closed' });
    told.client.receiveEnd();
    expect(summary(drain(told.client))).toEqual(['connection closed']);
    expect(told.states).toBe('must close / closed');
  });

  test('H-K01: HTTP/1.0 persists only where both say keep-alive, and has no chunks', () => {
    const plain = new Pair();
    plain.clientSends(
      { kind: 'request', method: 'GET', target: '/', version: '1.0' },
      { kind: 'end of message' },
    );
    expect(
      plain.serverSends({ kind: 'response', status: 200 }, { kind: 'data', bytes: bytesOf('x') }),
    ).toEqual(['response 200 OK [["Connection","close"]]', 'data x']);
    plain.server.send({ kind: 'end of message' });
    expect(plain.server.state).toBe('must close');
    plain.client.receiveEnd();
    expect(summary(drain(plain.client))).toEqual(['end', 'connection closed']);

    const kept = new Pair();
    const headers = { Connection: 'keep-alive' };
    kept.clientSends(
      { kind: 'request', method: 'GET', target: '/', version: '1.0', headers },
      { kind: 'end of message' },
    );
    const [head] = kept.serverSends(...ok());
    expect(head).toContain('["Connection","keep-alive"]');
    expect(kept.states).toBe('idle / idle');
  });

  test('H-B10: the answer to HEAD has the length of GET and no content', () => {
    const pair = new Pair();
    pair.clientSends(
      { kind: 'request', method: 'HEAD', target: '/', headers: HOST },
      { kind: 'end of message' },
    );
    const told = pair.serverSends(
      { kind: 'response', status: 200, headers: { 'Content-Length': '5' } },
      { kind: 'data', bytes: bytesOf('hello') },
      { kind: 'end of message' },
    );
    expect(told).toEqual(['response 200 OK [["Content-Length","5"]]', 'end']);
    expect(pair.states).toBe('idle / idle');
  });

  test('H-E01: a client that expects 100-continue waits, hears 100, sends', () => {
    const pair = new Pair();
    pair.clientSends({
      kind: 'request',
      method: 'POST',
      target: '/',
      headers: { ...HOST, Expect: '100-continue', 'Content-Length': '2' },
    });
    expect(pair.client.awaitsContinue).toBe(true);
    expect(pair.server.clientAwaitsContinue).toBe(true);
    expect(pair.serverSends({ kind: 'informational', status: 100 })).toEqual([
      'informational 100 Continue []',
    ]);
    expect(pair.client.awaitsContinue).toBe(false);
    expect(pair.server.clientAwaitsContinue).toBe(false);
    expect(
      pair.clientSends({ kind: 'data', bytes: bytesOf('hi') }, { kind: 'end of message' }),
    ).toEqual(['data hi', 'end']);
  });

  test('H-E01: a server may answer at once instead of 100', () => {
    const pair = new Pair();
    const headers = { ...HOST, Expect: '100-continue', 'Content-Length': '2' };
    pair.clientSends({ kind: 'request', method: 'POST', target: '/', headers });
    pair.serverSends(...ok({ 'Content-Length': '0', Connection: 'close' }, 413));
    expect(pair.client.awaitsContinue).toBe(false);
    expect(pair.states).toBe('send body / must close');
  });

  test('H-U01: an accepted Upgrade leaves HTTP and hands on what follows', () => {
    const pair = new Pair();
    const offer = { Connection: 'upgrade', Upgrade: 'websocket' };
    pair.clientSends(...get(offer));
    expect(pair.states).toBe('might switch protocol / send response');
    pair.server.receiveData(bytesOf('early frame'));
    expect(pair.serverSends({ kind: 'informational', status: 101, headers: offer })).toHaveLength(
      1,
    );
    expect(pair.states).toBe('switched protocol / switched protocol');
    pair.client.receiveData(bytesOf('frame'));
    expect(drain(pair.client)).toEqual([]);
    expect(latin1Text(pair.client.takeTrailing())).toBe('frame');
    expect(latin1Text(pair.server.takeTrailing())).toBe('early frame');
  });

  test('H-U01: a refused Upgrade stays HTTP, and so does one that Connection does not name', () => {
    const pair = new Pair();
    pair.clientSends(...get({ Connection: 'upgrade', Upgrade: 'websocket' }));
    pair.serverSends(...ok());
    expect(pair.states).toBe('idle / idle');
    pair.clientSends(...get({ Upgrade: 'websocket' }));
    expect(pair.states).toBe('done / send response');
    expect(() => pair.server.send({ kind: 'informational', status: 101 })).toThrow('wrong time');
    expect(() => pair.server.takeTrailing()).toThrow('protocol not switched');
  });

  test('H-U03: a successful CONNECT is a tunnel, another answer is not', () => {
    const connect: ClientSend[] = [
      { kind: 'request', method: 'CONNECT', target: 'other:443', headers: { Host: 'other:443' } },
      { kind: 'end of message' },
    ];
    const pair = new Pair();
    pair.clientSends(...connect);
    pair.serverSends(...ok({ 'Content-Length': '0' }, 407));
    expect(pair.states).toBe('idle / idle');
    pair.clientSends(...connect);
    expect(pair.serverSends({ kind: 'response', status: 200 })).toEqual(['response 200 OK []']);
    expect(pair.states).toBe('switched protocol / switched protocol');
  });

  test('H-P01: pipelined requests are read one by one as answers go out', () => {
    const pair = new Pair(true);
    const first = pair.clientSends(
      ...get(),
      ...get({ 'X-Number': '2' }),
      ...get({ 'X-Number': '3' }),
    );
    expect(first).toEqual(['GET / 1.1 [["Host","h"]]', 'end']);
    expect(pair.client.outstanding).toBe(3);
    for (const number of ['2', '3']) {
      pair.serverSends(...ok());
      const [next] = summary(drain(pair.server));
      expect(next).toContain(`["X-Number","${number}"]`);
    }
    pair.serverSends(...ok());
    expect(pair.states).toBe('idle / idle');
  });

  test('H-P01: a close in the middle of a pipeline leaves the rest unanswered', () => {
    const pair = new Pair(true);
    pair.clientSends(...get(), ...get(), ...get());
    pair.serverSends(...ok({ 'Content-Length': '0', Connection: 'close' }));
    expect(pair.client.outstanding).toBe(2);
    expect(pair.states).toBe('must close / must close');
    // RFC 9112 §9.6: the server reads no further requests after it said close.
    expect(drain(pair.server)).toEqual([]);
  });

  test('a described payload stays described where the length is known', () => {
    const pair = new Pair();
    pair.clientSends(...get());
    pair.serverSends({
      kind: 'response',
      status: 200,
      headers: { 'Content-Length': '1000000000' },
    });
    const sent = pair.server.sendPayload(patternPayload(0, 1_000_000_000));
    expect(sent.patternOffset).toBe(0);
    expect(sent.length).toBe(1_000_000_000);
  });
});

describe('a program that speaks wrongly gets a typed error and the role is unchanged', () => {
  const wrong: [title: string, events: ClientSend[]][] = [
    ['data first', [{ kind: 'data', bytes: bytesOf('x') }]],
    ['an end first', [{ kind: 'end of message' }]],
    ['a method that is no token', [{ kind: 'request', method: 'G T', target: '/', headers: HOST }]],
    ['a target with a space', [{ kind: 'request', method: 'GET', target: '/a b', headers: HOST }]],
    [
      'a target with a line break',
      [{ kind: 'request', method: 'GET', target: '/\r\nX: y', headers: HOST }],
    ],
    ['no Host', [{ kind: 'request', method: 'GET', target: '/' }]],
    [
      'two Hosts',
      [
        {
          kind: 'request',
          method: 'GET',
          target: '/',
          headers: [
            ['Host', 'a'],
            ['Host', 'b'],
          ],
        },
      ],
    ],
    [
      'a line break in a value',
      [{ kind: 'request', method: 'GET', target: '/', headers: { ...HOST, X: 'a\r\nY: z' } }],
    ],
    [
      'a bad field name',
      [{ kind: 'request', method: 'GET', target: '/', headers: { ...HOST, 'X Y': 'z' } }],
    ],
    [
      'a bad length',
      [
        {
          kind: 'request',
          method: 'GET',
          target: '/',
          headers: { ...HOST, 'Content-Length': '-1' },
        },
      ],
    ],
    [
      'length and chunks',
      [
        {
          kind: 'request',
          method: 'GET',
          target: '/',
          headers: { ...HOST, 'Content-Length': '1', 'Transfer-Encoding': 'chunked' },
        },
      ],
    ],
  ];
  test.each(wrong)('%s', (_title, events) => {
    const role = new HttpClientRole();
    expect(() => events.forEach((event) => role.send(event))).toThrow(CallError);
    expect(role.state).toBe('idle');
    expect(
      role.send({ kind: 'request', method: 'GET', target: '/', headers: HOST }).length,
    ).toBeGreaterThan(0);
  });

  test('more or less content than the length', () => {
    const role = new HttpClientRole();
    role.send({
      kind: 'request',
      method: 'PUT',
      target: '/',
      headers: { ...HOST, 'Content-Length': '3' },
    });
    expect(() => role.send({ kind: 'data', bytes: bytesOf('four') })).toThrow('too much content');
    expect(() => role.send({ kind: 'end of message' })).toThrow('too little content');
    role.send({ kind: 'data', bytes: bytesOf('abc') });
    expect(() => role.send({ kind: 'end of message', trailers: { X: 'y' } })).toThrow(
      'trailers need chunked',
    );
    role.send({ kind: 'end of message' });
  });

  test('responses: twice, early, without content, with fields that cannot be', () => {
    const server = new HttpServerRole();
    expect(() => server.send({ kind: 'response', status: 200 })).toThrow('wrong time');
    server.receiveData(wire('GET / HTTP/1.1\nHost: h\n\n'));
    drain(server);
    expect(() => server.send({ kind: 'response', status: 99 })).toThrow('invalid status');
    expect(() => server.send({ kind: 'informational', status: 200 })).toThrow('invalid status');
    expect(() => server.send({ kind: 'informational', status: 101 })).toThrow('wrong time');
    expect(() =>
      server.send({ kind: 'response', status: 204, headers: { 'Content-Length': '0' } }),
    ).toThrow('invalid framing');
    expect(() =>
      server.send({ kind: 'response', status: 200, headers: { 'Transfer-Encoding': 'gzip' } }),
    ).toThrow('invalid framing');
    expect(() => server.send({ kind: 'response', status: 200, reason: 'O\nK' })).toThrow(
      'invalid reason',
    );
    server.send({ kind: 'response', status: 200 });
    expect(() => server.send({ kind: 'response', status: 200 })).toThrow('wrong time');
    expect(() =>
      server.send({ kind: 'end of message', trailers: { 'Content-Length': '1' } }),
    ).toThrow('invalid trailer');
  });
});

describe('a client reads responses', () => {
  test.each([
    [
      'a length',
      'HTTP/1.1 200 OK\nContent-Length: 2\n\nhi',
      ['response 200 OK [["Content-Length","2"]]', 'data hi', 'end'],
    ],
    [
      'no length: until the close (H-B11)',
      'HTTP/1.1 200 OK\n\nhi',
      ['response 200 OK []', 'data hi', 'end', 'connection closed'],
    ],
    ['no reason', 'HTTP/1.1 204 \n\n', ['response 204  []', 'end']],
    ['no reason and no space', 'HTTP/1.1 204\n\n', ['response 204  []', 'end']],
    [
      'H-B10: 304 with a length',
      'HTTP/1.1 304 Not Modified\nContent-Length: 9\n\n',
      ['response 304 Not Modified [["Content-Length","9"]]', 'end'],
    ],
    [
      'H-P03: interim responses first',
      'HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 204 No\n\n',
      [
        'informational 100 Continue []',
        'informational 103 Early Hints [["Link","x"]]',
        'response 204 No []',
        'end',
      ],
    ],
    [
      'H-F03: a fold becomes a space',
      'HTTP/1.1 204 No\nX: a\n  b\n\n',
      ['response 204 No [["X","a b"]]', 'end'],
    ],
  ])('%s', (_title, text, heard) => {
    const told = clientHears([wire(text)]);
    expect(told.filter((line, at) => line !== 'connection closed' || at < heard.length)).toEqual(
      heard,
    );
  });

  test.each([
    [
      'H-P02: octets without a request',
      [],
      'HTTP/1.1 408 Request Timeout\nContent-Length: 0\n\n',
      'H-P02',
    ],
    ['H-P02: a second response', ['GET'], 'HTTP/1.1 204 A\n\nHTTP/1.1 204 B\n\n', 'H-P02'],
    ['H-R08: no status line', ['GET'], 'hello\n\n', 'H-R08'],
    ['H-R08: a status of two digits', ['GET'], 'HTTP/1.1 20 OK\n\n', 'H-R08'],
    ['H-R07: another major version', ['GET'], 'HTTP/2.0 200 OK\n\n', 'H-R07'],
    [
      'H-B04: length and coding',
      ['GET'],
      'HTTP/1.1 200 OK\nContent-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n',
      'H-B04',
    ],
    [
      'H-B02: two lengths',
      ['GET'],
      'HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\nhello',
      'H-B02',
    ],
    [
      'H-B05: a coding without chunked',
      ['GET'],
      'HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n',
      'H-B05',
    ],
    [
      'H-B07: chunked in HTTP/1.0',
      ['GET'],
      'HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n0\n\n',
      'H-B07',
    ],
    ['H-B09: an end in the header', ['GET'], 'HTTP/1.1 200 OK\nConte', 'H-B09'],
    [
      'H-B09: an end in the content',
      ['GET'],
      'HTTP/1.1 200 OK\nContent-Length: 5\n\nhell',
      'H-B09',
    ],
    [
      'H-B09: an end in a chunk',
      ['GET'],
      'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhel',
      'H-B09',
    ],
    ['H-U02: 101 without an offer', ['GET'], 'HTTP/1.1 101 Switching\n\n', 'H-U02'],
    [
      'H-P03: interim responses without end',
      ['GET'],
      'HTTP/1.1 100 Continue\n\n'.repeat(40),
      'H-P03',
    ],
    ['H-L01: a lone LF', ['GET'], 'HTTP/1.1 200 OK\nX: y\n\n'.replace('OK\n', 'OK\u0000'), 'H-R08'],
  ])('%s is refused', (_title, methods, text, rule) => {
    const told = clientHears([wire(text)], { methods });
    expect(told.at(-1)).toBe(`violation ${rule} 0`);
  });

  test('H-B08: content above the limit is refused, by its length or on the way', () => {
    const limits = { bodyBytes: 4 };
    for (const text of [
      'HTTP/1.1 200 OK\nContent-Length: 5\n\n',
      'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\n',
      'HTTP/1.1 200 OK\n\nhello',
    ]) {
      expect(clientHears([wire(text)], { limits }).at(-1)).toBe('violation H-B08 0');
    }
  });

  test('H-K05: a close instead of a response is told as such', () => {
    expect(clientHears([])).toEqual(['connection closed']);
  });
});

describe('a server reads requests', () => {
  test('H-B09: an end in the middle is a violation, an end between requests is not', () => {
    expect(serverHears([wire('GET / HTTP/1.1\nHo')]).at(-1)).toBe('violation H-B09 400');
    expect(serverHears([wire('POST / HTTP/1.1\nHost: h\nContent-Length: 5\n\nhell')]).at(-1)).toBe(
      'violation H-B09 400',
    );
    expect(serverHears([])).toEqual(['connection closed']);
    expect(serverHears([wire('GET / HTTP/1.1\nHost: h\n\n')]).at(-1)).toBe('connection closed');
  });

  test('what arrives together with the end is judged at once', () => {
    const hearAtOnce = (text: string): string[] => {
      const server = new HttpServerRole();
      server.receiveData(wire(text));
      server.receiveEnd();
      return summary(drain(server));
    };
    expect(hearAtOnce('\n')).toEqual(['connection closed']);
    expect(hearAtOnce('GET')).toEqual(['violation H-B09 400']);
    expect(hearAtOnce('GET / HTTP/1.1\n')).toEqual(['violation H-B09 400']);
    expect(hearAtOnce('GET / HTTP/1.0\n\n').slice(1)).toEqual(['end', 'connection closed']);
  });

  test('a client that closes its half is still answered', () => {
    const server = new HttpServerRole();
    server.receiveData(wire('GET / HTTP/1.1\nHost: h\n\n'));
    server.receiveEnd();
    expect(summary(drain(server)).at(-1)).toBe('connection closed');
    expect(server.state).toBe('send response');
    for (const event of ok()) server.send(event);
    expect(server.state).toBe('must close');
  });

  test('what was refused can be answered, and then the connection must close', () => {
    const server = new HttpServerRole();
    server.receiveData(wire('nonsense\n\n'));
    expect(drain(server)).toHaveLength(1);
    const head = latin1Text(
      server.send({ kind: 'response', status: 400, headers: { 'Content-Length': '0' } }),
    );
    expect(head).toBe('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    server.send({ kind: 'end of message' });
    expect(server.state).toBe('must close');
  });

  test.each([
    ['H-L03: a long request line', `GET /${'a'.repeat(200)} HTTP/1.1\nHost: h\n\n`, 'H-L03 414'],
    ['H-F05: many fields', `GET / HTTP/1.1\n${'X: y\n'.repeat(20)}\n`, 'H-F05 431'],
    ['H-F06: long fields', `GET / HTTP/1.1\nHost: h\nX: ${'y'.repeat(300)}\n\n`, 'H-F06 431'],
    ['H-F06: a field without end', `GET / HTTP/1.1\nHost: ${'y'.repeat(300)}`, 'H-F06 431'],
    [
      'H-B08: a length above the limit',
      'POST / HTTP/1.1\nHost: h\nContent-Length: 101\n\n',
      'H-B08 413',
    ],
    [
      'H-B08: chunks above the limit',
      'POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n65\n',
      'H-B08 413',
    ],
    [
      'H-C03: a long extension',
      `POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n5;${'a'.repeat(100)}`,
      'H-C03 400',
    ],
    [
      'H-C03: many extensions',
      `POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n${'1;aaaaaaaaaa\nx\n'.repeat(10)}`,
      'H-C03 400',
    ],
    [
      'H-C06: many trailers',
      `POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n0\n${'A: b\n'.repeat(5)}\n`,
      'H-F05 431',
    ],
  ])('%s is refused', (_title, text, verdict) => {
    const limits = {
      startLine: 100,
      fieldCount: 10,
      fieldBytes: 200,
      bodyBytes: 100,
      chunkLine: 50,
      chunkExtensions: 60,
      trailerCount: 4,
    };
    expect(serverHears([wire(text)], { limits }).at(-1)).toBe(`violation ${verdict}`);
  });
});
