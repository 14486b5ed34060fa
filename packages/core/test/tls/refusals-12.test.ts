/** TLS 1.2 before there are keys: every message of both flights, changed in the clear. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import {
  TicketKeys,
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsServerOptions,
  type TlsSession,
} from '@tcplab/core/tls';
import {
  extensionOf,
  flipped,
  hex,
  message,
  putTogether,
  record,
  setExtension,
  takeApart,
} from './support/hello.ts';
import { testRandom } from './support/random.ts';
import { messagesIn } from './support/rogue-12.ts';
import { recordsOf, Victim } from './support/rogue.ts';
import {
  alertsOf,
  CLIENT_IDENTITY,
  clientOptions,
  drain,
  ECDSA_SERVER,
  eventsOf,
  reasonsOf,
  ROOT,
  RSA_SERVER,
  serverOptions,
  TlsPair,
} from './support/world.ts';

const OLD = { versions: ['TLS 1.2'] } as const;

/** The handshake messages in the plain records among these. */
function messagesOf(bytes: Uint8Array): Uint8Array[] {
  const plain = recordsOf(bytes).filter((one) => one[0] === 22);
  return messagesIn(concatBytes([EMPTY_BYTES, ...plain.map((one) => one.subarray(5))]));
}

/** What a client says to a server's first flight that was changed. */
function toClient(
  edit: (flight: Uint8Array[]) => Uint8Array[],
  client: Partial<TlsClientOptions> = {},
  server: Partial<TlsServerOptions> = {},
): string {
  const victim = new Victim(new TlsClient(clientOptions({ ...OLD, ...client })));
  const honest = new TlsServer(serverOptions({ ...OLD, ...server }));
  honest.handleInput(drain(victim.endpoint), ZERO_TIME);
  for (const one of edit(messagesOf(drain(honest)))) victim.send(record(22, one));
  return victim.outcome;
}

/** What a server says to a client's second flight that was changed. */
function toServer(edit: (flight: Uint8Array[]) => Uint8Array[]): string {
  const demand = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;
  const victim = new Victim(new TlsServer(serverOptions(demand)));
  const honest = new TlsClient(clientOptions({ ...OLD, identity: CLIENT_IDENTITY }));
  victim.send(drain(honest));
  honest.handleInput(drain(victim.endpoint), ZERO_TIME);
  // Certificate, ClientKeyExchange and CertificateVerify go in the clear; Finished does not.
  const flight = messagesOf(recordsOf(drain(honest))[0]!);
  for (const one of edit(flight)) victim.send(record(22, one));
  return victim.outcome;
}

