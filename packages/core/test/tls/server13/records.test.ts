/** RFC 8446 §5: records right and wrong, before there are keys, under the handshake's and after. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { TlsClient, TlsServer } from '@tcplab/core/tls';
import { MAX_EMPTY_RECORDS } from '../../../src/tls/limits.ts';
import { cutRecords, hex, message, record } from '../support/hello.ts';
import { connected, serverBeforeFinished, Victim } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { clientOptions, drain, serverOptions, textOf } from '../support/world.ts';

const HELLO = drain(new TlsClient(clientOptions()));
/** The message without its record's header. */
const HELLO_MESSAGE = HELLO.slice(5);
const CCS = record(20, hex('01'));
const MAX = 16_384;

const fresh = (): Victim => new Victim(new TlsServer(serverOptions()));

/** Everything the server says from now on; then it must be closed if it has sent a fatal alert. */
function said(victim: Victim): string {
  const lines = sentRecords(victim.endpoint, victim.events);
  expect(victim.endpoint.isClosed).toBe(lines.some((line) => line.includes('fatal')));
  return lines.at(-1) ?? victim.endpoint.state;
}

/** A server that waits for Finished, and what it does with these records before it. */
function beforeFinished(...records: Uint8Array[]): string {
  const { victim, flight } = serverBeforeFinished();
  for (const bytes of records) victim.send(bytes);
  if (victim.endpoint.isClosed) return said(victim);
  victim.seal(22, ...flight);
  return victim.outcome;
}

