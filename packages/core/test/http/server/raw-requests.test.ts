import { route } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { readUntil, world } from './world.ts';
import { ms, type Micros } from '@tcplab/core';

const routes = [
  route('GET /', () => ({ body: 'home' })),
  route('GET /a/b', () => ({ body: 'deep' })),
  route('GET|PUT /item', function* (request) {
    return { body: `[${yield* request.text()}]` };
  }),
];

/** What comes back within a second: statuses with `+` where the connection stays open, and contents. */
function answers(text: string, half = false): string {
  const { run, net, server } = world({ routes });
  const octets = text.replaceAll('\n', '\r\n').replaceAll('␊', '\n').replaceAll('␍', '\r');
  const got = run(function* (host) {
    const stream = yield* host.connect('server', 80);
    yield* stream.sendAll(octets);
    if (half) stream.shutdown();
    return yield* readUntil(stream, host, ms(1_000) as Micros);
  });
  const open =
    net.now < 2_000_000 && server.status.connections === 1 && server.connections[0]!.idle;
  return `${shortened(got)}${open ? ' +' : ''}`;
}

/** Each response as its status and, after a colon, its content. */
function shortened(text: string): string {
  const responses = text.split(/(?=HTTP\/1\.1 \d)/).filter((part) => part !== '');
  return responses
    .map((response) => {
      const [head = '', body = ''] = response.split('\r\n\r\n');
      const status = head.slice(9, 12);
      const isPage = Number(status) >= 400 && body !== '';
      return isPage || body === '' ? status : `${status}:${body}`;
    })
    .join(' ');
}

type Row = readonly [title: string, request: string, answer: string];

/** `\n` is CR LF, `␊` a lone LF, `␍` a lone CR. A `+`: the connection stays open. */
const GOOD: readonly Row[] = [
  ['origin form', 'GET / HTTP/1.1\nHost: h\n\n', '200:home +'],
  ['absolute form', 'GET http://other/ HTTP/1.1\nHost: h\n\n', '200:home +'],
  ['absolute form without a path', 'GET http://h HTTP/1.1\nHost: h\n\n', '200:home +'],
  ['a query', 'GET /?a=b&c HTTP/1.1\nHost: h\n\n', '200:home +'],
  ['escapes of unreserved characters', 'GET /%61/%62 HTTP/1.1\nHost: h\n\n', '200:deep +'],
  ['dot segments', 'GET /x/../a/./b HTTP/1.1\nHost: h\n\n', '200:deep +'],
  ['escaped dot segments', 'GET /x/%2e%2E/a/b HTTP/1.1\nHost: h\n\n', '200:deep +'],
  ['an escaped slash is no slash', 'GET /a%2Fb HTTP/1.1\nHost: h\n\n', '404 +'],
  ['dot segments beyond the root', 'GET /../../a/b HTTP/1.1\nHost: h\n\n', '200:deep +'],
  ['Host with a port', 'GET / HTTP/1.1\nHost: h:8080\n\n', '200:home +'],
  ['Host with an empty port', 'GET / HTTP/1.1\nHost: h:\n\n', '200:home +'],
  ['Host as an IPv6 address', 'GET / HTTP/1.1\nHost: [::1]:80\n\n', '200:home +'],
  ['names in any case', 'GET / HTTP/1.1\nhOsT: h\nCONNECTION: CLOSE\n\n', '200:home'],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\n\n', '200:home'],
  ['HTTP/1.0 that asks to be kept', 'GET / HTTP/1.0\nConnection: Keep-Alive\n\n', '200:home +'],
  ['a later minor version', 'GET / HTTP/1.9\nHost: h\n\n', '200:home +'],
  ['an unknown connection option', 'GET / HTTP/1.1\nHost: h\nConnection: x\n\n', '200:home +'],
  ['close among other options', 'GET / HTTP/1.1\nHost: h\nConnection: x, ,close\n\n', '200:home'],
  [
    'an upgrade to what nobody knows',
    'GET / HTTP/1.1\nHost: h\nConnection: upgrade\nUpgrade: x\n\n',
    '200:home +',
  ],
  ['a range, which may be ignored', 'GET / HTTP/1.1\nHost: h\nRange: bytes=0-1\n\n', '200:home +'],
  ['HEAD', 'HEAD / HTTP/1.1\nHost: h\n\n', '200 +'],
  ['OPTIONS of the server', 'OPTIONS * HTTP/1.1\nHost: h\n\n', '204 +'],
  ['OPTIONS in absolute form', 'OPTIONS http://h HTTP/1.1\nHost: h\n\n', '204 +'],
  [
    'content with GET',
    'GET / HTTP/1.1\nHost: h\nContent-Length: 3\n\nabcGET / HTTP/1.1\nHost: h\n\n',
    '200:home 200:home +',
  ],
  [
    'chunks, an extension, a trailer',
    'PUT /item HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3 ; a = "b;\\"c"\nabc\n00;x\nT: u\n\n',
    '200:[abc] +',
  ],
  ['no content with PUT', 'PUT /item HTTP/1.1\nHost: h\n\n', '200:[] +'],
  [
    'three that were pipelined, the last says close',
    'GET / HTTP/1.1\nHost: h\n\nPUT /item HTTP/1.1\nHost: h\nContent-Length: 2\n\nhiGET / HTTP/1.1\nHost: h\nConnection: close\n\nGET / HTTP/1.1\nHost: h\n\n',
    '200:home 200:[hi] 200:home',
  ],
  [
    'an error of meaning keeps the connection',
    'GET /x HTTP/1.1\nHost: h\n\nGET / HTTP/1.1\nHost: h\n\n',
    '404 200:home +',
  ],
  [
    'an empty line between requests',
    'GET / HTTP/1.1\nHost: h\n\n\nGET / HTTP/1.1\nHost: h\n\n',
    '200:home 200:home +',
  ],
];