describe('the first flight of a server of TLS 1.2', () => {
  const helloWith = (type: number, data: string) => (flight: Uint8Array[]) => {
    const parts = takeApart(record(22, flight[0]!));
    setExtension(parts, type, hex(data));
    return [putTogether(parts).slice(5)];
  };

  it.each<[string, string, (flight: Uint8Array[]) => Uint8Array[]]>([
    ['as it should be', 'WAIT_CCS', (f) => f],
    [
      'a HelloRequest between, which is nothing',
      'WAIT_CCS',
      (f) => [f[0]!, message(0, hex('')), ...f.slice(1)],
    ],
    ['TLS-H01 no Certificate', 'sent unexpected_message', (f) => [f[0]!, f[2]!]],
    ['TLS-H01 no ServerKeyExchange', 'sent unexpected_message', (f) => [f[0]!, f[1]!, f[3]!]],
    ['TLS-H01 two ServerHellos', 'sent unexpected_message', (f) => [f[0]!, f[0]!]],
    [
      'TLS-H01 EncryptedExtensions',
      'sent unexpected_message',
      (f) => [f[0]!, message(8, hex('0000'))],
    ],
    ['TLS-H13 an empty chain', 'sent decode_error', (f) => [f[0]!, message(11, hex('000000'))]],
    [
      'TLS-H02 a chain cut short',
      'sent decode_error',
      (f) => [f[0]!, message(11, hex('000004000002ff'))],
    ],
    [
      'TLS-H10 a signature over something else',
      'sent decrypt_error',
      (f) => [f[0]!, f[1]!, flipped(f[2]!)],
    ],
    [
      'TLS-204 a curve that is not named',
      'sent illegal_parameter',
      (f) => [f[0]!, f[1]!, message(12, hex('010017'))],
    ],
    [
      'TLS-H02 ServerKeyExchange cut short',
      'sent decode_error',
      (f) => [f[0]!, f[1]!, message(12, f[2]!.slice(4, 30))],
    ],
    [
      'TLS-H02 ServerHelloDone with a body',
      'sent decode_error',
      (f) => [...f.slice(0, 3), message(14, hex('00'))],
    ],
    [
      'TLS-H02 CertificateRequest without schemes',
      'sent decode_error',
      (f) => [...f.slice(0, 3), message(13, hex('014000000000'))],
    ],
    ['TLS-202 renegotiation_info not empty', 'sent handshake_failure', helloWith(0xff01, '0101')],
    ['TLS-X02 status_request', 'sent unsupported_extension', helloWith(5, '')],
    ['TLS-X03 supported_groups', 'sent illegal_parameter', helloWith(10, '00020017')],
    ['TLS-X02 key_share', 'sent unsupported_extension', helloWith(51, '0017')],
    ['TLS-208 compressed points alone', 'sent illegal_parameter', helloWith(11, '0101')],
    ['TLS-H02 extended_master_secret with data', 'sent decode_error', helloWith(23, '00')],
  ])('%s: %s', (_what, expected, edit) => {
    expect(toClient(edit)).toBe(expected);
  });

  it('TLS-204 a certificate of RSA for a suite of ECDSA, and a group that was not offered', () => {
    const swap = (flight: Uint8Array[]): Uint8Array[] => {
      const server = new TlsServer(serverOptions({ ...OLD, identities: [RSA_SERVER] }));
      server.handleInput(drain(new TlsClient(clientOptions(OLD))), ZERO_TIME);
      return [flight[0]!, messagesOf(drain(server))[1]!];
    };
    expect(toClient(swap)).toBe('sent illegal_parameter');
  });

  it('TLS-H06 a suite, a compression or a session that was not offered', () => {
    const change = (edit: (parts: ReturnType<typeof takeApart>) => void) => (f: Uint8Array[]) => {
      const parts = takeApart(record(22, f[0]!));
      edit(parts);
      return [putTogether(parts).slice(5)];
    };
    expect(toClient(change((p) => (p.suites = hex('1301'))))).toBe('sent illegal_parameter');
    expect(toClient(change((p) => (p.compression = hex('01'))))).toBe('sent illegal_parameter');
    const both = { versions: ['TLS 1.3', 'TLS 1.2'] } as const;
    const client = new TlsClient(clientOptions(both));
    const id = takeApart(drain(client)).sessionId;
    const echo = change((p) => (p.sessionId = id));
    expect(toClient(echo, both)).toBe('sent illegal_parameter');
  });
});

