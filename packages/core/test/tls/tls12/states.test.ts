/** Everything that can arrive, in every state of TLS 1.2: what is not due is refused, and how. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ms, type Micros } from '@tcplab/core';
import { flipped, hex, message, record } from '../support/hello.ts';
import { Rogue12, session12, TICKETS, type RogueOptions } from '../support/rogue-12.ts';
import { CLIENT_IDENTITY, ROOT } from '../support/world.ts';

const SESSION = session12();
const FOUR_DAYS = ms(4 * 86_400_000) as Micros;
const ASKED = {
  client: { identities: [CLIENT_IDENTITY] },
  server: { clientAuthentication: 'request', trust: [ROOT.certificate] },
} as const;
const TICKET = { server: { tickets: TICKETS } };
const RESUMED = { client: { session: SESSION }, ...TICKET };

type Row = readonly [state: string, options: Omit<RogueOptions, 'victim'>, due: readonly number[]];

/** Types of the messages that are due in each state. */
const SERVER: readonly Row[] = [
  ['START', {}, [1]],
  ['WAIT_CERT', ASKED, [11]],
  ['WAIT_CKE', {}, [16]],
  ['WAIT_CKE_CV', ASKED, [16]],
  ['WAIT_CV', ASKED, [15]],
  ['WAIT_CCS', {}, []],
  ['WAIT_FINISHED', {}, [20]],
  ['WAIT_CCS_RESUMED', RESUMED, []],
  ['WAIT_FINISHED_RESUMED', RESUMED, [20]],
  ['CONNECTED', {}, [1]],
];
const CLIENT: readonly Row[] = [
  ['WAIT_SH', {}, [0, 2]],
  ['WAIT_CERT', {}, [0, 11]],
  ['WAIT_SKE', {}, [0, 12]],
  ['WAIT_CR_SHD', {}, [0, 13, 14]],
  ['WAIT_SHD', ASKED, [0, 14]],
  ['WAIT_NST', TICKET, [0, 4]],
  ['WAIT_CCS', {}, [0]],
  ['WAIT_FINISHED', {}, [0, 20]],
  ['WAIT_NST_RESUMED', { ...RESUMED, now: FOUR_DAYS }, [0, 4]],
  ['WAIT_CCS_RESUMED', RESUMED, [0]],
  ['WAIT_FINISHED_RESUMED', RESUMED, [0, 20]],
  ['CONNECTED', {}, [0]],
];
const ROWS = [
  ...SERVER.map(([state, options, due]) => ['server', state, options, due] as const),
  ...CLIENT.map(([state, options, due]) => ['client', state, options, due] as const),
];

const UNEXPECTED = 'fatal unexpected_message';

