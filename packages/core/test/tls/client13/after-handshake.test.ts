/** RFC 8446 §4.6 and §6.1 at the client: tickets, KeyUpdate and the end of a connection. */
import { describe, expect, it } from 'vitest';
import { concatBytes, type Micros } from '@tcplab/core';
import type { TlsEvent, TlsSession } from '@tcplab/core/tls';
import { block } from '../support/flight.ts';
import { hex, message } from '../support/hello.ts';
import { lastWords, sentBy } from '../support/last-words.ts';
import { connected, type Victim } from '../support/rogue.ts';
import { TlsPair } from '../support/world.ts';

const DECODE = 'application: fatal decode_error';
const ILLEGAL = 'application: fatal illegal_parameter';

const words = (victim: Victim): string => lastWords(victim.endpoint, victim.events);
const sessionsOf = (events: readonly TlsEvent[]): TlsSession[] =>
  events.flatMap((event) => (event.kind === 'ticket' ? [event.session] : []));

interface TicketParts {
  lifetime?: string;
  nonce?: string;
  ticket?: string;
  extensions?: [number, string][];
}

function ticket({ lifetime, nonce, ticket: octets, extensions = [] }: TicketParts): Uint8Array {
  const head = hex(`${lifetime ?? '00000e10'}00000007${nonce ?? '0101'}${octets ?? '00020102'}`);
  return message(4, concatBytes([head, block(...extensions)]));
}

