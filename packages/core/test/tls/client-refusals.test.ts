/** What a client answers to a server that breaks the rules, and both to what comes under keys. */
import { describe, expect, it } from 'vitest';
import { concatBytes, ZERO_TIME } from '@tcplab/core';
import {
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import {
  flipped,
  hex,
  message,
  putTogether,
  record,
  setExtension,
  takeApart,
  type HelloParts,
} from './support/hello.ts';
import {
  clientAfterServerHello,
  connected,
  recordsOf,
  serverBeforeFinished,
} from './support/rogue.ts';
import {
  alertsOf,
  CLIENT_IDENTITY,
  clientOptions,
  drain,
  eventsOf,
  reasonsOf,
  ROOT,
  serverOptions,
} from './support/world.ts';

const set =
  (type: number, data: string | undefined) =>
  (parts: HelloParts): void =>
    setExtension(parts, type, data === undefined ? undefined : hex(data));

/** What the client says to a ServerHello that was changed on the way. */
function afterHello(
  edit: (parts: HelloParts) => void,
  client: Partial<TlsClientOptions> = {},
  server: Partial<TlsServerOptions> = {},
): string {
  const victim = new TlsClient(clientOptions(client));
  const honest = new TlsServer(serverOptions(server));
  honest.handleInput(drain(victim), ZERO_TIME);
  const [first] = recordsOf(drain(honest));
  // A record of TLS 1.2 holds the whole flight: only the hello is taken.
  const hello = first!.subarray(0, 9 + ((first![7]! << 8) | first![8]!));
  const parts = takeApart(hello);
  edit(parts);
  victim.handleInput(putTogether(parts), ZERO_TIME);
  return alertsOf(eventsOf(victim)).join().replace('sent ', '') || victim.state;
}

describe('a ServerHello of TLS 1.3', () => {
  it.each<[string, string, (parts: HelloParts) => void]>([
    ['as it should be', 'WAIT_EE', () => undefined],
    ['TLS-H06 another legacy version', 'illegal_parameter', (p) => (p.version = 0x0302)],
    ['TLS-H06 another session id', 'illegal_parameter', (p) => (p.sessionId[3]! ^= 1)],
    ['TLS-H06 no session id', 'illegal_parameter', (p) => (p.sessionId = hex(''))],
    ['TLS-H06 a suite that was not offered', 'illegal_parameter', (p) => (p.suites = hex('1304'))],
    ['TLS-H06 a suite of TLS 1.2', 'illegal_parameter', (p) => (p.suites = hex('c02b'))],
    ['TLS-H06 compression', 'illegal_parameter', (p) => (p.compression = hex('01'))],
    ['TLS-H06 version TLS 1.2 in the extension', 'illegal_parameter', set(43, '0303')],
    ['TLS-H02 two versions', 'decode_error', set(43, '03040303')],
    [
      'TLS-X05 the share of another group',
      'illegal_parameter',
      set(51, `00170041${'04'.repeat(65)}`),
    ],
    ['TLS-K01 a share of zeros', 'illegal_parameter', set(51, `001d0020${'00'.repeat(32)}`)],
    ['TLS-H02 an empty share', 'decode_error', set(51, '001d0000')],
    ['TLS-X04 no share', 'missing_extension', set(51, undefined)],
    ['TLS-X02 a PSK that was not offered', 'unsupported_extension', set(41, '0000')],
    ['TLS-X03 ALPN here', 'illegal_parameter', set(16, '0003026832')],
    ['TLS-X02 an unknown extension', 'unsupported_extension', set(0x1234, '')],
    [
      'TLS-X01 an extension twice',
      'illegal_parameter',
      (p) => p.extensions.push([43, hex('0304')]),
    ],
    ['TLS-H02 an octet too many', 'decode_error', (p) => (p.trailer = hex('00'))],
    [
      'TLS-V01 TLS 1.1',
      'protocol_version',
      (p) => {
        setExtension(p, 43, undefined);
        p.version = 0x0302;
      },
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterHello(edit)).toBe(expected);
  });

  it('TLS-V02 TLS 1.2 with the mark of a better server is a downgrade', () => {
    const marked = (p: HelloParts): void => p.random.set(hex('444f574e47524401'), 24);
    const older = { versions: ['TLS 1.2'] } as const;
    expect(afterHello(() => undefined, {}, older)).toBe('WAIT_CERT');
    expect(afterHello(marked, {}, older)).toBe('illegal_parameter');
    expect(afterHello(marked, older, older)).toBe('WAIT_CERT');
  });

  it('TLS-V01 TLS 1.2 is refused by a client that does not speak it', () => {
    expect(afterHello(set(43, undefined), { versions: ['TLS 1.3'] })).toBe('protocol_version');
  });
});

describe('a HelloRetryRequest', () => {
  const retry = { groups: ['P-384'] } as const;

  it.each<[string, string, (parts: HelloParts) => void]>([
    ['as it should be', 'WAIT_SH', () => undefined],
    ['TLS-H07 for the group that has a share', 'illegal_parameter', set(51, '001d')],
    ['TLS-H07 for a group that was not offered', 'illegal_parameter', set(51, '0019')],
    ['TLS-H07 for nothing', 'illegal_parameter', set(51, undefined)],
    ['TLS-H02 with an empty cookie', 'decode_error', set(44, '0000')],
    ['TLS-X02 with an unknown extension', 'unsupported_extension', set(0x1234, '')],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterHello(edit, {}, retry)).toBe(expected);
  });

  it('TLS-H07 twice, or with a ServerHello of another suite after it', () => {
    const run = (edit: (parts: HelloParts) => void): string => {
      const client = new TlsClient(clientOptions());
      const server = new TlsServer(serverOptions(retry));
      server.handleInput(drain(client), ZERO_TIME);
      const request = recordsOf(drain(server))[0]!;
      client.handleInput(request, ZERO_TIME);
      server.handleInput(drain(client), ZERO_TIME);
      const parts = takeApart(recordsOf(drain(server))[0]!);
      edit(parts);
      client.handleInput(putTogether(parts), ZERO_TIME);
      return alertsOf(eventsOf(client)).join();
    };
    expect(run((parts) => (parts.suites = hex('1302')))).toBe('sent illegal_parameter');
    const again = takeApart(retryRecord());
    expect(run((parts) => Object.assign(parts, { ...again, sessionId: parts.sessionId }))).toBe(
      'sent unexpected_message',
    );
  });

  function retryRecord(): Uint8Array {
    const server = new TlsServer(serverOptions(retry));
    server.handleInput(drain(new TlsClient(clientOptions())), ZERO_TIME);
    return recordsOf(drain(server))[0]!;
  }
});

