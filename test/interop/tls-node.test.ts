import * as tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  pemText,
  privateKeyPem,
  TicketKeys,
  TlsClient,
  TlsServer,
  type Identity,
  type TlsClientOptions,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import { testRandom } from '../../packages/core/test/tls/support/random.ts';
import {
  CLIENT_IDENTITY,
  clientOptions,
  ECDSA_SERVER,
  ED25519_SERVER,
  P384_SERVER,
  ROOT,
  RSA_SERVER,
  serverOptions,
} from '../../packages/core/test/tls/support/world.ts';
import { EndpointDriver } from './support/endpoint-driver.ts';
import { socketPair } from './support/socket-pair.ts';

const ca = pemText('CERTIFICATE', ROOT.certificate);
const pemOf = ({ chain, key }: Identity) => ({
  cert: chain.map((der) => pemText('CERTIFICATE', der)).join(''),
  key: privateKeyPem(key),
});

/** Our server against Node's client. */
function nodeClient(
  server: Partial<TlsServerOptions>,
  client: tls.ConnectionOptions = {},
): { driver: EndpointDriver; socket: tls.TLSSocket; errors: string[] } {
  const [a, b] = socketPair();
  const driver = new EndpointDriver(new TlsServer(serverOptions(server)), a);
  const errors: string[] = [];
  const socket = tls.connect({ socket: b, servername: 'server.example', ca, ...client });
  socket.on('error', (error) => errors.push(String((error as { code?: string }).code)));
  return { driver, socket, errors };
}

/** Our client against Node's server. */
function nodeServer(
  client: Partial<TlsClientOptions>,
  server: tls.TlsOptions & { identity?: Identity } = {},
): { driver: EndpointDriver; sockets: tls.TLSSocket[]; server: tls.Server; errors: string[] } {
  const { identity = ECDSA_SERVER, ...options } = server;
  const errors: string[] = [];
  const sockets: tls.TLSSocket[] = [];
  const node = tls.createServer({ ...pemOf(identity), ...options }, (socket) => {
    sockets.push(socket);
    socket.on('error', (error) => errors.push(String((error as { code?: string }).code)));
    socket.on('data', (data) => socket.write(`echo ${data.toString()}`));
  });
  node.on('tlsClientError', (error) => errors.push(String((error as { code?: string }).code)));
  return { ...connect(client, node), sockets, server: node, errors };
}

function connect(client: Partial<TlsClientOptions>, node: tls.Server) {
  const [a, b] = socketPair();
  node.emit('connection', b);
  return { driver: new EndpointDriver(new TlsClient(clientOptions(client)), a) };
}

async function exchangeWithNodeClient(driver: EndpointDriver, socket: tls.TLSSocket) {
  const heard: string[] = [];
  socket.on('data', (data) => heard.push(data.toString()));
  socket.write('question');
  await driver.until(() => driver.received === 'question');
  driver.send('answer');
  await driver.until(() => heard.join('') === 'answer');
}

async function exchangeWithNodeServer(driver: EndpointDriver): Promise<void> {
  driver.send('hello');
  await driver.until(() => driver.received === 'echo hello');
}

const SUITES_13 = [
  ['TLS_AES_128_GCM_SHA256', 'X25519'],
  ['TLS_AES_256_GCM_SHA384', 'P-256'],
  ['TLS_CHACHA20_POLY1305_SHA256', 'P-384'],
] as const;
const SUITES_12 = [
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256', ECDSA_SERVER],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384', P384_SERVER],
  [
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    ED25519_SERVER,
  ],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', RSA_SERVER],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', RSA_SERVER],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305', RSA_SERVER],
] as const;