describe('the second flight of a client of TLS 1.2', () => {
  it.each<[string, string, (flight: Uint8Array[]) => Uint8Array[]]>([
    ['as it should be', 'WAIT_CCS', (f) => f],
    ['TLS-H01 no Certificate', 'sent unexpected_message', (f) => f.slice(1)],
    ['TLS-H01 no ClientKeyExchange', 'sent unexpected_message', (f) => [f[0]!, f[2]!]],
    ['TLS-H01 two ClientKeyExchanges', 'sent unexpected_message', (f) => [f[0]!, f[1]!, f[1]!]],
    [
      'TLS-H01 Finished in the clear',
      'sent unexpected_message',
      (f) => [...f, message(20, new Uint8Array(12))],
    ],
    ['TLS-H02 an empty key', 'sent decode_error', (f) => [f[0]!, message(16, hex('00'))]],
    ['TLS-H02 a key cut short', 'sent decode_error', (f) => [f[0]!, message(16, hex('2001'))]],
    [
      'TLS-K01 a key of zeros',
      'sent illegal_parameter',
      (f) => [f[0]!, message(16, hex(`20${'00'.repeat(32)}`))],
    ],
    [
      'TLS-K01 a key of another length',
      'sent illegal_parameter',
      (f) => [f[0]!, message(16, hex('0101'))],
    ],
    [
      'TLS-H10 a changed proof',
      'sent decrypt_error',
      (f) => [f[0]!, f[1]!, message(15, hex('04030000'))],
    ],
    [
      'TLS-H11 SHA-1',
      'sent illegal_parameter',
      (f) => [f[0]!, f[1]!, message(15, hex('02030000'))],
    ],
    ['PKI-01 no certificate', 'sent bad_certificate', () => [message(11, hex('000004000001ff'))]],
  ])('%s: %s', (_what, expected, edit) => {
    expect(toServer(edit)).toBe(expected);
  });
});

describe('resumption that is wrong', () => {
  const tickets = new TicketKeys(testRandom(61));

  function sessionOf(version: 'TLS 1.3' | 'TLS 1.2'): TlsSession {
    const { clientEvents } = new TlsPair({ versions: [version] }, { tickets }).run();
    return clientEvents.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []))[0]!;
  }

  it('TLS-P01 a binder that does not fit is a decrypt_error', () => {
    const secret = new Uint8Array(32);
    const session = { ...sessionOf('TLS 1.3'), secret };
    const pair = new TlsPair({ session }, { tickets }).run();
    expect(alertsOf(pair.serverEvents)).toEqual(['sent decrypt_error']);
  });

  it('a ticket that was changed is no ticket of ours: a full handshake follows', () => {
    for (const version of ['TLS 1.3', 'TLS 1.2'] as const) {
      const session = sessionOf(version);
      const ticket = session.ticket.slice();
      ticket[ticket.length - 1]! ^= 1;
      const pair = new TlsPair(
        { versions: [version], session: { ...session, ticket } },
        { tickets },
      );
      expect(pair.run().client.established, reasonsOf(pair.clientEvents).join()).toMatchObject({
        resumed: false,
      });
    }
  });

  it('TLS-P03 a server that selects a PSK which was not offered', () => {
    const victim = new TlsClient(clientOptions({ session: sessionOf('TLS 1.3') }));
    const honest = new TlsServer(serverOptions({ tickets }));
    honest.handleInput(drain(victim), ZERO_TIME);
    const parts = takeApart(recordsOf(drain(honest))[0]!);
    expect(extensionOf(parts, 41)).toEqual(hex('0000'));
    setExtension(parts, 41, hex('0001'));
    victim.handleInput(putTogether(parts), ZERO_TIME);
    expect(alertsOf(eventsOf(victim))).toEqual(['sent illegal_parameter']);
  });

  it('TLS-203 the extended master secret neither appears nor vanishes in a resumed session', () => {
    const session = sessionOf('TLS 1.2');
    const hello = drain(new TlsClient(clientOptions({ ...OLD, session })));
    const parts = takeApart(hello);
    setExtension(parts, 23, undefined);
    const server = new TlsServer(serverOptions({ tickets }));
    server.handleInput(putTogether(parts), ZERO_TIME);
    expect(alertsOf(eventsOf(server))).toEqual(['sent handshake_failure']);
    const client = new TlsClient(clientOptions({ ...OLD, session }));
    const honest = new TlsServer(serverOptions({ tickets, identities: [ECDSA_SERVER] }));
    honest.handleInput(drain(client), ZERO_TIME);
    const answer = takeApart(record(22, messagesOf(drain(honest))[0]!));
    setExtension(answer, 23, undefined);
    client.handleInput(putTogether(answer), ZERO_TIME);
    expect(alertsOf(eventsOf(client))).toEqual(['sent handshake_failure']);
  });
});
