/** Our roles against Node's own HTTP, both ways, over in-process streams. */
import { concatBytes, latin1Bytes, patternPayload } from '@tcplab/core';
import {
  HttpClientRole,
  HttpServerRole,
  type ClientSend,
  type HttpRequest,
} from '@tcplab/core/http';
import { createServer, request as nodeRequest, type IncomingMessage } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { octetsOf, SMUGGLING_CORPUS } from './smuggling-corpus.ts';
import { drain, serverHears, type Told } from './support.ts';

/** Sends with our client role over a stream and returns all that was heard until `enough` says so. */
async function exchange(
  stream: Duplex,
  role: HttpClientRole,
  sends: readonly ClientSend[],
  enough: (told: readonly Told[]) => boolean,
): Promise<Told[]> {
  const told: Told[] = [];
  return new Promise((done, fail) => {
    const look = (): void => {
      told.push(...drain(role));
      if (!enough(told)) return;
      stream.removeAllListeners();
      done(told);
    };
    stream.on('data', (chunk: Buffer) => {
      role.receiveData(new Uint8Array(chunk));
      look();
    });
    stream.on('end', () => {
      role.receiveEnd();
      look();
    });
    stream.on('error', fail);
    for (const event of sends) stream.write(role.send(event));
  });
}

const ends = (count: number) => (told: readonly Told[]) =>
  told.filter((event) => event.kind === 'end of message').length === count;

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = '';
  message.setEncoding('latin1');
  for await (const part of message) text += part as string;
  return text;
}

/** Node's server, echoing. */
function serveByNode(): Duplex {
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
    void bodyOf(incoming).then((body) => {
      response.setHeader('X-Method', incoming.method!);
      if (incoming.url === '/length') response.setHeader('Content-Length', body.length);
      if (incoming.url === '/hints') response.writeEarlyHints({ link: '</a>; rel=preload' });
      if (incoming.url === '/trailers') response.setHeader('Trailer', 'X-Sum');
      response.write(body, 'latin1');
      if (incoming.url === '/trailers') response.addTrailers({ 'X-Sum': String(body.length) });
      response.end();
    });
  });
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nfirst',
    );
  });
  const [ours, theirs] = duplexPair();
  server.emit('connection', theirs);
  return ours;
}

const post = (target: string, chunked: boolean, size = 10_000): ClientSend[] => [
  {
    kind: 'request',
    method: 'POST',
    target,
    headers: {
      Host: 'h',
      ...(chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(size) }),
    },
  },
  { kind: 'data', bytes: patternPayload(0, size).toBytes() },
  { kind: 'end of message' },
];

/** A server role on a stream that echoes the content of every request. */
function serveByRole(): Duplex {
  const [ours, theirs] = duplexPair();
  const role = new HttpServerRole();
  let request: HttpRequest | undefined;
  let content: Uint8Array[] = [];
  const answer = (): void => {
    const body = concatBytes(content);
    content = [];
    const { target, method } = request!;
    const headers = {
      'X-Method': method,
      ...(target === '/length' ? { 'Content-Length': String(body.length) } : {}),
    };
    ours.write(role.send({ kind: 'response', status: 200, headers }));
    ours.write(role.send({ kind: 'data', bytes: body }));
    ours.write(role.send({ kind: 'end of message' }));
    if (role.state === 'must close') ours.end();
  };
  ours.on('data', (chunk: Buffer) => {
    role.receiveData(new Uint8Array(chunk));
    for (const event of drain(role)) {
      if (event.kind === 'request') request = event;
      if (event.kind === 'data') content.push(event.bytes);
      if (role.clientAwaitsContinue) ours.write(role.send({ kind: 'informational', status: 100 }));
      if (event.kind === 'end of message') answer();
    }
  });
  return theirs;
}

/** What Node's strict parser makes of the octets: how many requests before it refused, or not. */
async function nodeHears(octets: Uint8Array): Promise<{ requests: number; refused: boolean }> {
  let requests = 0;
  const server = createServer((incoming, response) => {
    requests += 1;
    incoming.resume();
    response.end();
  });
  return new Promise((done) => {
    const [ours, theirs] = duplexPair();
    server.on('connect', (_request, socket: Duplex) => {
      requests += 1;
      socket.end();
    });
    server.on('checkExpectation', (_request, response) => response.end());
    server.on('clientError', (_error, socket) => {
      socket.destroy();
      done({ requests, refused: true });
    });
    ours.on('end', () => done({ requests, refused: false }));
    ours.resume();
    server.emit('connection', theirs);
    ours.end(octets);
  });
}

async function ask(
  path: string,
  method: string,
  headers: Record<string, string>,
  body: string,
): Promise<IncomingMessage & { text: string }> {
  return new Promise((done, fail) => {
    const outgoing = nodeRequest({
      createConnection: () => serveByRole() as never,
      path,
      method,
      headers,
    });
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      void bodyOf(incoming).then((text) => done(Object.assign(incoming, { text })));
    });
    outgoing.end(body);
  });
}

