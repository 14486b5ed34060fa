/** `tcplab serve tls` against peers that break the rules, and against Node's TLS with every option. */
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { pemText, privateKeyInfo, TlsClient, type TlsClientOptions } from '@tcplab/core/tls';
import { hex, message, record } from '../../packages/core/test/tls/support/hello.ts';
import {
  CLIENT_IDENTITY,
  clientOptions,
  ROOT,
} from '../../packages/core/test/tls/support/world.ts';
import { EndpointDriver } from './support/endpoint-driver.ts';
import { Live } from './support/live.ts';

const tcplab = new Live();
afterAll(() => tcplab.remove());

interface Conversation {
  readonly heard: string;
  /** `end` where the server closed in order; else the error's code. */
  readonly ended: string;
}

/** Sends octets and reads until the server has closed, as a peer that never closes first. */
function converse(port: number, ...parts: readonly Uint8Array[]): Promise<Conversation> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const heard: Buffer[] = [];
    const finish = (ended: string): void => {
      socket.destroy();
      resolve({ heard: Buffer.concat(heard).toString('hex'), ended });
    };
    socket.on('data', (bytes) => heard.push(bytes));
    socket.on('end', () => finish('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'error'));
    for (const part of parts) socket.write(part);
  });
}

/** The alert as it is read before there are keys. */
const alert = (code: number, level = 2): string =>
  Buffer.from(record(21, Uint8Array.of(level, code))).toString('hex');

describe('a peer that breaks the rules reads the alert and then the end, never a reset', () => {
  test.each<[string, string, readonly Uint8Array[]]>([
    ['an HTTP request', alert(10), [new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n')]],
    ['a ClientHello of SSL 2.0', alert(10), [hex('802e0100020015000000100100800300800700c0')]],
    ['an empty ClientHello', alert(50), [record(22, message(1, new Uint8Array(0)))]],
    [
      'a record too long, and megabytes behind it',
      alert(22),
      [hex('1603034001'), new Uint8Array(3_000_000)],
    ],
    ['a message without end', alert(50), [record(22, hex('01ffffff'))]],
    ['close_notify', alert(0, 1), [record(21, hex('0100'))]],
    [
      'user_canceled and close_notify',
      alert(0, 1),
      [record(21, hex('015a')), record(21, hex('0100'))],
    ],
    ['a fatal alert', '', [record(21, hex('0228'))]],
  ])('%s', async (_what, heard, parts) => {
    const server = await tcplab.serve('tls');
    expect(await converse(server.port, ...parts)).toEqual({ heard, ended: 'end' });
    await server.stop();
  });

  test('under the keys too, before Finished and after it', async () => {
    const server = await tcplab.serve('tls');
    for (const after of ['WAIT_SH', 'CONNECTED']) {
      const { driver, socket } = await open(server.port);
      if (after === 'CONNECTED') await until(() => driver.endpoint.state === after);
      socket.write(record(23, new Uint8Array(100)));
      await until(() => driver.ended);
      expect(driver.alerts).toEqual(['received bad_record_mac']);
      socket.destroy();
    }
    await server.stop();
  });
});

/** Real sockets take their time: small writes wait for acknowledgments. */
async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 4_000, interval: 5 });
}

/** A client of ours on a socket, which goes no further by itself than its first flight. */
async function open(port: number, more: Partial<TlsClientOptions> = {}) {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await new Promise((resolve) => socket.once('connect', resolve));
  const endpoint = new TlsClient(
    clientOptions({ insecure: true, serverName: 'localhost', ...more }),
  );
  return { socket, driver: new EndpointDriver(endpoint, socket) };
}

describe('the options of serve tls', () => {
  /** What Node's client reads, or its error. */
  function ask(port: number, options: ConnectionOptions = {}, request = 'hello\r\n\r\n') {
    return new Promise<string>((resolve) => {
      const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
      socket.on('error', (error) => resolve(error.message));
      socket.on('data', (bytes) => {
        resolve(`${socket.alpnProtocol || 'no protocol'}: ${bytes.toString()}`);
        socket.destroy();
      });
      socket.on('end', () => resolve('ended'));
      socket.write(request);
    });
  }

  test('--alpn', async () => {
    const server = await tcplab.serve('tls', { alpn: 'h2, http/1.1' });
    const both = { ALPNProtocols: ['http/1.1', 'h2'] };
    expect(await ask(server.port, both, 'x')).toBe('h2: x');
    expect(await ask(server.port, {}, 'x')).toBe('no protocol: x');
    const refused = await ask(server.port, { ALPNProtocols: ['ftp'] });
    expect(refused).toContain('alert no application protocol');
    await server.stop();
  });

  test('--www answers wherever the end of the head comes', async () => {
    const server = await tcplab.serve('tls', { www: true });
    for (const request of ['GET / HTTP/1.0\r\n\r\n', `GET / HTTP/1.0\n\n${'x'.repeat(100)}`]) {
      expect(await ask(server.port, {}, request)).toContain('hello over TLS from tcplab');
    }
    await server.stop();
  });

  test('--client-auth and --cacert', async () => {
    writeFileSync(tcplab.path('clients.pem'), pemText('CERTIFICATE', ROOT.certificate));
    const identity = {
      cert: CLIENT_IDENTITY.chain.map((der) => pemText('CERTIFICATE', der)).join(''),
      key: pemText('PRIVATE KEY', privateKeyInfo(CLIENT_IDENTITY.key)),
    };
    for (const clientAuth of ['request', 'require'] as const) {
      const server = await tcplab.serve('tls', { clientAuth, cacert: 'clients.pem' });
      expect(await ask(server.port, identity, 'x')).toBe('no protocol: x');
      const anonymous = await ask(server.port, {}, 'x');
      const expected = clientAuth === 'request' ? 'no protocol: x' : 'alert certificate required';
      expect(anonymous).toContain(expected);
      await server.stop();
    }
    const alone = await tcplab.run(['serve', 'tls', '--client-auth', 'require']);
    expect(alone).toMatchObject({ code: 2 });
    expect(alone.err).toContain('--client-auth and --cacert go together');
  });

  test('--early-data, which the same session brings once', async () => {
    const server = await tcplab.serve('tls', { earlyData: 100 });
    const first = await open(server.port);
    await until(() => first.driver.sessions.length > 0);
    first.driver.close();
    const session = first.driver.sessions[0]!;
    expect(session.maxEarlyData).toBe(100);
    const second = await open(server.port, {
      session,
      earlyData: new TextEncoder().encode('early'),
    });
    await until(() => second.driver.received === 'early');
    expect(second.driver.endpoint.established?.earlyData).toBe('accepted');
    second.driver.close();
    await server.stop();
  });
});
