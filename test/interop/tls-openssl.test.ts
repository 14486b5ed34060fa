/** OpenSSL's own command line tool as client and server, over real sockets. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority, pemText, TicketKeys } from '@tcplab/core/tls';
import { testRandom } from '../../packages/core/test/tls/support/random.ts';
import {
  CLIENT_IDENTITY,
  ECDSA_SERVER,
  ROOT,
  RSA_SERVER,
} from '../../packages/core/test/tls/support/world.ts';
import {
  clientArguments,
  file,
  pathOf,
  HAS_OPENSSL,
  identityFiles,
  listen,
  openssl,
  serve,
  until,
  useOpenssl,
} from './support/openssl.ts';

useOpenssl();

describe.skipIf(!HAS_OPENSSL)('openssl s_client and our server', () => {
  it.each([
    ['TLS 1.3', ['-tls1_3'], ECDSA_SERVER, 'New, TLSv1.3'],
    ['TLS 1.3 with P-384', ['-tls1_3', '-groups', 'P-384'], ECDSA_SERVER, 'New, TLSv1.3'],
    ['TLS 1.3 with RSA', ['-tls1_3'], RSA_SERVER, 'New, TLSv1.3'],
    ['TLS 1.2', ['-tls1_2'], ECDSA_SERVER, 'New, TLSv1.2'],
    ['TLS 1.2 with RSA', ['-tls1_2'], RSA_SERVER, 'New, TLSv1.2'],
  ] as const)('%s: verified, data both ways', async (_name, args, identity, expected) => {
    const server = await listen({ identities: [identity] });
    const { child, said } = openssl([
      ...clientArguments(),
      ...args,
      '-connect',
      `127.0.0.1:${server.port}`,
    ]);
    await until(() => said().includes('Verify return code: 0 (ok)'), said);
    expect(said()).toContain(expected);
    child.stdin!.write('a question\n');
    const [driver] = server.drivers;
    await until(
      () => driver!.received === 'a question\n',
      () => driver!.story(),
    );
    driver!.send('an answer');
    await until(() => said().includes('an answer'), said);
    // 'k' and 'K' at the start of a line ask for KeyUpdates, 'Q' ends.
    if (args[0] === '-tls1_3') {
      child.stdin!.write('K\n');
      const isUpdated = () => driver!.events.filter((e) => e.kind === 'key update').length === 2;
      await until(isUpdated, () => driver!.story());
      driver!.send('under new keys');
      await until(() => said().includes('under new keys'), said);
    }
    child.stdin!.write('Q\n');
    await until(
      () => driver!.ended,
      () => driver!.story(),
    );
    expect(driver!.alerts).toEqual([]);
    server.close();
  });

  it('resumption with early data', async () => {
    const tickets = new TicketKeys(testRandom(9));
    const server = await listen({ tickets, maxEarlyData: 4_096 });
    const session = pathOf('session.pem');
    const target = ['-connect', `127.0.0.1:${server.port}`];
    const first = openssl([...clientArguments(), ...target, '-sess_out', session]);
    await until(() => first.said().includes('Verify return code: 0 (ok)'), first.said);
    server.drivers[0]!.send('x');
    await until(
      () => existsSync(session),
      () => server.drivers[0]!.story(),
    );
    first.child.stdin!.write('Q\n');
    await until(() => first.child.exitCode !== null, first.said);
    const early = file('early.txt', 'sent early');
    const args = ['-sess_in', session, '-early_data', early];
    const second = openssl([...clientArguments(), ...target, ...args]);
    await until(() => second.said().includes('Early data was accepted'), second.said);
    expect(server.drivers[1]!.received).toBe('sent early');
    expect(server.drivers[1]!.endpoint.established).toMatchObject({ earlyData: 'accepted' });
    server.close();
  });

  it('a client certificate', async () => {
    const demand = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const server = await listen(demand);
    const { cert, key } = identityFiles('client', CLIENT_IDENTITY);
    const target = ['-connect', `127.0.0.1:${server.port}`];
    const { child, said } = openssl([...clientArguments(), ...target, '-cert', cert, '-key', key]);
    child.stdin!.write('hello\n');
    await until(
      () => server.drivers[0]?.received === 'hello\n',
      () => server.drivers[0]!.story(),
    );
    await until(() => /Acceptable client certificate CA names\s+CN = Test Root/.test(said()), said);
    server.close();
  });
});

describe.skipIf(!HAS_OPENSSL)('our client and openssl s_server', () => {
  it.each([
    ['TLS 1.3', ['-tls1_3'], 'TLS 1.3'],
    ['TLS 1.2', ['-tls1_2'], 'TLS 1.2'],
    ['TLS 1.3, another group', ['-tls1_3', '-groups', 'P-256'], 'TLS 1.3'],
    ['TLS 1.3, padding', ['-tls1_3', '-record_padding', '512'], 'TLS 1.3'],
    ['TLS 1.3, short records', ['-tls1_3', '-max_send_frag', '512'], 'TLS 1.3'],
    ['TLS 1.3, ten tickets', ['-tls1_3', '-num_tickets', '10'], 'TLS 1.3'],
    ['TLS 1.3, no tickets', ['-tls1_3', '-num_tickets', '0'], 'TLS 1.3'],
    ['TLS 1.3, nothing for middleboxes', ['-tls1_3', '-no_middlebox'], 'TLS 1.3'],
    ['TLS 1.3, ChaCha20', ['-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'], 'TLS 1.3'],
    ['TLS 1.3, SHA-384', ['-ciphersuites', 'TLS_AES_256_GCM_SHA384'], 'TLS 1.3'],
    ['TLS 1.3, a request for a certificate', ['-tls1_3', '-verify', '1'], 'TLS 1.3'],
  ] as const)('%s: data both ways', async (_name, args, version) => {
    const { child, said, connect } = await serve(ECDSA_SERVER, args);
    const driver = connect();
    driver.send('from our client\n');
    await until(
      () => said().includes('from our client'),
      () => driver.story(),
    );
    expect(driver.endpoint.established?.version).toBe(version);
    child.stdin!.write('from openssl\n');
    await until(
      () => driver.received === 'from openssl\n',
      () => driver.story(),
    );
    driver.close();
    await until(
      () => driver.ended,
      () => driver.story(),
    );
  });

  // Behind its HelloRetryRequest a stateless server of OpenSSL takes no change_cipher_spec, not even
  // that of its own client.
  it.each([[[]], [['-groups', 'P-384']]])('TLS 1.3, a cookie: %j', async (args) => {
    const { said, connect } = await serve(ECDSA_SERVER, ['-tls1_3', '-stateless', ...args]);
    const driver = connect({ middleboxCompatibility: false });
    driver.send('with a cookie\n');
    await until(
      () => said().includes('with a cookie'),
      () => driver.story(),
    );
    expect(driver.story()).toContain('with the cookie');
    driver.close();
  });

  it.each(['-tls1_3', '-tls1_2'])(
    '%s: of two certificates the one by whom it names',
    async (version) => {
      const root = file('names.pem', pemText('CERTIFICATE', ROOT.certificate));
      const validity = { notBefore: 1_735_689_600, notAfter: 2_000_000_000 };
      const other = CertificateAuthority.root({ name: 'Other', validity, random: testRandom(5) });
      const ask = ['-CAfile', root, '-Verify', '2', '-verify_return_error'];
      const { said, connect } = await serve(ECDSA_SERVER, [version, ...ask]);
      const strangers = other.leaf({ subject: 'a stranger' });
      const driver = connect({ identities: [strangers, CLIENT_IDENTITY] });
      driver.send('it is me\n');
      await until(
        () => said().includes('it is me'),
        () => `${driver.story()}\n${said()}`,
      );
      expect(said()).toContain('CN = a client');
      driver.close();
    },
  );
});
