/** Records of TLS 1.2 under keys: their limits, their nonces, and what a peer may do after the handshake. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { MAX_EMPTY_RECORDS } from '../../../src/tls/limits.ts';
import { flipped, hex, message, record } from '../support/hello.ts';
import { Rogue12 } from '../support/rogue-12.ts';
import { textOf } from '../support/world.ts';

const GCM = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';
const CHACHA = 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256';
const ROLES = ['client', 'server'] as const;
const UNEXPECTED = 'fatal unexpected_message';
const TEXT = hex('6869');

const connected = (victim: 'client' | 'server', suite = GCM): Rogue12 =>
  new Rogue12({ victim, client: { suites: [suite] } }).until('CONNECTED');

const dataIn = (rogue: Rogue12): string => textOf(rogue.events);

describe.each([
  ['AES-GCM', GCM, 8],
  ['ChaCha20-Poly1305', CHACHA, 0],
])('a record of %s', (_name, suite, explicit) => {
  it.each(ROLES)('TLS-R04 at the %s: too short for nonce and tag is a bad_record_mac', (role) => {
    for (let length = 0; length < explicit + 16; length += 1) {
      const short = connected(role, suite).send(record(23, new Uint8Array(length)));
      expect(short.outcome, `${length} octets`).toBe('fatal bad_record_mac');
    }
  });

  it('TLS-R04 every changed octet of fragment, type and version is a bad_record_mac', () => {
    const whole = connected('server', suite).sealed(23, TEXT).length;
    for (let at = 5; at < whole; at += 1) {
      const rogue = connected('server', suite);
      rogue.send(flipped(rogue.sealed(23, TEXT), at));
      expect(rogue.outcome, `octet ${at}`).toBe('fatal bad_record_mac');
    }
    for (const at of [0, 2]) {
      const rogue = connected('server', suite);
      rogue.send(flipped(rogue.sealed(23, TEXT), at));
      expect(rogue.outcome, `octet ${at}`).toBe('fatal bad_record_mac');
    }
  });

  it('TLS-R04 a record twice, or one left out, is a bad_record_mac', () => {
    const twice = connected('server', suite);
    const bytes = twice.sealed(23, TEXT);
    expect(twice.send(bytes).send(bytes).outcome).toBe('fatal bad_record_mac');
    const gap = connected('client', suite);
    const lost = gap.sealed(23, TEXT);
    const late = gap.sealed(23, TEXT);
    // The explicit nonce of AES-GCM is the sender's, the sequence number is not.
    expect([lost.length, gap.send(late).outcome]).toEqual([late.length, 'fatal bad_record_mac']);
  });

  it('TLS-R02 holds 2^14 octets and not one more; TLS-R03 and is no longer than 2^14 + 2048', () => {
    const overhead = explicit + 16;
    expect(connected('server', suite).say(23, new Uint8Array(16_384)).outcome).toBe('CONNECTED');
    for (const length of [16_385, 16_384 + 1_024, 18_432 - overhead]) {
      const rogue = connected('server', suite).say(23, new Uint8Array(length));
      expect([rogue.outcome, rogue.rule]).toEqual(['fatal record_overflow', 'TLS-R02']);
    }
    const long = connected('server', suite).say(23, new Uint8Array(18_433 - overhead));
    expect([long.outcome, long.rule]).toEqual(['fatal record_overflow', 'TLS-R03']);
    // The length alone is enough; forged, the longest that may be is a matter of its tag.
    expect(connected('server', suite).send(hex('1703034801')).outcome).toBe(
      'fatal record_overflow',
    );
    const forged = connected('server', suite).send(record(23, new Uint8Array(18_432)));
    expect(forged.outcome).toBe('fatal bad_record_mac');
  });
});

it.each(ROLES)('the %s takes any explicit nonce, even the same one again', (role) => {
  const rogue = connected(role);
  const nonces = ['0000000000000000', 'ffffffffffffffff', 'ffffffffffffffff', '0123456789abcdef'];
  nonces.forEach((nonce, i) => {
    rogue.send(rogue.sealedWith(hex(nonce), i + 1, { type: 23, fragment: TEXT }));
  });
  expect([rogue.outcome, dataIn(rogue)]).toEqual(['CONNECTED', 'hihihihi']);
});

describe('a plain record of a handshake', () => {
  it('TLS-R02 holds 2^14 octets and not one more', () => {
    const body = (length: number): Rogue12 =>
      new Rogue12({ victim: 'server' }).send(record(22, new Uint8Array(length).fill(1)));
    // A message of 65,793 octets has only begun.
    expect(body(16_384).outcome).toBe('START');
    expect(body(16_385).outcome).toBe('fatal record_overflow');
  });

  it('TLS-R10 is of any version but those before SSL 3.0, whatever was negotiated', () => {
    for (const version of [0x0300, 0x0301, 0x0302, 0x0304, 0x03ff, 0x0403]) {
      const rogue = new Rogue12({ victim: 'server' }).until('WAIT_CKE');
      expect(rogue.send(record(22, rogue.take().fragment, version)).outcome).toBe('WAIT_CCS');
      const other = new Rogue12({ victim: 'client' });
      expect(other.send(record(22, other.take().fragment, version)).outcome).toBe('WAIT_CERT');
    }
    for (const version of [0x0003, 0x0203]) {
      const rogue = new Rogue12({ victim: 'client' });
      expect(rogue.send(record(22, TEXT, version)).outcome).toBe('fatal protocol_version');
    }
  });

  it('takes the messages of a flight in one record, and cut anywhere in two', () => {
    const flight = (rogue: Rogue12): Uint8Array =>
      concatBytes(Array.from({ length: 4 }, () => rogue.take().fragment));
    const whole = new Rogue12({ victim: 'client' });
    const length = flight(whole).length;
    for (let at = 1; at <= length; at += 7) {
      const rogue = new Rogue12({ victim: 'client' });
      const bytes = flight(rogue);
      const parts = [bytes.subarray(0, at), bytes.subarray(at)].filter((part) => part.length > 0);
      expect(rogue.say(22, ...parts).outcome).toBe('WAIT_CCS');
    }
  });
});

describe.each(ROLES)('after the handshake the %s', (role) => {
  const asks = role === 'client' ? message(0, EMPTY_BYTES) : message(1, new Uint8Array(100));

  it('TLS-201 answers a wish to renegotiate with a warning and goes on', () => {
    const rogue = connected(role);
    for (let i = 0; i < 20; i += 1) rogue.say(22, asks).say(23, TEXT);
    expect(rogue.alerts).toEqual(Array.from({ length: 20 }, () => 'warning no_renegotiation'));
    expect(dataIn(rogue)).toBe('hi'.repeat(20));
    expect(rogue.victim.state).toBe('CONNECTED');
  });

  it('TLS-A01 says nothing of the kind behind its own close_notify', () => {
    const rogue = connected(role);
    rogue.victim.close();
    expect(rogue.say(22, asks).alerts).toEqual(['warning close_notify']);
    expect(dataIn(rogue.say(23, TEXT))).toBe('hi');
    expect(rogue.say(21, hex('0100')).victim.isClosed).toBe(true);
  });

  it('TLS-R11 but not for ever, where nothing but such wishes come', () => {
    const rogue = connected(role);
    for (let i = 0; i < 4; i += 1) rogue.say(22, asks);
    expect(rogue.outcome).toBe('warning no_renegotiation');
    expect(rogue.say(22, asks).outcome).toBe(UNEXPECTED);
  });

  it('takes data between the fragments of such a wish', () => {
    const long = role === 'client' ? asks : message(1, new Uint8Array(20_000));
    const rogue = connected(role).say(22, long.subarray(0, 3)).say(23, TEXT, EMPTY_BYTES);
    rogue.say(22, long.subarray(3, 10_000));
    if (role === 'server') rogue.say(23, TEXT).say(22, long.subarray(10_000));
    expect(dataIn(rogue)).toBe(role === 'server' ? 'hihi' : 'hi');
    expect(rogue.alerts).toEqual(['warning no_renegotiation']);
  });

  it('TLS-205 knows no change of keys: ChangeCipherSpec is refused, protected or not', () => {
    expect(connected(role).say(20, hex('01')).outcome).toBe(UNEXPECTED);
    expect(connected(role).send(record(20, hex('01'))).outcome).toBe(UNEXPECTED);
  });

  it('reads alerts cut in two and several in one record', () => {
    const rogue = connected(role).say(21, hex('01'), hex('5a'), hex('01640170'), hex('015a01'));
    expect(rogue.outcome).toBe('CONNECTED');
    expect(rogue.say(21, hex('00')).alerts).toEqual(['warning close_notify']);
    const both = connected(role).say(21, hex('015a0100'));
    expect([both.alerts, both.victim.isClosed]).toEqual([['warning close_notify'], true]);
    expect(connected(role).say(21, hex('02'), hex('28')).victim.isClosed).toBe(true);
  });

  it('TLS-A03 reads nothing behind close_notify or a fatal alert', () => {
    expect(dataIn(connected(role).say(21, hex('0100')).say(23, TEXT))).toBe('');
    expect(dataIn(connected(role).say(21, hex('0228')).say(23, TEXT))).toBe('');
    const own = connected(role).say(23, TEXT).send(record(23, TEXT)).say(23, TEXT);
    expect([own.outcome, dataIn(own)]).toEqual(['fatal bad_record_mac', 'hi']);
  });

  it('TLS-R11 warnings with something between them are no flood, empty records are', () => {
    const rogue = connected(role);
    for (let i = 0; i < 50; i += 1) rogue.say(21, hex('015a')).say(23, TEXT);
    expect(rogue.outcome).toBe('CONNECTED');
    const empty = connected(role);
    for (let i = 0; i < MAX_EMPTY_RECORDS; i += 1) empty.say(23, EMPTY_BYTES);
    expect(empty.outcome).toBe('CONNECTED');
    expect(empty.say(23, EMPTY_BYTES).outcome).toBe(UNEXPECTED);
  });
});
