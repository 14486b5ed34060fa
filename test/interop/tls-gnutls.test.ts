/** GnuTLS, written by other people than OpenSSL, as client of our servers and as server of our client. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { identityToPem, pemText } from '@tcplab/core/tls';
import {
  CLIENT_IDENTITY,
  ECDSA_SERVER,
  ED25519_SERVER,
  P384_SERVER,
  ROOT,
  RSA_SERVER,
} from '../../packages/core/test/tls/support/world.ts';
import { Live } from './support/live.ts';

const HAS_GNUTLS = spawnSync('gnutls-cli', ['--version']).status === 0;
if (!HAS_GNUTLS) console.log('skipped: gnutls-cli is not installed');

const tcplab = new Live();
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
  tcplab.remove();
});

const IDENTITIES = {
  ecdsa: ECDSA_SERVER,
  p384: P384_SERVER,
  ed25519: ED25519_SERVER,
  rsa: RSA_SERVER,
  client: CLIENT_IDENTITY,
} as const;
for (const [name, identity] of Object.entries(IDENTITIES)) {
  const { certificates, privateKey } = identityToPem(identity);
  writeFileSync(tcplab.path(`${name}.pem`), certificates);
  writeFileSync(tcplab.path(`${name}.key`), privateKey);
}
writeFileSync(tcplab.path('root.pem'), pemText('CERTIFICATE', ROOT.certificate));

const V12 = '-VERS-ALL:+VERS-TLS1.2';
const V13 = '-VERS-ALL:+VERS-TLS1.3';

describe.skipIf(!HAS_GNUTLS)('gnutls-cli asks tcplab serve', () => {
  /** Asks for a page, trusting the root; what the client says of the session and what it read. */
  async function ask(port: number, priority: string, ...more: string[]) {
    const trust = '--x509cafile root.pem --verify-hostname server.example';
    const rest = `--priority NORMAL:${priority} --port ${port} ${more.join(' ')} 127.0.0.1`;
    const request = String.raw`printf 'GET / HTTP/1.0\r\n\r\n'`;
    return tcplab.other('sh', ['-c', `${request} | gnutls-cli ${trust} ${rest} 2>&1`]);
  }

  const serve = (name: keyof typeof IDENTITIES, more = {}) =>
    tcplab.serve('https', { cert: `${name}.pem`, key: `${name}.key`, ...more });

  test.each<[keyof typeof IDENTITIES, string, string]>([
    ['ecdsa', V13, '(TLS1.3-X.509)-(ECDHE-X25519)-(ECDSA-SECP256R1-SHA256)-(AES-128-GCM)'],
    ['ecdsa', `${V13}:-CIPHER-ALL:+AES-256-GCM`, '(AES-256-GCM)'],
    ['ecdsa', `${V13}:-CIPHER-ALL:+CHACHA20-POLY1305`, '(CHACHA20-POLY1305)'],
    ['ecdsa', `${V13}:-GROUP-ALL:+GROUP-SECP256R1`, '(ECDHE-SECP256R1)'],
    ['ecdsa', `${V13}:-GROUP-ALL:+GROUP-SECP384R1`, '(ECDHE-SECP384R1)'],
    ['p384', V13, '(ECDSA-SECP384R1-SHA384)'],
    ['ed25519', V13, '(EdDSA-Ed25519)'],
    ['rsa', V13, '(RSA-PSS-RSAE-SHA256)'],
    ['ecdsa', V12, '(TLS1.2-X.509)-(ECDHE-X25519)-(ECDSA-SHA256)-(AES-128-GCM)'],
    ['ecdsa', `${V12}:-CIPHER-ALL:+CHACHA20-POLY1305`, '(CHACHA20-POLY1305)'],
    ['rsa', `${V12}:-SIGN-ALL:+SIGN-RSA-SHA256`, '(RSA-SHA256)'],
  ])('%s with %s', async (name, priority, said) => {
    const server = await serve(name);
    const { out } = await ask(server.port, priority);
    expect(out).toContain('The certificate is trusted');
    expect(out).toContain(said);
    expect(out).toContain('hello from tcplab');
    await server.stop();
  });

  test.each([V13, V12])('a session is resumed with %s', async (version) => {
    const server = await serve('ecdsa');
    expect((await ask(server.port, version, '--resume')).out).toContain(
      'This is a resumed session',
    );
    await server.stop();
  });

  test.each([V13, V12])('a client proves who it is with %s', async (version) => {
    const server = await serve('ecdsa', { clientAuth: 'require', cacert: 'root.pem' });
    const who = ['--x509certfile', 'client.pem', '--x509keyfile', 'client.key'];
    expect((await ask(server.port, version, ...who)).out).toContain('hello from tcplab');
    const stranger = await ask(server.port, version);
    expect(stranger.code).not.toBe(0);
    expect(stranger.out).toMatch(/alert \[(116|40)\]/);
    await server.stop();
  });

  test('TLS 1.1 is refused with protocol_version', async () => {
    const server = await serve('ecdsa');
    const { out } = await ask(server.port, '-VERS-ALL:+VERS-TLS1.1');
    expect(out).toContain('alert [70]');
    await server.stop();
  });
});

describe.skipIf(!HAS_GNUTLS)('tcplab get asks gnutls-serv', () => {
  test.each<[keyof typeof IDENTITIES, string, string]>([
    ['ecdsa', '1.3', '(TLS1.3-X.509)'],
    ['rsa', '1.3', '(RSA-PSS-RSAE-SHA256)'],
    ['ecdsa', '1.2', '(TLS1.2-X.509)'],
    ['rsa', '1.2', '(TLS1.2-X.509)'],
  ])('%s, TLS %s', async (name, version, said) => {
    const port = await freePort();
    const files = ['--x509certfile', `${name}.pem`, '--x509keyfile', `${name}.key`];
    const args = ['--http', '--port', String(port), ...files];
    children.push(spawn('gnutls-serv', args, { cwd: tcplab.folder, stdio: 'ignore' }));
    await listening(port);
    const url = `https://localhost:${port}/`;
    const asked = await tcplab.run(['get', '--cacert', 'root.pem', '--tls', version, url]);
    expect(asked).toMatchObject({ code: 0, err: '' });
    expect(asked.out).toContain(said);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until somebody takes connections. */
async function listening(port: number): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    const socket = connect(port, '127.0.0.1');
    const taken = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (taken) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nobody listens on ${port}`);
}
