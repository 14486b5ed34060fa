/** `tcplab serve` and its clients over real sockets, and curl against our servers where it is installed. */
import { spawnSync } from 'node:child_process';
import { connect as netConnect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ms } from '@tcplab/core';
import { afterAll, describe, expect, test } from 'vitest';
import {
  CertificateAuthority,
  DEFAULT_EPOCH_SECONDS,
  identityToPem,
  pemText,
} from '@tcplab/core/tls';
import { testRandom } from '../../packages/core/test/tls/support/random.ts';
import { CLIENT_IDENTITY, ECDSA_SERVER } from '../../packages/core/test/tls/support/world.ts';
import { Live } from './support/live.ts';

const tcplab = new Live();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const hasCurl = spawnSync('curl', ['--version']).status === 0;

afterAll(() => tcplab.remove());

async function curl(...args: readonly string[]) {
  return tcplab.other('curl', ['-sS', '--noproxy', '*', ...args]);
}

describe('serve http', () => {
  test('our client: bodies, a posted body, a status as exit code, SIGTERM ends cleanly', async () => {
    const server = await tcplab.serve('http');
    const url = `http://127.0.0.1:${server.port}`;
    const hello = await tcplab.run(['get', `${url}/`]);
    expect(hello).toEqual({ code: 0, out: 'hello from tcplab\n', err: '' });
    expect((await tcplab.run(['get', `${url}/bytes/100000`])).out.length).toBe(100_000);
    const posted = await tcplab.run(['get', '--json', '-d', 'name=value', `${url}/echo`]);
    expect(JSON.parse(posted.out)).toMatchObject({ status: 200, body: 'name=value', tls: null });
    const missing = await tcplab.run(['get', `${url}/nowhere`]);
    expect(missing.code).toBe(1);
    expect(missing.err).toBe('tcplab get: 404 Not Found\n');
    expect(await server.stop()).toMatchObject({ code: 0, err: '' });
  });

  test.skipIf(!hasCurl)('curl: pages, chunks, a posted body, a session by cookie', async () => {
    const server = await tcplab.serve('http');
    const url = `http://127.0.0.1:${server.port}`;
    expect((await curl(`${url}/`, `${url}/chunked/2`)).out).toBe(
      'hello from tcplab\nchunk 1 of 2\nchunk 2 of 2\n',
    );
    expect((await curl('-d', 'posted', `${url}/x`)).out).toBe('posted');
    const jar = tcplab.path('jar');
    const form = (await curl('-c', jar, `${url}/login`)).out;
    const token = /name="([^"]*csrf[^"]*)" value="([^"]+)"/.exec(form)!;
    const fields = `user=ann&password=tcplab&${token[1]}=${encodeURIComponent(token[2]!)}`;
    const account = await curl('-b', jar, '-c', jar, '-L', '-d', fields, `${url}/login`);
    expect(account.out).toContain('Welcome, ann!');
    expect((await curl('-b', jar, `${url}/account`)).out).toContain('Account of ann');
    await server.stop();
  });

  test('a taken port is told at once, and says nothing of listening', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    for (const protocol of ['http', 'ftp', 'dns']) {
      const { code, out, err } = await tcplab.run(['serve', protocol, '--port', String(port)]);
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toContain('address in use');
    }
    taken.close();
  });
});

