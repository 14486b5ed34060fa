/** RFC 8446 §4.2.10, §4.5: early data that is taken, and early data that is passed over. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions, type TlsSession } from '@tcplab/core/tls';
import { earlyServer, resumingHello, resumingServer, sessionWith } from '../support/early.ts';
import { hex, message, record } from '../support/hello.ts';
import { recordsOf, Victim } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { clientOptions, drain, text, textOf } from '../support/world.ts';

const SESSION = sessionWith();
const HELLO = resumingHello(SESSION);

describe('early data that is accepted', () => {
  it('comes in records of any size, empty ones and padding included, until EndOfEarlyData', () => {
    const { victim } = earlyServer();
    victim.seal(23, text('a'), EMPTY_BYTES, text('b')).sealPadded(23, text('c'), 5_000);
    victim.seal(22, message(5, EMPTY_BYTES));
    expect([textOf(victim.events), victim.endpoint.state]).toEqual(['abc', 'WAIT_FINISHED']);
  });

  it('TLS-P07: up to the last octet that the ticket allows, padding not counted', () => {
    const { victim } = earlyServer();
    victim.sealPadded(23, new Uint8Array(1_000), 9_000);
    expect(victim.outcome).toBe('WAIT_EOED');
    expect(victim.seal(23, text('x')).outcome).toBe('sent unexpected_message');
  });

  it.each<[string, string, (victim: Victim) => Victim]>([
    [
      'bad_record_mac',
      'a record that does not decrypt',
      (v) => v.send(record(23, new Uint8Array(50))),
    ],
    [
      'bad_record_mac',
      'Finished without EndOfEarlyData',
      (v) =>
        v.sealWith('CLIENT_HANDSHAKE_TRAFFIC_SECRET').seal(22, message(20, new Uint8Array(32))),
    ],
    [
      'unexpected_message',
      'Finished under the early key',
      (v) => v.seal(22, message(20, new Uint8Array(32))),
    ],
    ['decode_error', 'EndOfEarlyData with a body', (v) => v.seal(22, message(5, hex('00')))],
    [
      'unexpected_message',
      'EndOfEarlyData and more in its record',
      (v) => v.seal(22, concatBytes([message(5, EMPTY_BYTES), hex('14')])),
    ],
    [
      'bad_record_mac',
      'data under the early key after EndOfEarlyData',
      (v) => v.seal(22, message(5, EMPTY_BYTES)).seal(23, text('x')),
    ],
    [
      'unexpected_message',
      'EndOfEarlyData twice',
      (v) =>
        v
          .seal(22, message(5, EMPTY_BYTES))
          .sealWith('CLIENT_HANDSHAKE_TRAFFIC_SECRET')
          .seal(22, message(5, EMPTY_BYTES)),
    ],
    ['unexpected_message', 'a plain ClientHello', (v) => v.send(HELLO)],
    [
      'unexpected_message',
      'data inside EndOfEarlyData',
      (v) => v.seal(22, hex('0500')).seal(23, text('x')),
    ],
  ])('%s: %s', (alert, _what, act) => {
    const { victim } = earlyServer();
    const lines = sentRecords(act(victim).endpoint, victim.events);
    expect(lines).toEqual([`application fatal ${alert}`]);
  });

  it('a change_cipher_spec between its records is dropped', () => {
    const { victim } = earlyServer();
    victim
      .seal(23, text('a'))
      .send(record(20, hex('01')))
      .seal(23, text('b'));
    expect([victim.outcome, textOf(victim.events)]).toEqual(['WAIT_EOED', 'ab']);
  });
});

describe('early data that is not accepted', () => {
  /** A server that takes none, in WAIT_FINISHED, and the rest of an honest client's second flight. */
  function refusing(more: Partial<TlsServerOptions> = {}, session: TlsSession = SESSION) {
    const honest = new TlsClient(clientOptions({ session, earlyData: text('early') }));
    const victim = new Victim(new TlsServer(resumingServer({ maxEarlyData: 0, ...more })));
    const [hello] = recordsOf(drain(honest));
    victim.send(hello!);
    return { honest, victim };
  }

  function finish({ honest, victim }: ReturnType<typeof refusing>): string {
    honest.handleInput(drain(victim.endpoint), ZERO_TIME);
    return victim.send(drain(honest)).outcome;
  }

  const noise = (length: number): Uint8Array => record(23, new Uint8Array(length).fill(9));

  it('is passed over, whatever the size of its records, and then the handshake goes on', () => {
    for (const sizes of [
      [],
      [17],
      [1],
      [0],
      [16_640],
      [5_000, 5_000, 5_000],
      Array(200).fill(18),
    ]) {
      const both = refusing();
      for (const size of sizes) both.victim.send(noise(size));
      both.victim.send(record(20, hex('01')));
      expect([sizes.length, finish(both)]).toEqual([sizes.length, 'CONNECTED']);
    }
  });

  it('TLS-P07: not for ever', () => {
    const { victim } = refusing();
    for (let i = 0; i < 20; i += 1) victim.send(noise(1_100));
    expect(victim.outcome).toBe('sent bad_record_mac');
  });

  it('a record that does not decrypt behind one that does is no early data', () => {
    const { honest, victim } = refusing();
    victim.send(noise(100));
    honest.handleInput(drain(victim.endpoint), ZERO_TIME);
    const second = recordsOf(drain(honest)).filter((bytes) => bytes[0] === 23);
    victim.send(second.at(-1)!);
    expect(victim.outcome).toBe('CONNECTED');
    expect(victim.send(noise(100)).outcome).toBe('sent bad_record_mac');
  });

  it('EndOfEarlyData has no place there', () => {
    const { victim } = refusing();
    victim.sealWith('CLIENT_HANDSHAKE_TRAFFIC_SECRET').seal(22, message(5, EMPTY_BYTES));
    expect(victim.outcome).toBe('sent unexpected_message');
  });

  describe('because of a HelloRetryRequest', () => {
    const retrying = () => refusing({ maxEarlyData: 1_000, groups: ['P-384'] });

    it('is passed over by its type, in records of the greatest length too', () => {
      for (const sizes of [[], [16_640], [100, 200], [0]]) {
        const both = retrying();
        for (const size of sizes) both.victim.send(noise(size));
        both.victim.send(record(20, hex('01')));
        expect([sizes, finish(both)]).toEqual([sizes, 'WAIT_FINISHED']);
        expect(finish(both)).toBe('CONNECTED');
      }
    });

    it('is data out of place when it does not end, or comes after the second ClientHello', () => {
      const endless = retrying().victim;
      for (let i = 0; i < 20; i += 1) endless.send(noise(1_100));
      expect(endless.outcome).toBe('sent unexpected_message');
      const both = retrying();
      expect(finish(both)).toBe('WAIT_FINISHED');
      expect(both.victim.send(noise(100)).outcome).toBe('sent bad_record_mac');
    });

    it('TLS-R11: records of nothing are no way to go on for ever', () => {
      const { victim } = retrying();
      const many = concatBytes(Array.from({ length: 1_000 }, () => noise(0)));
      for (let i = 0; i < 20; i += 1) victim.send(many);
      expect(victim.outcome).toBe('START');
      expect(victim.send(many).outcome).toBe('sent unexpected_message');
    });

    it('does not make plain records longer', () => {
      expect(retrying().victim.send(hex('1603034001')).outcome).toBe('sent record_overflow');
      expect(retrying().victim.send(hex('1703034101')).outcome).toBe('sent record_overflow');
    });
  });
});