describe('the flight of a server under keys', () => {
  const ee = (extensions: string): Uint8Array => message(8, hex(extensions));

  it.each<[string, string, (flight: readonly Uint8Array[]) => Uint8Array[]]>([
    ['as it should be', 'CONNECTED', (flight) => [...flight]],
    ['TLS-H01 no EncryptedExtensions', 'sent unexpected_message', (f) => f.slice(1)],
    ['TLS-H01 no Certificate', 'sent unexpected_message', (f) => [f[0]!, f[2]!]],
    ['TLS-H01 no CertificateVerify', 'sent unexpected_message', (f) => [f[0]!, f[1]!, f[3]!]],
    ['TLS-H01 no certificate at all', 'sent unexpected_message', (f) => [f[0]!, f[3]!]],
    ['TLS-H02 EncryptedExtensions with a rest', 'sent decode_error', () => [ee('000000')]],
    ['TLS-X02 an unknown extension', 'sent unsupported_extension', () => [ee('0004ffee0000')]],
    [
      'TLS-X02 early data that was not offered',
      'sent unsupported_extension',
      () => [ee('0004002a0000')],
    ],
    ['TLS-X03 a key share', 'sent illegal_parameter', () => [ee('000400330000')]],
    [
      'TLS-X06 a protocol that was not offered',
      'sent illegal_parameter',
      () => [ee('0009001000050003026879')],
    ],
    ['TLS-H02 two protocols', 'sent decode_error', () => [ee('000a0010000600040161 0162')]],
    ['TLS-H02 server_name that is not empty', 'sent decode_error', () => [ee('00050000000100')]],
    ['TLS-H13 an empty chain', 'sent decode_error', (f) => [f[0]!, message(11, hex('00000000'))]],
    [
      'TLS-H02 an empty certificate',
      'sent decode_error',
      (f) => [f[0]!, message(11, hex('000000050000000000'))],
    ],
    [
      'PKI-01 no certificate in it',
      'sent bad_certificate',
      (f) => [f[0]!, message(11, hex('00000006000001ff0000'))],
    ],
    [
      'TLS-H04 a context',
      'sent illegal_parameter',
      (f) => [f[0]!, message(11, hex('01aa000006000001ff0000'))],
    ],
    [
      'TLS-X02 an extension of a certificate',
      'sent unsupported_extension',
      (f) => [f[0]!, message(11, hex('0000000a000001ff00041234 0000'))],
    ],
    [
      'TLS-H11 a scheme that was not offered',
      'sent illegal_parameter',
      (f) => [f[0]!, f[1]!, message(15, hex('02030000'))],
    ],
    [
      'TLS-H11 a scheme for another key',
      'sent illegal_parameter',
      (f) => [f[0]!, f[1]!, message(15, hex('08040000'))],
    ],
    [
      'TLS-H11 PKCS #1',
      'sent illegal_parameter',
      (f) => [f[0]!, f[1]!, message(15, hex('04010000'))],
    ],
    [
      'TLS-H10 no signature',
      'sent decrypt_error',
      (f) => [f[0]!, f[1]!, message(15, hex('04030000'))],
    ],
    ['TLS-H10 a changed signature', 'sent decrypt_error', (f) => [f[0]!, f[1]!, flipped(f[2]!)]],
    [
      'TLS-H02 a signature cut short',
      'sent decode_error',
      (f) => [f[0]!, f[1]!, message(15, hex('0403000401'))],
    ],
    ['TLS-H09 a wrong Finished', 'sent decrypt_error', (f) => [...f.slice(0, 3), flipped(f[3]!)]],
    [
      'TLS-H02 a short Finished',
      'sent decode_error',
      (f) => [...f.slice(0, 3), message(20, hex('00'))],
    ],
    [
      'TLS-X04 a CertificateRequest without schemes',
      'sent missing_extension',
      (f) => [f[0]!, message(13, hex('000000'))],
    ],
    [
      'TLS-H04 a CertificateRequest with a context',
      'sent illegal_parameter',
      (f) => [f[0]!, message(13, hex('01000008000d000400020403'))],
    ],
    [
      'TLS-H01 two CertificateRequests',
      'sent unexpected_message',
      (f) => [
        f[0]!,
        message(13, hex('000008000d000400020403')),
        message(13, hex('000008000d000400020403')),
      ],
    ],
  ])('%s: %s', (_what, expected, edit) => {
    const { victim, flight } = clientAfterServerHello({ protocols: ['a', 'b'] });
    victim.seal(22, ...edit(flight));
    expect(victim.outcome, reasonsOf(victim.events).join()).toBe(expected);
  });

  it('TLS-R05 a record of zeros, TLS-R06 an empty message, TLS-R01 an alert type inside', () => {
    const inside = (type: number, fragment: string): string =>
      clientAfterServerHello().victim.seal(type, hex(fragment)).outcome;
    expect(inside(0, '')).toBe('sent unexpected_message');
    expect(inside(22, '')).toBe('sent unexpected_message');
    expect(inside(20, '01')).toBe('sent unexpected_message');
    expect(inside(23, '61')).toBe('sent unexpected_message');
    expect(inside(99, '61')).toBe('sent unexpected_message');
    expect(inside(21, '')).toBe('sent unexpected_message');
    expect(inside(21, '01')).toBe('sent decode_error');
    expect(inside(21, '0250')).toBe('received internal_error');
    expect(inside(21, '0170')).toBe('received unrecognized_name');
    expect(inside(21, '015a')).toBe('received user_canceled');
  });

  it('TLS-R07 data between the fragments of a message', () => {
    const { victim, flight } = clientAfterServerHello();
    victim.seal(22, flight[0]!.subarray(0, 3)).seal(23, hex('00'));
    expect([victim.outcome, victim.rule]).toEqual(['sent unexpected_message', 'TLS-R07']);
  });

  it('TLS-R08 a message behind the server Finished in its record', () => {
    const { victim, flight } = clientAfterServerHello();
    victim.seal(22, concatBytes([...flight, message(4, hex('00'))]));
    expect([victim.outcome, victim.rule]).toEqual(['sent unexpected_message', 'TLS-R08']);
  });

  it('TLS-R02 a record of more than 2^14 octets', () => {
    const { victim } = clientAfterServerHello();
    expect(victim.seal(22, new Uint8Array(16_385)).outcome).toBe('sent record_overflow');
  });

  it('takes a flight in fragments of one octet, and in one record', () => {
    const one = clientAfterServerHello();
    one.victim.seal(22, concatBytes(one.flight));
    expect(one.victim.outcome).toBe('CONNECTED');
    const many = clientAfterServerHello();
    for (const octet of concatBytes(many.flight)) many.victim.seal(22, Uint8Array.of(octet));
    expect(many.victim.outcome).toBe('CONNECTED');
  });
});

