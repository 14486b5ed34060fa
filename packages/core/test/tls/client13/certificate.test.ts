/** RFC 8446 §4.4.2 at the client: the syntax of the server's Certificate. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { afterFlight, block, type Edit, type Flight } from '../support/flight.ts';
import { hex, message } from '../support/hello.ts';
import { CLIENT_IDENTITY, ROOT } from '../support/world.ts';

const ILLEGAL = 'handshake: fatal illegal_parameter';
const DECODE = 'handshake: fatal decode_error';
const UNSUPPORTED = 'handshake: fatal unsupported_extension';

describe('Certificate', () => {
  const der = (flight: Flight): Uint8Array => {
    const length = (flight[1]![8]! << 16) | (flight[1]![9]! << 8) | flight[1]![10]!;
    return flight[1]!.slice(11, 11 + length);
  };
  const u24 = (n: number): Uint8Array => Uint8Array.of(n >> 16, n >> 8, n);
  const entry = (cert: Uint8Array, extensions = block()): Uint8Array =>
    concatBytes([u24(cert.length), cert, extensions]);
  const list = (...entries: Uint8Array[]): Uint8Array => {
    const body = concatBytes([EMPTY_BYTES, ...entries]);
    return message(11, concatBytes([hex('00'), u24(body.length), body]));
  };
  const certificate =
    (make: (cert: Uint8Array) => Uint8Array): Edit =>
    (f) => [f[0]!, make(der(f))];

  it.each<[string, string, Edit]>([
    ['as it should be', 'WAIT_CV', certificate((c) => list(entry(c)))],
    [
      'the root behind it, and another certificate',
      'WAIT_CV',
      certificate((c) => list(entry(c), entry(CLIENT_IDENTITY.chain[0]!), entry(ROOT.certificate))),
    ],
    ['itself once more', 'WAIT_CV', certificate((c) => list(entry(c), entry(c)))],
    [
      'thirty superfluous ones',
      'WAIT_CV',
      certificate((c) =>
        list(entry(c), ...Array.from({ length: 30 }, () => entry(CLIENT_IDENTITY.chain[0]!))),
      ),
    ],
    [
      'PKI-11 more than anybody needs',
      'handshake: fatal bad_certificate',
      certificate((c) => list(...Array.from({ length: 101 }, () => entry(c)))),
    ],
    ['TLS-H13 an empty list', DECODE, certificate(() => list())],
    ['TLS-H02 nothing', DECODE, certificate(() => message(11, EMPTY_BYTES))],
    ['TLS-H02 no list', DECODE, certificate(() => message(11, hex('00')))],
    ['TLS-H02 an empty entry', DECODE, certificate(() => list(entry(EMPTY_BYTES)))],
    [
      'TLS-H02 an empty second entry',
      DECODE,
      certificate((c) => list(entry(c), entry(EMPTY_BYTES))),
    ],
    [
      'TLS-H02 an entry without its extensions, as in TLS 1.2',
      DECODE,
      certificate((c) => list(concatBytes([u24(c.length), c]))),
    ],
    ['TLS-H02 a rest', DECODE, certificate((c) => extended(list(entry(c))))],
    [
      'TLS-H02 a list longer than the message',
      DECODE,
      certificate(() => message(11, hex('00000010 000001'.replace(' ', '')))),
    ],
    [
      'TLS-H04 a context',
      ILLEGAL,
      certificate((c) => {
        const { length } = entry(c);
        return message(11, concatBytes([hex('01aa'), u24(length), entry(c)]));
      }),
    ],
    [
      'TLS-X02 a status that was not asked for',
      UNSUPPORTED,
      certificate((c) => list(entry(c, block([5, '0100000100'])))),
    ],
    [
      'TLS-X02 timestamps that were not asked for',
      UNSUPPORTED,
      certificate((c) => list(entry(c, block([18, '00'])))),
    ],
    [
      'TLS-X02 an unknown extension',
      UNSUPPORTED,
      certificate((c) => list(entry(c, block([0x1234, ''])))),
    ],
    [
      'TLS-X02 an unknown extension of a superfluous one',
      UNSUPPORTED,
      certificate((c) => list(entry(c), entry(c, block([0x1234, ''])))),
    ],
    ['TLS-X03 server_name', ILLEGAL, certificate((c) => list(entry(c, block([0, '']))))],
    [
      'TLS-X01 an extension twice',
      ILLEGAL,
      certificate((c) => list(entry(c, block([5, ''], [5, ''])))),
    ],
    [
      'PKI-01 no DER',
      'handshake: fatal bad_certificate',
      certificate(() => list(entry(hex('ff')))),
    ],
    [
      'PKI-01 an octet behind the DER',
      'handshake: fatal bad_certificate',
      certificate((c) => list(entry(concatBytes([c, hex('00')])))),
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterFlight(edit)).toBe(expected);
  });

  function extended(whole: Uint8Array): Uint8Array {
    return message(11, concatBytes([whole.subarray(4), hex('00')]));
  }
});
