/** RFC 8446 §4.2.10 and §4.2.11 at the client: a PSK and early data, and servers that get them wrong. */
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
import { block, type Edit } from '../support/flight.ts';
import { extensionOf, hex, message, putTogether, takeApart } from '../support/hello.ts';
import { lastWords } from '../support/last-words.ts';
import { testRandom } from '../support/random.ts';
import { flightOf, recordsOf, Victim } from '../support/rogue.ts';
import { withExtension, type HelloEdit } from '../support/server-hello.ts';
import { clientOptions, drain, serverOptions, text, TlsPair } from '../support/world.ts';

const SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];
const TICKETS = { tickets: new TicketKeys(testRandom(31)), maxEarlyData: 1_000 };
const ILLEGAL = 'plain: fatal illegal_parameter';

function sessionWith(protocol?: string): TlsSession {
  const protocols = protocol === undefined ? [] : [protocol];
  const pair = new TlsPair({ suites: SUITES, protocols }, { ...TICKETS, protocols }).run();
  return pair.clientEvents.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []))[0]!;
}

/** A client that resumes, a server that agrees, and the server's hello in parts. */
function resuming(client: Partial<TlsClientOptions> = {}, server: Partial<TlsServerOptions> = {}) {
  const options = { suites: SUITES, session: sessionWith(), ...client };
  const victim = new Victim(new TlsClient(clientOptions(options)));
  const honest = new TlsServer(serverOptions({ ...TICKETS, ...server }));
  const bytes = drain(victim.endpoint);
  honest.handleInput(bytes, ZERO_TIME);
  const records = recordsOf(drain(honest));
  const parts = takeApart(records[0]!);
  return { victim, sent: recordsOf(bytes), records, parts };
}

function afterHello(edit: HelloEdit, ...options: Parameters<typeof resuming>): string {
  const { victim, parts } = resuming(...options);
  edit(parts);
  victim.send(putTogether(parts));
  return lastWords(victim.endpoint, victim.events);
}

function afterFlight(edit: Edit, ...options: Parameters<typeof resuming>): string {
  const { victim, records, parts } = resuming(...options);
  victim.send(putTogether(parts)).sealWith('SERVER_HANDSHAKE_TRAFFIC_SECRET');
  victim.seal(22, ...edit(flightOf(victim, records)));
  return lastWords(victim.endpoint, victim.events);
}

describe('a ServerHello that answers a PSK', () => {
  it.each<[string, string, HelloEdit]>([
    ['as it should be', 'WAIT_EE', () => undefined],
    ['without the PSK', 'WAIT_EE', withExtension(41, undefined)],
    ['TLS-P03 with an identity out of range', ILLEGAL, withExtension(41, '0001')],
    ['TLS-P03 with the last identity there is', ILLEGAL, withExtension(41, 'ffff')],
    ['TLS-P03 with a suite of another hash', ILLEGAL, (p) => (p.suites = hex('1302'))],
    ['TLS-P03 without the key share of psk_dhe_ke', ILLEGAL, withExtension(51, undefined)],
    ['TLS-H02 with no identity', 'plain: fatal decode_error', withExtension(41, '')],
    ['TLS-H02 with half an identity', 'plain: fatal decode_error', withExtension(41, '00')],
    ['TLS-H02 with two identities', 'plain: fatal decode_error', withExtension(41, '00000001')],
    [
      'TLS-X04 without PSK and share',
      'plain: fatal missing_extension',
      (p) => {
        withExtension(41, undefined)(p);
        withExtension(51, undefined)(p);
      },
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterHello(edit)).toBe(expected);
  });

  it('TLS-X02 a PSK that was left out after a HelloRetryRequest of another hash', () => {
    const { victim, parts } = resuming({}, { groups: ['P-384'] });
    parts.suites = hex('1302');
    victim.send(putTogether(parts));
    const second = takeApart(drain(victim.endpoint).subarray(6));
    expect(second.extensions.some(([type]) => type === 41)).toBe(false);
    const answer = resuming().parts;
    answer.suites = hex('1302');
    victim.send(putTogether({ ...answer, sessionId: parts.sessionId }));
    expect(lastWords(victim.endpoint, victim.events)).toBe('plain: fatal unsupported_extension');
  });
});

describe('the flight of a server that resumes', () => {
  const UNEXPECTED = 'handshake: fatal unexpected_message';
  const request = message(13, hex('000008000d000400020403'));

  it.each<[string, string, Edit]>([
    ['as it should be', 'CONNECTED', (f) => [...f]],
    ['TLS-H01 a CertificateRequest', UNEXPECTED, (f) => [f[0]!, request]],
    ['TLS-H01 a Certificate', UNEXPECTED, (f) => [f[0]!, message(11, hex('00000006000001ff0000'))]],
    ['TLS-H01 a CertificateVerify', UNEXPECTED, (f) => [f[0]!, message(15, hex('04030000'))]],
    ['TLS-H01 Finished alone', UNEXPECTED, (f) => [f[1]!]],
    [
      'TLS-X02 early data that was not offered',
      'handshake: fatal unsupported_extension',
      () => [message(8, block([42, '']))],
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterFlight(edit)).toBe(expected);
  });
});

