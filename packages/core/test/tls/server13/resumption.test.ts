/** RFC 8446 §4.2.9, §4.2.11: PSKs, right, wrong and odd. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ms, ZERO_TIME, type Micros } from '@tcplab/core';
import { NOBLE_CRYPTO, TicketKeys, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
import { KeySchedule } from '../../../src/tls/keys/key-schedule.ts';
import { digest } from '../../../src/tls/crypto/provider.ts';
import { resumingHello, resumingServer, sessionWith } from '../support/early.ts';
import {
  extensionOf,
  hex,
  putTogether,
  setExtension,
  takeApart,
  u16,
  type HelloParts,
} from '../support/hello.ts';
import { testRandom } from '../support/random.ts';
import { Victim } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { ROOT, text } from '../support/world.ts';

const SESSION = sessionWith();
const HELLO = resumingHello(SESSION);

interface Offered {
  readonly identity: Uint8Array;
  readonly age?: number;
  readonly binder?: Uint8Array;
}

const OURS: Offered = { identity: SESSION.ticket };
const UNKNOWN: Offered = { identity: text('who is this'), binder: new Uint8Array(32) };

/** Replaces the PSKs of the hello; binders that are not given are computed as they must be. */
function offer(parts: HelloParts, psks: readonly Offered[], session = SESSION): Uint8Array {
  const identities = concatBytes(
    psks.flatMap(({ identity, age = session.ageAdd }) => [
      u16(identity.length),
      identity,
      u16(age >>> 16),
      u16(age & 0xffff),
    ]),
  );
  const hole = psks.map(({ binder }) => binder ?? new Uint8Array(32));
  const write = (all: readonly Uint8Array[]): Uint8Array => {
    const binders = concatBytes(all.flatMap((one) => [Uint8Array.of(one.length), one]));
    const data = [u16(identities.length), identities, u16(binders.length), binders];
    setExtension(parts, 41, concatBytes(data));
    return putTogether(parts);
  };
  const bindersLength = 2 + hole.reduce((sum, one) => sum + 1 + one.length, 0);
  const draft = write(hole);
  const covered = draft.subarray(5, draft.length - bindersLength);
  const early = KeySchedule.early(NOBLE_CRYPTO, 'SHA-256', session.secret);
  const right = early.binder(digest(NOBLE_CRYPTO, 'SHA-256', covered));
  return write(psks.map(({ binder }) => binder ?? right));
}

/** What becomes of a ClientHello: the alert, or how it is resumed. */
function answer(hello: Uint8Array, more: Partial<TlsServerOptions> = {}, now = ZERO_TIME): string {
  const server = new TlsServer(resumingServer(more));
  const victim = new Victim(server);
  server.handleInput(hello, now);
  victim.send(EMPTY_BYTES);
  const lines = sentRecords(server, victim.events);
  if (server.isClosed) return lines.join();
  const summary = victim.events.flatMap((event) =>
    event.kind === 'message' && event.name === 'ServerHello' ? [event.summary] : [],
  )[0]!;
  return /with PSK \d/.exec(summary)?.[0] ?? 'in full';
}

function edited(edit: (parts: HelloParts) => Uint8Array | undefined | void): Uint8Array {
  const parts = takeApart(HELLO);
  return edit(parts) ?? putTogether(parts);
}

const later = (seconds: number): Micros => (ZERO_TIME + ms(seconds * 1_000)) as Micros;

