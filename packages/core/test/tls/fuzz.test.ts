/** Whatever arrives, in whatever pieces: nothing throws, and what is whole comes through. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import {
  NOBLE_CRYPTO,
  TlsClient,
  TlsServer,
  type TlsEndpoint,
  type TlsVersion,
} from '@tcplab/core/tls';
import { fc, runs } from '../../../../test/support/fast-check.ts';
import { readCertificateRequest } from '../../src/tls/messages/certificate-request.ts';
import { readCertificate, readCertificateVerify } from '../../src/tls/messages/certificate.ts';
import { readClientHello } from '../../src/tls/messages/client-hello.ts';
import { readServerKeyExchange } from '../../src/tls/messages/key-exchange-12.ts';
import { readNewSessionTicket } from '../../src/tls/messages/new-session-ticket.ts';
import { readServerHello } from '../../src/tls/messages/server-hello.ts';
import { message } from './support/hello.ts';
import { clientAfterServerHello, recordsOf, serverBeforeFinished } from './support/rogue.ts';
import {
  alertsOf,
  CLIENT_IDENTITY,
  clientOptions,
  drain,
  eventsOf,
  ROOT,
  serverOptions,
  textOf,
  TlsPair,
} from './support/world.ts';

const VERSIONS: readonly TlsVersion[] = ['TLS 1.3', 'TLS 1.2'];
/** Trust without signatures: the shape of messages is what is tried here, thousands of times. */
const QUICK = { ...NOBLE_CRYPTO, verify: () => true };

function feed(endpoint: TlsEndpoint, bytes: Uint8Array, cuts: readonly number[]): void {
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const end = at + (cuts[i % cuts.length] ?? bytes.length);
    endpoint.handleInput(bytes.slice(at, end), ZERO_TIME);
    at = end;
  }
}

describe('every split of the stream', () => {
  it.each(VERSIONS)('%s: the handshake and the data survive any cutting', (version) => {
    const cut = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(cut, fc.uint8Array({ maxLength: 3_000 }), (cuts, data) => {
        const client = new TlsClient(clientOptions({ versions: [version], crypto: QUICK }));
        const server = new TlsServer(serverOptions({ crypto: QUICK }));
        client.send(data);
        for (let turn = 0; turn < 4; turn += 1) {
          feed(server, drain(client), cuts);
          feed(client, drain(server), cuts);
        }
        const events = eventsOf(server);
        expect(alertsOf(events)).toEqual([]);
        const got = events.flatMap((e) => (e.kind === 'application data' ? [e.data] : []));
        expect(concatBytes([EMPTY_BYTES, ...got])).toEqual(concatBytes([data]));
      }),
      runs(12),
    );
  });

  it.each(VERSIONS)('%s: one octet at a time', (version) => {
    const pair = new TlsPair({ versions: [version] });
    for (let turn = 0; turn < 4; turn += 1) {
      feed(pair.server, drain(pair.client), [1]);
      feed(pair.client, drain(pair.server), [1]);
    }
    expect([pair.client.state, pair.server.state]).toEqual(['CONNECTED', 'CONNECTED']);
  });

  it('TLS-A02: an end at every octet of the handshake is a truncation', () => {
    const bytes = drain(new TlsClient(clientOptions()));
    for (let length = 0; length < bytes.length; length += 1) {
      const server = new TlsServer(serverOptions());
      server.handleInput(bytes.subarray(0, length), ZERO_TIME);
      server.handleEnd(ZERO_TIME);
      expect(eventsOf(server).at(-1)).toMatchObject({ kind: 'truncated' });
    }
  });

  it('small records and padding change nothing for the reader', () => {
    const small = { recordSize: 64, padTo: 32 };
    const pair = new TlsPair(small, small).run();
    const text = 'a sentence that is longer than one record of this connection. '.repeat(9);
    pair.client.send(new Uint8Array(Array.from(text, (c) => c.charCodeAt(0))));
    pair.run();
    expect(textOf(pair.serverEvents)).toBe(text);
    for (const sent of recordsOf(pair.toServer.at(-1)!)) expect(sent.length).toBe(5 + 64 + 1 + 16);
  });
});

