/** RFC 8446 §5, §6 and §D.4 at the client: records, change_cipher_spec and alerts, legal and not. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { hex, putTogether, record } from '../support/hello.ts';
import { lastWords, sentBy } from '../support/last-words.ts';
import { clientAfterServerHello, connected, type Victim } from '../support/rogue.ts';
import { beforeServerHello } from '../support/server-hello.ts';
import { eventsOf } from '../support/world.ts';

const CCS = record(20, hex('01'));
const UNEXPECTED = 'fatal unexpected_message';

const words = (victim: Victim): string => lastWords(victim.endpoint, victim.events);

/** What a client in WAIT_SH says to these records. */
function atFirst(...records: Uint8Array[]): string {
  const { victim } = beforeServerHello();
  for (const bytes of records) victim.send(bytes);
  return words(victim);
}

describe('records before there are keys', () => {
  it.each<[string, string, Uint8Array]>([
    ['TLS-R01 type 0', UNEXPECTED, record(0, hex('00'))],
    ['TLS-R01 type 19', UNEXPECTED, record(19, hex('00'))],
    ['TLS-R01 a heartbeat', UNEXPECTED, record(24, hex('01'))],
    ['TLS-R01 type 255', UNEXPECTED, record(255, hex('00'))],
    ['TLS-R01 the answer of an HTTP server', UNEXPECTED, new Uint8Array([72, 84, 84, 80, 47, 49])],
    ['TLS-H01 application data', UNEXPECTED, record(23, hex('61'))],
    ['TLS-H01 empty application data', UNEXPECTED, record(23, EMPTY_BYTES)],
    ['TLS-R06 an empty handshake record', UNEXPECTED, record(22, EMPTY_BYTES)],
    ['TLS-R06 an empty alert', UNEXPECTED, record(21, EMPTY_BYTES)],
    ['TLS-R02 2^14 + 1 octets', 'fatal record_overflow', record(22, new Uint8Array(16_385))],
    ['TLS-R02 65535 octets, of which none came', 'fatal record_overflow', hex('160303ffff')],
    ['TLS-R10 a version before SSL 3.0', 'fatal protocol_version', record(22, hex('02'), 0x0200)],
    ['TLS-H02 half an alert', 'fatal decode_error', record(21, hex('02'))],
    ['TLS-H02 two alerts', 'fatal decode_error', record(21, hex('02280228'))],
    ['TLS-A04 an alert of level 3', 'fatal illegal_parameter', record(21, hex('0328'))],
    ['TLS-A04 an alert of level 0', 'fatal illegal_parameter', record(21, hex('0000'))],
    ['TLS-R09 a change_cipher_spec of 2', UNEXPECTED, record(20, hex('02'))],
    ['TLS-R09 a change_cipher_spec of 0', UNEXPECTED, record(20, hex('00'))],
    ['TLS-R09 a change_cipher_spec of two octets', UNEXPECTED, record(20, hex('0101'))],
    ['TLS-R09 an empty change_cipher_spec', UNEXPECTED, record(20, EMPTY_BYTES)],
    ['TLS-H03 a message without end', 'fatal decode_error', record(22, hex('02ffffff'))],
  ])('%s: %s', (_what, expected, bytes) => {
    expect(atFirst(bytes)).toBe(`plain: ${expected}`);
  });

  it.each([0x0300, 0x0301, 0x0302, 0x0304, 0x03ff, 0x0400, 0xffff])(
    'TLS-R10 the version %i of a record is ignored',
    (version) => {
      const { victim, parts } = beforeServerHello();
      victim.send(record(22, putTogether(parts).subarray(5), version));
      expect(words(victim)).toBe('WAIT_EE');
    },
  );

  it('a ServerHello comes in records of one octet', () => {
    const { victim, parts } = beforeServerHello();
    for (const octet of putTogether(parts).subarray(5)) {
      victim.send(record(22, Uint8Array.of(octet)));
    }
    expect(words(victim)).toBe('WAIT_EE');
  });

  it('TLS-R07 nothing stands between the fragments of a ServerHello', () => {
    const cut = (...between: Uint8Array[]): string => {
      const { victim, parts } = beforeServerHello();
      const hello = putTogether(parts).subarray(5);
      victim.send(record(22, hello.subarray(0, 50)));
      for (const bytes of between) victim.send(bytes);
      victim.send(record(22, hello.subarray(50)));
      return words(victim);
    };
    expect(cut()).toBe('WAIT_EE');
    expect(cut(record(23, EMPTY_BYTES))).toBe(`plain: ${UNEXPECTED}`);
    expect(cut(record(21, hex('015a')))).toBe(`plain: ${UNEXPECTED}`);
    expect(cut(CCS)).toBe(`plain: ${UNEXPECTED}`);
    expect(cut(record(21, hex('0228')))).toBe('closed without a word');
  });
});

