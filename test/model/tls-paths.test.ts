/**
 * Every path of TLS's machines from start to CONNECTED is walked by a real connection; the few that
 * the figures allow but the protocol's text forbids are named with their reason.
 */
import { describe, expect, it } from 'vitest';
import { describeMachine } from '@tcplab/core';
import {
  client12Machine,
  client13Machine,
  server12Machine,
  server13Machine,
  TicketKeys,
  type TlsClientOptions,
  type TlsEvent,
  type TlsServerOptions,
  type TlsSession,
} from '@tcplab/core/tls';
import { testRandom } from '../../packages/core/test/tls/support/random.ts';
import {
  CLIENT_IDENTITY,
  ROOT,
  text,
  TlsPair,
} from '../../packages/core/test/tls/support/world.ts';

const TICKETS = new TicketKeys(testRandom(1));
const OTHER_TICKETS = new TicketKeys(testRandom(2));
const MACHINES = [client13Machine, server13Machine, client12Machine, server12Machine];

const FOUR_DAYS = 4 * 86_400_000;
const VERSIONS = ['TLS 1.3', 'TLS 1.2'] as const;
const AUTHENTICATIONS = ['none', 'request', 'require'] as const;

/** Arrows that connections followed, by machine: one list for each connection. */
const walked = new Map<string, Set<string>>();
const arrows = new Map<string, Set<string>>();

function remember(events: readonly TlsEvent[]): void {
  const paths = new Map<string, string[]>();
  for (const event of events) {
    if (event.kind !== 'state') continue;
    const name = `${event.before} --${event.arrow}--> ${event.after}`;
    arrows.set(event.machine, (arrows.get(event.machine) ?? new Set()).add(name));
    if (event.before === event.after) continue;
    paths.set(event.machine, [...(paths.get(event.machine) ?? []), name]);
  }
  for (const [machine, path] of paths) {
    walked.set(machine, (walked.get(machine) ?? new Set()).add(path.join('\n')));
  }
}

function connect(
  client: Partial<TlsClientOptions>,
  server: Partial<TlsServerOptions>,
  later = 0,
): TlsSession | undefined {
  const pair = new TlsPair(client, server).later(later).run();
  expect([pair.client.state, pair.server.state]).toEqual(['CONNECTED', 'CONNECTED']);
  if (pair.client.established!.version === 'TLS 1.3') {
    pair.client.requestKeyUpdate();
    pair.run();
  }
  remember(pair.clientEvents);
  remember(pair.serverEvents);
  const tickets = pair.clientEvents.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []));
  return tickets[0];
}

function everyConnection(): void {
  for (const version of VERSIONS) {
    for (const retry of [false, true]) {
      for (const clientAuthentication of AUTHENTICATIONS) {
        for (const identity of [undefined, CLIENT_IDENTITY]) {
          if (clientAuthentication === 'require' && identity === undefined) continue;
          const groups = retry ? (['P-384'] as const) : (['X25519'] as const);
          const server = {
            clientAuthentication,
            trust: [ROOT.certificate],
            tickets: TICKETS,
            maxEarlyData: 100,
            groups,
          };
          const client = { versions: [version], ...(identity && { identities: [identity] }) };
          const session = connect({ ...client, groups: ['X25519', 'P-384', 'P-256'] }, server);
          // Once more with the ticket, with early data, and at a server that cannot open the ticket.
          const again = {
            ...client,
            groups: ['X25519', 'P-384', 'P-256'],
            session: session!,
          } as const;
          const earlyData = text('early');
          connect(again, server);
          connect(again, server, FOUR_DAYS);
          connect({ ...again, earlyData }, server);
          connect({ ...again, earlyData }, { ...server, tickets: OTHER_TICKETS });
          connect(client, {
            ...server,
            tickets: OTHER_TICKETS,
            ticketCount: 0,
            groups: ['X25519'],
          });
        }
      }
    }
    connect({ versions: [version] }, {});
    const ask = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;
    connect({ versions: [version] }, ask);
  }
}

describe('the machines of TLS', () => {
  it('are walked on every arrow and on every path that the text allows', () => {
    everyConnection();
    for (const machine of MACHINES) {
      const { id, initial, arrows: all } = describeMachine(machine);
      const name = (arrow: (typeof all)[number]): string =>
        `${arrow.from} --${arrow.event}--> ${arrow.to}`;
      const possible = all.map(name).filter((arrow) => NEVER_OF_OURS[arrow] === undefined);
      expect(possible.filter((arrow) => arrows.get(id)?.has(arrow) !== true)).toEqual([]);
      const paths = simplePaths(initial, []).filter((path) => reasonAgainst(path) === undefined);
      const missing = paths.filter((path) => walked.get(id)?.has(path.join('\n')) !== true);
      expect(missing).toEqual([]);

      function simplePaths(state: string, path: readonly string[]): string[][] {
        const ends = state === 'CONNECTED' || state === 'NEGOTIATED_TLS12';
        if (ends) return [[...path]];
        return all
          .filter((arrow) => arrow.from === state && !path.includes(name(arrow)))
          .flatMap((arrow) => simplePaths(arrow.to, [...path, name(arrow)]));
      }
    }
  });
});

/** Arrows that only a peer unlike us makes happen: test/interop shows them with OpenSSL. */
const NEVER_OF_OURS: Readonly<Record<string, string>> = {
  'CONNECTED --recv HelloRequest--> CONNECTED': 'our servers never ask for a renegotiation',
  'CONNECTED --recv ClientHello, refused--> CONNECTED': 'our clients never renegotiate',
};

/** Why no connection can take this path although the figure has it. */
function reasonAgainst(path: readonly string[]): string | undefined {
  const has = (part: string): boolean => path.some((arrow) => arrow.includes(part));
  const isRetried = has('HelloRetryRequest');
  const early = path.findIndex((arrow) => arrow.includes('with early data'));
  if (isRetried && early > 0) return '§4.2.10: no early data after a HelloRetryRequest';
  if (early >= 0 && has('TLS 1.2')) return '§D.3: early data is never answered with TLS 1.2';
  if (isRetried && has('TLS 1.2')) return '§4.1.4: a HelloRetryRequest is of TLS 1.3';
  if (isRetried && has('flight, 0-RTT')) return '§4.2.10: no early data after a HelloRetryRequest';
  if (has('flight, 0-RTT') && has('--client authentication')) return '§4.6.2: not with a PSK';
  return undefined;
}
