/** NewSessionTicket of TLS 1.2 at the client (RFC 5077 §3.3). */
import { describe, expect, it } from 'vitest';
import type { TlsSession } from '@tcplab/core/tls';
import { flipped, hex, message } from '../support/hello.ts';
import { Rogue12, TICKETS } from '../support/rogue-12.ts';
import { ECDSA_SERVER, RSA_SERVER } from '../support/world.ts';

const UNEXPECTED = 'fatal unexpected_message';

describe('NewSessionTicket', () => {
  const there = (): Rogue12 =>
    new Rogue12({ victim: 'client', server: { tickets: TICKETS } }).until('WAIT_NST');
  const sessionsOf = (rogue: Rogue12): TlsSession[] =>
    rogue.events.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []));

  it.each([
    ['a ticket', '00000e100002abcd', 'WAIT_CCS'],
    ['without a hint of its life', '000000000002abcd', 'WAIT_CCS'],
    ['with a life without end', 'ffffffff0002abcd', 'WAIT_CCS'],
    ['no ticket after all', '000000000000', 'WAIT_CCS'],
    ['TLS-H02 cut short', '00000e100003abcd', 'fatal decode_error'],
    ['TLS-H02 an octet behind', '00000e100002abcd00', 'fatal decode_error'],
    ['TLS-H02 a life alone', '00000e10', 'fatal decode_error'],
    ['TLS-H02 nothing', '', 'fatal decode_error'],
  ])('%s', (_what, body, expected) => {
    expect(there().say(22, message(4, hex(body))).outcome).toBe(expected);
  });

  it('TLS-206 comes where it was announced, once, and nowhere else', () => {
    expect(there().say(20, hex('01')).outcome).toBe(UNEXPECTED);
    const twice = there();
    const { fragment } = twice.take();
    expect(twice.say(22, fragment, fragment).outcome).toBe(UNEXPECTED);
    const unannounced = new Rogue12({ victim: 'client' }).until('WAIT_CCS');
    expect(unannounced.say(22, fragment).outcome).toBe(UNEXPECTED);
    const late = new Rogue12({ victim: 'client', server: { tickets: TICKETS } }).until('CONNECTED');
    expect([sessionsOf(late).length, late.say(22, fragment).outcome]).toEqual([1, UNEXPECTED]);
  });

  it('RFC 5077 §3.3: is told only when the Finished behind it proved right', () => {
    const rogue = there();
    rogue.until('WAIT_FINISHED');
    expect(sessionsOf(rogue)).toEqual([]);
    rogue.say(22, flipped(rogue.take().fragment));
    expect([sessionsOf(rogue), rogue.outcome]).toEqual([[], 'fatal decrypt_error']);
  });

  it('goes to a client that asks, after a full handshake with any certificate', () => {
    for (const identity of [ECDSA_SERVER, RSA_SERVER]) {
      const server = { tickets: TICKETS, identities: [identity] };
      const rogue = new Rogue12({ victim: 'client', server }).until('CONNECTED');
      expect(sessionsOf(rogue)).toHaveLength(1);
    }
  });
});