describe('a ClientHello with PSKs', () => {
  it.each<[string, string, (parts: HelloParts) => Uint8Array]>([
    ['with PSK 0', 'a ticket of ours', (p) => offer(p, [OURS])],
    ['with PSK 0', 'an age that cannot be', (p) => offer(p, [{ ...OURS, age: 12_345 }])],
    ['with PSK 1', 'an unknown ticket before it', (p) => offer(p, [UNKNOWN, OURS])],
    ['with PSK 0', 'an unknown ticket behind it', (p) => offer(p, [OURS, UNKNOWN])],
    [
      'with PSK 0',
      'a wrong binder that is not asked for',
      (p) => offer(p, [OURS, { ...OURS, binder: new Uint8Array(48) }]),
    ],
    ['in full', 'an unknown ticket alone', (p) => offer(p, [UNKNOWN])],
    ['in full', 'a ticket of one octet', (p) => offer(p, [{ ...UNKNOWN, identity: hex('00') }])],
    [
      'in full',
      'a hundred unknown tickets',
      (p) =>
        offer(
          p,
          Array.from({ length: 100 }, () => UNKNOWN),
        ),
    ],
    [
      'in full',
      'a ticket with one bit changed',
      (p) =>
        offer(p, [
          {
            ...UNKNOWN,
            identity: SESSION.ticket.map((octet, i) => (i === 40 ? octet ^ 1 : octet)),
          },
        ]),
    ],
    ['in full', 'psk_ke alone', (p) => (setExtension(p, 45, hex('0100')), offer(p, [OURS]))],
    [
      'in full',
      'modes that nobody knows',
      (p) => (setExtension(p, 45, hex('022a2b')), offer(p, [OURS])),
    ],
    [
      'with PSK 0',
      'many modes, ours among them',
      (p) => (setExtension(p, 45, hex('042a002b01')), offer(p, [OURS])),
    ],
    [
      'in full',
      'another host name',
      (p) => (setExtension(p, 0, hex('000e00000b6f746865722e6c6f63616c')), offer(p, [OURS])),
    ],
    ['in full', 'a suite of another hash', (p) => ((p.suites = hex('00021302')), offer(p, [OURS]))],
    [
      'with PSK 0',
      'another suite of the same hash',
      (p) => ((p.suites = hex('00021303')), offer(p, [OURS])),
    ],
    [
      'with PSK 0',
      'no signature_algorithms',
      (p) => (setExtension(p, 13, undefined), offer(p, [OURS])),
    ],
    [
      'plain fatal decrypt_error',
      'a wrong binder',
      (p) => offer(p, [{ ...OURS, binder: new Uint8Array(32) }]),
    ],
    [
      'plain fatal decrypt_error',
      'a binder of another length',
      (p) => offer(p, [{ ...OURS, binder: new Uint8Array(48) }]),
    ],
    [
      'plain fatal decrypt_error',
      'the wrong binder of the second',
      (p) => offer(p, [UNKNOWN, { ...OURS, binder: new Uint8Array(32) }]),
    ],
    [
      'plain fatal decode_error',
      'a binder of 31 octets',
      (p) => offer(p, [{ ...OURS, binder: new Uint8Array(31) }]),
    ],
    ['plain fatal decode_error', 'no PSK', (p) => offer(p, [])],
    [
      'plain fatal decode_error',
      'an empty identity',
      (p) => offer(p, [{ identity: EMPTY_BYTES }, UNKNOWN]),
    ],
    [
      'plain fatal missing_extension',
      'no modes',
      (p) => (setExtension(p, 45, undefined), offer(p, [OURS])),
    ],
    [
      'plain fatal missing_extension',
      'no key_share',
      (p) => (setExtension(p, 51, undefined), offer(p, [OURS])),
    ],
    [
      'plain fatal missing_extension',
      'no supported_groups',
      (p) => (setExtension(p, 10, undefined), offer(p, [OURS])),
    ],
    [
      'plain fatal missing_extension',
      'psk_ke alone, without groups and shares',
      (p) => {
        for (const type of [10, 51]) setExtension(p, type, undefined);
        setExtension(p, 45, hex('0100'));
        return offer(p, [OURS]);
      },
    ],
  ])('is answered %s: %s', (expected, _what, edit) => {
    expect(answer(edited(edit))).toBe(expected);
  });

  it.each<[string, (data: Uint8Array) => Uint8Array]>([
    [
      'a binder too many',
      (data) => {
        const at = 2 + ((data[0]! << 8) | data[1]!);
        const binder = data.slice(at + 2);
        return concatBytes([data.slice(0, at), u16(2 * binder.length), binder, binder]);
      },
    ],
    [
      'an identity too many',
      (data) => {
        const at = 2 + ((data[0]! << 8) | data[1]!);
        const identity = data.slice(2, at);
        return concatBytes([u16(2 * identity.length), identity, identity, data.slice(at)]);
      },
    ],
  ])('%s is an illegal_parameter', (_what, change) => {
    const hello = edited((parts) => setExtension(parts, 41, change(extensionOf(parts, 41))));
    expect(answer(hello)).toBe('plain fatal illegal_parameter');
  });

  it('anything behind pre_shared_key is an illegal_parameter, even padding', () => {
    for (const type of [21, 0x0a0a, 45]) {
      const hello = edited((parts) => {
        if (type === 45) setExtension(parts, 45, undefined);
        parts.extensions.push([type, type === 45 ? hex('0101') : EMPTY_BYTES]);
      });
      expect(answer(hello)).toBe('plain fatal illegal_parameter');
    }
  });

  it('a ticket is good for its lifetime and not a second longer', () => {
    const week = 604_800;
    expect(answer(HELLO, {}, later(week))).toBe('with PSK 0');
    expect(answer(HELLO, {}, later(week + 1))).toBe('in full');
  });

  it('a ticket of another server, or of TLS 1.2, or of none is passed over', () => {
    expect(answer(HELLO, { tickets: new TicketKeys(testRandom(77)) })).toBe('in full');
    const old = sessionWith({ versions: ['TLS 1.2'] });
    const hello = edited((parts) => offer(parts, [{ identity: old.ticket }]));
    expect(answer(hello)).toBe('in full');
  });

  it('a session without a certificate does not resume where one is demanded', () => {
    const demand = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    expect(answer(HELLO, demand)).toBe('in full');
  });
});