describe('early data', () => {
  const early = { earlyData: text('early') };
  const accepted = message(8, block([42, '']));

  it('is sent behind the ClientHello under its own key', () => {
    const { sent } = resuming(early);
    expect(sent.map(([type]) => type)).toEqual([22, 20, 23]);
    const hello = takeApart(sent[0]!);
    expect(extensionOf(hello, 42)).toEqual(EMPTY_BYTES);
    expect(hello.extensions.at(-1)![0]).toBe(41);
  });

  it.each<[string, string, Edit]>([
    ['accepted', 'WAIT_FINISHED', () => [accepted]],
    ['refused', 'WAIT_FINISHED', () => [message(8, hex('0000'))]],
    [
      'TLS-H02 accepted with a size',
      'handshake: fatal decode_error',
      () => [message(8, block([42, '00000001']))],
    ],
    [
      'TLS-P08 accepted with a protocol that it was not for',
      'handshake: fatal illegal_parameter',
      () => [message(8, block([42, ''], [16, '00020161']))],
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterFlight(edit, { ...early, protocols: ['a'] })).toBe(expected);
  });

  it('TLS-P08 accepted without the PSK, or with another suite of the same hash', () => {
    const say = (edit: HelloEdit): string => {
      const { victim, parts } = resuming({
        ...early,
        suites: [...SUITES, 'TLS_CHACHA20_POLY1305_SHA256'],
      });
      edit(parts);
      victim.send(putTogether(parts));
      const suite = parts.suites[1] === 3 ? 'TLS_CHACHA20_POLY1305_SHA256' : SUITES[0]!;
      victim.sealWith('SERVER_HANDSHAKE_TRAFFIC_SECRET', suite).seal(22, accepted);
      return victim.outcome;
    };
    expect(say(() => undefined)).toBe('WAIT_FINISHED');
    expect(say(withExtension(41, undefined))).toBe('sent illegal_parameter');
    expect(say((p) => (p.suites = hex('1303')))).toBe('sent illegal_parameter');
  });

  it('is not sent for another application protocol, nor where it is too long', () => {
    const types = (client: Partial<TlsClientOptions>): (number | undefined)[] => {
      const options = { suites: SUITES, ...early, ...client };
      return recordsOf(drain(new TlsClient(clientOptions(options)))).map(([type]) => type);
    };
    const session = sessionWith('a');
    expect(types({ session, protocols: ['a', 'b'] })).toEqual([22, 20, 23]);
    expect(types({ session, protocols: ['b'] })).toEqual([22]);
    expect(types({ session, protocols: [] })).toEqual([22]);
    expect(types({ session: { ...session, maxEarlyData: 4 }, protocols: ['a'] })).toEqual([22]);
  });

  it('TLS-P08 a server of TLS 1.2 answers: the connection fails', () => {
    const { victim } = resuming({ ...early, versions: ['TLS 1.3', 'TLS 1.2'] });
    const older = new TlsServer(serverOptions({ versions: ['TLS 1.2'] }));
    older.handleInput(drain(new TlsClient(clientOptions())), ZERO_TIME);
    const flight = recordsOf(drain(older));
    const parts = takeApart(flight[0]!.subarray(0, 9 + ((flight[0]![7]! << 8) | flight[0]![8]!)));
    victim.send(putTogether(parts));
    expect(victim.outcome).toBe('sent protocol_version');
  });

  it('TLS-X02 is not accepted after a HelloRetryRequest: the second hello did not offer it', () => {
    const client = new TlsClient(
      clientOptions({ suites: SUITES, session: sessionWith(), ...early }),
    );
    const honest = new TlsServer(serverOptions({ ...TICKETS, groups: ['P-384'] }));
    const victim = new Victim(client);
    honest.handleInput(drain(client), ZERO_TIME);
    victim.send(drain(honest));
    const second = drain(client);
    const hello = takeApart(recordsOf(second).find(([type]) => type === 22)!);
    expect(hello.extensions.map(([type]) => type)).not.toContain(42);
    honest.handleInput(second, ZERO_TIME);
    const records = recordsOf(drain(honest));
    victim.send(concatBytes(records.filter(([type]) => type !== 23)));
    victim.sealWith('SERVER_HANDSHAKE_TRAFFIC_SECRET').seal(22, accepted);
    expect(lastWords(victim.endpoint, victim.events)).toBe(
      'handshake: fatal unsupported_extension',
    );
  });
});