describe('the flight of a client under keys', () => {
  const demand = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;

  it.each<[string, string, (flight: readonly Uint8Array[]) => Uint8Array[]]>([
    ['as it should be', 'CONNECTED', (flight) => [...flight]],
    ['TLS-H12 an empty chain', 'WAIT_FINISHED', () => [message(11, hex('00000000'))]],
    [
      'TLS-H01 an empty chain with a proof',
      'sent unexpected_message',
      (f) => [message(11, hex('00000000')), f[1]!],
    ],
    ['TLS-H01 no Certificate', 'sent unexpected_message', (f) => [f[2]!]],
    ['TLS-H01 no CertificateVerify', 'sent unexpected_message', (f) => [f[0]!, f[2]!]],
    ['TLS-H10 a changed signature', 'sent decrypt_error', (f) => [f[0]!, flipped(f[1]!)]],
    ['TLS-H04 a context', 'sent illegal_parameter', () => [message(11, hex('0101000000'))]],
    [
      'TLS-H02 a truncated Certificate',
      'sent decode_error',
      (f) => [message(11, f[0]!.subarray(4, 40))],
    ],
    ['PKI-04 a stranger', 'sent bad_certificate', () => [message(11, hex('00000006000001ff0000'))]],
    ['TLS-H09 a wrong Finished', 'sent decrypt_error', (f) => [f[0]!, f[1]!, flipped(f[2]!)]],
    [
      'TLS-H02 a long Finished',
      'sent decode_error',
      (f) => [f[0]!, f[1]!, message(20, new Uint8Array(33))],
    ],
    ['TLS-H01 a second ClientHello', 'sent unexpected_message', () => [message(1, hex('00'))]],
    ['TLS-H01 EndOfEarlyData', 'sent unexpected_message', () => [message(5, hex(''))]],
    ['TLS-H01 KeyUpdate', 'sent unexpected_message', () => [message(24, hex('00'))]],
  ])('%s: %s', (_what, expected, edit) => {
    const { victim, flight } = serverBeforeFinished(demand, { identities: [CLIENT_IDENTITY] });
    victim.seal(22, ...edit(flight));
    expect(victim.outcome, reasonsOf(victim.events).join()).toBe(expected);
  });
});

