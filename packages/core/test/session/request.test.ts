import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  base64Bytes,
  CallError,
  latin1Bytes,
  ms,
  patternPayload,
  seconds,
  utf8Bytes,
  utf8Text,
  type Process,
} from '@tcplab/core';
import { CookieJar } from '@tcplab/core/cookies';
import {
  ClientPayloadError,
  MultipartForm,
  withSession,
  type ClientSession,
  type ClientSessionOptions,
  type RequestData,
  type RequestOptions,
} from '@tcplab/core/session';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { startServer, type Asked, type Reply } from './small-server.ts';

/** Runs a program against one server; gives what it returned and what the server saw. */
function ask<T>(
  program: (session: ClientSession) => Process<T>,
  options: ClientSessionOptions = {},
  answer: (asked: Asked) => Reply | string = () => 'ok',
): { readonly result: T; readonly requests: Asked[]; readonly net: MemoryNetwork } {
  const net = new MemoryNetwork({ latency: ms(10) });
  const { requests } = startServer(net.host('server'), answer);
  const result = net.runProcess(net.host('client'), (host) => withSession(host, options, program));
  return { result, requests, net };
}

/** The one request that the server saw. */
function sent(
  method: string,
  request: RequestOptions = {},
  options: ClientSessionOptions = {},
): Asked {
  const { requests } = ask(
    (session) => session.request(method, 'http://server/', request),
    options,
  );
  return requests[0]!;
}