const BAD: readonly Row[] = [
  ['a method that nobody knows', 'BREW / HTTP/1.1\nHost: h\n\n', '501 +'],
  ['a method in small letters', 'get / HTTP/1.1\nHost: h\n\n', '501 +'],
  ['a very long method', `${'A'.repeat(300)} / HTTP/1.1\nHost: h\n\n`, '501 +'],
  ['a method without end', 'A'.repeat(9_000), '501'],
  ['a method that is not allowed', 'DELETE /item HTTP/1.1\nHost: h\n\n', '405 +'],
  ['TRACE', 'TRACE / HTTP/1.1\nHost: h\n\n', '405 +'],
  ['CONNECT', 'CONNECT h:80 HTTP/1.1\nHost: h:80\n\n', '501 +'],
  ['a long target', `GET /${'a'.repeat(9_000)} HTTP/1.1\nHost: h\n\n`, '414'],
  ['many fields', `GET / HTTP/1.1\nHost: h\n${'A: b\n'.repeat(101)}\n`, '431'],
  ['a large field', `GET / HTTP/1.1\nHost: h\nA: ${'b'.repeat(70_000)}\n\n`, '431'],
  ['an https resource without TLS', 'GET https://h/ HTTP/1.1\nHost: h\n\n', '421 +'],
  ['a later major version', 'GET / HTTP/2.0\nHost: h\n\n', '505'],
  ['a version in small letters', 'GET / http/1.1\nHost: h\n\n', '400'],
  ['HTTP/0.9', 'GET /\n', '400'],
  ['HEAD without Host has no content either', 'HEAD / HTTP/1.1\n\n', '400'],
  ['a lone CR, as soon as it is seen', 'GET / HTTP/1.1␍Host: h', '400'],
  ['a lone CR in a field', 'GET / HTTP/1.1\nHost: h\nA: b␍c', '400'],
  ['lone LFs', 'GET / HTTP/1.1␊Host: h␊␊', '400'],
  ['NUL in a value', 'GET / HTTP/1.1\nHost: h\nA: \u0000\n\n', '400'],
  ['nothing but garbage', '\u0000\u0001\u00ff', '400'],
  ['another expectation', 'PUT /item HTTP/1.1\nHost: h\nExpect: x\nContent-Length: 1\n\nx', '417'],
  ['content that is too long', 'PUT /item HTTP/1.1\nHost: h\nContent-Length: 99999999\n\n', '413'],
  [
    'a coding that nobody knows',
    'PUT /item HTTP/1.1\nHost: h\nTransfer-Encoding: x, chunked\n\n',
    '501',
  ],
  ['two lengths', 'PUT /item HTTP/1.1\nHost: h\nContent-Length: 1\nContent-Length: 1\n\nx', '400'],
  [
    'a length and a coding',
    'PUT /item HTTP/1.1\nHost: h\nContent-Length: 1\nTransfer-Encoding: chunked\n\n0\n\n',
    '400',
  ],
  ['a coding in HTTP/1.0', 'PUT /item HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n', '400'],
  ['a bad chunk', 'PUT /item HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nx\n', '400'],
  ['what follows an error', 'GET / HTTP/1.1\n\nGET / HTTP/1.1\nHost: h\n\n', '400'],
  ['what follows a good request', 'GET / HTTP/1.1\nHost: h\n\nGET /\n\n', '200:home 400'],
];

/** The client closes its side behind these. */
const HALF_CLOSED: readonly Row[] = [
  ['nothing', '', ''],
  ['a request', 'GET / HTTP/1.1\nHost: h\n\n', '200:home'],
  ['two requests', 'GET / HTTP/1.1\nHost: h\n\nGET / HTTP/1.1\nHost: h\n\n', '200:home 200:home'],
  ['half a request line', 'GET / HT', '400'],
  ['half a header', 'GET / HTTP/1.1\nHost: h\n', '400'],
  ['half the content', 'PUT /item HTTP/1.1\nHost: h\nContent-Length: 9\n\nabc', '400'],
  ['half the chunks', 'PUT /item HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n', '400'],
];

describe('what a server answers to octets that are right', () => {
  test.each(GOOD)('%s', (_title, request, answer) => expect(answers(request)).toBe(answer));
});

describe('what it answers to octets that are wrong, or that it does not serve', () => {
  test.each(BAD)('%s', (_title, request, answer) => expect(answers(request)).toBe(answer));

  test('H-S03: no refusal of HEAD has content, however early it is', () => {
    for (const octets of ['HEAD /', 'HEAD / HTTP/1.1 x\r\n', `HEAD /${'a'.repeat(9_000)}`]) {
      const { run } = world({ routes, headerTimeout: ms(100) });
      const said = run(function* (host) {
        const stream = yield* host.connect('server', 80);
        yield* stream.sendAll(octets);
        return yield* readUntil(stream, host, ms(1_000) as Micros);
      });
      expect(said).toMatch(/^HTTP\/1\.1 4[^]*\r\n\r\n$/);
    }
  });
});

describe('what it answers to a client that has closed its side', () => {
  test.each(HALF_CLOSED)('behind %s', (_title, request, answer) =>
    expect(answers(request, true)).toBe(answer),
  );
});