describe('hostile octets', () => {
  it('random octets end in an alert or in waiting, never in an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isServer) => {
        const endpoint = isServer ? new TlsServer(serverOptions()) : new TlsClient(clientOptions());
        drain(endpoint);
        endpoint.handleInput(bytes, ZERO_TIME);
        const alerts = alertsOf(eventsOf(endpoint));
        expect(alerts.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(VERSIONS)('%s: one changed octet anywhere never leads both sides to agree', (version) => {
    const change = fc.record({
      to: fc.constantFrom('client', 'server'),
      flight: fc.integer({ min: 0, max: 1 }),
      at: fc.nat(2_000),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(change, ({ to, flight, at, bit }) => {
        const pair = new TlsPair({ versions: [version], crypto: QUICK }, { crypto: QUICK });
        let seen = -1;
        let changedHandshake = false;
        pair.run((bytes, direction) => {
          if (direction !== to || ++seen !== flight || bytes.length === 0) return bytes;
          const changed = bytes.slice();
          const where = at % changed.length;
          changed[where]! ^= 1 << bit;
          // A record's version says nothing, and a compatibility record means nothing.
          changedHandshake = !isIgnored(changed, where);
          return changed;
        });
        const agreed =
          pair.client.established !== undefined && pair.server.established !== undefined;
        if (changedHandshake)
          expect(agreed && alertsOf(pair.serverEvents).length === 0).toBe(false);
      }),
      runs(50),
    );
  });

  it('mutated messages under keys are refused or taken, never thrown at', () => {
    const mutation = fc.record({
      which: fc.nat(5),
      at: fc.nat(1_000),
      octet: fc.integer({ min: 0, max: 255 }),
      cut: fc.boolean(),
    });
    const demand = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;
    fc.assert(
      fc.property(mutation, fc.boolean(), ({ which, at, octet, cut }, isServer) => {
        const { victim, flight } = isServer
          ? serverBeforeFinished(demand, { identities: [CLIENT_IDENTITY] })
          : clientAfterServerHello();
        const index = which % flight.length;
        const original = flight[index]!;
        const body = original.slice(4);
        if (body.length > 0) body[at % body.length] = octet;
        const changed = message(original[0]!, cut ? body.slice(0, at % (body.length + 1)) : body);
        victim.seal(22, ...flight.slice(0, index), changed, ...flight.slice(index + 1));
        expect(victim.outcome).toMatch(/^(sent [a-z_]+|WAIT_[A-Z_]+|CONNECTED)$/);
      }),
      runs(30),
    );
  });

  it('parsers of messages give a value or a refusal for any octets', () => {
    const parsers = [
      readClientHello,
      readServerHello,
      readCertificateVerify,
      readNewSessionTicket,
      readServerKeyExchange,
      (m: Parameters<typeof readClientHello>[0]) => readCertificate('TLS 1.3', m),
      (m: Parameters<typeof readClientHello>[0]) => readCertificate('TLS 1.2', m),
      (m: Parameters<typeof readClientHello>[0]) => readCertificateRequest('TLS 1.3', m),
      (m: Parameters<typeof readClientHello>[0]) => readCertificateRequest('TLS 1.2', m),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        for (const parse of parsers) expect(parse({ type: 1, body, bytes: body })).toBeDefined();
      }),
      runs(1_000),
    );
  });

  it('a ClientHello of the greatest length is taken', () => {
    const hello = drain(new TlsClient(clientOptions()));
    // 0xfde8 octets of padding fill the block of extensions.
    const whole = withPadding(hello.subarray(5), 65_000);
    const server = new TlsServer(serverOptions());
    for (let at = 0; at < whole.length; at += 16_384) {
      const part = whole.subarray(at, at + 16_384);
      const header = Uint8Array.of(22, 3, 1, part.length >> 8, part.length);
      server.handleInput(concatBytes([header, part]), ZERO_TIME);
    }
    expect(server.state).toBe('WAIT_FINISHED');
  });
});

/** Adds the padding extension (RFC 7685) in front of the others. */
function withPadding(hello: Uint8Array, length: number): Uint8Array {
  const body = hello.subarray(4);
  const suitesAt = 35 + body[34]!;
  const at = suitesAt + 2 + ((body[suitesAt]! << 8) | body[suitesAt + 1]!) + 2;
  const rest = body.subarray(at + 2);
  const total = rest.length + length + 4;
  const head = Uint8Array.of(total >> 8, total, 0, 21, length >> 8, length);
  return message(1, concatBytes([body.subarray(0, at), head, new Uint8Array(length), rest]));
}

function isIgnored(bytes: Uint8Array, where: number): boolean {
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + ((bytes[at + 3]! << 8) | bytes[at + 4]!);
    if (where === at + 2 || where === at + 1) return bytes[at] !== 23;
    if (where < end) return false;
    at = end;
  }
  return true;
}