describe('serve https and tls', () => {
  test('our client trusts the authority that was written, and nobody else', async () => {
    const server = await tcplab.serve('https', { caOut: 'ca.pem' });
    const url = `https://localhost:${server.port}/`;
    const asked = await tcplab.run(['get', '--json', '--cacert', 'ca.pem', url]);
    expect(JSON.parse(asked.out)).toMatchObject({
      status: 200,
      body: 'hello from tcplab\n',
      tls: { version: 'TLS 1.3', protocol: 'http/1.1' },
    });
    const stranger = await tcplab.run(['get', url]);
    expect(stranger.code).toBe(1);
    expect(stranger.err).toContain('unknown_ca');
    const careless = await tcplab.run(['get', '--insecure', '--tls', '1.2', '-v', url]);
    expect(careless).toMatchObject({ code: 0, out: 'hello from tcplab\n' });
    expect(careless.err).toContain('sent ClientHello');
    await server.stop();
  });

  test('SSLKEYLOGFILE: both sides write the same secrets, one line each', async () => {
    tcplab.env = { SSLKEYLOGFILE: 'server.keys' };
    const server = await tcplab.serve('https', { caOut: 'ca-keys.pem' });
    tcplab.env = { SSLKEYLOGFILE: 'client.keys' };
    const url = `https://localhost:${server.port}/`;
    expect((await tcplab.run(['get', '--cacert', 'ca-keys.pem', url])).code).toBe(0);
    await server.stop();
    const linesOf = (name: string) =>
      readFileSync(tcplab.path(name), 'utf8').trimEnd().split('\n').sort();
    expect(linesOf('client.keys')).toHaveLength(5);
    expect(linesOf('client.keys')).toEqual(linesOf('server.keys'));
    tcplab.env = { SSLKEYLOGFILE: 'no/such/folder/keys' };
    const unwritable = await tcplab.run(['get', '--insecure', url]);
    expect(unwritable).toMatchObject({ code: 3 });
    expect(unwritable.err).toContain('SSLKEYLOGFILE: no/such/folder/keys cannot be written');
    tcplab.env = { NO_COLOR: '1' };
  });

  test('a server of another protocol is at fault, not we: exit code 1 and what came', async () => {
    const server = await tcplab.serve('https');
    const asked = await tcplab.run(['get', `http://localhost:${server.port}/`]);
    expect(asked).toMatchObject({ code: 1, out: '' });
    expect(asked.err).toMatch(/^tcplab get: expected CR LF at the end of a line/);
    await server.stop();
  });

  test.skipIf(!hasCurl)('curl verifies our certificate in TLS 1.3 and 1.2', async () => {
    const server = await tcplab.serve('https', { caOut: 'ca-curl.pem' });
    const url = `https://localhost:${server.port}/`;
    for (const version of ['1.2', '1.3']) {
      const range = [`--tlsv${version}`, '--tls-max', version];
      const asked = await curl('--cacert', tcplab.path('ca-curl.pem'), ...range, url);
      expect(asked).toMatchObject({ code: 0, out: 'hello from tcplab\n' });
    }
    expect((await curl(url)).code).toBe(60);
    await server.stop();
  });

  test.skipIf(!hasCurl)('one page over bare TLS, and a trace of what was noted', async () => {
    const server = await tcplab.serve('tls', { www: true, tls: '1.2', traceDir: 'traces' });
    const asked = await curl('--insecure', `https://127.0.0.1:${server.port}/`);
    expect(asked.out).toBe('hello over TLS from tcplab\n');
    await server.stop();
    const [file] = readdirSync(tcplab.path('traces'));
    const lines = readFileSync(tcplab.path(`traces/${file}`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ format: 'tcplab-trace/1', name: 'serve-tls' });
    expect(lines.at(-1)).toMatchObject({ records: lines.length - 2 });
    expect(lines.some((line) => String(line['why']).includes('received ClientHello'))).toBe(true);
  });

  test('a certificate from files serves, and a wrong pair of options is refused', async () => {
    const without = await tcplab.run(['serve', 'https', '--cert', 'only.pem']);
    expect(without.code).toBe(2);
    expect(without.err).toContain('--cert and --key go together');
    writeFileSync(tcplab.path('empty.pem'), 'nothing here\n');
    const empty = await tcplab.run(['serve', 'tls', '--cert', 'empty.pem', '--key', 'empty.pem']);
    expect(empty.code).toBe(3);
    writeFileSync(tcplab.path('one.pem'), identityToPem(ECDSA_SERVER).certificates);
    writeFileSync(tcplab.path('other.key'), identityToPem(CLIENT_IDENTITY).privateKey);
    const mixed = await tcplab.run(['serve', 'tls', '--cert', 'one.pem', '--key', 'other.key']);
    expect(mixed.code).toBe(3);
    expect(mixed.err).toContain('other.key: the private key is not that of the first certificate');
  });
});