describe('what is sent', () => {
  test('Host comes first, the rest is what servers expect', () => {
    expect(sent('GET').headers.entries).toEqual([
      ['Host', 'server'],
      ['Accept', '*/*'],
      ['Accept-Encoding', 'gzip, deflate'],
      ['User-Agent', 'tcplab'],
    ]);
  });

  test('skipAutoHeaders leaves fields out, and one’s own win over those of the session', () => {
    const { headers } = sent(
      'POST',
      { skipAutoHeaders: ['Content-Type'], data: 'x', headers: { 'X-A': '2' } },
      { skipAutoHeaders: ['user-agent'], headers: { 'x-a': '1', 'X-B': '3' } },
    );
    expect(headers.has('user-agent')).toBe(false);
    expect(headers.has('content-type')).toBe(false);
    expect(headers.getAll('x-a')).toEqual(['2']);
    expect(headers.get('x-b')).toBe('3');
  });

  test('parameters go into the query, beside those of the URL', () => {
    const { requests } = ask((session) =>
      session.get('http://server/find?a=1', { params: { q: 'ä & b', tag: ['x', 'y'] } }),
    );
    expect(requests[0]!.target).toBe('/find?a=1&q=%C3%A4+%26+b&tag=x&tag=y');
  });

  test('relative URLs and session cookies belong to baseUrl', () => {
    const net = new MemoryNetwork();
    const { requests } = startServer(net.host('server'), () => 'x');
    const other = startServer(net.host('other'), () => 'x').requests;
    const options = {
      baseUrl: 'http://server/api/',
      cookies: { who: 'me' },
      auth: { login: 'a', password: 'b' },
    };
    net.runProcess(net.host('client'), (host) =>
      withSession(host, options, function* (session) {
        yield* session.get('users');
        yield* session.get('/top');
        yield* session.get('http://other/');
      }),
    );
    expect(requests.map((asked) => asked.target)).toEqual(['/api/users', '/top']);
    expect(requests[0]!.headers.get('cookie')).toBe('who=me');
    expect(requests[0]!.headers.get('authorization')).toBe('Basic YTpi');
    expect(other[0]!.headers.has('cookie')).toBe(false);
    expect(other[0]!.headers.has('authorization')).toBe(false);
  });

  test.each([
    ['text', { data: 'grüße' }, 'text/plain; charset=utf-8', 'grüße'],
    ['bytes', { data: utf8Bytes('raw') }, 'application/octet-stream', 'raw'],
    ['JSON', { json: { a: [1, null] } }, 'application/json', '{"a":[1,null]}'],
    [
      'a form',
      { data: { a: '1 2', b: ['x', 'ü'] } },
      'application/x-www-form-urlencoded',
      'a=1+2&b=x&b=%C3%BC',
    ],
    ['a payload', { data: patternPayload(0, 5) }, 'application/octet-stream', 'abcde'],
  ] as const)('%s as content', (_what, request, type, body) => {
    const asked = sent('POST', request);
    expect(asked.headers.get('content-type')).toBe(type);
    expect(asked.headers.get('content-length')).toBe(String(utf8Bytes(body).length));
    expect(asked.body).toBe(body);
  });

  test('jsonSerialize writes the session’s JSON', () => {
    const jsonSerialize = (value: unknown): string => `<${String(value)}>`;
    expect(sent('POST', { json: 5 }, { jsonSerialize }).body).toBe('<5>');
  });

  test('a process writes chunks and may wait in between', () => {
    const { requests, result } = ask(function* (session) {
      const started = session.host.now();
      yield* session.put('http://server/', {
        data: function* (write) {
          yield* write('one ');
          yield* session.host.sleep(seconds(1));
          yield* write(utf8Bytes('two'));
        },
      });
      return session.host.now() - started;
    });
    expect(requests[0]!.headers.get('transfer-encoding')).toBe('chunked');
    expect(requests[0]!.body).toBe('one two');
    expect(result).toBeGreaterThan(seconds(1));
  });

  test('a list is sent in chunks too, and so is anything where the request wishes it', () => {
    expect(sent('POST', { data: ['a', 'b'] }).headers.get('transfer-encoding')).toBe('chunked');
    const asked = sent('POST', { data: 'whole', chunked: true });
    expect(asked.headers.get('transfer-encoding')).toBe('chunked');
    expect(asked.headers.has('content-length')).toBe(false);
    expect(asked.body).toBe('whole');
  });

  test('a form with a file', () => {
    const form = new MultipartForm()
      .add('note', 'hi')
      .add('file', utf8Bytes('data'), { filename: 'a"b.txt', contentType: 'text/plain' });
    const asked = sent('POST', { data: form });
    const boundary = /boundary=([0-9a-f]{32})$/.exec(asked.headers.get('content-type')!)![1]!;
    expect(asked.body).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a%22b.txt"\r\n` +
        `Content-Type: text/plain\r\n\r\ndata\r\n--${boundary}--\r\n`,
    );
  });

  test('methods that expect content say when there is none', () => {
    expect(sent('POST').headers.get('content-length')).toBe('0');
    expect(sent('DELETE').headers.has('content-length')).toBe(false);
  });

  test('compress makes the content smaller and says how', () => {
    const asked = sent('POST', { data: 'hello '.repeat(100), compress: 'gzip' });
    expect(asked.headers.get('content-encoding')).toBe('gzip');
    expect(asked.bytes.length).toBeLessThan(100);
    expect(gunzipSync(asked.bytes).toString()).toBe('hello '.repeat(100));
    expect(() => sent('POST', { data: ['a'], compress: 'gzip' })).toThrow(CallError);
  });

  test('expect100 asks before it sends the content', () => {
    const asked = sent('POST', { data: 'large', expect100: true });
    expect(asked.headers.get('expect')).toBe('100-continue');
    expect(asked.body).toBe('large');
  });

  test('HTTP/1.0 asks for persistence and has no chunks', () => {
    const asked = sent('GET', {}, { version: '1.0' });
    expect(asked.version).toBe('1.0');
    expect(asked.headers.get('connection')).toBe('keep-alive');
    expect(() => sent('POST', { data: ['a'] }, { version: '1.0' })).toThrow(
      'HTTP/1.0 has no chunks',
    );
  });

  test('credentials: latin1 by default, UTF-8 where wished, never a colon in the login', () => {
    const value = (auth: NonNullable<RequestOptions['auth']>): Uint8Array =>
      base64Bytes(sent('GET', { auth }).headers.get('authorization')!.slice(6))!;
    expect(value({ login: 'é', password: 'p:q' })).toEqual(latin1Bytes('é:p:q'));
    expect(utf8Text(value({ login: 'é', encoding: 'utf-8' }))).toBe('é:');
    expect(() => value({ login: 'a:b' })).toThrow(CallError);
  });

  test.each([
    ['both data and json', { data: 'a', json: 1 }],
    ['two Authorization fields', { auth: { login: 'a' }, headers: { Authorization: 'x' } }],
    ['framing by hand', { headers: { 'Content-Length': '5' } }],
    ['a line break in a field', { headers: { 'X-A': 'a\r\nX-B: c' } }],
    ['a cookie that would be two', { cookies: { a: '1; b=2' } }],
    ['a negative timeout', { timeout: { total: -1 as never } }],
  ] as const)('%s is the program’s mistake', (_what, request) => {
    expect(() => sent('POST', request)).toThrow(CallError);
  });

  const forEver: RequestData = function* (write) {
    for (;;) yield* write('more and more ');
  };

  test.each([
    ['a large payload', patternPayload(0, 1_000_000)],
    ['a program that writes without end', forEver],
  ])('the server may answer before it has read everything of %s', (_what, data) => {
    // It reads the head, answers and closes; the client has far more to send than fits.
    const net = new MemoryNetwork({ latency: ms(10), sendBuffer: 4_096 });
    const host = net.host('server');
    host.spawn(
      (function* (): Process {
        const stream = yield* host.listen(80).accept();
        yield* stream.receive(100);
        yield* stream.sendAll('HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nstop');
        yield* host.sleep(seconds(1));
        stream.close();
      })(),
    );
    net.runProcess(net.host('client'), (client) =>
      withSession(client, {}, function* (session) {
        const response = yield* session.post('http://server/', { data });
        expect([response.status, yield* response.text()]).toEqual([413, 'stop']);
        expect(session.connector.statistics.open).toBe(0);
      }),
    );
  });
});

