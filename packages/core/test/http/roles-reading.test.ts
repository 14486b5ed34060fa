import { latin1Text } from '@tcplab/core';
import { HttpServerRole } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { clientHears, drain, ok, serverHears, summary, wire } from './support.ts';

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
