/** What a client makes of a ServerHello of TLS 1.2: the version, the suite, and answers to what it offered. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import type { TlsClientOptions } from '@tcplab/core/tls';
import { hex, message, putTogether, record, setExtension, takeApart } from '../support/hello.ts';
import type { HelloParts } from '../support/hello.ts';
import { Rogue12, TICKETS } from '../support/rogue-12.ts';

type Edit = (parts: HelloParts) => void;

const BOTH = { versions: ['TLS 1.3', 'TLS 1.2'] } as const;
const UNEXPECTED = 'fatal unexpected_message';
const ILLEGAL = 'fatal illegal_parameter';

const set =
  (type: number, data: string | undefined): Edit =>
  (parts) =>
    setExtension(parts, type, data === undefined ? undefined : hex(data));

/** The client after a ServerHello that was changed. */
function after(edit: Edit, client: Partial<TlsClientOptions> = {}): Rogue12 {
  const rogue = new Rogue12({ victim: 'client', client });
  const parts = takeApart(record(22, rogue.take().fragment));
  edit(parts);
  return rogue.say(22, putTogether(parts).subarray(5));
}

describe('the version of a ServerHello', () => {
  it.each([
    ['SSL 2.0', 0x0002, 'fatal protocol_version'],
    ['SSL 3.0', 0x0300, 'fatal protocol_version'],
    ['TLS 1.0', 0x0301, 'fatal protocol_version'],
    ['TLS 1.1', 0x0302, 'fatal protocol_version'],
    ['TLS 1.2', 0x0303, 'WAIT_CERT'],
    ['TLS 1.3 in the wrong place', 0x0304, 'fatal protocol_version'],
    ['a draft', 0x7f1c, 'fatal protocol_version'],
    ['DTLS 1.2', 0xfefd, 'fatal protocol_version'],
  ])('TLS-V01 %s', (_what, version, expected) => {
    expect(after((p) => (p.version = version)).outcome).toBe(expected);
    expect(after((p) => (p.version = version), BOTH).outcome).toBe(expected);
  });

  it.each([
    ['TLS 1.2', '444f574e47524401'],
    ['TLS 1.1', '444f574e47524400'],
  ])('TLS-V02 the mark of a downgrade to %s is for clients of TLS 1.3', (better, mark) => {
    const marked: Edit = (p) => p.random.set(hex(mark), 24);
    expect(after(marked, BOTH).outcome).toBe(ILLEGAL);
    expect(after(marked).outcome).toBe('WAIT_CERT');
    const elsewhere: Edit = (p) => p.random.set(hex(mark), 23);
    expect(after(elsewhere, BOTH).outcome).toBe('WAIT_CERT');
    const older: Edit = (p) => {
      marked(p);
      p.version = 0x0302;
    };
    expect(after(older, BOTH).outcome).toBe(ILLEGAL);
    // RFC 8446 §4.1.3: a client of TLS 1.2 looks for the second mark alone.
    expect(after(older).outcome).toBe(better === 'TLS 1.1' ? ILLEGAL : 'fatal protocol_version');
  });

  it('TLS-H06 supported_versions never chooses TLS 1.2', () => {
    expect(after(set(43, '0303'), BOTH).outcome).toBe(ILLEGAL);
    expect(after(set(43, '0302'), BOTH).outcome).toBe(ILLEGAL);
    expect(after(set(43, '0303')).outcome).toBe('fatal unsupported_extension');
    const ssl: Edit = (p) => {
      p.version = 0x0300;
      setExtension(p, 43, hex('0304'));
    };
    expect(after(ssl, BOTH).outcome).toBe('fatal protocol_version');
  });

  it('TLS-X04 the random of a HelloRetryRequest asks for supported_versions', () => {
    const retry = hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
    const edit: Edit = (p) => (p.random = retry);
    expect(after(edit, BOTH).outcome).toBe('fatal missing_extension');
    expect(after(edit).outcome).toBe('WAIT_CERT');
  });
});