describe('our server and the client of Node', () => {
  it.each(SUITES_13)('TLS 1.3 %s over %s, authorized', async (suite, group) => {
    const { driver, socket } = nodeClient(
      { suites: [suite], groups: [group], protocols: ['x'] },
      {
        ALPNProtocols: ['y', 'x'],
      },
    );
    await exchangeWithNodeClient(driver, socket);
    expect(socket.authorized).toBe(true);
    expect([socket.getProtocol(), socket.getCipher().name]).toEqual(['TLSv1.3', suite]);
    expect(socket.alpnProtocol).toBe('x');
    socket.end();
    await driver.until(() => driver.events.some((event) => event.kind === 'close_notify'));
  });

  it.each(SUITES_12)('TLS 1.2 %s, authorized', async (suite, name, identity) => {
    const { driver, socket } = nodeClient(
      { suites: [suite], identities: [identity] },
      {
        maxVersion: 'TLSv1.2',
        // Node leaves Ed25519 out of its defaults for TLS 1.2.
        sigalgs: 'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ed25519:rsa_pss_rsae_sha256',
      },
    );
    await exchangeWithNodeClient(driver, socket);
    expect(socket.authorized).toBe(true);
    expect(socket.getCipher().name).toBe(name);
    expect(driver.endpoint.established?.extendedMasterSecret).toBe(true);
  });

  it.each([
    ['P-384', P384_SERVER],
    ['Ed25519', ED25519_SERVER],
    ['RSA', RSA_SERVER],
  ] as const)('TLS 1.3 with a certificate of %s', async (_kind, identity) => {
    const { driver, socket } = nodeClient({ identities: [identity] });
    await exchangeWithNodeClient(driver, socket);
    expect(socket.authorized).toBe(true);
  });

  it('a HelloRetryRequest with a cookie', async () => {
    const { driver, socket } = nodeClient({ groups: ['P-384'], alwaysRetry: true });
    await exchangeWithNodeClient(driver, socket);
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s resumption by ticket', async (maxVersion) => {
    const tickets = new TicketKeys(testRandom(41));
    const first = nodeClient({ tickets }, { maxVersion });
    const sessions: Buffer[] = [];
    first.socket.on('session', (session) => sessions.push(session));
    await exchangeWithNodeClient(first.driver, first.socket);
    await first.driver.until(() => sessions.length > 0);
    const second = nodeClient({ tickets }, { maxVersion, session: sessions.at(-1)! });
    await exchangeWithNodeClient(second.driver, second.socket);
    expect(second.socket.isSessionReused()).toBe(true);
    expect(second.driver.endpoint.established?.resumed).toBe(true);
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s client certificates', async (maxVersion) => {
    const server = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const { driver, socket } = nodeClient(server, { maxVersion, ...pemOf(CLIENT_IDENTITY) });
    await exchangeWithNodeClient(driver, socket);
    expect(driver.endpoint.established?.peerChain[0]).toEqual(CLIENT_IDENTITY.chain[0]);
    const anonymous = nodeClient(server, { maxVersion });
    await anonymous.driver.until(() => anonymous.driver.alerts.length > 0);
    expect(anonymous.driver.alerts[0]).toMatch(/^sent (certificate_required|handshake_failure)$/);
  });

  it('TLS-H14: KeyUpdate in the middle of the data', async () => {
    const { driver, socket } = nodeClient({});
    await exchangeWithNodeClient(driver, socket);
    driver.endpoint.requestKeyUpdate(true);
    driver.send(' after the update');
    socket.write(' and back');
    await driver.until(() => driver.received === 'question and back');
    await driver.until(() => driver.events.filter((e) => e.kind === 'key update').length === 2);
  });

  it('TLS-201: a renegotiation is refused with a warning, and the connection goes on', async () => {
    const { driver, socket } = nodeClient({}, { maxVersion: 'TLSv1.2' });
    await exchangeWithNodeClient(driver, socket);
    socket.renegotiate({}, () => undefined);
    await driver.until(() => driver.alerts.length > 0);
    expect(driver.alerts).toEqual(['sent no_renegotiation']);
    expect(driver.endpoint.isClosed).toBe(false);
    const { driver: client, sockets } = nodeServer({}, { maxVersion: 'TLSv1.2' });
    await exchangeWithNodeServer(client);
    sockets[0]!.renegotiate({}, () => undefined);
    await client.until(() => client.alerts.length > 0);
    expect(client.alerts).toEqual(['sent no_renegotiation']);
    expect(client.events).toContainEqual(
      expect.objectContaining({ kind: 'state', arrow: 'recv HelloRequest' }),
    );
  });

  it('a client that does not trust us says so', async () => {
    const { driver, errors } = nodeClient({}, { ca: [] });
    await driver.until(() => errors.length > 0);
    expect(errors[0]).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });
});