describe('clients with certificates', () => {
  const YEAR = 31_536_000;
  const validity = { notBefore: DEFAULT_EPOCH_SECONDS - YEAR, notAfter: DEFAULT_EPOCH_SECONDS * 2 };
  const staff = CertificateAuthority.root({ name: 'Staff', validity, random: testRandom() });

  /** Files for somebody whom the staff's authority knows, for a stranger, and for one by a false authority. */
  function writeClients(): void {
    const other = (name: string): CertificateAuthority =>
      CertificateAuthority.root({ name, validity, random: testRandom(2) });
    const authorities = { ann: staff, stranger: other('S'), impostor: other('Staff') };
    const about = { subject: 'ann', purposes: ['client'] } as const;
    for (const [name, authority] of Object.entries(authorities)) {
      const { certificates, privateKey } = identityToPem(authority.leaf(about));
      writeFileSync(tcplab.path(`${name}.pem`), certificates);
      writeFileSync(tcplab.path(`${name}.key`), privateKey);
    }
    writeFileSync(tcplab.path('staff.pem'), pemText('CERTIFICATE', staff.certificate));
  }

  test('get: who has one from the right authority is let in, in both versions', async () => {
    writeClients();
    const demands = { clientAuth: 'require', cacert: 'staff.pem' } as const;
    const server = await tcplab.serve('https', { caOut: 'ca-mutual.pem', ...demands });
    const url = `https://localhost:${server.port}/`;
    const get = (...args: string[]) =>
      tcplab.run(['get', '--cacert', 'ca-mutual.pem', ...args, url]);
    for (const version of ['1.2', '1.3']) {
      const tls = ['--tls', version];
      const letIn = await get(...tls, '--cert', 'ann.pem', '--key', 'ann.key');
      expect(letIn).toEqual({ code: 0, out: 'hello from tcplab\n', err: '' });
      const impostor = await get(...tls, '--cert', 'impostor.pem', '--key', 'impostor.key');
      expect(impostor.code).toBe(1);
      expect(impostor.err).toMatch(/unknown_ca|bad_certificate/);
      // The server names its staff's authority: another certificate is as good as none.
      for (const certificate of [[], ['--cert', 'stranger.pem', '--key', 'stranger.key']]) {
        const without = await get(...tls, ...certificate);
        expect(without.code).toBe(1);
        expect(without.err).toContain(
          version === '1.2' ? 'handshake_failure' : 'certificate_required',
        );
      }
    }
    const half = await get('--cert', 'ann.pem');
    expect(half).toMatchObject({ code: 2, err: expect.stringContaining('go together') as string });
    await server.stop();
  });

  test.skipIf(!hasCurl)('curl: asked for one that need not be there', async () => {
    writeClients();
    const demands = { clientAuth: 'request', cacert: 'staff.pem' } as const;
    const server = await tcplab.serve('https', { caOut: 'ca-ask.pem', ...demands });
    const url = `https://localhost:${server.port}/`;
    const ca = ['--cacert', tcplab.path('ca-ask.pem')];
    const files = (name: string) => [
      '--cert',
      tcplab.path(`${name}.pem`),
      '--key',
      tcplab.path(`${name}.key`),
    ];
    expect((await curl(...ca, url)).out).toBe('hello from tcplab\n');
    expect((await curl(...ca, ...files('ann'), url)).out).toBe('hello from tcplab\n');
    expect((await curl(...ca, ...files('stranger'), url)).code).not.toBe(0);
    await server.stop();
  });
});