describe('change_cipher_spec for middleboxes', () => {
  it('TLS-R09 is dropped before the ServerHello, behind it and up to Finished', () => {
    expect(atFirst(CCS, CCS)).toBe('WAIT_SH');
    const { victim, flight } = clientAfterServerHello();
    victim.send(CCS);
    for (const message of flight.slice(0, 3)) victim.seal(22, message).send(CCS);
    expect(victim.endpoint.state).toBe('WAIT_FINISHED');
    expect(victim.seal(22, flight[3]!).endpoint.state).toBe('CONNECTED');
  });

  it('TLS-R09 is refused after Finished, under keys, and in another form', () => {
    const late = connected('client').send(CCS);
    expect(words(late)).toBe(`application: ${UNEXPECTED}`);
    const say = (edit: (victim: Victim) => Victim): string =>
      words(edit(clientAfterServerHello().victim));
    expect(say((v) => v.seal(20, hex('01')))).toBe(`handshake: ${UNEXPECTED}`);
    expect(say((v) => v.send(record(20, hex('02'))))).toBe(`handshake: ${UNEXPECTED}`);
    expect(say((v) => v.send(record(20, EMPTY_BYTES)))).toBe(`handshake: ${UNEXPECTED}`);
    expect(say((v) => v.send(record(20, hex('0101'))))).toBe(`handshake: ${UNEXPECTED}`);
  });

  it('TLS-R11 not without end', () => {
    expect(atFirst(...Array.from({ length: 32 }, () => CCS))).toBe('WAIT_SH');
    expect(atFirst(...Array.from({ length: 33 }, () => CCS))).toBe(`plain: ${UNEXPECTED}`);
  });

  it('the client sends one before its second flight, and only in compatibility mode', () => {
    const types = (middleboxCompatibility: boolean): string[] => {
      const { victim, flight } = clientAfterServerHello({ middleboxCompatibility });
      victim.seal(22, ...flight);
      return sentBy(victim.endpoint, victim.events).map((r) => `${r.under} ${r.type}`);
    };
    expect(types(true)).toEqual(['plain 20', 'handshake 22']);
    expect(types(false)).toEqual(['handshake 22']);
  });
});