describe('our client and the server of Node', () => {
  it.each(SUITES_13)('TLS 1.3 %s over %s', async (suite, group) => {
    const { driver, sockets, errors } = nodeServer({ suites: [suite], groups: [group] });
    await exchangeWithNodeServer(driver);
    expect(driver.endpoint.established).toMatchObject({ version: 'TLS 1.3', suite, group });
    let nodeEnded = false;
    sockets[0]!.on('end', () => (nodeEnded = true));
    driver.close();
    await driver.until(() => nodeEnded);
    expect(errors).toEqual([]);
  });

  it.each(SUITES_12)('TLS 1.2 %s', async (suite, _name, identity) => {
    const { driver } = nodeServer({ suites: [suite] }, { identity, maxVersion: 'TLSv1.2' });
    await exchangeWithNodeServer(driver);
    expect(driver.endpoint.established).toMatchObject({ version: 'TLS 1.2', suite });
  });

  it('TLS-V02: a server of TLS 1.2 alone is no downgrade', async () => {
    const { driver } = nodeServer({}, { maxVersion: 'TLSv1.2' });
    await exchangeWithNodeServer(driver);
    expect(driver.endpoint.established?.version).toBe('TLS 1.2');
  });

  it('a HelloRetryRequest', async () => {
    const { driver } = nodeServer({}, { ecdhCurve: 'P-384' });
    await exchangeWithNodeServer(driver);
    expect(driver.endpoint.established?.group).toBe('P-384');
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s resumption', async (maxVersion) => {
    const first = nodeServer({}, { maxVersion });
    await exchangeWithNodeServer(first.driver);
    await first.driver.until(() => first.driver.sessions.length > 0);
    const session = first.driver.sessions[0]!;
    const second = connect({ session }, first.server);
    await exchangeWithNodeServer(second.driver);
    expect(second.driver.endpoint.established?.resumed).toBe(true);
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s client certificates', async (maxVersion) => {
    const options = { requestCert: true, rejectUnauthorized: true, ca, maxVersion };
    const { driver, sockets } = nodeServer({ identities: [CLIENT_IDENTITY] }, options);
    await exchangeWithNodeServer(driver);
    expect(sockets[0]!.authorized).toBe(true);
    expect(sockets[0]!.getPeerCertificate().subject.CN).toBe('a client');
    const anonymous = nodeServer({}, options);
    await anonymous.driver.until(
      () => anonymous.driver.alerts.length > 0 || anonymous.driver.ended,
    );
    expect(anonymous.sockets).toHaveLength(0);
  });

  it('TLS-H14: a requested KeyUpdate is answered', async () => {
    const { driver } = nodeServer({});
    await exchangeWithNodeServer(driver);
    driver.endpoint.requestKeyUpdate(true);
    driver.send('!');
    await driver.until(() => driver.received === 'echo helloecho !');
    await driver.until(() => driver.events.filter((e) => e.kind === 'key update').length === 2);
  });

  it.each([
    ['the wrong name', { serverName: 'other.example' }, 'sent bad_certificate'],
    ['an unknown root', { trust: [] }, 'sent unknown_ca'],
    ['a certificate of the past', { epochSeconds: 2_500_000_000 }, 'sent certificate_expired'],
  ] as const)('refuses %s, and Node hears why', async (_what, options, alert) => {
    const { driver, errors } = nodeServer(options);
    await driver.until(() => errors.length > 0);
    expect(driver.alerts).toEqual([alert]);
  });
});