describe('serve tls with early data', () => {
  test.skipIf(!hasOpenssl)('OpenSSL sends it with its first flight, and it is echoed', async () => {
    const server = await tcplab.serve('tls', { caOut: 'ca-early.pem', earlyData: 1_000 });
    writeFileSync(tcplab.path('early.txt'), 'said before the handshake\n');
    const client = (...args: string[]) =>
      tcplab.other('sh', [
        '-c',
        `(sleep 0.3; echo Q) | openssl s_client -connect localhost:${server.port} ` +
          `-servername localhost -CAfile ${tcplab.path('ca-early.pem')} ${args.join(' ')}`,
      ]);
    expect((await client('-sess_out', tcplab.path('session'))).out).toContain(
      'Early data was not sent',
    );
    const early = ['-sess_in', tcplab.path('session'), '-early_data', tcplab.path('early.txt')];
    const accepted = await client(...early);
    expect(accepted.out).toContain('Early data was accepted');
    expect(accepted.out).toContain('said before the handshake');
    await server.stop();
  });
});

describe('serve ws and wss', () => {
  test('our client: messages from options and from stdin, compressed and over TLS', async () => {
    const plain = await tcplab.serve('ws');
    const asked = await tcplab.run(['ws', '--json', `ws://127.0.0.1:${plain.port}/`], 'one\ntwo\n');
    expect(asked.code).toBe(0);
    expect(
      asked.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      { kind: 'text', text: 'one' },
      { kind: 'text', text: 'two' },
      { kind: 'closed', code: 1000, reason: '', clean: true },
    ]);
    await plain.stop();
    const secure = await tcplab.serve('wss', { caOut: 'ca-ws.pem' });
    const url = `wss://localhost:${secure.port}/`;
    const args = ['ws', '--send', 'hello', '--deflate', '--cacert', 'ca-ws.pem', url];
    expect(await tcplab.run(args)).toEqual({ code: 0, out: 'hello\n', err: '' });
    expect((await secure.stop()).code).toBe(0);
  });

  test('sends and receives at one time, or a server that echoes would wait for its reader for ever', async () => {
    const server = await tcplab.serve('ws');
    // More than all buffers between the two take.
    const many = Array.from({ length: 24 }, (_, n) => String(n).padStart(1_000_000, '.'));
    const sends = many.flatMap((message) => ['--send', message]);
    const asked = await tcplab.run(['ws', ...sends, `ws://127.0.0.1:${server.port}/`]);
    expect(asked.code).toBe(0);
    expect(asked.out === `${many.join('\n')}\n`).toBe(true);
    await server.stop();
  });

  test('WS-H05: a page is no WebSocket', async () => {
    const server = await tcplab.serve('http');
    const asked = await tcplab.run(['ws', '--send', 'x', `ws://127.0.0.1:${server.port}/`]);
    expect(asked).toMatchObject({ code: 1, out: '' });
    expect(asked.err).toContain('the server answered 200, not 101');
    await server.stop();
  });
});

