import { describe, expect, it } from 'vitest';
import { TicketKeys, ReplayRecord, type TlsEvent, type TlsSession } from '@tcplab/core/tls';
import { testRandom } from './support/random.ts';
import {
  alertsOf,
  CLIENT_IDENTITY,
  ECDSA_SERVER,
  ED25519_SERVER,
  P384_SERVER,
  reasonsOf,
  ROOT,
  RSA_SERVER,
  text,
  textOf,
  TlsPair,
} from './support/world.ts';

const ticketsOf = (events: readonly TlsEvent[]): TlsSession[] =>
  events.flatMap((event) => (event.kind === 'ticket' ? [event.session] : []));

const keyLogOf = (events: readonly TlsEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'key log' ? [event.line] : [])).sort();

function sameKeyLog(pair: TlsPair): void {
  expect(keyLogOf(pair.clientEvents)).toEqual(keyLogOf(pair.serverEvents));
}

function expectData(pair: TlsPair): void {
  pair.client.send(text('from the client'));
  pair.server.send(text('from the server'));
  pair.run();
  expect(textOf(pair.serverEvents)).toContain('from the client');
  expect(textOf(pair.clientEvents)).toContain('from the server');
}

describe('a full handshake', () => {
  it.each(['TLS 1.3', 'TLS 1.2'] as const)('%s: both sides agree and data flows', (version) => {
    const pair = new TlsPair({ versions: [version], protocols: ['a', 'b'] }, { protocols: ['b'] });
    pair.run();
    expect(reasonsOf([...pair.clientEvents, ...pair.serverEvents])).toEqual([]);
    const [client, server] = pair.established;
    expect(client).toMatchObject({ version, group: 'X25519', protocol: 'b', resumed: false });
    expect(server).toMatchObject({ version, suite: client!.suite, protocol: 'b' });
    expect([pair.client.state, pair.server.state]).toEqual(['CONNECTED', 'CONNECTED']);
    sameKeyLog(pair);
    expectData(pair);
    const label = 'EXPORTER-test';
    expect(pair.client.exportKeyingMaterial(label, text('x'), 20)).toEqual(
      pair.server.exportKeyingMaterial(label, text('x'), 20),
    );
  });

  it.each([
    ['TLS 1.3', 'TLS_AES_128_GCM_SHA256', 'X25519', ECDSA_SERVER],
    ['TLS 1.3', 'TLS_AES_256_GCM_SHA384', 'P-384', P384_SERVER],
    ['TLS 1.3', 'TLS_CHACHA20_POLY1305_SHA256', 'P-256', ED25519_SERVER],
    ['TLS 1.3', 'TLS_AES_128_GCM_SHA256', 'X25519', RSA_SERVER],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'P-256', ECDSA_SERVER],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'P-384', P384_SERVER],
    ['TLS 1.2', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'X25519', ED25519_SERVER],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'X25519', RSA_SERVER],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'P-256', RSA_SERVER],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'X25519', RSA_SERVER],
  ] as const)('%s %s over %s', (version, suite, group, identity) => {
    const pair = new TlsPair(
      { versions: [version], suites: [suite], groups: [group] },
      { identities: [identity] },
    );
    expectData(pair.run());
    expect(pair.client.established).toMatchObject({ version, suite, group });
  });

  it('TLS-H07: a group without a share costs a HelloRetryRequest', () => {
    const pair = new TlsPair({ groups: ['X25519', 'P-384'] }, { groups: ['P-384'] });
    expectData(pair.run());
    expect(pair.client.established).toMatchObject({ group: 'P-384' });
    const names = pair.clientEvents.flatMap((e) => (e.kind === 'message' ? [e.name] : []));
    expect(names.filter((name) => name === 'ClientHello')).toHaveLength(2);
  });

  it('TLS-H08: a cookie comes back', () => {
    expectData(new TlsPair({}, { alwaysRetry: true }).run());
  });

  it.each(['TLS 1.3', 'TLS 1.2'] as const)('%s: client authentication', (version) => {
    const wanted = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const pair = new TlsPair({ versions: [version], identities: [CLIENT_IDENTITY] }, wanted);
    expectData(pair.run());
    expect(pair.server.established?.peerChain).toEqual(CLIENT_IDENTITY.chain);
    const anonymous = new TlsPair({ versions: [version] }, wanted).run();
    const alert = version === 'TLS 1.3' ? 'certificate_required' : 'handshake_failure';
    expect(alertsOf(anonymous.serverEvents)).toEqual([`sent ${alert}`]);
    expect(alertsOf(anonymous.clientEvents)).toEqual([`received ${alert}`]);
    const asked = { ...wanted, clientAuthentication: 'request' } as const;
    expectData(new TlsPair({ versions: [version] }, asked).run());
  });
});