describe('our client role and node:http as server', () => {
  test('content by length and in chunks, both ways, on one connection', async () => {
    const stream = serveByNode();
    const role = new HttpClientRole();
    for (const target of ['/length', '/chunked', '/trailers']) {
      for (const chunked of [false, true]) {
        const told = await exchange(stream, role, post(target, chunked), ends(1));
        const content = told.flatMap((event) => (event.kind === 'data' ? [event.bytes] : []));
        expect(concatBytes(content)).toEqual(patternPayload(0, 10_000).toBytes());
        const end = told.at(-1)!;
        if (target === '/trailers')
          expect(end).toHaveProperty('trailers.entries', [['X-Sum', '10000']]);
        expect(role.reusable).toBe(true);
      }
    }
  });

  test('HEAD, interim responses, 100-continue, HTTP/1.0, upgrade', async () => {
    const stream = serveByNode();
    const role = new HttpClientRole();
    const head = await exchange(
      stream,
      role,
      [
        { kind: 'request', method: 'HEAD', target: '/', headers: { Host: 'h' } },
        { kind: 'end of message' },
      ],
      ends(1),
    );
    expect(head.map((event) => event.kind)).toEqual(['response', 'end of message']);

    const hints = await exchange(stream, role, post('/hints', false), ends(1));
    expect(hints[0]).toMatchObject({ kind: 'informational', status: 103 });

    const expecting: ClientSend = {
      kind: 'request',
      method: 'PUT',
      target: '/',
      headers: { Host: 'h', Expect: '100-continue', 'Content-Length': '2' },
    };
    const interim = await exchange(stream, role, [expecting], (told) => told.length > 0);
    expect(interim).toMatchObject([{ kind: 'informational', status: 100 }]);
    await exchange(
      stream,
      role,
      [{ kind: 'data', bytes: latin1Bytes('hi') }, { kind: 'end of message' }],
      ends(1),
    );

    const upgrade = { Host: 'h', Connection: 'Upgrade', Upgrade: 'echo' };
    const switched = await exchange(
      stream,
      role,
      [
        { kind: 'request', method: 'GET', target: '/', headers: upgrade },
        { kind: 'end of message' },
      ],
      (told) => told.length > 0,
    );
    expect(switched).toMatchObject([{ kind: 'informational', status: 101 }]);
    expect(role.takeTrailing()).toEqual(latin1Bytes('first'));

    const old = new HttpClientRole();
    const told = await exchange(
      serveByNode(),
      old,
      [{ kind: 'request', method: 'GET', target: '/', version: '1.0' }, { kind: 'end of message' }],
      ends(1),
    );
    expect(told[0]).toMatchObject({ kind: 'response', status: 200 });
    expect(old.state).toBe('must close');
  });

  test('pipelined requests are answered in order', async () => {
    const role = new HttpClientRole({ pipelining: true });
    const sends = [5, 6, 7].flatMap((size) => post('/length', true, size));
    const told = await exchange(serveByNode(), role, sends, ends(3));
    const lengths = told.flatMap((event) =>
      event.kind === 'response' ? [event.headers.get('content-length')] : [],
    );
    expect(lengths).toEqual(['5', '6', '7']);
  });
});

describe('node:http as client and our server role', () => {
  test.each([
    ['/length', 'POST', {}, 'hello'],
    ['/chunked', 'POST', {}, 'hello'],
    ['/chunked', 'PUT', { 'Transfer-Encoding': 'chunked' }, 'hello'],
    ['/length', 'POST', { Connection: 'close' }, 'hello'],
    ['/length', 'POST', { Expect: '100-continue', 'Content-Length': '5' }, 'hello'],
    ['/length', 'GET', {}, ''],
    ['/chunked', 'DELETE', {}, ''],
  ])('%s %s %j', async (path, method, headers, body) => {
    const response = await ask(path, method, headers as Record<string, string>, body);
    expect(response.statusCode).toBe(200);
    expect(response.headers['x-method']).toBe(method);
    expect(response.text).toBe(body);
  });

  test('HEAD has no content', async () => {
    const response = await ask('/length', 'HEAD', {}, '');
    expect(response.headers['content-length']).toBe('0');
    expect(response.text).toBe('');
  });
});

describe('against the smuggling corpus we refuse whatever Node refuses', () => {
  test('no case that Node refuses is read by us as complete', async () => {
    const lenient: string[] = [];
    for (const [title, text] of SMUGGLING_CORPUS) {
      const octets = octetsOf(text);
      const node = await nodeHears(octets);
      const ours = serverHears([octets]);
      if (node.refused) expect(ours.some((line) => line.startsWith('violation'))).toBe(true);
      else lenient.push(title);
    }
    // We are the stricter one here; the list shows where.
    expect(lenient.length).toBeGreaterThan(0);
    expect(lenient.length).toBeLessThan(SMUGGLING_CORPUS.length / 2);
  });

  test('what we read from plain requests, Node reads too', async () => {
    for (const text of [
      'GET / HTTP/1.1\nHost: h\n\n',
      'POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n5;a=b\nhello\n0\nT: u\n\n',
    ]) {
      const octets = octetsOf(text);
      expect(await nodeHears(octets)).toEqual({ requests: 1, refused: false });
      expect(serverHears([octets], { end: false }).at(-1)).toMatch(/^end/);
    }
  });
});
