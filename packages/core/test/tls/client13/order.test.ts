/** RFC 8446 §4 and §A.1 at the client: every message of the handshake in every state. */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '@tcplab/core';
import { hex, message, putTogether, record } from '../support/hello.ts';
import { lastWords, sentBy } from '../support/last-words.ts';
import { clientAfterServerHello, connected, recordsOf, type Victim } from '../support/rogue.ts';
import { beforeServerHello } from '../support/server-hello.ts';
import { drain } from '../support/world.ts';

/** Bodies that parse, so that only the order can be wrong. */
const MESSAGES = {
  HelloRequest: message(0, hex('')),
  ClientHello: message(1, hex(`0303${'11'.repeat(32)}000002130101000000`)),
  ServerHello: message(2, hex(`0303${'22'.repeat(32)}00130100002e002b00020304`)),
  NewSessionTicket: message(4, hex('00000e10000000000100000201020000')),
  EndOfEarlyData: message(5, hex('')),
  HelloRetryRequestOfDrafts: message(6, hex('')),
  EncryptedExtensions: message(8, hex('0000')),
  Certificate: message(11, hex('00000006000001ff0000')),
  ServerKeyExchange: message(12, hex('03001d00')),
  CertificateRequest: message(13, hex('000008000d000400020403')),
  ServerHelloDone: message(14, hex('')),
  CertificateVerify: message(15, hex('04030000')),
  ClientKeyExchange: message(16, hex('00')),
  Finished: message(20, new Uint8Array(32)),
  CertificateStatus: message(22, hex('0100000100')),
  KeyUpdate: message(24, hex('00')),
  CompressedCertificate: message(25, hex('0001000001000001ff')),
  NextProtocol: message(67, hex('0000')),
  message_hash: message(254, new Uint8Array(32)),
  'the last number': message(255, hex('')),
} as const;
type Name = keyof typeof MESSAGES;

/** How many messages of the flight bring a client into the state; what may come there. */
const STATES: readonly [state: string, messages: number, asked: boolean, due: readonly Name[]][] = [
  ['WAIT_EE', 0, false, ['EncryptedExtensions']],
  ['WAIT_CERT_CR', 1, false, ['Certificate', 'CertificateRequest']],
  ['WAIT_CERT', 2, true, ['Certificate']],
  ['WAIT_CV', 2, false, ['CertificateVerify']],
  ['WAIT_FINISHED', 3, false, ['Finished']],
];

function inState(messages: number, asked: boolean): Victim {
  const { victim, flight } = clientAfterServerHello();
  const before = asked ? [flight[0]!, MESSAGES.CertificateRequest] : flight.slice(0, messages);
  return victim.seal(22, ...before);
}

const others = (due: readonly Name[]): Name[] =>
  (Object.keys(MESSAGES) as Name[]).filter((name) => !due.includes(name));

describe('a message out of its order', () => {
  it.each(STATES)('TLS-H01 in %s', (state, messages, asked, due) => {
    for (const name of others(due)) {
      const victim = inState(messages, asked);
      expect(victim.endpoint.state).toBe(state);
      victim.seal(22, MESSAGES[name]);
      const words = lastWords(victim.endpoint, victim.events);
      expect(`${name}: ${words}`).toBe(`${name}: handshake: fatal unexpected_message`);
    }
  });

  it('TLS-H01 in WAIT_SH', () => {
    // A client that offers TLS 1.2 beside it passes a HelloRequest over (RFC 5246 §7.4.1.1).
    for (const name of others(['ServerHello'])) {
      const { victim } = beforeServerHello({ client: { versions: ['TLS 1.3'] } });
      victim.send(record(22, MESSAGES[name]));
      const words = lastWords(victim.endpoint, victim.events);
      expect(`${name}: ${words}`).toBe(`${name}: plain: fatal unexpected_message`);
    }
  });

  it('TLS-H01 in CONNECTED', () => {
    for (const name of others(['NewSessionTicket', 'KeyUpdate'])) {
      const victim = connected('client').seal(22, MESSAGES[name]);
      const words = lastWords(victim.endpoint, victim.events);
      expect(`${name}: ${words}`).toBe(`${name}: application: fatal unexpected_message`);
    }
  });

  it('TLS-R08 a message in the record of the ServerHello, whole or begun', () => {
    const say = (rest: Uint8Array): string => {
      const { victim, parts } = beforeServerHello();
      victim.send(record(22, concatBytes([putTogether(parts).subarray(5), rest])));
      return lastWords(victim.endpoint, victim.events);
    };
    expect(say(MESSAGES.EncryptedExtensions)).toBe('handshake: fatal unexpected_message');
    expect(say(hex('08'))).toBe('handshake: fatal unexpected_message');
    expect(say(new Uint8Array())).toBe('WAIT_EE');
  });
});

describe('every state ends with its alert', () => {
  it('TLS-A03 one alert, and nothing behind it', () => {
    const victim = inState(2, false).seal(22, MESSAGES.Finished);
    const sent = sentBy(victim.endpoint, victim.events);
    expect(sent.map(({ under, type }) => `${under} ${type}`)).toEqual(['handshake 21']);
    victim.seal(22, MESSAGES.Finished).seal(21, hex('0228')).seal(23, hex('61'));
    expect(recordsOf(drain(victim.endpoint))).toEqual([]);
    expect(() => victim.endpoint.send(hex('61'))).toThrow('connection closing');
  });
});
