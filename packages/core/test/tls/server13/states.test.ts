/** RFC 8446 §4, §4.4.1, §4.6: every handshake message in every state of the server where it is not due. */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer } from '@tcplab/core/tls';
import { handshakeText } from '../../../src/tls/parameters/handshake-type.ts';
import { hex, message, record } from '../support/hello.ts';
import { connected, serverBeforeFinished, Victim } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { earlyServer } from '../support/early.ts';
import {
  CLIENT_IDENTITY,
  clientOptions,
  drain,
  eventsOf,
  ROOT,
  serverOptions,
  TlsPair,
} from '../support/world.ts';

const REQUEST = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;
/** All that were ever assigned by RFC 8446 or before, and some that were not. */
const TYPES = [0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 24, 25, 67, 254, 255];

interface State {
  readonly state: string;
  /** The type that is due. */
  readonly due: number;
  readonly alert: string;
  readonly make: () => Victim;
  /** Sends messages the way this state expects them. */
  readonly put: (victim: Victim, bytes: Uint8Array) => Victim;
}

const plain = (victim: Victim, bytes: Uint8Array): Victim => victim.send(record(22, bytes));
const sealed = (victim: Victim, bytes: Uint8Array): Victim => victim.seal(22, bytes);

function afterRetry(): Victim {
  const victim = new Victim(new TlsServer(serverOptions({ groups: ['P-384'] })));
  victim.send(drain(new TlsClient(clientOptions())));
  drain(victim.endpoint);
  return victim;
}

function afterCertificate(): Victim {
  const { victim, flight } = serverBeforeFinished(REQUEST, { identities: [CLIENT_IDENTITY] });
  return victim.seal(22, flight[0]!);
}

function inConnection(): Victim {
  const victim = connected('server');
  drain(victim.endpoint);
  return victim;
}

const STATES: readonly State[] = [
  {
    state: 'START',
    due: 1,
    alert: 'plain fatal',
    make: () => new Victim(new TlsServer(serverOptions())),
    put: plain,
  },
  { state: 'START', due: 1, alert: 'plain fatal', make: afterRetry, put: plain },
  {
    state: 'WAIT_EOED',
    due: 5,
    alert: 'application fatal',
    make: () => earlyServer().victim,
    put: sealed,
  },
  {
    state: 'WAIT_CERT',
    due: 11,
    alert: 'application fatal',
    make: () => serverBeforeFinished(REQUEST).victim,
    put: sealed,
  },
  { state: 'WAIT_CV', due: 15, alert: 'application fatal', make: afterCertificate, put: sealed },
  {
    state: 'WAIT_FINISHED',
    due: 20,
    alert: 'application fatal',
    make: () => serverBeforeFinished().victim,
    put: sealed,
  },
  { state: 'CONNECTED', due: 24, alert: 'application fatal', make: inConnection, put: sealed },
];

describe.each(STATES)('in $state', ({ state, due, alert, make, put }) => {
  it.each(TYPES.filter((type) => type !== due))('a message of type %i is unexpected', (type) => {
    for (const body of [EMPTY_BYTES, new Uint8Array(40)]) {
      const victim = make();
      expect([handshakeText(type), victim.endpoint.state]).toEqual([handshakeText(type), state]);
      put(victim, message(type, body));
      const lines = sentRecords(victim.endpoint, victim.events);
      expect(lines).toEqual([`${alert} unexpected_message`]);
      expect(victim.endpoint.isClosed).toBe(true);
    }
  });

  it('the message that is due, with a body of nonsense, is refused but not for its type', () => {
    const victim = put(make(), message(due, new Uint8Array(3).fill(0xff)));
    expect(sentRecords(victim.endpoint, victim.events)).toEqual([`${alert} decode_error`]);
  });

  it('a close_notify ends it, and is answered where no handshake can go on', () => {
    const victim = make();
    const before = victim.endpoint.isClosed;
    if (put === plain) victim.send(record(21, hex('0100')));
    else victim.seal(21, hex('0100'));
    const isHandshake = state !== 'CONNECTED';
    expect([before, victim.endpoint.isClosed]).toEqual([false, isHandshake]);
    const answer = `${alert.replace('fatal', 'warning')} close_notify`;
    expect(sentRecords(victim.endpoint, victim.events)).toEqual(isHandshake ? [answer] : []);
  });

  it.each([
    ['fatal handshake_failure', '0228'],
    ['warning certificate_expired', '012d'],
    ['fatal and unknown', '02c8'],
    ['fatal user_canceled and then close_notify', '025a'],
  ])('an alert that is %s is not answered by another', (what, alertBytes) => {
    const victim = make();
    const isUndecided = state === 'START' && what.startsWith('warning');
    const give = (bytes: string): Victim =>
      put === plain ? victim.send(record(21, hex(bytes))) : victim.seal(21, hex(bytes));
    give(alertBytes);
    if (what.includes('close_notify')) give('0100');
    const lines = sentRecords(victim.endpoint, victim.events);
    expect(lines.filter((line) => line.includes('fatal'))).toEqual([]);
    // Before its version is known a client may be one that knows warnings (RFC 5246 §7.2).
    const staysOpen = isUndecided && make !== afterRetry;
    if (!what.includes('close_notify')) expect(victim.endpoint.isClosed).toBe(!staysOpen);
  });
});

