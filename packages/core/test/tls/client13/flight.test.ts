/** RFC 8446 §4.3, §4.4.3 and §4.4.4 at the client: one changed message of the server's flight under keys. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import { BROKEN_FORMS, otherS } from '../support/ecdsa.ts';
import { afterFlight, block, flipped, type Edit } from '../support/flight.ts';
import { hex, message, u16 } from '../support/hello.ts';
import { lastWords } from '../support/last-words.ts';
import { clientAfterServerHello } from '../support/rogue.ts';
import { reasonsOf, ROOT, RSA_SERVER } from '../support/world.ts';

const ILLEGAL = 'handshake: fatal illegal_parameter';
const DECODE = 'handshake: fatal decode_error';
const UNSUPPORTED = 'handshake: fatal unsupported_extension';
const UNEXPECTED = 'handshake: fatal unexpected_message';
const DECRYPT = 'handshake: fatal decrypt_error';

describe('EncryptedExtensions', () => {
  const ee = (...extensions: [number, string][]): Uint8Array => message(8, block(...extensions));
  const replaced =
    (body: Uint8Array): Edit =>
    () => [body];

  it.each<[string, string, Uint8Array]>([
    ['empty', 'WAIT_CERT_CR', ee()],
    ['server_name, empty', 'WAIT_CERT_CR', ee([0, ''])],
    ['supported_groups, with groups nobody knows', 'WAIT_CERT_CR', ee([10, '00041a1a001d'])],
    ['ALPN, one of ours', 'WAIT_CERT_CR', ee([16, '00020162'])],
    ['TLS-H02 no block at all', DECODE, message(8, EMPTY_BYTES)],
    ['TLS-H02 a block that is too short', DECODE, message(8, hex('0001'))],
    ['TLS-H02 a rest', DECODE, message(8, hex('000000'))],
    ['TLS-H02 half an extension', DECODE, message(8, hex('0003000a00'))],
    ['TLS-H02 an extension longer than its block', DECODE, message(8, hex('0004000a0001'))],
    ['TLS-H02 server_name with a name', DECODE, ee([0, '00'])],
    ['TLS-H02 supported_groups without a group', DECODE, ee([10, '0000'])],
    ['TLS-H02 supported_groups of half a group', DECODE, ee([10, '000100'])],
    ['TLS-H02 supported_groups that is empty', DECODE, ee([10, ''])],
    ['TLS-H02 ALPN without a list', DECODE, ee([16, ''])],
    ['TLS-H02 ALPN with no name', DECODE, ee([16, '0000'])],
    ['TLS-H02 ALPN with an empty name', DECODE, ee([16, '000100'])],
    ['TLS-H02 ALPN with two names', DECODE, ee([16, '000401610162'])],
    ['TLS-H02 ALPN with a rest', DECODE, ee([16, '0002016100'])],
    ['TLS-X06 ALPN that was not offered', ILLEGAL, ee([16, '00020163'])],
    ['TLS-X02 early_data without offering', UNSUPPORTED, ee([42, ''])],
    ['TLS-X02 max_fragment_length without offering', UNSUPPORTED, ee([1, '01'])],
    ['TLS-X02 use_srtp without offering', UNSUPPORTED, ee([14, '0002000100'])],
    ['TLS-X02 an unknown extension', UNSUPPORTED, ee([0x1234, ''])],
    ['TLS-X02 a GREASE extension', UNSUPPORTED, ee([0x3a3a, '00'])],
    ['TLS-X01 server_name twice', ILLEGAL, ee([0, ''], [0, ''])],
    ...[5, 13, 18, 21, 41, 43, 44, 45, 47, 48, 49, 50, 51, 11, 22, 23, 35, 0xff01].map(
      (type): [string, string, Uint8Array] => [
        `TLS-X03 extension ${type}, which stands elsewhere`,
        ILLEGAL,
        ee([type, '']),
      ],
    ),
  ])('%s: %s', (_what, expected, body) => {
    expect(afterFlight(replaced(body))).toBe(expected);
  });

  it('TLS-X02 server_name is not for addresses, nor ALPN for a client without it', () => {
    const leaf = ROOT.leaf({ names: ['10.0.0.2'] });
    const { victim } = clientAfterServerHello({ serverName: '10.0.0.2' }, { identities: [leaf] });
    victim.seal(22, ee([0, '']));
    expect(lastWords(victim.endpoint, victim.events)).toBe(UNSUPPORTED);
    expect(afterFlight(replaced(ee([16, '00020161'])), { protocols: [] })).toBe(UNSUPPORTED);
  });
});

describe('CertificateRequest', () => {
  const request = (...extensions: [number, string][]): Uint8Array =>
    message(13, concatBytes([hex('00'), block(...extensions)]));
  const SCHEMES: [number, string] = [13, '00020403'];
  const NAME = '30003000';

  it.each<[string, string, Uint8Array]>([
    ['as it should be', 'WAIT_CERT', request(SCHEMES)],
    ['with extensions nobody knows', 'WAIT_CERT', request([0xfafa, '00'], SCHEMES, [0x1234, ''])],
    ['with schemes nobody knows', 'WAIT_CERT', request([13, '00041a1a0403'])],
    ['that asks for status and timestamps', 'WAIT_CERT', request(SCHEMES, [5, ''], [18, ''])],
    ['with authorities', 'WAIT_CERT', request(SCHEMES, [47, `00060004${NAME}`])],
    ['with filters', 'WAIT_CERT', request(SCHEMES, [48, '0000'])],
    ['with schemes for certificates', 'WAIT_CERT', request(SCHEMES, [50, '00020804'])],
    ['TLS-X04 without schemes', 'handshake: fatal missing_extension', request()],
    [
      'TLS-X04 with schemes for certificates alone',
      'handshake: fatal missing_extension',
      request([50, '00020403']),
    ],
    ['TLS-H02 without extensions', DECODE, message(13, hex('00'))],
    ['TLS-H02 empty', DECODE, message(13, EMPTY_BYTES)],
    ['TLS-H02 with a rest', DECODE, message(13, hex('000008000d00040002040300'))],
    ['TLS-H02 with no scheme', DECODE, request([13, '0000'])],
    ['TLS-H02 with half a scheme', DECODE, request([13, '000104'])],
    ['TLS-H02 with no scheme for certificates', DECODE, request(SCHEMES, [50, '0000'])],
    ['TLS-H02 with no authority', DECODE, request(SCHEMES, [47, '0000'])],
    [
      'TLS-H02 with an empty authority',
      DECODE,
      request(SCHEMES, [47, '00030000 00'.replace(' ', '')]),
    ],
    ['TLS-H04 with a context', ILLEGAL, message(13, hex('01000008000d000400020403'))],
    ['TLS-X01 with the schemes twice', ILLEGAL, request(SCHEMES, SCHEMES)],
    ['TLS-X03 with server_name', ILLEGAL, request(SCHEMES, [0, ''])],
    ['TLS-X03 with key_share', ILLEGAL, request(SCHEMES, [51, '001d'])],
    ['TLS-X03 with supported_versions', ILLEGAL, request(SCHEMES, [43, '0304'])],
  ])('%s: %s', (_what, expected, body) => {
    expect(afterFlight((f) => [f[0]!, body])).toBe(expected);
  });
});

describe('CertificateVerify and Finished', () => {
  const verify = (body: string): Edit => {
    return (f) => [f[0]!, f[1]!, message(15, hex(body))];
  };
  const finished = (make: (body: Uint8Array) => Uint8Array): Edit => {
    return (f) => [...f.slice(0, 3), message(20, make(f[3]!.subarray(4)))];
  };
  const recoded = (code: string): Edit => {
    return (f) => [f[0]!, f[1]!, concatBytes([f[2]!.subarray(0, 4), hex(code), f[2]!.subarray(6)])];
  };

  it.each<[string, string, Edit]>([
    ['as they should be', 'CONNECTED', (f) => [...f]],
    ['TLS-H02 nothing', DECODE, verify('')],
    ['TLS-H02 a scheme alone', DECODE, verify('0403')],
    ['TLS-H02 cut short', DECODE, verify('0403000401')],
    ['TLS-H02 a rest', DECODE, verify('0403000000')],
    ['TLS-H11 SHA-1 with RSA', ILLEGAL, recoded('0201')],
    ['TLS-H11 SHA-1 with ECDSA', ILLEGAL, recoded('0203')],
    ['TLS-H11 PKCS #1, though offered for certificates', ILLEGAL, recoded('0401')],
    ['TLS-H11 ECDSA of another curve', ILLEGAL, recoded('0503')],
    ['TLS-H11 ECDSA with P-521, not offered', ILLEGAL, recoded('0603')],
    ['TLS-H11 PSS with an ECDSA key', ILLEGAL, recoded('0804')],
    ['TLS-H11 Ed25519 with an ECDSA key', ILLEGAL, recoded('0807')],
    ['TLS-H11 Ed448, not offered', ILLEGAL, recoded('0808')],
    ['TLS-H11 a scheme for keys of PSS alone', ILLEGAL, recoded('0809')],
    ['TLS-H11 a scheme nobody knows', ILLEGAL, recoded('fafa')],
    ['TLS-H11 zero', ILLEGAL, recoded('0000')],
    ['TLS-H10 no signature', DECRYPT, verify('04030000')],
    ['TLS-H10 a signature that is no DER', DECRYPT, verify('0403000400010203')],
    ['TLS-H10 r and s of zero', DECRYPT, verify('040300083006020100020100')],
    ['TLS-H10 a changed signature', DECRYPT, (f) => [f[0]!, f[1]!, flipped(f[2]!)]],
    ['TLS-H09 a changed Finished', DECRYPT, finished((b) => flipped(b))],
    ['TLS-H09 zeros', DECRYPT, finished((b) => new Uint8Array(b.length))],
    ['TLS-H02 an empty Finished', DECODE, finished(() => EMPTY_BYTES)],
    ['TLS-H02 a Finished of TLS 1.2', DECODE, finished((b) => b.slice(0, 12))],
    ['TLS-H02 a Finished without its last octet', DECODE, finished((b) => b.slice(0, -1))],
    ['TLS-H02 a Finished with a rest', DECODE, finished((b) => concatBytes([b, hex('00')]))],
    [
      'TLS-R08 a Finished with a ticket behind it',
      UNEXPECTED,
      (f) => [...f.slice(0, 3), concatBytes([f[3]!, message(4, hex('00'))])],
    ],
  ])('%s: %s', (_what, expected, edit) => {
    expect(afterFlight(edit)).toBe(expected);
  });

  const resigned = (resign: (signature: Uint8Array) => Uint8Array): Edit => {
    return (f) => {
      const signature = resign(f[2]!.subarray(8));
      const head = f[2]!.subarray(4, 6);
      return [f[0]!, f[1]!, message(15, concatBytes([head, u16(signature.length), signature]))];
    };
  };

  it('ECDSA has two values for s, and both are right', () => {
    expect(afterFlight(resigned(otherS))).toBe('WAIT_FINISHED');
  });

  it.each(BROKEN_FORMS)('TLS-H10 a signature with %s is none', (_what, resign) => {
    expect(afterFlight(resigned(resign))).toBe(DECRYPT);
  });

  it('TLS-H11 an RSA key signs with PSS only, of every length of hash that was offered', () => {
    const rsa = { identities: [RSA_SERVER] };
    const say = (code: string): string => {
      const { victim, flight } = clientAfterServerHello({}, rsa);
      victim.seal(22, ...recoded(code)(flight));
      return lastWords(victim.endpoint, victim.events);
    };
    expect(say('0804')).toBe('WAIT_FINISHED');
    expect(say('0805')).toBe(DECRYPT);
    expect(say('0401')).toBe(ILLEGAL);
    expect(say('0403')).toBe(ILLEGAL);
  });

  it('TLS-R08 nothing is established by a Finished that is refused', () => {
    const { victim, flight } = clientAfterServerHello();
    victim.seal(22, ...flight.slice(0, 3), concatBytes([flight[3]!, hex('04')]));
    expect(victim.endpoint.established).toBeUndefined();
    expect(reasonsOf(victim.events)).toHaveLength(1);
  });
});
