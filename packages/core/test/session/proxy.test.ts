import { describe, expect, test } from 'vitest';
import { ms, type ByteStream, type Process } from '@tcplab/core';
import {
  Connector,
  ProxyError,
  withSession,
  type ClientSession,
  type ClientSessionOptions,
} from '@tcplab/core/session';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';
import { startServer, type Asked } from './small-server.ts';

/** A proxy that answers by itself, and opens a tunnel for CONNECT unless it is told not to. */
function world(refuse = false) {
  const net = new MemoryNetwork({ latency: ms(10) });
  const proxy: Asked[] = [];
  const server = startServer(net.host('server'), ({ target }) => `direct ${target}`);
  const secureServer = startServer(net.host('safe'), ({ target }) => `secure ${target}`, {
    port: 443,
  });
  const host = net.host('proxy');
  const plain = startServer(host, ({ target }) => `proxied ${target}`, { port: 3_128 });
  host.spawn(tunnels(host, proxy, refuse));
  return { net, server, secureServer, plain, connects: proxy };
}

/** Port 8080: knows CONNECT alone. */
function* tunnels(host: MemoryHost, seen: Asked[], refuse: boolean): Process {
  const listener = host.listen(8_080);
  for (;;) {
    const stream = yield* listener.accept();
    host.spawn(tunnel(host, stream, seen, refuse));
  }
}

function* tunnel(host: MemoryHost, stream: ByteStream, seen: Asked[], refuse: boolean): Process {
  let head = '';
  while (!head.endsWith('\r\n\r\n')) head += String.fromCharCode(...(yield* stream.receive(1)));
  const [, name, port] = /^CONNECT ([^:]+):(\d+) HTTP\/1\.1\r\n/.exec(head)!;
  seen.push({ target: head } as Asked);
  if (refuse) {
    yield* stream.sendAll(
      'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
    );
    return;
  }
  const onward = yield* host.connect(name!, Number(port));
  yield* stream.sendAll('HTTP/1.1 200 OK\r\n\r\n');
  host.spawn(forward(stream, onward));
  yield* forward(onward, stream);
}

function* forward(from: ByteStream, to: ByteStream): Process {
  for (;;) {
    const bytes = yield* from.receive();
    if (bytes.length === 0) break;
    yield* to.sendAll(bytes);
  }
  to.shutdown();
}

function* getText(session: ClientSession, url: string): Process<string> {
  return yield* (yield* session.get(url)).text();
}

function get(net: MemoryNetwork, options: ClientSessionOptions, url: string): string {
  return net.runProcess(net.host('client'), (host) =>
    withSession(host, options, (session) => getText(session, url)),
  );
}

const environment = {
  http_proxy: 'http://proxy:3128',
  https_proxy: 'proxy:8080',
  no_proxy: 'localhost,.internal,server:8000',
};

describe('a proxy from the environment', () => {
  test('SC-X01 is asked in absolute form for http', () => {
    const { net, plain } = world();
    expect(get(net, { trustEnv: true, environment }, 'http://server/a?b=c')).toBe(
      'proxied http://server/a?b=c',
    );
    expect(plain.requests[0]!.headers.get('host')).toBe('server');
    expect(net.notes.find((note) => note.kind === 'request')!.cause!.rule.id).toBe('SC-X01');
  });

  test('is not asked unless the session trusts the environment', () => {
    const { net } = world();
    expect(get(net, { environment }, 'http://server/')).toBe('direct /');
  });

  test.each([
    ['*', 'http://server/', 'direct'],
    ['server', 'http://server/', 'direct'],
    ['.server', 'http://server/', 'direct'],
    ['erver', 'http://server/', 'proxied'],
    ['other, SERVER', 'http://server/', 'direct'],
    ['server:81', 'http://server/', 'proxied'],
    ['server:80', 'http://server/', 'direct'],
    ['', 'http://server/', 'proxied'],
  ])('no_proxy=%s and %s: %s', (noProxy, url, expected) => {
    const { net } = world();
    const options = { trustEnv: true, environment: { ...environment, no_proxy: noProxy } };
    expect(get(net, options, url)).toMatch(expected);
  });

  test('upper-case names and all_proxy count where the lower-case ones are missing', () => {
    const upper = { HTTP_PROXY: 'http://proxy:3128' };
    expect(get(world().net, { trustEnv: true, environment: upper }, 'http://server/')).toMatch(
      'proxied',
    );
    const all = { all_proxy: 'http://proxy:3128' };
    expect(get(world().net, { trustEnv: true, environment: all }, 'http://server/')).toMatch(
      'proxied',
    );
    const wrong = (): unknown =>
      get(
        world().net,
        { trustEnv: true, environment: { http_proxy: 'socks5://x' } },
        'http://server/',
      );
    expect(wrong).toThrow('invalid proxy');
  });

  test('requests to several origins share its connection', () => {
    const { net, plain } = world();
    net.runProcess(net.host('client'), (host) =>
      withSession(host, { proxy: 'http://proxy:3128' }, function* (session) {
        for (const name of ['server', 'elsewhere']) yield* getText(session, `http://${name}/`);
      }),
    );
    expect(plain.connections).toBe(1);
  });

  test('hears its own credentials, and the origin does not', () => {
    const { net, plain } = world();
    const proxyAuth = { login: 'me', password: 'pw' };
    get(net, { proxy: 'http://proxy:3128', proxyAuth }, 'http://server/');
    get(net, { proxy: 'http://u:p@proxy:3128' }, 'http://server/');
    expect(plain.requests.map((asked) => asked.headers.get('proxy-authorization'))).toEqual([
      'Basic bWU6cHc=',
      'Basic dTpw',
    ]);
  });
});

describe('a tunnel for https', () => {
  /** Marks where TLS would be, so that the tests see which layer speaks over which. */
  const connector = (host: MemoryHost, seen: string[]): Connector =>
    new Connector(host, {
      // oxlint-disable-next-line require-yield -- a handshake without messages
      secure: function* (stream, peer) {
        seen.push(`TLS with ${peer.host} offering ${peer.alpn.join()}`);
        return stream;
      },
    });

  test('SC-X02 CONNECT first, then TLS with the origin, then HTTP in origin form', () => {
    const { net, connects, secureServer } = world();
    const client = net.host('client');
    const seen: string[] = [];
    const options = { connector: connector(client, seen), trustEnv: true, environment };
    expect(get(net, options, 'https://safe/x')).toBe('secure /x');
    expect(connects[0]!.target).toBe('CONNECT safe:443 HTTP/1.1\r\nHost: safe:443\r\n\r\n');
    expect(seen).toEqual(['TLS with safe offering http/1.1']);
    expect(secureServer.requests).toHaveLength(1);
    expect(net.notes.some((note) => note.cause?.rule.id === 'SC-X02')).toBe(true);
  });

  test('a proxy that refuses is an error with its status', () => {
    const { net } = world(true);
    const run = (): unknown => {
      const own = connector(net.host('client'), []);
      return get(net, { connector: own, trustEnv: true, environment }, 'https://safe/');
    };
    expect(run).toThrow(ProxyError);
    expect(run).toThrow('407');
  });
});