describe('serve ftp', () => {
  test('our client lists, fetches both ways, uploads, and is declined', async () => {
    const server = await tcplab.serve('ftp', { user: 'ann', password: 'secret' });
    const url = `ftp://ann:secret@127.0.0.1:${server.port}`;
    expect((await tcplab.run(['ftp', `${url}/`])).out).toBe('pub/\nwelcome.txt\n');
    for (const mode of [[], ['--active']]) {
      const got = await tcplab.run(['ftp', ...mode, `${url}/welcome.txt`]);
      expect(got).toMatchObject({ code: 0, out: 'hello from tcplab\r\n' });
    }
    writeFileSync(tcplab.path('notes.txt'), 'my notes');
    const put = await tcplab.run(['ftp', '--put', 'notes.txt', `${url}/pub/notes.txt`]);
    expect(put.code).toBe(0);
    expect((await tcplab.run(['ftp', `${url}/pub/notes.txt`])).out).toBe('my notes');
    expect((await tcplab.run(['ftp', `${url}/%2Fpub/notes.txt`])).out).toBe('my notes');
    const wrong = await tcplab.run(['ftp', `ftp://ann:wrong@127.0.0.1:${server.port}/`]);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('530');
    await server.stop();
  });

  test('our client lists names where a server of RFC 959 alone has no MLSD', async () => {
    const data = createServer((socket) => {
      socket.on('error', () => undefined).end('/pub/a.txt\r\n/pub/b\r\n');
    });
    data.listen(0, '127.0.0.1');
    await once(data, 'listening');
    const port = (data.address() as AddressInfo).port;
    const answers: Readonly<Record<string, string>> = {
      USER: '230 in',
      TYPE: '200 ok',
      EPSV: '500 what?',
      PASV: `227 127,0,0,1,${port >> 8},${port & 255}`,
      MLSD: '500 what?',
      NLST: '150 here\r\n226 done',
    };
    const control = createServer((socket) => {
      socket.on('error', () => undefined).write('220 old\r\n');
      socket.on('data', (line: Buffer) => {
        const verb = line.toString().slice(0, 4).trim();
        if (verb === 'QUIT') socket.end('221 bye\r\n');
        else socket.write(`${answers[verb] ?? '500 what?'}\r\n`);
      });
    });
    control.listen(0, '127.0.0.1');
    await once(control, 'listening');
    const url = `ftp://127.0.0.1:${(control.address() as AddressInfo).port}/pub/`;
    expect(await tcplab.run(['ftp', url])).toMatchObject({ code: 0, out: 'a.txt\nb\n' });
    data.close();
    control.close();
  });

  test('FTP-30: a client that says nothing gets 421 and the end, not a reset', async () => {
    const server = await tcplab.serve('ftp', { idle: ms(50) });
    const socket = netConnect(server.port, '127.0.0.1').setEncoding('utf8');
    let heard = '';
    socket.on('data', (text: string) => (heard += text));
    await once(socket, 'end');
    socket.end();
    expect(heard).toMatch(/^220 .*\r\n421 .*\r\n$/);
    await server.stop();
  });

  test.skipIf(!hasCurl)('curl fetches and uploads', async () => {
    const server = await tcplab.serve('ftp');
    const url = `ftp://127.0.0.1:${server.port}`;
    expect((await curl(`${url}/pub/lines.txt`)).out).toBe('one\r\ntwo\r\nthree\r\n');
    writeFileSync(tcplab.path('up.txt'), 'uploaded');
    expect((await curl('-T', tcplab.path('up.txt'), `${url}/pub/`)).code).toBe(0);
    expect((await curl(`${url}/pub/up.txt`)).out).toBe('uploaded');
    await server.stop();
  });
});

test('as a process: one line when it listens, and SIGTERM ends it cleanly while a client waits', async () => {
  const ended = await tcplab.serveAsProcess(['http', '-p', '0'], async (port) => {
    const socket = netConnect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /slow/60000 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await tcplab.run(['get', `http://127.0.0.1:${port}/`])).code).toBe(0);
  });
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(ended.out).toMatch(/^\{"listening":\d+\}\n$/);
});

describe('mistakes of the person', () => {
  test('a wrong URL is wrong usage; nobody there is exit code 1', async () => {
    expect(await tcplab.run(['get', 'nonsense'])).toMatchObject({ code: 2, out: '' });
    const nobody = await tcplab.run(['get', '--json', 'http://127.0.0.1:1/']);
    expect(nobody.code).toBe(1);
    expect(JSON.parse(nobody.out)).toMatchObject({ error: expect.stringMatching(/refused/) });
    expect((await tcplab.run(['serve', 'gopher'])).code).toBe(2);
    expect((await tcplab.run(['serve', 'http', '--port', '70000'])).code).toBe(2);
  });
});