describe('records under keys', () => {
  const inside = (edit: (victim: Victim) => Victim): string =>
    words(edit(clientAfterServerHello().victim));

  it.each<[string, string, (victim: Victim) => Victim]>([
    [
      'TLS-R04 a record that does not decrypt',
      'fatal bad_record_mac',
      (v) => v.send(record(23, new Uint8Array(40))),
    ],
    [
      'TLS-R04 a record shorter than its tag',
      'fatal bad_record_mac',
      (v) => v.send(record(23, hex('00'))),
    ],
    ['TLS-R04 an empty record', 'fatal bad_record_mac', (v) => v.send(record(23, EMPTY_BYTES))],
    [
      'TLS-R01 a handshake message without keys',
      UNEXPECTED,
      (v) => v.send(record(22, hex('08000002 0000'.replace(' ', '')))),
    ],
    ['TLS-R01 an alert without keys', UNEXPECTED, (v) => v.send(record(21, hex('0228')))],
    [
      'TLS-R03 2^14 + 257 octets',
      'fatal record_overflow',
      (v) => v.send(record(23, new Uint8Array(16_641))),
    ],
    [
      'TLS-R02 2^14 + 1 octets inside',
      'fatal record_overflow',
      (v) => v.seal(22, new Uint8Array(16_385)),
    ],
    ['TLS-R05 zeros inside', UNEXPECTED, (v) => v.seal(0, new Uint8Array(16))],
    ['TLS-R05 nothing inside', UNEXPECTED, (v) => v.seal(0, EMPTY_BYTES)],
    ['TLS-R06 an empty message', UNEXPECTED, (v) => v.seal(22, EMPTY_BYTES)],
    ['TLS-R06 an empty alert', UNEXPECTED, (v) => v.seal(21, EMPTY_BYTES)],
    ['TLS-R01 a heartbeat inside', UNEXPECTED, (v) => v.seal(24, hex('01'))],
    ['TLS-R01 type 255 inside', UNEXPECTED, (v) => v.seal(255, hex('01'))],
    ['TLS-H01 data before Finished', UNEXPECTED, (v) => v.seal(23, hex('61'))],
    ['TLS-H01 empty data before Finished', UNEXPECTED, (v) => v.seal(23, EMPTY_BYTES)],
    ['TLS-H02 half an alert', 'fatal decode_error', (v) => v.seal(21, hex('02'))],
    [
      'TLS-H02 two alerts',
      'fatal decode_error',
      (v) => v.seal(21, hex('0100 0100'.replace(' ', ''))),
    ],
    ['TLS-R07 data inside a message', UNEXPECTED, (v) => v.seal(22, hex('08')).seal(23, hex('61'))],
    [
      'TLS-R07 a warning inside a message',
      UNEXPECTED,
      (v) => v.seal(22, hex('08')).seal(21, hex('015a')),
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(inside(edit)).toBe(`handshake: ${expected}`);
  });

  it('a flight comes in fragments of one octet, and in one record', () => {
    const one = clientAfterServerHello();
    expect(words(one.victim.seal(22, concatBytes(one.flight)))).toBe('CONNECTED');
    const many = clientAfterServerHello();
    for (const octet of concatBytes(many.flight)) many.victim.seal(22, Uint8Array.of(octet));
    expect(words(many.victim)).toBe('CONNECTED');
  });

  it('the alert names the rule that demanded it', () => {
    const inside = clientAfterServerHello().victim.seal(22, hex('08')).seal(23, hex('61'));
    expect(inside.rule).toBe('TLS-R07');
    const { victim, flight } = clientAfterServerHello();
    expect(victim.seal(22, concatBytes([...flight, hex('04')])).rule).toBe('TLS-R08');
  });

  it('padding hides the length of a message', () => {
    const { victim, flight } = clientAfterServerHello();
    victim.sealPadded(22, flight[0]!, 200).sealPadded(22, flight[1]!, 1_000);
    expect(words(victim)).toBe('WAIT_CV');
  });

  it('a record may hold 2^14 octets and no more padding than that', () => {
    const full = connected('client').seal(23, new Uint8Array(16_384));
    expect(words(full)).toBe('CONNECTED');
    const padded = connected('client').sealPadded(23, hex('61'), 16_383);
    expect(words(padded)).toBe('CONNECTED');
    const over = connected('client').sealPadded(23, hex('61'), 16_384);
    expect(words(over)).toBe('application: fatal record_overflow');
  });
});

describe('alerts', () => {
  it.each([
    ['handshake_failure', '0228'],
    ['handshake_failure as a warning', '0128'],
    ['unrecognized_name as a warning', '0170'],
    ['an alert nobody knows', '02c8'],
    ['an alert nobody knows, as a warning', '01c8'],
    ['no_renegotiation', '0164'],
  ])('TLS-A03 in TLS 1.3 %s ends the connection without an answer', (_what, alert) => {
    for (const victim of [clientAfterServerHello().victim, connected('client')]) {
      sentBy(victim.endpoint, victim.events);
      victim.seal(21, hex(alert));
      expect(words(victim)).toBe('closed without a word');
    }
  });

  it('a warning before the ServerHello, which may still be of TLS 1.2, is heard and passed over', () => {
    const { victim, parts } = beforeServerHello();
    victim.send(record(21, hex('0170'))).send(putTogether(parts));
    expect(words(victim)).toBe('WAIT_EE');
    expect(atFirst(record(21, hex('0270')))).toBe('closed without a word');
    expect(atFirst(record(21, hex('025a')))).toBe('closed without a word');
  });

  it('user_canceled announces close_notify', () => {
    const victim = connected('client').seal(21, hex('015a'));
    expect(victim.endpoint.isClosed).toBe(false);
    const end = victim.seal(21, hex('0100')).events.at(-1);
    expect(end).toEqual({ kind: 'close_notify', direction: 'received' });
  });

  it.each([
    ['WAIT_SH', 'plain', () => beforeServerHello().victim.send(record(21, hex('0100')))],
    ['WAIT_EE', 'handshake', () => clientAfterServerHello().victim.seal(21, hex('0100'))],
  ] as const)('TLS-A01 close_notify in %s ends the handshake for good', (_state, key, make) => {
    const victim = make();
    expect(words(victim)).toBe(`${key}: warning close_notify`);
    expect(victim.events.at(-1)).toMatchObject({ kind: 'truncated' });
  });

  it('TLS-A02 an end without close_notify is a truncation, in every state', () => {
    for (const victim of [
      beforeServerHello().victim,
      clientAfterServerHello().victim,
      connected('client'),
    ]) {
      victim.endpoint.handleEnd(ZERO_TIME);
      expect(eventsOf(victim.endpoint).at(-1)).toMatchObject({ kind: 'truncated' });
      expect(victim.endpoint.isClosed).toBe(true);
    }
  });

  it('what follows close_notify is not read, not even what is malformed', () => {
    const victim = connected('client').seal(21, hex('0100'));
    victim.send(concatBytes([record(23, new Uint8Array(40)), record(99, hex('00'))]));
    expect(victim.outcome).toBe('CONNECTED');
  });
});