describe('NewSessionTicket', () => {
  it.each<[string, string, Uint8Array]>([
    ['as it should be', 'CONNECTED', ticket({})],
    ['with an empty nonce', 'CONNECTED', ticket({ nonce: '00' })],
    ['with a nonce of 255 octets', 'CONNECTED', ticket({ nonce: `ff${'aa'.repeat(255)}` })],
    [
      'with a ticket of 16,000 octets',
      'CONNECTED',
      ticket({ ticket: `3e80${'aa'.repeat(16_000)}` }),
    ],
    [
      'with extensions nobody knows',
      'CONNECTED',
      ticket({
        extensions: [
          [0xfafa, '00'],
          [0x1234, ''],
        ],
      }),
    ],
    ['with early data', 'CONNECTED', ticket({ extensions: [[42, '00000400']] })],
    ['TLS-H02 without a ticket', DECODE, ticket({ ticket: '0000' })],
    ['TLS-H02 with a ticket cut short', DECODE, message(4, hex('00000e10000000070101000401'))],
    ['TLS-H02 without extensions', DECODE, message(4, hex('00000e1000000007010100020102'))],
    ['TLS-H02 empty', DECODE, message(4, hex(''))],
    ['TLS-H02 with a rest', DECODE, message(4, hex('00000e100000000701010002010200000000'))],
    ['TLS-H02 with early data of no size', DECODE, ticket({ extensions: [[42, '']] })],
    [
      'TLS-H02 with early data of five octets',
      DECODE,
      ticket({ extensions: [[42, '0000000400']] }),
    ],
    [
      'TLS-X01 with early data twice',
      ILLEGAL,
      ticket({
        extensions: [
          [42, '00000400'],
          [42, '00000400'],
        ],
      }),
    ],
    ['TLS-X03 with a key share', ILLEGAL, ticket({ extensions: [[51, '001d']] })],
    ['TLS-X03 with server_name', ILLEGAL, ticket({ extensions: [[0, '']] })],
  ])('%s: %s', (_what, expected, bytes) => {
    expect(words(connected('client').seal(22, bytes))).toBe(expected);
  });

  it('TLS-P09 is kept seven days at most, and not at all where its lifetime is zero', () => {
    const kept = (lifetime: string): number[] =>
      sessionsOf(connected('client').seal(22, ticket({ lifetime })).events).map(
        (session) => session.lifetimeSeconds,
      );
    expect(kept('00093a80')).toEqual([604_800]);
    expect(kept('00093a81')).toEqual([604_800]);
    expect(kept('ffffffff')).toEqual([604_800]);
    expect(kept('00000000')).toEqual([]);
  });

  it('a nonce makes the PSK: two tickets with one nonce have one, with two they have two', () => {
    const victim = connected('client').seal(22, ticket({}), ticket({}), ticket({ nonce: '0102' }));
    const [first, second, third] = sessionsOf(victim.events).map((session) => session.secret);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  it('comes in fragments, several in a record, and between data', () => {
    const victim = connected('client');
    victim.seal(22, ticket({}).subarray(0, 5), ticket({}).subarray(5));
    victim.seal(22, concatBytes([ticket({}), ticket({})])).seal(23, hex('61'));
    expect(sessionsOf(victim.events)).toHaveLength(3);
    expect(words(victim)).toBe('CONNECTED');
  });
});

describe('KeyUpdate', () => {
  const update = (body: string): Uint8Array => message(24, hex(body));
  const say = (...messages: Uint8Array[]): string =>
    words(connected('client').seal(22, ...messages));

  it('TLS-H14 has one octet, 0 or 1, and ends its record', () => {
    expect(say(update('00'))).toBe('CONNECTED');
    expect(say(update('00').subarray(0, 3), update('00').subarray(3))).toBe('CONNECTED');
    expect(say(update('02'))).toBe(ILLEGAL);
    expect(say(update('ff'))).toBe(ILLEGAL);
    expect(say(update(''))).toBe(DECODE);
    expect(say(update('0000'))).toBe(DECODE);
    const two = say(concatBytes([update('00'), ticket({})]));
    expect(two).toBe('application: fatal unexpected_message');
  });

  it('TLS-R08 what follows under the old key does not decrypt', () => {
    expect(say(update('00'), ticket({}))).toBe('application: fatal bad_record_mac');
  });

  it('a request is answered once, with an update that asks for nothing', () => {
    const victim = connected('client');
    sentBy(victim.endpoint, victim.events);
    victim.seal(22, update('01'));
    const updates = victim.events.filter((event) => event.kind === 'key update');
    expect(updates).toMatchObject([
      { direction: 'received', requested: true },
      { direction: 'sent', requested: false },
    ]);
  });

  it('TLS-A01 a request is not answered behind our close_notify', () => {
    const victim = connected('client');
    sentBy(victim.endpoint, victim.events);
    victim.endpoint.close();
    expect(sentBy(victim.endpoint, victim.events)).toHaveLength(1);
    victim.seal(22, update('01'));
    expect(sentBy(victim.endpoint, victim.events)).toEqual([]);
    expect(victim.outcome).toBe('CONNECTED');
  });

  it('a request just before close_notify is answered before the next data', () => {
    const pair = new TlsPair().run();
    pair.server.requestKeyUpdate();
    pair.server.close();
    pair.run();
    pair.client.send(hex('61'));
    pair.run();
    const kinds = pair.serverEvents.map((event) => event.kind);
    expect(kinds.lastIndexOf('key update')).toBeLessThan(kinds.lastIndexOf('application data'));
    expect(kinds).not.toContain('alert');
    const answered = pair.clientEvents.filter((event) => event.kind === 'key update');
    expect(answered.at(-1)).toMatchObject({ direction: 'sent' });
  });
});

describe('the end', () => {
  it('TLS-A01 a client that closes early finishes its handshake first', () => {
    const pair = new TlsPair();
    pair.client.send(hex('6869'));
    pair.client.close();
    pair.run();
    expect(pair.serverEvents.at(-1)).toEqual({ kind: 'close_notify', direction: 'received' });
    expect(pair.serverEvents).toContainEqual({
      kind: 'application data',
      data: hex('6869'),
      early: false,
    });
    pair.server.send(hex('61'));
    pair.server.close();
    pair.run();
    expect([pair.client.isClosed, pair.server.isClosed]).toEqual([true, true]);
  });

  it('without data too, and without asking the server to wait', () => {
    const pair = new TlsPair({}, {}, 0 as Micros);
    pair.client.close();
    pair.run();
    expect(pair.established.map((one) => one?.version)).toEqual(['TLS 1.3', 'TLS 1.3']);
    expect(pair.serverEvents.at(-1)).toEqual({ kind: 'close_notify', direction: 'received' });
  });
});