describe('the choices of a ServerHello', () => {
  const one = { suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] };

  it.each<[string, string, Edit]>([
    ['as it should be', 'WAIT_CERT', () => undefined],
    ['TLS-H06 a suite that was not offered', ILLEGAL, (p) => (p.suites = hex('c02c'))],
    ['TLS-H06 a suite that is not ours', ILLEGAL, (p) => (p.suites = hex('c014'))],
    ['TLS-H06 a suite of TLS 1.3', ILLEGAL, (p) => (p.suites = hex('1301'))],
    ['TLS-H06 a signal for a suite', ILLEGAL, (p) => (p.suites = hex('00ff'))],
    ['TLS-H06 no encryption', ILLEGAL, (p) => (p.suites = hex('0000'))],
    ['TLS-207 compression', ILLEGAL, (p) => (p.compression = hex('01'))],
    ['a session id of its own', 'WAIT_CERT', (p) => (p.sessionId = new Uint8Array(32).fill(3))],
    ['a session id of one octet', 'WAIT_CERT', (p) => (p.sessionId = hex('07'))],
    ['TLS-H02 one of 33', 'fatal decode_error', (p) => (p.sessionId = new Uint8Array(33))],
    ['TLS-H02 an octet behind', 'fatal decode_error', (p) => (p.trailer = hex('00'))],
    ['no extensions in the block', 'WAIT_CERT', (p) => (p.extensions = [])],
    ['no renegotiation_info', 'WAIT_CERT', set(0xff01, undefined)],
    ['no extended_master_secret', 'WAIT_CERT', set(23, undefined)],
    ['no ec_point_formats', 'WAIT_CERT', set(11, undefined)],
    ['all point formats', 'WAIT_CERT', set(11, '03000102')],
    ['TLS-208 compressed points', ILLEGAL, set(11, '020102')],
    ['TLS-H02 no point formats', 'fatal decode_error', set(11, '00')],
    ['TLS-202 renegotiation_info', 'fatal handshake_failure', set(0xff01, '0101')],
    ['TLS-H02 nothing in renegotiation_info', 'fatal decode_error', set(0xff01, '')],
    ['TLS-H02 data in extended_master_secret', 'fatal decode_error', set(23, '00')],
    ['TLS-H02 data in session_ticket', 'fatal decode_error', set(35, '00')],
    ['TLS-H02 data in server_name', 'fatal decode_error', set(0, '0003000000')],
    ['TLS-X02 ALPN unasked', 'fatal unsupported_extension', set(16, '0003026832')],
    ['TLS-X02 status_request', 'fatal unsupported_extension', set(5, '')],
    ['TLS-X02 max_fragment_length', 'fatal unsupported_extension', set(1, '01')],
    ['TLS-X02 heartbeat', 'fatal unsupported_extension', set(15, '01')],
    ['TLS-X02 encrypt_then_mac', 'fatal unsupported_extension', set(22, '')],
    ['TLS-X02 an unknown one', 'fatal unsupported_extension', set(0x1234, '')],
    ['TLS-X03 supported_groups', ILLEGAL, set(10, '0002001d')],
    ['TLS-X03 signature_algorithms', ILLEGAL, set(13, '00020403')],
    ['TLS-X01 one twice', ILLEGAL, (p) => p.extensions.push([23, EMPTY_BYTES])],
  ])('%s: %s', (_what, expected, edit) => {
    expect(after(edit, one).outcome).toBe(expected);
  });

  it.each([
    ['key_share', 51, '001d0020'],
    ['psk_key_exchange_modes', 45, '0101'],
  ])('TLS-X03 %s, which was offered, is for TLS 1.3', (_name, type, data) => {
    expect(after(set(type, data), BOTH).outcome).toBe(ILLEGAL);
  });

  it('may do without a block of extensions', () => {
    const rogue = new Rogue12({ victim: 'client' });
    const parts = takeApart(record(22, rogue.take().fragment));
    parts.extensions = [];
    const bare = putTogether(parts).slice(9, -2);
    expect(rogue.say(22, message(2, bare)).outcome).toBe('WAIT_CERT');
  });

  it('TLS-H02 is cut nowhere but there', () => {
    const whole = new Rogue12({ victim: 'client' }).take().fragment.subarray(4);
    const blockAt = 38 + whole[34]!;
    for (let length = 0; length < whole.length; length += 1) {
      const rogue = new Rogue12({ victim: 'client' });
      rogue.say(22, message(2, whole.subarray(0, length)));
      expect(rogue.outcome).toBe(length === blockAt ? 'WAIT_CERT' : 'fatal decode_error');
    }
  });

  it('TLS-X06 ALPN answers with one of the names', () => {
    const protocols = { protocols: ['a', 'b'] };
    expect(after(set(16, '00020162'), protocols).outcome).toBe('WAIT_CERT');
    expect(after(set(16, undefined), protocols).outcome).toBe('WAIT_CERT');
    expect(after(set(16, '00020163'), protocols).outcome).toBe(ILLEGAL);
    expect(after(set(16, '000401610162'), protocols).outcome).toBe('fatal decode_error');
    expect(after(set(16, '0000'), protocols).outcome).toBe('fatal decode_error');
    expect(after(set(16, ''), protocols).outcome).toBe('fatal decode_error');
  });

  it('TLS-H06 a client of TLS 1.3 refuses its own invented session id', () => {
    const rogue = new Rogue12({ victim: 'client', client: BOTH });
    const id = rogue.clientSessionId;
    const parts = takeApart(record(22, rogue.take().fragment));
    parts.sessionId = id;
    expect([id.length, rogue.say(22, putTogether(parts).subarray(5)).outcome]).toEqual([
      32,
      ILLEGAL,
    ]);
  });
});