describe('records before there are keys', () => {
  it.each([0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff, 0x0400, 0xffff])(
    'RFC 8446 §5.1: the version %i of a record means nothing',
    (version) => {
      expect(said(fresh().send(record(22, HELLO_MESSAGE, version)))).toBe(
        'handshake EncryptedExtensions',
      );
    },
  );

  it.each([1, 2, 3, 4, 5, 17, 100])('a ClientHello in records of %i octets', (size) => {
    const victim = fresh();
    const records = cutRecords(22, HELLO_MESSAGE, size);
    for (let at = 0; at < records.length; at += 1) victim.send(records.subarray(at, at + 1));
    expect(said(victim)).toBe('handshake EncryptedExtensions');
  });

  it.each<[string, string, Uint8Array]>([
    ['unexpected_message', 'type 0', record(0, hex('00'))],
    ['unexpected_message', 'type 19', record(19, hex('00'))],
    ['unexpected_message', 'type 24, heartbeat', record(24, hex('010000'))],
    ['unexpected_message', 'type 255', hex('ff')],
    ['unexpected_message', 'HTTP', new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n')],
    [
      'unexpected_message',
      'a ClientHello of SSL 2.0',
      hex('802e0100020015000000100100800300800700c0'),
    ],
    ['protocol_version', 'a version before SSL 3.0', record(22, HELLO_MESSAGE, 0x02ff)],
    ['record_overflow', 'one octet more than 2^14', hex('1603034001')],
    ['record_overflow', '65,535 octets', hex('160303ffff')],
    ['record_overflow', 'data of a protected length', hex('1703034001')],
    ['unexpected_message', 'an empty handshake record', record(22, EMPTY_BYTES)],
    [
      'unexpected_message',
      'an empty record inside the ClientHello',
      concatBytes([record(22, HELLO_MESSAGE.slice(0, 9)), record(22, EMPTY_BYTES)]),
    ],
    ['unexpected_message', 'data', record(23, hex('616263'))],
    ['unexpected_message', 'empty data', record(23, EMPTY_BYTES)],
    ['unexpected_message', 'change_cipher_spec before the ClientHello', CCS],
    [
      'unexpected_message',
      'change_cipher_spec inside the ClientHello',
      concatBytes([record(22, HELLO_MESSAGE.slice(0, 9)), CCS]),
    ],
    [
      'unexpected_message',
      'data inside the ClientHello',
      concatBytes([record(22, HELLO_MESSAGE.slice(0, 9)), record(23, hex('00'))]),
    ],
    [
      'unexpected_message',
      'a warning inside the ClientHello',
      concatBytes([record(22, HELLO_MESSAGE.slice(0, 9)), record(21, hex('015a'))]),
    ],
    ['decode_error', 'a message of 2^24 octets', record(22, hex('01ffffff'))],
    ['decode_error', 'a Finished that would never end', record(22, hex('1400ffff'))],
    ['decode_error', 'an alert of one octet', record(21, hex('02'))],
    ['decode_error', 'an alert of three octets', record(21, hex('022800'))],
    ['illegal_parameter', 'an alert of level 3', record(21, hex('0328'))],
    ['unexpected_message', 'an alert of none', record(21, EMPTY_BYTES)],
  ])('%s: %s', (alert, _what, bytes) => {
    expect(said(fresh().send(bytes))).toBe(`plain fatal ${alert}`);
  });

  it.each([
    ['a second ClientHello', HELLO_MESSAGE],
    ['a Finished', message(20, new Uint8Array(32))],
    ['one octet', hex('14')],
  ])('TLS-R08: %s in the same record is refused before the hello is answered', (_what, more) => {
    const victim = fresh().send(record(22, concatBytes([HELLO_MESSAGE, more])));
    expect(sentRecords(victim.endpoint, victim.events)).toEqual(['plain fatal unexpected_message']);
  });
});

describe('change_cipher_spec during the handshake', () => {
  it('is dropped when it is a single 1, however often', () => {
    expect(beforeFinished(CCS)).toBe('CONNECTED');
    expect(beforeFinished(CCS, CCS, CCS)).toBe('CONNECTED');
  });

  it('TLS-R11: but not without end', () => {
    const many = (count: number) => Array.from({ length: count }, () => CCS);
    expect(beforeFinished(...many(32))).toBe('CONNECTED');
    expect(beforeFinished(...many(33))).toBe('application fatal unexpected_message');
  });

  it('is dropped between the fragments of a message, whatever version it names', () => {
    const { victim, flight } = serverBeforeFinished();
    victim
      .seal(22, flight[0]!.slice(0, 7))
      .send(CCS)
      .send(record(20, hex('01'), 0x0301));
    expect(victim.seal(22, flight[0]!.slice(7)).outcome).toBe('CONNECTED');
  });

  it.each([
    ['empty', record(20, EMPTY_BYTES)],
    ['a 0', record(20, hex('00'))],
    ['a 2', record(20, hex('02'))],
    ['two of them', record(20, hex('0101'))],
    ['a 1 and a 0', record(20, hex('0100'))],
  ])('that is %s is refused under the keys', (_what, bytes) => {
    expect(beforeFinished(bytes)).toBe('application fatal unexpected_message');
  });

  it('that is protected is refused, and so is one after the handshake', () => {
    const { victim } = serverBeforeFinished();
    expect(said(victim.seal(20, hex('01')))).toBe('application fatal unexpected_message');
    const late = connected('server');
    drain(late.endpoint);
    expect(late.send(CCS).outcome).toBe('sent unexpected_message');
  });
});

describe('records under the keys of the handshake', () => {
  it.each<[string, string, Uint8Array]>([
    [
      'unexpected_message',
      'a handshake message without protection',
      record(22, message(20, new Uint8Array(32))),
    ],
    ['bad_record_mac', 'noise', record(23, new Uint8Array(64).fill(7))],
    ['bad_record_mac', 'a tag alone', record(23, new Uint8Array(16))],
    ['bad_record_mac', 'less than a tag', record(23, new Uint8Array(15))],
    ['bad_record_mac', 'nothing', record(23, EMPTY_BYTES)],
    ['bad_record_mac', 'noise of the greatest length', record(23, new Uint8Array(MAX + 256))],
    ['record_overflow', 'an octet more', hex('1703034101')],
    ['unexpected_message', 'a record of no known type', hex('63')],
  ])('%s: %s', (alert, _what, bytes) => {
    expect(beforeFinished(bytes)).toBe(`application fatal ${alert}`);
  });

  it.each<[string, string, number, Uint8Array]>([
    ['unexpected_message', 'data before Finished', 23, hex('61')],
    ['unexpected_message', 'empty data before Finished', 23, EMPTY_BYTES],
    ['unexpected_message', 'an empty handshake record', 22, EMPTY_BYTES],
    ['unexpected_message', 'an empty alert', 21, EMPTY_BYTES],
    ['unexpected_message', 'nothing but zeros', 0, EMPTY_BYTES],
    ['unexpected_message', 'many zeros', 0, new Uint8Array(1_000)],
    ['unexpected_message', 'zeros to the limit', 0, new Uint8Array(MAX)],
    ['unexpected_message', 'a heartbeat', 24, hex('010000')],
    ['unexpected_message', 'type 255', 255, hex('00')],
    ['decode_error', 'half an alert', 21, hex('02')],
    ['decode_error', 'two alerts', 21, hex('02280228')],
  ])('%s: %s', (alert, _what, type, fragment) => {
    const { victim } = serverBeforeFinished();
    expect(said(victim.seal(type, fragment))).toBe(`application fatal ${alert}`);
  });

  it('a Finished comes whole, in single octets, or padded to the limit', () => {
    for (const size of [1, 5, 36]) {
      const { victim, flight } = serverBeforeFinished();
      const [finished] = flight;
      for (let at = 0; at < finished!.length; at += size) {
        victim.seal(22, finished!.subarray(at, at + size));
      }
      expect(victim.outcome).toBe('CONNECTED');
    }
    const { victim, flight } = serverBeforeFinished();
    expect(victim.sealPadded(22, flight[0]!, MAX - flight[0]!.length).outcome).toBe('CONNECTED');
  });

  it('data, and a warning, between the fragments of Finished is refused', () => {
    for (const [type, inside] of [
      [23, hex('00')],
      [21, hex('015a')],
    ] as const) {
      const { victim, flight } = serverBeforeFinished();
      victim.seal(22, flight[0]!.slice(0, 10)).seal(type, inside);
      expect(said(victim)).toBe('application fatal unexpected_message');
    }
  });

  it('TLS-R08: nothing is established by a Finished that more octets follow', () => {
    const { victim, flight } = serverBeforeFinished();
    victim.seal(22, concatBytes([flight[0]!, hex('18')]));
    expect(said(victim)).toBe('application fatal unexpected_message');
    expect(victim.events.some((event) => event.kind === 'established')).toBe(false);
  });
});

describe('records of application data', () => {
  it('hold up to 2^14 octets, padding and the type besides', () => {
    const victim = connected('server');
    victim.seal(23, new Uint8Array(MAX).fill(65)).sealPadded(23, hex('42'), MAX - 1);
    expect(victim.outcome).toBe('CONNECTED');
    expect(textOf(victim.events)).toBe(`${'A'.repeat(MAX)}B`);
  });

  it.each<[string, number, number]>([
    ['data', MAX + 1, 0],
    ['data and padding', MAX, 1],
    ['padding', 0, MAX + 1],
    ['data, as much as fits into the greatest record', MAX + 239, 0],
  ])('with too much %s are a record_overflow', (_what, length, padding) => {
    const victim = connected('server').sealPadded(23, new Uint8Array(length), padding);
    expect(victim.outcome).toBe('sent record_overflow');
  });

  it('are split, joined and empty as the sender likes', () => {
    const victim = connected('server');
    victim.seal(23, EMPTY_BYTES, hex('61'), EMPTY_BYTES, EMPTY_BYTES, hex('6263'));
    for (let i = 0; i < 500; i += 1) victim.sealPadded(23, EMPTY_BYTES, i);
    expect(victim.outcome).toBe('CONNECTED');
    expect(textOf(victim.events)).toBe('abc');
  });

  it('TLS-R11: are empty not without end', () => {
    const victim = connected('server');
    for (let i = 0; i < MAX_EMPTY_RECORDS; i += 1) victim.seal(23, EMPTY_BYTES);
    expect(victim.outcome).toBe('CONNECTED');
    expect(victim.seal(23, EMPTY_BYTES).outcome).toBe('sent unexpected_message');
  });

  it('TLS-A03: are not read behind an alert or close_notify', () => {
    for (const alert of ['0228', '0100']) {
      const victim = connected('server').seal(21, hex(alert)).seal(23, hex('61'));
      expect(textOf(victim.events)).toBe('');
    }
  });

  it('with one bit changed in header, text or tag do not decrypt', () => {
    for (const at of [1, 2, 5, 20, -1]) {
      const victim = connected('server');
      victim.sealChanged(23, new Uint8Array(30), at);
      expect([at, victim.outcome]).toEqual([at, 'sent bad_record_mac']);
    }
  });

  it('without protection are refused', () => {
    expect(connected('server').send(record(22, message(24, hex('00')))).outcome).toBe(
      'sent unexpected_message',
    );
    expect(connected('server').send(record(21, hex('0100'))).outcome).toBe(
      'sent unexpected_message',
    );
    expect(connected('server').send(record(23, hex('616263'))).outcome).toBe('sent bad_record_mac');
  });
});
