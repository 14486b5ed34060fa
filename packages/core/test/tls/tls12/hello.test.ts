/** Every ClientHello that asks for TLS 1.2: its syntax and its version, odd and wrong. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import {
  hex,
  message,
  record,
  setExtension,
  takeApart,
  u16,
  type HelloParts,
} from '../support/hello.ts';
import {
  answer,
  BODY,
  edited,
  HELLO,
  inRecords,
  said,
  set,
  type Edit,
  type Row,
} from '../support/hello-12.ts';

describe('the syntax of a ClientHello', () => {
  it('TLS-H02 does not survive being cut anywhere, but for the block of extensions as a whole', () => {
    const parts = takeApart(HELLO);
    const blockAt = 35 + parts.sessionId.length + parts.suites.length + parts.compression.length;
    for (let length = 0; length < BODY.length; length += 1) {
      const cut = answer(record(22, message(1, BODY.subarray(0, length)))).said;
      expect(cut, `${length} octets`).toBe(
        length === blockAt ? 'handshake_failure' : 'decode_error',
      );
    }
  });

  it('TLS-H02 does not survive an octet more anywhere behind its random', () => {
    for (let at = 34; at <= BODY.length; at += 1) {
      const more = concatBytes([BODY.subarray(0, at), Uint8Array.of(0xaa), BODY.subarray(at)]);
      expect(answer(record(22, message(1, more))).said, `at ${at}`).not.toBe('ServerHello');
    }
  });

  it.each<Row>([
    ['as it is', 'ServerHello', () => undefined],
    ['a session id of 1', 'ServerHello', (p) => (p.sessionId = new Uint8Array(1))],
    ['a session id of 32', 'ServerHello', (p) => (p.sessionId = new Uint8Array(32))],
    ['TLS-H02 a session id of 33', 'decode_error', (p) => (p.sessionId = new Uint8Array(33))],
    ['TLS-H02 a session id of 255', 'decode_error', (p) => (p.sessionId = new Uint8Array(255))],
    ['TLS-H02 no suites', 'decode_error', (p) => (p.suites = hex('0000'))],
    ['TLS-H02 half a suite', 'decode_error', (p) => (p.suites = hex('0001c0'))],
    ['TLS-H02 a suite and a half', 'decode_error', (p) => (p.suites = hex('0003c02b00'))],
    ['one suite twice', 'ServerHello', (p) => (p.suites = hex('0004c02bc02b'))],
    ['suites unknown and known', 'ServerHello', (p) => (p.suites = hex('0008ffff0000c02b5601'))],
    [
      'all suites there can be',
      'ServerHello',
      (p) => {
        const all = Uint8Array.from({ length: 65_534 }, () => 0xc0);
        all.set(hex('c02b'), 65_532);
        p.suites = concatBytes([u16(65_534), all]);
      },
    ],
    ['TLS-H05 unknown suites alone', 'handshake_failure', (p) => (p.suites = hex('0002c02a'))],
    ['TLS-H05 suites of TLS 1.3 alone', 'handshake_failure', (p) => (p.suites = hex('00021301'))],
    ['TLS-H05 signals alone', 'handshake_failure', (p) => (p.suites = hex('000200ff'))],
    ['TLS-H02 no compression', 'decode_error', (p) => (p.compression = hex('00'))],
    ['TLS-207 another compression', 'illegal_parameter', (p) => (p.compression = hex('0101'))],
    ['TLS-207 many others', 'illegal_parameter', (p) => (p.compression = hex('03010240'))],
    ['null behind others', 'ServerHello', (p) => (p.compression = hex('03014000'))],
    ['null before others', 'ServerHello', (p) => (p.compression = hex('020001'))],
    ['null twice', 'ServerHello', (p) => (p.compression = hex('020000'))],
    [
      'all compressions there can be',
      'ServerHello',
      (p) => (p.compression = Uint8Array.from({ length: 256 }, (_, i) => (i === 0 ? 255 : i - 1))),
    ],
    ['TLS-H02 an octet behind the extensions', 'decode_error', (p) => (p.trailer = hex('00'))],
    ['unknown extensions', 'ServerHello', set(0xfafa, 'ff'.repeat(300))],
    ['unknown extensions of no length', 'ServerHello', set(0x1234, '')],
    [
      'TLS-X01 an unknown one twice',
      'illegal_parameter',
      (p) => {
        p.extensions.push([0x1234, hex('')], [0x1234, hex('')]);
      },
    ],
    ['TLS-X01 a known one twice', 'illegal_parameter', (p) => p.extensions.push([23, hex('')])],
    [
      'as many extensions as there can be',
      'ServerHello',
      (p) => {
        const count = Math.floor((65_535 - 4 * p.extensions.length - 200) / 4);
        for (let i = 0; i < count; i += 1) p.extensions.push([0x4000 + i, EMPTY_BYTES]);
      },
    ],
    ['extensions in another order', 'ServerHello', (p) => p.extensions.reverse()],
    ['padding', 'ServerHello', set(21, '00'.repeat(400))],
    [
      'GREASE everywhere',
      'ServerHello',
      (p) => {
        p.suites = hex('0006 1a1a c02b dada');
        setExtension(p, 10, hex('00062a2a001d0017'));
        setExtension(p, 13, hex('00043a3a0403'));
        setExtension(p, 0x4a4a, hex('00'));
      },
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(said(edit)).toBe(expected);
  });

  it('comes in pieces of any size, in records of any version 3.x, with a warning between them', () => {
    const bytes = HELLO.subarray(5);
    for (const size of [1, 2, 3, 5, 17, 64, 100]) {
      const pieces = inRecords(bytes, size, 0x0300 + size);
      expect(answer(pieces).said, `pieces of ${size}`).toBe('ServerHello');
    }
    const warned = concatBytes([record(21, hex('0170')), HELLO]);
    expect(answer(warned).said).toBe('ServerHello');
    const empty = concatBytes([record(22, HELLO.subarray(5, 50)), record(22, EMPTY_BYTES)]);
    expect(answer(empty).said).toBe('unexpected_message');
  });

  it('TLS-V01 is no ClientHello of SSL 2.0', () => {
    expect(answer(hex(`802e0103030015000000${'10'.repeat(40)}`)).said).toBe('unexpected_message');
  });
});

describe('the version of a ClientHello', () => {
  const both = { versions: ['TLS 1.3', 'TLS 1.2'] } as const;
  const old = { versions: ['TLS 1.2'] } as const;

  it.each([0x0000, 0x0002, 0x0200, 0x02ff, 0x0300, 0x0301, 0x0302])(
    'TLS-V01 %i is too old',
    (version) => {
      expect(said((p) => (p.version = version), both)).toBe('protocol_version');
      expect(said((p) => (p.version = version), old)).toBe('protocol_version');
    },
  );

  it.each([0x0303, 0x0304, 0x0305, 0x03ff, 0x0400, 0x0500, 0x7f1c, 0xfeff, 0xffff])(
    '%i without supported_versions is answered with TLS 1.2',
    (version) => {
      for (const options of [both, old]) {
        const { hello } = answer(
          edited((p) => (p.version = version)),
          options,
        );
        expect(hello).toMatchObject({ version: 0x0303, compression: hex('00') });
        expect(hello!.extensions.some(([type]) => type === 43)).toBe(false);
      }
    },
  );

  it.each<[string, string, string, string]>([
    ['TLS 1.2 alone', '020303', 'ServerHello', 'ServerHello'],
    ['TLS 1.2 among older and stranger ones', '08030203037a7a0301', 'ServerHello', 'ServerHello'],
    ['TLS 1.1 alone', '020302', 'protocol_version', 'protocol_version'],
    ['TLS 1.3 alone', '020304', 'missing_extension', 'protocol_version'],
    ['TLS 1.3 and 1.2', '0403040303', 'missing_extension', 'ServerHello'],
    ['nothing', '00', 'decode_error', 'decode_error'],
    ['half of one', '0103', 'decode_error', 'decode_error'],
  ])('TLS-V01 supported_versions with %s', (_what, data, ofBoth, ofOld) => {
    expect(said(set(43, data), both)).toBe(ofBoth);
    expect(said(set(43, data), old)).toBe(ofOld);
    // The legacy version says nothing then, unless it is SSL 3.0.
    const strange: Edit = (p) => {
      p.version = 0x0301;
      setExtension(p, 43, hex(data));
    };
    expect(said(strange, old)).toBe(ofOld);
  });

  it('TLS-V02 its answer carries a mark where the server speaks TLS 1.3, whatever was offered', () => {
    const tail = (edit: Edit, options: typeof both | typeof old): Uint8Array =>
      answer(edited(edit), options).hello!.random.subarray(24);
    for (const edit of [
      () => undefined,
      set(43, '020303'),
      (p: HelloParts) => (p.version = 0x0304),
    ]) {
      expect(tail(edit, both)).toEqual(hex('444f574e47524401'));
      expect(tail(edit, old)).not.toEqual(hex('444f574e47524401'));
    }
  });

  it('TLS-V03 a fallback is refused where we speak more, and taken where we do not', () => {
    const fallback: Edit = (p) => (p.suites = hex('0004c02b5600'));
    expect(said(fallback, both)).toBe('inappropriate_fallback');
    expect(said(fallback, old)).toBe('ServerHello');
    const older: Edit = (p) => {
      fallback(p);
      p.version = 0x0302;
    };
    expect(said(older, both)).toBe('protocol_version');
  });
});
