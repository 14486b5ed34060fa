/** The corners of TLS 1.2 with OpenSSL as the other side: old sessions, old secrets, small records. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TicketKeys } from '@tcplab/core/tls';
import { testRandom } from '../../packages/core/test/tls/support/random.ts';
import { ECDSA_SERVER, RSA_SERVER } from '../../packages/core/test/tls/support/world.ts';
import type { EndpointDriver } from './support/endpoint-driver.ts';
import {
  clientArguments,
  file,
  pathOf,
  HAS_OPENSSL,
  listen,
  openssl,
  serve,
  until,
  useOpenssl,
} from './support/openssl.ts';

useOpenssl();

/** The environment of an OpenSSL that knows no extended master secret. */
function withoutSecret(): Env {
  const lines = ['openssl_conf = a', '[a]', 'ssl_conf = b', '[b]', 'system_default = c', '[c]'];
  const text = [...lines, 'Options = -ExtendedMasterSecret', ''].join('\n');
  return { OPENSSL_CONF: file('no-ems.cnf', text) };
}

type Listening = Awaited<ReturnType<typeof listen>>;
type Env = Readonly<Record<string, string>>;

/** A client that says a line and hears one; then it goes. */
async function ask(server: Listening, args: readonly string[], env: Env = {}): Promise<string> {
  const index = server.drivers.length;
  const all = [...clientArguments(), '-tls1_2', '-connect', `127.0.0.1:${server.port}`, ...args];
  const { child, said } = openssl(all, env);
  child.stdin!.write('a line\n');
  const story = (): string => `${said()}${server.drivers[index]?.story()}`;
  await until(() => server.drivers[index]?.received === 'a line\n', story);
  server.drivers[index]!.send('an answer');
  await until(() => said().includes('an answer'), story);
  child.stdin!.write('Q\n');
  await until(() => child.exitCode !== null, story);
  return said();
}

describe.skipIf(!HAS_OPENSSL)('openssl s_client and our server of TLS 1.2', () => {
  it('TLS-203 without the extended master secret, and resumed without it', async () => {
    const server = await listen({ tickets: new TicketKeys(testRandom(91)) });
    const session = pathOf('no-ems.pem');
    await ask(server, ['-sess_out', session], withoutSecret());
    expect(existsSync(session)).toBe(true);
    await ask(server, ['-sess_in', session], withoutSecret());
    // RFC 7627 §5.3: with the secret it is a new session.
    await ask(server, ['-sess_in', session]);
    // RFC 7627 §5.4: keying material comes with the secret alone.
    const material = server.drivers.map(({ endpoint }) =>
      endpoint.exportKeyingMaterial('EXPORTER-test', new Uint8Array(0), 16),
    );
    expect(material.map((bytes) => bytes?.length)).toEqual([undefined, undefined, 16]);
    const how = server.drivers.map(({ endpoint }) => endpoint.established);
    expect(how).toMatchObject([
      { extendedMasterSecret: false, resumed: false },
      { extendedMasterSecret: false, resumed: true },
      { extendedMasterSecret: true, resumed: false },
    ]);
    server.close();
  });

  it.each([
    ['small records', ['-max_send_frag', '512', '-split_send_frag', '512']],
    [
      'X25519 and Ed25519 among the schemes',
      ['-groups', 'X25519:P-256', '-sigalgs', 'ed25519:ECDSA+SHA256'],
    ],
    ['SHA-384 alone', ['-sigalgs', 'ECDSA+SHA384']],
    ['legacy renegotiation', ['-legacy_renegotiation']],
    ['a record of TLS 1.2 from the start', ['-min_protocol', 'TLSv1.2']],
  ] as const)('%s', async (_what, args) => {
    const server = await listen({});
    await ask(server, args);
    expect(server.drivers[0]!.alerts).toEqual([]);
    server.close();
  });

  it('TLS-V03 refuses a fallback', async () => {
    const server = await listen({});
    const target = ['-tls1_2', '-connect', `127.0.0.1:${server.port}`, '-fallback_scsv'];
    const { said } = openssl([...clientArguments(), ...target]);
    await until(() => said().includes('inappropriate fallback'), said);
    expect(server.drivers[0]!.alerts).toEqual(['sent inappropriate_fallback']);
    server.close();
  });
});

describe.skipIf(!HAS_OPENSSL)('our client of TLS 1.2 and openssl s_server', () => {
  const settled = async (driver: EndpointDriver): Promise<void> => {
    driver.send('x\n');
    const isThere = (): boolean => driver.endpoint.established !== undefined;
    await until(isThere, () => driver.story());
  };
  const sessionsOf = (driver: EndpointDriver) =>
    driver.events.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []));

  it('TLS-203 without the extended master secret, and resumed without it', async () => {
    const { connect } = await serve(ECDSA_SERVER, ['-tls1_2'], withoutSecret());
    const driver = connect();
    await settled(driver);
    expect(driver.endpoint.established).toMatchObject({ extendedMasterSecret: false });
    const [session] = sessionsOf(driver);
    expect(session).toMatchObject({ version: 'TLS 1.2', extendedMasterSecret: false });
    driver.close();
    const again = connect({ session: session! });
    await settled(again);
    expect(again.endpoint.established).toMatchObject({
      resumed: true,
      extendedMasterSecret: false,
    });
    again.close();
  });

  it.each([
    ['no tickets', ['-no_ticket']],
    ['small records', ['-max_send_frag', '512']],
    ['its own order of suites', ['-serverpref']],
    ['a request for a certificate', ['-verify', '1']],
  ] as const)('%s', async (_what, args) => {
    const { connect } = await serve(RSA_SERVER, ['-tls1_2', ...args]);
    const driver = connect();
    await settled(driver);
    expect(driver.alerts).toEqual([]);
    driver.close();
  });
});