describe('HelloRequest', () => {
  const request = message(0, EMPTY_BYTES);

  it('is ignored in every state of a handshake, cut in pieces or not', () => {
    const rogue = new Rogue12({ victim: 'client', server: { tickets: TICKETS } });
    while (rogue.victim.state !== 'CONNECTED') {
      const { type, fragment } = rogue.take();
      rogue.say(22, request, request.subarray(0, 1), request.subarray(1)).say(type, fragment);
    }
    expect(rogue.alerts).toEqual([]);
    expect(rogue.say(22, request).outcome).toBe('warning no_renegotiation');
  });

  it('is ignored in the record of the message behind it', () => {
    const rogue = new Rogue12({ victim: 'client' });
    const { fragment } = rogue.take();
    expect(rogue.say(22, concatBytes([request, fragment, request])).outcome).toBe('WAIT_CERT');
  });

  it('TLS-H02 with a body is a decode_error, and in TLS 1.3 it does not exist', () => {
    expect(new Rogue12({ victim: 'client' }).say(22, message(0, hex('00'))).outcome).toBe(
      'fatal decode_error',
    );
    const done = new Rogue12({ victim: 'client' }).until('CONNECTED');
    expect(done.say(22, message(0, hex('00'))).outcome).toBe('fatal decode_error');
    const modern = { versions: ['TLS 1.3'] } as const;
    expect(new Rogue12({ victim: 'client', client: modern }).say(22, request).outcome).toBe(
      UNEXPECTED,
    );
  });
});

describe('ChangeCipherSpec before the ServerHello', () => {
  it('TLS-205 is refused by a client of TLS 1.2, dropped by one that offers TLS 1.3', () => {
    const early = (client: Partial<TlsClientOptions>): string =>
      new Rogue12({ victim: 'client', client }).send(record(20, hex('01'))).outcome;
    expect(early({})).toBe(UNEXPECTED);
    expect(early(BOTH)).toBe('WAIT_SH');
  });
});