describe('what comes back', () => {
  const reading = <T>(answer: Reply, read: (session: ClientSession) => Process<T>): T =>
    ask(read, {}, () => answer).result;

  test('status, reason, fields, URL, method, content', () => {
    const answer = {
      status: 201,
      headers: { 'Content-Type': 'text/plain', 'X-A': 'b' },
      body: 'made',
    };
    reading(answer, function* (session) {
      const response = yield* session.post('http://server/things?x=1');
      expect([response.status, response.reason, response.ok]).toEqual([201, 'Created', true]);
      expect(response.method).toBe('POST');
      expect(response.url.path).toBe('/things');
      expect(response.headers.get('x-a')).toBe('b');
      expect(response.contentType).toBe('text/plain');
      expect(response.contentLength).toBe(4);
      expect(response.connection).toMatchObject({ id: 1, requests: 1 });
      expect(yield* response.text()).toBe('made');
      expect(utf8Text(yield* response.read())).toBe('made');
    });
  });

  test('text in the character set that it says, or that the program says', () => {
    const read = (contentType: string, encoding?: string): string =>
      reading(
        { body: latin1Bytes('é'), headers: { 'Content-Type': contentType } },
        function* (session) {
          const response = yield* session.get('http://server/');
          return yield* response.text(encoding);
        },
      );
    expect(read('text/plain; charset="ISO-8859-1"')).toBe('é');
    expect(read('text/plain')).toBe('\ufffd');
    expect(read('text/plain', 'latin1')).toBe('é');
    expect(() => read('text/plain; charset=utf-7')).toThrow(ClientPayloadError);
  });

  test('JSON of a JSON type, and nothing else', () => {
    const read = (type: string, body: string, wanted?: null): unknown =>
      reading({ body, headers: { 'Content-Type': type } }, function* (session) {
        const response = yield* session.get('http://server/');
        return yield* response.json(wanted);
      });
    expect(read('application/json; charset=utf-8', '{"a":1}')).toEqual({ a: 1 });
    expect(read('application/problem+json', '[]')).toEqual([]);
    expect(read('text/html', '[2]', null)).toEqual([2]);
    expect(() => read('text/html', '[]')).toThrow('expected application/json, got text/html');
    expect(() => read('application/json', '{')).toThrow('expected JSON');
  });

  test('chunks one after the other, as they arrive', () => {
    const pieces = reading({ pieces: ['a', 'b', 'c'], pause: ms(100) }, function* (session) {
      const response = yield* session.get('http://server/');
      const seen: string[] = [];
      for (;;) {
        const chunk = yield* response.readChunk();
        if (chunk === undefined) return seen;
        seen.push(`${utf8Text(chunk)} ${Math.round(session.host.now() / 1_000)}`);
      }
    });
    expect(pieces.map((each) => each[0])).toEqual(['a', 'b', 'c']);
  });

  test('gzip is taken away unless the session leaves it', () => {
    const answer = () => ({
      body: gzipSync('hello'.repeat(100)),
      headers: { 'Content-Encoding': 'gzip' },
    });
    const read = function* (session: ClientSession): Process<Uint8Array> {
      return yield* (yield* session.get('http://server/')).read();
    };
    expect(utf8Text(ask(read, {}, answer).result)).toBe('hello'.repeat(100));
    const raw = ask(read, { autoDecompress: false }, answer);
    expect(gunzipSync(raw.result).toString()).toBe('hello'.repeat(100));
    expect(raw.requests[0]!.headers.has('accept-encoding')).toBe(false);
  });

  test.each([
    ['damaged', gzipSync('hello').subarray(0, 12)],
    ['none at all', utf8Bytes('plain text')],
  ])('gzip that is %s is an error', (_what, body) => {
    const run = (): unknown =>
      reading({ body, headers: { 'Content-Encoding': 'gzip' } }, function* (session) {
        return yield* (yield* session.get('http://server/')).read();
      });
    expect(run).toThrow(ClientPayloadError);
  });

  test('what is no HTTP is an error that names the rule', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    const host = net.host('server');
    host.spawn(
      (function* (): Process {
        const stream = yield* host.listen(80).accept();
        yield* stream.receive();
        yield* stream.sendAll('SSH-2.0-OpenSSH\r\n\r\n');
      })(),
    );
    const run = (): unknown =>
      net.runProcess(net.host('client'), (client) =>
        withSession(client, {}, (session) => session.get('http://server/')),
      );
    expect(run).toThrow(/H-R08/);
  });
});

