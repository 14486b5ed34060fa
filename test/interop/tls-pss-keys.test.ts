/** Keys for RSASSA-PSS alone: made by OpenSSL, shown to OpenSSL and to Node, and by them (RFC 8446 §4.2.3). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  certificatesFromPem,
  identityFromPem,
  TlsClient,
  TlsServer,
  type Identity,
} from '@tcplab/core/tls';
import { clientOptions, serverOptions } from '../../packages/core/test/tls/support/world.ts';
import { EndpointDriver } from './support/endpoint-driver.ts';
import { Live } from './support/live.ts';
import {
  file,
  HAS_OPENSSL,
  listen,
  openssl,
  pathOf,
  serve,
  until,
  useOpenssl,
} from './support/openssl.ts';
import { socketPair } from './support/socket-pair.ts';

useOpenssl();
const tcplab = new Live();
afterAll(() => tcplab.remove());

interface Files {
  readonly cert: string;
  readonly key: string;
  readonly identity: Identity;
}

const limits = (hash: string, salt: number): string[] =>
  [`md:${hash}`, `mgf1_md:${hash}`, `saltlen:${salt}`].flatMap((limit) => [
    '-pkeyopt',
    `rsa_pss_keygen_${limit}`,
  ]);
const KEYS = [
  ['any parameters', [], 'rsa_pss_pss_sha256'],
  ['SHA-256', limits('sha256', 32), 'rsa_pss_pss_sha256'],
  ['SHA-384', limits('sha384', 48), 'rsa_pss_pss_sha384'],
  ['SHA-512 and no salt at least', limits('sha512', 0), 'rsa_pss_pss_sha512'],
] as const;
const VERSIONS = [
  ['TLS 1.3', '-tls1_3', 'TLSv1.3'],
  ['TLS 1.2', '-tls1_2', 'TLSv1.2'],
] as const;
const CASES = VERSIONS.flatMap((version) =>
  KEYS.map(([name, , scheme]) => [...version, name, scheme] as const),
);

const made = new Map<string, Files>();
let root = '';

/** A root with such a key, and what it issued to keys of each kind. */
function issue(): void {
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe' });
  };
  const newKey = (path: string, more: readonly string[]): void =>
    run(
      'genpkey',
      '-algorithm',
      'rsa-pss',
      '-pkeyopt',
      'rsa_keygen_bits:2048',
      ...more,
      '-out',
      path,
    );
  root = pathOf('pss-root.pem');
  const rootKey = pathOf('pss-root.key');
  newKey(rootKey, limits('sha256', 32));
  run('req', '-x509', '-key', rootKey, '-subj', '/CN=PSS Root', '-days', '3650', '-out', root);
  const extensions = file('pss.ext', 'subjectAltName=DNS:server.example,DNS:localhost\n');
  KEYS.forEach(([name, more], index) => {
    const [cert, key, request] = ['pem', 'key', 'csr'].map((end) => pathOf(`pss-${index}.${end}`));
    newKey(key!, more);
    run('req', '-new', '-key', key!, '-subj', '/CN=leaf', '-out', request!);
    const by = ['-CA', root, '-CAkey', rootKey, '-CAcreateserial', '-days', '3650'];
    run('x509', '-req', '-in', request!, '-extfile', extensions, ...by, '-out', cert!);
    const identity = identityFromPem(readFileSync(cert!, 'utf8'), readFileSync(key!, 'utf8'));
    made.set(name, { cert: cert!, key: key!, identity });
  });
}

const trust = (): readonly Uint8Array[] => certificatesFromPem(readFileSync(root, 'utf8'));
/** An hour after these lines: the certificates are still to be made. */
const NOW = { epochSeconds: Math.floor(Date.now() / 1_000) + 3_600 };

describe.skipIf(!HAS_OPENSSL)('with a key for RSASSA-PSS alone', () => {
  beforeAll(issue, 60_000);

  it.each(CASES)('%s: our server and openssl s_client (%s, %s): %s', async (...of) => {
    const [, option, version, name, scheme] = of;
    const server = await listen({ ...NOW, identities: [made.get(name)!.identity] });
    const target = ['-connect', `127.0.0.1:${server.port}`, '-servername', 'server.example'];
    const { said } = openssl([
      's_client',
      '-CAfile',
      root,
      '-verify_return_error',
      option,
      ...target,
    ]);
    await until(() => said().includes('Verify return code: 0 (ok)'), said);
    expect(said()).toContain(`New, ${version}`);
    expect(said()).toContain('Peer signature type: RSA-PSS');
    expect(server.drivers[0]!.endpoint.established?.signatureScheme).toBe(scheme);
    server.close();
  });

  it.each(CASES)('%s: our client and openssl s_server (%s, %s): %s', async (...of) => {
    const [version, option, , name, scheme] = of;
    const { identity } = made.get(name)!;
    const demand = ['-CAfile', root, '-Verify', '2', '-verify_return_error'];
    const { said, connect } = await serve(identity, [option, ...demand]);
    const driver = connect({ ...NOW, trust: trust(), identities: [identity] });
    driver.send('from our client\n');
    await until(
      () => said().includes('from our client'),
      () => `${driver.story()}\n${said()}`,
    );
    expect(driver.endpoint.established).toMatchObject({ version, signatureScheme: scheme });
    driver.close();
  });

  it.each(CASES)('%s: both sides with Node (%s, %s): %s', async (...of) => {
    const [version, , theirs, name, scheme] = of;
    const { cert, key, identity } = made.get(name)!;
    const read = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(root) };
    const [a, b] = socketPair();
    const demand = { clientAuthentication: 'require', trust: trust() } as const;
    const options = serverOptions({ ...NOW, ...demand, identities: [identity] });
    const server = new EndpointDriver(new TlsServer(options), a);
    const maxVersion = theirs;
    const socket = tls.connect({ socket: b, servername: 'server.example', maxVersion, ...read });
    socket.write('question');
    await server.until(() => server.received === 'question');
    expect(socket.authorized).toBe(true);
    expect(server.endpoint.established?.peerChain[0]).toEqual(identity.chain[0]);

    const [c, d] = socketPair();
    const node = tls.createServer({ ...read, requestCert: true, maxVersion }, (accepted) => {
      accepted.on('data', (data) => accepted.write(`${accepted.authorized}: ${data.toString()}`));
    });
    node.emit('connection', d);
    const client = new TlsClient(clientOptions({ ...NOW, trust: trust(), identities: [identity] }));
    const driver = new EndpointDriver(client, c);
    driver.send('hello');
    await driver.until(() => driver.received === 'true: hello');
    expect(client.established).toMatchObject({ version, signatureScheme: scheme });
  });

  it('serve tls reads the files that openssl wrote', async () => {
    for (const [name] of KEYS) {
      const { cert, key } = made.get(name)!;
      const server = await tcplab.serve('tls', { cert, key });
      const target = ['-connect', `127.0.0.1:${server.port}`, '-servername', 'localhost'];
      const { child, said } = openssl([
        's_client',
        '-CAfile',
        root,
        '-verify_return_error',
        ...target,
      ]);
      child.stdin!.write('anybody there\n');
      await until(() => said().includes('Verify return code: 0 (ok)'), said);
      child.stdin!.write('Q\n');
      await server.stop();
    }
  });
});