describe('resumption', () => {
  const tickets = new TicketKeys(testRandom(31));

  it.each(['TLS 1.3', 'TLS 1.2'] as const)('%s: a ticket stands for the certificate', (version) => {
    const first = new TlsPair({ versions: [version] }, { tickets }).run();
    const session = ticketsOf(first.clientEvents)[0]!;
    const second = new TlsPair({ versions: [version], session }, { tickets }).run();
    expect(reasonsOf(second.clientEvents)).toEqual([]);
    expect(second.client.established).toMatchObject({ resumed: true, version });
    expect(second.server.established).toMatchObject({ resumed: true, version });
    sameKeyLog(second);
    expectData(second);
    const other = new TicketKeys(testRandom(32));
    const third = new TlsPair({ versions: [version], session }, { tickets: other }).run();
    expect(third.client.established).toMatchObject({ resumed: false });
    expectData(third);
  });

  it('TLS-P10: resumption survives a HelloRetryRequest', () => {
    const first = new TlsPair({}, { tickets }).run();
    const session = ticketsOf(first.clientEvents)[0]!;
    const second = new TlsPair({ session }, { tickets, groups: ['P-384'] }).run();
    expect(second.client.established).toMatchObject({ resumed: true, group: 'P-384' });
  });

  it('TLS-P09: an old ticket is not offered, and not taken', () => {
    const first = new TlsPair({}, { tickets }).run();
    const session = ticketsOf(first.clientEvents)[0]!;
    const week = 604_800_000_000 + 2_000_000;
    const late = new TlsPair({ session }, { tickets }, week as never).run();
    expect(late.client.established?.resumed).toBe(false);
    const kept = { ...session, lifetimeSeconds: 10 * 604_800 };
    const later = new TlsPair({ session: kept }, { tickets }, week as never).run();
    expect(later.client.established?.resumed).toBe(false);
  });

  it('TLS-P04: early data arrives with the first flight, and a replay of it goes through', () => {
    const server = { tickets, maxEarlyData: 1_000 };
    const first = new TlsPair({}, server).run();
    const session = ticketsOf(first.clientEvents)[0]!;
    const earlyData = text('GET / early');
    const second = new TlsPair({ session, earlyData }, server).later(50).run();
    expect(second.client.established).toMatchObject({ earlyData: 'accepted', resumed: true });
    expect(second.serverEvents).toContainEqual({
      kind: 'application data',
      data: earlyData,
      early: true,
    });
    expectData(second);
    const replay = new TlsPair({}, { ...server, random: testRandom(77) }, second.now);
    replay.server.handleInput(second.toServer[0]!, second.now);
    replay.run();
    expect(textOf(replay.serverEvents)).toBe('GET / early');
    expect(replay.serverEvents.find((e) => e.kind === 'early data')).toMatchObject({
      verdict: 'accepted',
      cause: { rule: { id: 'TLS-P04' } },
    });
  });

  it('TLS-P05: a server that remembers ClientHellos takes early data once', () => {
    const server = { tickets, maxEarlyData: 1_000, replayRecord: new ReplayRecord() };
    const first = new TlsPair({}, server).run();
    const session = ticketsOf(first.clientEvents)[0]!;
    const second = new TlsPair({ session, earlyData: text('once') }, server).later(50).run();
    expect(textOf(second.serverEvents)).toBe('once');
    const replay = new TlsPair({}, server, second.now);
    replay.server.handleInput(second.toServer[0]!, second.now);
    replay.run();
    expect(textOf(replay.serverEvents)).toBe('');
    expect(replay.serverEvents.find((e) => e.kind === 'early data')).toMatchObject({
      verdict: 'rejected',
      cause: { rule: { id: 'TLS-P05' } },
    });
  });

  it.each([
    ['TLS-P08', 'a server without early data', { maxEarlyData: 0 }, 0],
    ['TLS-P08', 'a HelloRetryRequest', { groups: ['P-384'] as const }, 0],
    ['TLS-P06', 'a clock that is off', {}, 60_000],
  ] as const)('%s: early data is skipped after %s', (rule, _why, change, later) => {
    const server = { tickets, maxEarlyData: 1_000 };
    const first = new TlsPair({}, server).run();
    const session = ticketsOf(first.clientEvents)[0]!;
    const shifted = { ...session, receivedAt: (session.receivedAt + later * 1_000) as never };
    const pair = new TlsPair(
      { session: shifted, earlyData: text('lost') },
      { ...server, ...change },
    );
    pair.later(later + 10).run();
    expect(reasonsOf([...pair.clientEvents, ...pair.serverEvents])).toEqual([]);
    expect(pair.client.established).toMatchObject({ earlyData: 'rejected', resumed: true });
    expect(textOf(pair.serverEvents)).toBe('');
    const told = pair.serverEvents.find((e) => e.kind === 'early data');
    expect(told).toMatchObject({ cause: { rule: { id: rule } } });
    expectData(pair);
  });
});

describe('after the handshake', () => {
  it('TLS-H14: new keys, asked for and answered, in both directions', () => {
    const pair = new TlsPair().run();
    pair.client.requestKeyUpdate();
    expectData(pair.run());
    pair.server.requestKeyUpdate(false);
    expectData(pair.run());
    const updates = pair.clientEvents.filter((event) => event.kind === 'key update');
    expect(updates).toMatchObject([
      { direction: 'sent', requested: true },
      { direction: 'received', requested: false },
      { direction: 'received', requested: false },
    ]);
  });

  it.each(['TLS 1.3', 'TLS 1.2'] as const)('TLS-A01 %s: close_notify ends in order', (version) => {
    const pair = new TlsPair({ versions: [version] }).run();
    pair.client.send(text('last words'));
    pair.client.close();
    pair.run();
    expect(textOf(pair.serverEvents)).toBe('last words');
    expect(pair.serverEvents).toContainEqual({ kind: 'close_notify', direction: 'received' });
    if (version === 'TLS 1.3') {
      pair.server.send(text('and an answer'));
      pair.server.close();
      pair.run();
      expect(textOf(pair.clientEvents)).toBe('and an answer');
    }
    expect([pair.client.isClosed, pair.server.isClosed]).toEqual([true, true]);
  });

  it('TLS-A02: an end of the stream without close_notify is a truncation', () => {
    const pair = new TlsPair().run();
    pair.server.handleEnd(pair.now);
    expect(pair.server.pollEvent()).toMatchObject({ kind: 'truncated' });
  });
});