describe('cookies', () => {
  test('the session keeps what servers set, and notes why each cookie went or stayed', () => {
    const answer = ({ target }: Asked): Reply =>
      target === '/login'
        ? {
            headers: [
              ['Set-Cookie', 'sid=abc; Path=/; HttpOnly'],
              ['Set-Cookie', 'secret=1; Secure'],
              ['Set-Cookie', 'cart=2; Path=/shop'],
            ],
          }
        : {};
    const { requests, net } = ask(
      function* (session) {
        const response = yield* session.get('http://server/login');
        expect([...response.cookies.keys()]).toEqual(['sid', 'secret', 'cart']);
        yield* session.get('http://server/account');
      },
      {},
      answer,
    );
    expect(requests[1]!.headers.get('cookie')).toBe('sid=abc');
    const cookieNotes = net.notes.filter((note) => note.layer === 'cookie');
    expect(cookieNotes.map((note) => `${note.kind} ${note.cause!.rule.id}`)).toEqual([
      'cookie stored CK-STORE',
      'cookie refused CK-SET-SECURE',
      'cookie stored CK-STORE',
      'cookie sent CK-SEND',
      'cookie withheld CK-SEND-PATH',
    ]);
  });

  test('sessions can share a jar, or have none', () => {
    const setting = (): Reply => ({ headers: { 'Set-Cookie': 'a=1' } });
    const cookieJar = new CookieJar();
    ask((session) => session.get('http://server/'), { cookieJar }, setting);
    const { requests } = ask((session) => session.get('http://server/'), { cookieJar }, setting);
    expect(requests[0]!.headers.get('cookie')).toBe('a=1');
    const without = ask(
      function* (session) {
        yield* session.get('http://server/');
        yield* session.get('http://server/');
      },
      { cookieJar: null, cookies: { own: 'x' } },
      setting,
    );
    expect(without.requests.map((asked) => asked.headers.get('cookie'))).toEqual([
      'own=x',
      'own=x',
    ]);
  });
});

describe('leaving HTTP', () => {
  test('SC-P16 after 101 the stream is the program’s, with what came too early in front', () => {
    const answer = (): Reply => ({
      headers: { Connection: 'Upgrade', Upgrade: 'echo' },
      upgrade: function* (stream) {
        yield* stream.sendAll('welcome ');
        yield* stream.sendAll(yield* stream.receive());
        stream.close();
      },
    });
    const { result, net } = ask(
      function* (session) {
        const request = { url: 'ws://server/chat', protocol: 'echo' };
        const { response, stream } = yield* session.upgrade(request);
        expect(response.status).toBe(101);
        yield* stream!.sendAll('friend');
        const text = utf8Text(yield* stream!.receiveExactly(14));
        expect(session.connector.statistics.connections[0]!.state).toBe('handed over');
        stream!.close();
        yield* stream!.closed();
        yield* session.host.sleep(ms(1));
        expect(session.connector.statistics.open).toBe(0);
        return text;
      },
      {},
      answer,
    );
    expect(result).toBe('welcome friend');
    expect(net.notes.find((note) => note.kind === 'switch')!.cause!.rule.id).toBe('SC-P16');
    expect(net.connections).toHaveLength(1);
  });

  test('a server that refuses answers like to any request', () => {
    const { result } = ask(
      function* (session) {
        const { response, stream } = yield* session.upgrade({
          url: 'http://server/',
          protocol: 'echo',
        });
        return [response.status, stream, yield* response.text()];
      },
      {},
      () => ({ status: 426, body: 'no' }),
    );
    expect(result).toEqual([426, undefined, 'no']);
  });
});
