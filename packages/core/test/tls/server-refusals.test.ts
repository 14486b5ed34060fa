/** What a server answers to messages that are wrong: the alert and no exception. */
import { describe, expect, it } from 'vitest';
import { concatBytes, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
import {
  extensionOf,
  flipped,
  hex,
  message,
  putTogether,
  record,
  setExtension,
  takeApart,
  u16,
  type HelloParts,
} from './support/hello.ts';
import {
  alertsOf,
  clientOptions,
  drain,
  ECDSA_SERVER,
  eventsOf,
  ROOT,
  serverOptions,
  TlsPair,
} from './support/world.ts';

const HELLO = drain(new TlsClient(clientOptions()));
const HELLO_12 = drain(new TlsClient(clientOptions({ versions: ['TLS 1.2'] })));

/** What the server says first: an alert's name, or the first handshake message it sends. */
function answer(bytes: Uint8Array, options: Partial<TlsServerOptions> = {}): string {
  const server = new TlsServer(serverOptions(options));
  server.handleInput(bytes, ZERO_TIME);
  const events = eventsOf(server);
  const alert = alertsOf(events)[0];
  if (alert !== undefined) {
    expect(drain(server).length).toBeGreaterThan(0);
    return alert.replace('sent ', '');
  }
  const sent = events.find((event) => event.kind === 'message' && event.direction === 'sent');
  return sent?.kind === 'message' ? sent.name : 'nothing';
}

function edited(hello: Uint8Array, edit: (parts: HelloParts) => void): Uint8Array {
  const parts = takeApart(hello);
  edit(parts);
  return putTogether(parts);
}

const set =
  (type: number, data: string | undefined) =>
  (parts: HelloParts): void =>
    setExtension(parts, type, data === undefined ? undefined : hex(data));

describe('a ClientHello of TLS 1.3', () => {
  it('is answered when nothing is wrong, whatever unknown things it offers', () => {
    expect(answer(HELLO)).toBe('ServerHello');
    const grease = edited(HELLO, (parts) => {
      setExtension(parts, 0x2a2a, hex(''));
      setExtension(parts, 0xfafa, hex('00'));
      parts.suites = hex('00060a0a1301cafe');
      setExtension(parts, 43, hex('066a6a03040303'));
    });
    expect(answer(grease)).toBe('ServerHello');
  });

  it.each<[string, string, (parts: HelloParts) => void]>([
    ['TLS-V01 version SSL 3.0', 'protocol_version', (p) => (p.version = 0x0300)],
    ['TLS-V01 only unknown versions', 'protocol_version', set(43, '027a7a')],
    ['TLS-V01 only TLS 1.1', 'protocol_version', set(43, '020302')],
    ['TLS-H02 no version in the list', 'decode_error', set(43, '00')],
    ['TLS-H02 half a version in the list', 'decode_error', set(43, '03030403')],
    ['TLS-H02 octets behind the list', 'decode_error', set(43, '02030400')],
    ['TLS-H04 a compression method', 'illegal_parameter', (p) => (p.compression = hex('020100'))],
    ['TLS-H02 no compression at all', 'decode_error', (p) => (p.compression = hex('00'))],
    ['TLS-H02 an empty list of suites', 'decode_error', (p) => (p.suites = hex('0000'))],
    ['TLS-H02 half a suite', 'decode_error', (p) => (p.suites = hex('0003130100'))],
    ['TLS-H05 unknown suites', 'handshake_failure', (p) => (p.suites = hex('0002cafe'))],
    ['TLS-H02 a session id of 33', 'decode_error', (p) => (p.sessionId = new Uint8Array(33))],
    ['TLS-H02 an octet too many', 'decode_error', (p) => (p.trailer = hex('00'))],
    ['TLS-X04 no signature_algorithms', 'missing_extension', set(13, undefined)],
    ['TLS-X04 no supported_groups', 'missing_extension', set(10, undefined)],
    ['TLS-X04 no key_share', 'missing_extension', set(51, undefined)],
    ['TLS-H02 signature_algorithms empty', 'decode_error', set(13, '0000')],
    ['TLS-H02 signature_algorithms odd', 'decode_error', set(13, '0003040300')],
    ['TLS-H05 unknown signature_algorithms', 'handshake_failure', set(13, '00020909')],
    ['TLS-H05 PKCS #1 alone', 'handshake_failure', set(13, '00020401')],
    ['TLS-H02 supported_groups empty', 'decode_error', set(10, '0000')],
    ['TLS-X05 a share of no group', 'illegal_parameter', set(10, '00020017')],
    [
      'TLS-H05 unknown groups',
      'handshake_failure',
      (p) => {
        setExtension(p, 10, hex('00020a0a'));
        setExtension(p, 51, hex('00050a0a000100'));
      },
    ],
    [
      'TLS-X05 a share of 31 octets',
      'illegal_parameter',
      set(51, `0023001d001f${'11'.repeat(31)}`),
    ],
    ['TLS-H02 an empty share', 'decode_error', set(51, '0004001d0000')],
    ['TLS-K01 X25519 zero', 'illegal_parameter', set(51, `0024001d0020${'00'.repeat(32)}`)],
    [
      'TLS-K01 P-256 off the curve',
      'illegal_parameter',
      set(51, `0045001700410${'4'.repeat(129)}`),
    ],
    [
      'TLS-X05 two shares of a group',
      'illegal_parameter',
      (p) => {
        const share = extensionOf(p, 51).slice(2);
        setExtension(p, 51, concatBytes([u16(share.length * 2), share, share]));
      },
    ],
    [
      'TLS-X01 an extension twice',
      'illegal_parameter',
      (p) => p.extensions.unshift([13, hex('00020403')]),
    ],
    [
      'TLS-X01 an unknown one twice',
      'illegal_parameter',
      (p) => p.extensions.unshift([0xaaaa, hex('')], [0xaaaa, hex('')]),
    ],
    ['TLS-X03 oid_filters', 'illegal_parameter', set(48, '0000')],
    ['TLS-H02 early_data not empty', 'decode_error', set(42, '00')],
    ['TLS-H02 an empty server_name', 'decode_error', set(0, '')],
    ['TLS-H02 an empty list of names', 'decode_error', set(0, '0000')],
    ['TLS-H02 an empty name', 'decode_error', set(0, '0003000000')],
    ['TLS-X08 two host names', 'illegal_parameter', set(0, '00080000016100000162')],
    ['TLS-H02 ALPN without a name', 'decode_error', set(16, '0000')],
    ['TLS-H02 ALPN with an empty name', 'decode_error', set(16, '000100')],
    [
      'TLS-P02 pre_shared_key first',
      'illegal_parameter',
      (p) => p.extensions.unshift([41, hex('')]),
    ],
    [
      'TLS-P02 PSK without modes',
      'missing_extension',
      (p) => {
        setExtension(p, 45, undefined);
        p.extensions.push([41, hex(`000700016100000000002120${'00'.repeat(32)}`)]);
      },
    ],
    [
      'TLS-P02 fewer binders than PSKs',
      'illegal_parameter',
      (p) => {
        p.extensions.push([41, hex(`000e0001610000000000016200000000002120${'00'.repeat(32)}`)]);
      },
    ],
    [
      'TLS-H02 a short binder',
      'decode_error',
      (p) => {
        p.extensions.push([41, hex(`000700016100000000002019${'00'.repeat(31)}`)]);
      },
    ],
  ])('%s: %s', (_what, alert, edit) => {
    expect(answer(edited(HELLO, edit))).toBe(alert);
  });

  it('TLS-X06 without a common protocol: no_application_protocol', () => {
    expect(answer(edited(HELLO, set(16, '0003026832')), { protocols: ['http/1.1'] })).toBe(
      'no_application_protocol',
    );
  });

  it('TLS-X07 an unknown host, where it must be known: unrecognized_name', () => {
    const hello = drain(new TlsClient(clientOptions({ serverName: 'other.example' })));
    expect(answer(hello)).toBe('ServerHello');
    expect(answer(hello, { strictServerName: true })).toBe('unrecognized_name');
  });

  it('an empty list of key shares is answered with a HelloRetryRequest', () => {
    expect(answer(edited(HELLO, set(51, '0000')))).toBe('ServerHello');
  });
});

describe('records that are wrong', () => {
  it.each<[string, string, Uint8Array]>([
    ['TLS-R01 an unknown type', 'unexpected_message', record(99, hex('00'))],
    ['TLS-R10 HTTP', 'unexpected_message', new Uint8Array([71, 69, 84, 32, 47, 32])],
    ['TLS-R10 a version before SSL 3.0', 'protocol_version', record(22, hex('00'), 0x0200)],
    ['TLS-R02 too long', 'record_overflow', hex('1603034001')],
    ['TLS-R06 an empty handshake record', 'unexpected_message', record(22, hex(''))],
    ['TLS-R06 an empty alert', 'unexpected_message', record(21, hex(''))],
    ['TLS-H02 half an alert', 'decode_error', record(21, hex('02'))],
    ['TLS-H02 two alerts', 'decode_error', record(21, hex('02280228'))],
    ['TLS-A04 an alert of level 3', 'illegal_parameter', record(21, hex('0328'))],
    ['TLS-R09 change_cipher_spec first', 'unexpected_message', record(20, hex('01'))],
    ['TLS-H01 data first', 'unexpected_message', record(23, hex('616263'))],
    ['TLS-H01 Finished first', 'unexpected_message', record(22, message(20, new Uint8Array(32)))],
    ['TLS-H01 an unknown message', 'unexpected_message', record(22, message(99, hex('00')))],
    ['TLS-H03 a message without end', 'decode_error', record(22, hex('01ffffff'))],
    [
      'TLS-R07 data inside a message',
      'unexpected_message',
      concatBytes([record(22, HELLO.subarray(5, 90)), record(23, hex('00'))]),
    ],
    [
      'TLS-R08 more behind the hello',
      'unexpected_message',
      record(22, concatBytes([HELLO.subarray(5), message(20, hex('00'))])),
    ],
  ])('%s: %s', (_what, alert, bytes) => {
    expect(answer(bytes)).toBe(alert);
  });

  it('TLS-R11 a flood of change_cipher_spec ends', () => {
    const ccs = record(20, hex('01'));
    const after = (count: number): string => {
      const server = new TlsServer(serverOptions());
      server.handleInput(HELLO, ZERO_TIME);
      for (let i = 0; i < count; i += 1) server.handleInput(ccs, ZERO_TIME);
      return alertsOf(eventsOf(server)).join();
    };
    expect([after(1), after(32), after(33)]).toEqual(['', '', 'sent unexpected_message']);
  });

  it('TLS-R09 a change_cipher_spec that is no 1 ends the handshake', () => {
    expect(answer(concatBytes([HELLO, record(20, hex('02'))]))).toBe('unexpected_message');
    expect(answer(concatBytes([HELLO, record(20, hex('0101'))]))).toBe('unexpected_message');
  });

  it('TLS-R04 a record that does not decrypt', () => {
    expect(answer(concatBytes([HELLO, record(23, new Uint8Array(40))]))).toBe('bad_record_mac');
    expect(answer(concatBytes([HELLO, record(23, new Uint8Array(5))]))).toBe('bad_record_mac');
    expect(answer(concatBytes([HELLO, record(22, new Uint8Array(40))]))).toBe('unexpected_message');
    expect(answer(concatBytes([HELLO, hex('1703034101')]))).toBe('record_overflow');
  });

  it('TLS-A03 an alert of a client that could not make keys is understood in the clear', () => {
    const server = new TlsServer(serverOptions());
    server.handleInput(concatBytes([HELLO, record(21, hex('0228'))]), ZERO_TIME);
    expect(alertsOf(eventsOf(server))).toEqual(['received handshake_failure']);
    expect(server.isClosed).toBe(true);
  });
});

describe('the second ClientHello', () => {
  const options = { groups: ['P-384'], alwaysRetry: true } as const;

  function secondAnswer(edit: (parts: HelloParts) => void): string {
    const client = new TlsClient(clientOptions());
    const server = new TlsServer(serverOptions(options));
    server.handleInput(drain(client), ZERO_TIME);
    client.handleInput(drain(server), ZERO_TIME);
    // A change_cipher_spec of six octets comes before the hello.
    const second = drain(client).subarray(6);
    server.handleInput(edited(second, edit), ZERO_TIME);
    return alertsOf(eventsOf(server)).join() || server.state;
  }

  it.each<[string, string, (parts: HelloParts) => void]>([
    ['as it should be', 'WAIT_FINISHED', () => undefined],
    ['another random', 'sent illegal_parameter', (p) => (p.random[0]! ^= 1)],
    ['another session id', 'sent illegal_parameter', (p) => (p.sessionId[0]! ^= 1)],
    ['other suites', 'sent illegal_parameter', (p) => (p.suites = hex('00021302'))],
    ['no cookie', 'sent missing_extension', set(44, undefined)],
    ['another cookie', 'sent illegal_parameter', set(44, '0001ff')],
    ['early data', 'sent illegal_parameter', set(42, '')],
    [
      'the share of another group',
      'sent illegal_parameter',
      set(51, `0024001d0020${'09'.repeat(32)}`),
    ],
    ['no share', 'sent illegal_parameter', set(51, '0000')],
    ['other signature algorithms', 'sent illegal_parameter', set(13, '00020403')],
  ])('TLS-H08 %s: %s', (_what, expected, edit) => {
    expect(secondAnswer(edit)).toBe(expected);
  });
});

describe('the end of the handshake', () => {
  /** Changes what the client sends after the server's flight. */
  function finishWith(edit: (bytes: Uint8Array) => Uint8Array, version: 'TLS 1.3' | 'TLS 1.2') {
    const pair = new TlsPair({ versions: [version] });
    let flights = 0;
    pair.run((bytes, to) => {
      if (to === 'server') flights += 1;
      return to === 'server' && flights === 2 ? edit(bytes) : bytes;
    });
    return alertsOf(pair.serverEvents).join();
  }

  it('TLS-R04 a changed Finished does not decrypt', () => {
    expect(finishWith((bytes) => flipped(bytes), 'TLS 1.3')).toBe('sent bad_record_mac');
    expect(finishWith((bytes) => flipped(bytes), 'TLS 1.2')).toBe('sent bad_record_mac');
  });

  it('TLS-R09 change_cipher_spec after the handshake is refused', () => {
    const pair = new TlsPair().run();
    pair.server.handleInput(record(20, hex('01')), ZERO_TIME);
    expect(alertsOf(eventsOf(pair.server))).toEqual(['sent unexpected_message']);
  });

  it('TLS-205 TLS 1.2: Finished without ChangeCipherSpec, and ChangeCipherSpec too early', () => {
    const server = new TlsServer(serverOptions());
    server.handleInput(concatBytes([HELLO_12, record(20, hex('01'))]), ZERO_TIME);
    expect(alertsOf(eventsOf(server))).toEqual(['sent unexpected_message']);
    expect(finishWith((bytes) => withoutCcs(bytes), 'TLS 1.2')).toBe('sent unexpected_message');
  });

  it('TLS-H12 a client of TLS 1.3 without the certificate that is demanded', () => {
    const demand = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const pair = new TlsPair({ identities: [ECDSA_SERVER] }, demand).run();
    expect(alertsOf(pair.serverEvents)).toEqual([]);
    const wrong = new TlsPair(
      { identities: [ROOT.leaf({ subject: 'x', purposes: ['server'] })] },
      demand,
    );
    expect(alertsOf(wrong.run().serverEvents)).toEqual(['sent unsupported_certificate']);
  });
});

/** Leaves out the records of type 20. */
function withoutCcs(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + ((bytes[at + 3]! << 8) | bytes[at + 4]!);
    if (bytes[at] !== 20) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return concatBytes(kept);
}
