/** Tickets of TLS 1.2 (RFC 5077) and the extended master secret across sessions (RFC 7627 §5.3). */
import { describe, expect, it } from 'vitest';
import { concatBytes, EMPTY_BYTES, ms, ZERO_TIME, type Micros } from '@tcplab/core';
import {
  TicketKeys,
  type TlsClientOptions,
  type TlsServerOptions,
  type TlsSession,
} from '@tcplab/core/tls';
import {
  flipped,
  hex,
  putTogether,
  record,
  setExtension,
  takeApart,
  type HelloParts,
} from '../support/hello.ts';
import { testRandom } from '../support/random.ts';
import { Rogue12, session12, TICKETS } from '../support/rogue-12.ts';
import { CLIENT_IDENTITY, ROOT, RSA_SERVER } from '../support/world.ts';

type Edit = (parts: HelloParts) => void;

const SESSION = session12();
const DAY = 86_400_000;
const at = (millis: number): Micros => ms(millis) as Micros;

/** A session as a server would have made it that differs from ours in this. */
function sessionWith(change: Partial<TlsSession> & { readonly issuedAt?: Micros }): TlsSession {
  const session = { ...SESSION, ...change };
  const contents = {
    version: session.version === 'TLS 1.2' ? 0x0303 : 0x0304,
    suite: session.suite,
    secret: session.secret,
    issuedAt: change.issuedAt ?? ZERO_TIME,
    ageAdd: 0,
    lifetimeSeconds: session.lifetimeSeconds,
    maxEarlyData: 0,
    serverName: session.serverName,
    protocol: session.protocol,
    extendedMasterSecret: session.extendedMasterSecret,
    peerChain: [],
  };
  return { ...session, ticket: TICKETS.seal(contents, testRandom(81)) };
}

interface Offered {
  readonly session?: TlsSession;
  readonly client?: Partial<TlsClientOptions>;
  readonly server?: Partial<TlsServerOptions>;
  readonly edit?: Edit;
  readonly now?: Micros;
}

/** A server that was offered a session: whether it resumes, or its alert. */
function offer({
  session = SESSION,
  client,
  server,
  edit = () => undefined,
  now = ZERO_TIME,
}: Offered): string {
  const rogue = new Rogue12({
    victim: 'server',
    client: { session, ...client },
    server: { tickets: TICKETS, ...server },
    now,
  });
  const parts = takeApart(record(22, rogue.take().fragment));
  edit(parts);
  rogue.say(22, putTogether(parts).subarray(5));
  if (rogue.victim.isClosed) return rogue.outcome;
  return rogue.outcome === 'WAIT_CCS_RESUMED' ? 'resumed' : 'full';
}

const set =
  (type: number, data: Uint8Array | undefined): Edit =>
  (parts) =>
    setExtension(parts, type, data);

describe('a ticket at the server', () => {
  it.each<[string, string, Offered]>([
    ['as it should be', 'resumed', {}],
    ['cut short', 'full', { edit: set(35, SESSION.ticket.subarray(0, -1)) }],
    ['cut to the name of its key', 'full', { edit: set(35, SESSION.ticket.subarray(0, 16)) }],
    ['cut to name and nonce', 'full', { edit: set(35, SESSION.ticket.subarray(0, 28)) }],
    ['cut to one octet', 'full', { edit: set(35, SESSION.ticket.subarray(0, 1)) }],
    ['with an octet more', 'full', { edit: set(35, concatBytes([SESSION.ticket, hex('00')])) }],
    ['empty', 'full', { edit: set(35, EMPTY_BYTES) }],
    ['absent', 'full', { edit: set(35, undefined) }],
    ['of another server', 'full', { server: { tickets: new TicketKeys(testRandom(82)) } }],
    ['at a server without tickets', 'full', { server: { tickets: undefined! } }],
    ['without a session id', 'resumed', { edit: (p) => (p.sessionId = EMPTY_BYTES) }],
    ['with a session id of one octet', 'resumed', { edit: (p) => (p.sessionId = hex('05')) }],
    ['in its last second', 'resumed', { session: sessionWith({}), now: at(7 * DAY) }],
    [
      'too old',
      'full',
      {
        session: { ...sessionWith({ lifetimeSeconds: 60 }), lifetimeSeconds: 90 },
        now: at(61_000),
      },
    ],
    ['from the future', 'full', { session: sessionWith({ issuedAt: at(5_000) }) }],
    [
      'of a suite that the client leaves out',
      'full',
      { edit: (p) => (p.suites = hex('0002c02c')) },
    ],
    [
      'of a suite that the server leaves out',
      'full',
      { server: { suites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] } },
    ],
    [
      'of no suite of ours',
      'full',
      { session: sessionWith({ suite: 0xc02f }), edit: (p) => (p.suites = hex('0002c02b')) },
    ],
    [
      'of TLS 1.3',
      'full',
      { session: { ...sessionWith({ version: 'TLS 1.3' }), version: 'TLS 1.2' } },
    ],
    ['for another host', 'full', { edit: set(0, hex('000c00000962616e6b2e74657374')) }],
    ['without a host', 'full', { edit: set(0, undefined) }],
    [
      'of nobody where a certificate is demanded',
      'full',
      { server: { clientAuthentication: 'require', trust: [ROOT.certificate] } },
    ],
    ['without signature_algorithms', 'resumed', { edit: set(13, undefined) }],
    ['without a common group', 'resumed', { edit: set(10, hex('00020a0a')) }],
    ['at a server with another certificate', 'resumed', { server: { identities: [RSA_SERVER] } }],
    ['with another order of suites', 'resumed', { edit: (p) => (p.suites = hex('0004c02cc02b')) }],
    // RFC 7627 §5.3, all four cases.
    [
      'TLS-203 with the secret, then without',
      'fatal handshake_failure',
      { edit: set(23, undefined) },
    ],
    [
      'TLS-203 without the secret, then with',
      'full',
      { session: sessionWith({ extendedMasterSecret: false }) },
    ],
    [
      'TLS-203 without the secret, then again without',
      'resumed',
      { session: sessionWith({ extendedMasterSecret: false }), edit: set(23, undefined) },
    ],
    // What is wrong in the hello is wrong for a resumption too.
    ['TLS-202 renegotiation_info', 'fatal handshake_failure', { edit: set(0xff01, hex('0101')) }],
    [
      'TLS-207 no null compression',
      'fatal illegal_parameter',
      { edit: (p) => (p.compression = hex('0101')) },
    ],
  ])('%s: %s', (_what, expected, offered) => {
    expect(offer(offered)).toBe(expected);
  });

  it('changed in any octet opens for nobody', () => {
    for (let i = 0; i < SESSION.ticket.length; i += 9) {
      expect(offer({ edit: set(35, flipped(SESSION.ticket, i)) }), `octet ${i}`).toBe('full');
    }
  });

  it('TLS-V03 does not excuse a fallback', () => {
    const edit: Edit = (p) => (p.suites = hex('0004c02b5600'));
    const server = { versions: ['TLS 1.3', 'TLS 1.2'] } as const;
    expect(offer({ edit, server })).toBe('fatal inappropriate_fallback');
  });

  it('keeps who the client is', () => {
    const demand = { clientAuthentication: 'require', trust: [ROOT.certificate] } as const;
    const session = session12({ identities: [CLIENT_IDENTITY] }, demand);
    const rogue = new Rogue12({
      victim: 'server',
      client: { session },
      server: { ...demand, tickets: TICKETS },
    }).until('CONNECTED');
    expect(rogue.victim.established).toMatchObject({
      resumed: true,
      peerChain: CLIENT_IDENTITY.chain,
    });
  });
});