describe('the alert of a server that waits for Finished', () => {
  it('goes under the keys for application data, and is the last record', () => {
    const server = new TlsServer(serverOptions());
    server.handleInput(drain(new TlsClient(clientOptions())), ZERO_TIME);
    server.handleInput(record(22, hex('00')), ZERO_TIME);
    const lines = sentRecords(server, eventsOf(server));
    expect(lines.at(-1)).toBe('application fatal unexpected_message');
    server.handleInput(record(22, hex('00')), ZERO_TIME);
    expect(drain(server)).toEqual(EMPTY_BYTES);
  });

  it('TLS-A03: the alert of a client that could not make keys is understood in the clear', () => {
    const victim = new Victim(new TlsServer(serverOptions()));
    victim.send(drain(new TlsClient(clientOptions()))).send(record(21, hex('0228')));
    expect(victim.outcome).toBe('received handshake_failure');
    expect(victim.endpoint.isClosed).toBe(true);
  });

  it('TLS-R11: warnings without end are refused', () => {
    const victim = inConnection().seal(21, ...Array.from({ length: 4 }, () => hex('015a')));
    expect(victim.outcome).not.toContain('sent');
    expect(victim.seal(21, hex('015a')).outcome).toContain('sent unexpected_message');
  });

  it('an alert of a level that does not exist is an alert all the same', () => {
    const victim = serverBeforeFinished().victim.seal(21, hex('0728'));
    expect(victim.outcome).toBe('received handshake_failure');
    expect(drain(victim.endpoint)).toEqual(EMPTY_BYTES);
  });
});

describe('KeyUpdate', () => {
  it.each([
    ['decode_error', ''],
    ['decode_error', '0000'],
    ['illegal_parameter', '02'],
    ['illegal_parameter', 'ff'],
  ])('%s: with the body %s', (alert, body) => {
    expect(inConnection().seal(22, message(24, hex(body))).outcome).toBe(`sent ${alert}`);
  });

  it('is refused when anything follows in its record', () => {
    const update = message(24, hex('00'));
    for (const more of [update, hex('18'), message(4, hex(''))]) {
      const victim = inConnection().seal(22, concatBytes([update, more]));
      expect(victim.outcome).toBe('sent unexpected_message');
    }
  });

  it('in two records, or padded, changes the keys', () => {
    const victim = inConnection().seal(22, hex('1800'), hex('000101'));
    expect(victim.outcome).toBe('CONNECTED');
    expect(sentRecords(victim.endpoint, victim.events)).toEqual(['application KeyUpdate']);
    expect(victim.seal(23, hex('61')).outcome).toBe('sent bad_record_mac');
    expect(inConnection().sealPadded(22, message(24, hex('00')), 900).outcome).toBe('CONNECTED');
  });

  it('hundreds in a row are taken, and those that come together are answered by one', () => {
    const pair = new TlsPair().run();
    for (let i = 0; i < 300; i += 1) pair.client.requestKeyUpdate();
    pair.run();
    expect([pair.client.state, pair.server.isClosed]).toEqual(['CONNECTED', false]);
    const sent = pair.serverEvents.filter((e) => e.kind === 'key update' && e.direction === 'sent');
    expect(sent).toHaveLength(1);
  });

  it('is not answered after our close_notify', () => {
    const pair = new TlsPair().run();
    pair.server.close();
    pair.client.requestKeyUpdate();
    pair.run();
    const sent = pair.serverEvents.filter((e) => e.kind === 'key update' && e.direction === 'sent');
    expect(sent).toEqual([]);
    expect(pair.clientEvents.some((e) => e.kind === 'close_notify')).toBe(true);
  });
});