describe.each(ROWS)('the %s in %s', (victim, state, options, due) => {
  const there = (): Rogue12 => new Rogue12({ victim, ...options }).until(state);

  it('TLS-H01 refuses every message that is not due, with or without a body', () => {
    const types = [...Array.from({ length: 25 }, (_, type) => type), 67, 99, 254, 255];
    const strange = types.filter((type) => !due.includes(type));
    const body = (type: number): Uint8Array => (type % 2 === 0 ? hex('00') : EMPTY_BYTES);
    const say = (type: number): string => there().say(22, message(type, body(type))).outcome;
    expect(strange.map((type) => [type, say(type)])).toEqual(
      strange.map((type) => [type, UNEXPECTED]),
    );
  });

  it('TLS-H02 refuses a due message that does not parse', () => {
    // In CONNECTED no hello is read: it is refused whatever it says.
    const read = due.filter((type) => state !== 'CONNECTED' || type === 0);
    const say = (type: number): string => there().say(22, message(type, hex('03'))).outcome;
    expect(read.map((type) => [type, say(type)])).toEqual(
      read.map((type) => [type, 'fatal decode_error']),
    );
  });

  it('TLS-205 takes ChangeCipherSpec only where it is due, and only a single 1', () => {
    const isDue = state.startsWith('WAIT_CCS');
    const after = there().say(20, hex('01'));
    expect(after.outcome).toBe(isDue ? state.replace('CCS', 'FINISHED') : UNEXPECTED);
    for (const form of ['', '00', '02', '0101', '01'.repeat(50)]) {
      expect(there().say(20, hex(form)).outcome, `form ${form}`).toBe(UNEXPECTED);
    }
    // Never inside a handshake message or an alert, and never twice.
    expect(
      there()
        .say(22, hex('14'))
        .send(record(20, hex('01'))).outcome,
    ).toBe(UNEXPECTED);
    expect(
      there()
        .say(20, hex('01'))
        .send(record(20, hex('01'))).outcome,
    ).toBe(UNEXPECTED);
  });

  it('TLS-R06 refuses empty records of handshake and alert, TLS-R01 unknown types', () => {
    expect(there().say(22, EMPTY_BYTES).outcome).toBe(UNEXPECTED);
    expect(there().say(21, EMPTY_BYTES).outcome).toBe(UNEXPECTED);
    for (const type of [0, 19, 24, 64, 255]) {
      expect(there().say(type, hex('00')).outcome, `type ${type}`).toBe(UNEXPECTED);
      expect(there().say(type, EMPTY_BYTES).outcome, `type ${type}`).toBe(UNEXPECTED);
    }
  });

  it('takes application data, be it empty, when the handshake is done and not before', () => {
    const expected = state === 'CONNECTED' ? 'CONNECTED' : UNEXPECTED;
    expect(there().say(23, hex('6162')).outcome).toBe(expected);
    expect(there().say(23, EMPTY_BYTES).outcome).toBe(expected);
    expect(there().say(23, new Uint8Array(16_384)).outcome).toBe(expected);
  });

  it('TLS-R02 refuses more than 2^14 octets in a record', () => {
    for (const type of [21, 22, 23]) {
      const long = there().say(type, new Uint8Array(16_385));
      expect(long.outcome, `type ${type}`).toBe('fatal record_overflow');
    }
  });

  it('TLS-A01 answers close_notify with close_notify, TLS-A03 says nothing to a fatal alert', () => {
    for (const level of ['01', '02']) {
      const closed = there().say(21, hex(`${level}00`));
      expect([closed.alerts, closed.victim.isClosed]).toEqual([['warning close_notify'], true]);
    }
    for (const code of ['0a', '28', '32', '5a', 'ff']) {
      const failed = there().say(21, hex(`02${code}`));
      expect([failed.alerts, failed.victim.isClosed]).toEqual([[], true]);
    }
  });

  it('goes on after a warning, known or not, TLS-R11 but not after a flood of them', () => {
    const warned = there().say(21, hex('015a'), hex('0164'), hex('0170'), hex('01ee'));
    expect(warned.outcome).toBe(state);
    expect(warned.say(21, hex('0164')).outcome).toBe(UNEXPECTED);
    expect(there().say(21, hex('0328')).outcome).toBe('fatal illegal_parameter');
    expect(there().say(21, hex('0028')).outcome).toBe('fatal illegal_parameter');
  });

  it('ends its handshake when nothing else is said, each octet in a record of its own', () => {
    const rogue = there();
    while (rogue.victim.state !== 'CONNECTED') {
      const { type, fragment } = rogue.take();
      for (const octet of fragment) rogue.say(type, Uint8Array.of(octet));
    }
    expect(rogue.outcome).toBe('CONNECTED');
    const data = rogue.say(23, hex('6869')).events.at(-1);
    expect(data).toMatchObject({ kind: 'application data', data: hex('6869') });
  });
});

describe('before ChangeCipherSpec and after it', () => {
  it.each(['client', 'server'] as const)('the %s refuses Finished in the clear', (victim) => {
    const rogue = new Rogue12({ victim }).until('WAIT_FINISHED');
    const finished = rogue.take().fragment;
    expect(rogue.send(record(22, finished)).outcome).toBe('fatal bad_record_mac');
    const early = new Rogue12({ victim }).until('WAIT_CCS');
    expect(early.say(22, finished).outcome).toBe(UNEXPECTED);
  });

  it.each(['client', 'server'] as const)('the %s checks each octet of Finished', (victim) => {
    const say = (change: (data: Uint8Array) => Uint8Array): string => {
      const rogue = new Rogue12({ victim }).until('WAIT_FINISHED');
      return rogue.say(22, change(rogue.take().fragment)).outcome;
    };
    for (let at = 4; at < 16; at += 1) {
      expect(say((bytes) => flipped(bytes, at))).toBe('fatal decrypt_error');
    }
    for (const length of [0, 1, 11]) {
      const short = say((bytes) => message(20, bytes.slice(4, 4 + length)));
      expect(short, `${length} octets`).toBe('fatal decode_error');
    }
    for (const more of [1, 20, 16_000, 100_000]) {
      const long = (bytes: Uint8Array): Uint8Array =>
        message(20, concatBytes([bytes.slice(4), new Uint8Array(more)]));
      const rogue = new Rogue12({ victim }).until('WAIT_FINISHED');
      const whole = long(rogue.take().fragment);
      for (let at = 0; at < whole.length; at += 16_384) {
        rogue.say(22, whole.subarray(at, at + 16_384));
      }
      expect(rogue.outcome, `${more} octets more`).toBe('fatal decode_error');
    }
  });
});