describe('after the handshake', () => {
  const update = (body: string): Uint8Array => message(24, hex(body));

  it.each(['client', 'server'] as const)(
    'TLS-H14 at the %s: KeyUpdate in all its forms',
    (role) => {
      const say = (...messages: Uint8Array[]): string =>
        connected(role).seal(22, ...messages).outcome;
      expect(say(update('00'))).toBe('CONNECTED');
      expect(say(update('02'))).toBe('sent illegal_parameter');
      expect(say(update(''))).toBe('sent decode_error');
      expect(say(update('0000'))).toBe('sent decode_error');
      expect(say(update('00').subarray(0, 3), update('00').subarray(3))).toBe('CONNECTED');
      expect(say(concatBytes([update('00'), update('00')]))).toBe('sent unexpected_message');
      expect(say(message(20, new Uint8Array(32)))).toBe('sent unexpected_message');
      expect(say(message(1, hex('00')))).toBe('sent unexpected_message');
    },
  );

  it('TLS-P09 at the client: tickets in all their forms', () => {
    const say = (body: string): string =>
      connected('client').seal(22, message(4, hex(body))).outcome;
    expect(say('00000e1000000000010000020102 0000')).toBe('CONNECTED');
    expect(say('00000e10000000000100000001020000')).toBe('sent decode_error');
    expect(say('00000e1000000000010000000000')).toBe('sent decode_error');
    expect(say('00000e1000000000010000020102 0008002a000400000400'.replace(' ', ''))).toBe(
      'CONNECTED',
    );
    expect(say('00000e1000000000010000020102 00040033 0000')).toBe('sent illegal_parameter');
    const request = message(13, hex('000008000d000400020403'));
    expect(connected('client').seal(22, request).outcome).toBe('sent unexpected_message');
    expect(connected('server').seal(22, message(4, hex('00'))).outcome).toBe(
      'sent unexpected_message',
    );
  });

  it('TLS-R11 empty records without end', () => {
    const victim = connected('server');
    for (let i = 0; i < 1_024; i += 1) victim.seal(23, hex(''));
    expect(victim.outcome).toBe('CONNECTED');
    expect(victim.seal(23, hex('')).outcome).toBe('sent unexpected_message');
  });

  it('TLS-R11 warnings without end', () => {
    const victim = connected('server');
    for (let i = 0; i < 4; i += 1) victim.seal(21, hex('015a'));
    expect(victim.outcome).not.toContain('sent');
    expect(victim.seal(21, hex('015a')).outcome).toContain('sent unexpected_message');
  });

  it('TLS-A03 what comes after an alert or close_notify is not read', () => {
    const failed = connected('server').seal(21, hex('0228')).seal(23, hex('61'));
    expect(failed.events.some((event) => event.kind === 'application data')).toBe(false);
    const closed = connected('server').seal(21, hex('0100')).seal(23, hex('61'));
    expect(closed.events.some((event) => event.kind === 'application data')).toBe(false);
  });

  it('a record without protection ends it', () => {
    expect(connected('server').send(record(22, hex('00'))).outcome).toBe('sent unexpected_message');
    expect(connected('server').send(record(21, hex('0100'))).outcome).toBe(
      'sent unexpected_message',
    );
  });
});