describe('the ServerHello of a resumed session', () => {
  const resumed = (server: Partial<TlsServerOptions> = {}, now = ZERO_TIME): HelloParts => {
    const client = { session: SESSION, protocols: ['b'] };
    const rogue = new Rogue12({
      victim: 'client',
      client,
      server: { tickets: TICKETS, ...server },
      now,
    });
    const id = rogue.clientSessionId;
    const parts = takeApart(record(22, rogue.take().fragment));
    expect([id.length, parts.sessionId]).toEqual([32, id]);
    return parts;
  };

  it('echoes the session id and answers what belongs to the connection, not to the session', () => {
    const types = (parts: HelloParts): number[] =>
      parts.extensions.map(([type]) => type).sort((a, b) => a - b);
    expect(types(resumed())).toEqual([23, 0xff01]);
    expect(types(resumed({ protocols: ['b'] }))).toEqual([16, 23, 0xff01]);
    expect(types(resumed({}, at(4 * DAY)))).toEqual([23, 35, 0xff01]);
  });
});

describe('a resumption at the client', () => {
  /** The client after the ServerHello of a server that resumes, changed. */
  const after = (edit: Edit, session = SESSION): Rogue12 => {
    const rogue = new Rogue12({
      victim: 'client',
      client: { session },
      server: { tickets: TICKETS },
    });
    const parts = takeApart(record(22, rogue.take().fragment));
    edit(parts);
    return rogue.say(22, putTogether(parts).subarray(5));
  };
  const illegal = 'fatal illegal_parameter';

  it.each<[string, string, Edit]>([
    ['as it should be', 'WAIT_CCS_RESUMED', () => undefined],
    ['no echo', 'WAIT_CERT', (p) => (p.sessionId = EMPTY_BYTES)],
    ['another id', 'WAIT_CERT', (p) => (p.sessionId = flipped(p.sessionId))],
    ['half an echo', 'WAIT_CERT', (p) => (p.sessionId = p.sessionId.subarray(0, 16))],
    ['TLS-H06 another suite', illegal, (p) => (p.suites = hex('c02c'))],
    ['TLS-203 no secret', 'fatal handshake_failure', set(23, undefined)],
    ['TLS-202 renegotiation_info', 'fatal handshake_failure', set(0xff01, hex('0101'))],
    ['a ticket follows', 'WAIT_NST_RESUMED', set(35, EMPTY_BYTES)],
  ])('%s: %s', (_what, expected, edit) => {
    expect(after(edit).outcome).toBe(expected);
  });

  it('TLS-203 a session without the secret does not gain it', () => {
    const session = { ...SESSION, extendedMasterSecret: false };
    expect(after(() => undefined, session).outcome).toBe('fatal handshake_failure');
  });

  it('of another session than ours: the Finished cannot be read', () => {
    const session = { ...SESSION, secret: flipped(SESSION.secret) };
    const rogue = new Rogue12({
      victim: 'client',
      client: { session },
      server: { tickets: TICKETS },
    });
    rogue.until('WAIT_CCS_RESUMED').send(record(20, hex('01')));
    expect(rogue.send(record(22, new Uint8Array(40))).outcome).toBe('fatal bad_record_mac');
  });
});
