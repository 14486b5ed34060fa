/** Clients that resume and send early data, for tests that say what comes of it. */
import { ZERO_TIME } from '@tcplab/core';
import {
  TicketKeys,
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsServerOptions,
  type TlsSession,
} from '@tcplab/core/tls';
import { testRandom } from './random.ts';
import { recordsOf, Victim } from './rogue.ts';
import { clientOptions, drain, serverOptions, text, TlsPair } from './world.ts';

/** One server's keys for tickets in all tests. */
export const TICKETS = new TicketKeys(testRandom(5));

/** Resumes; takes early data unless told otherwise. */
export function resumingServer(more: Partial<TlsServerOptions> = {}): TlsServerOptions {
  return serverOptions({ tickets: TICKETS, maxEarlyData: 1_000, ...more });
}

/** A session whose ticket allows a thousand octets of early data. */
export function sessionWith(
  client: Partial<TlsClientOptions> = {},
  server: Partial<TlsServerOptions> = {},
): TlsSession {
  const pair = new TlsPair(client, resumingServer(server)).run();
  return pair.clientEvents.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []))[0]!;
}

/** The first record of a client that resumes: its ClientHello. */
export function resumingHello(session: TlsSession, more: Partial<TlsClientOptions> = {}) {
  return recordsOf(drain(new TlsClient(clientOptions({ session, ...more }))))[0]!;
}

/** A server that took early data and waits for more of it; the test goes on under the early key. */
export function earlyServer(server: Partial<TlsServerOptions> = {}) {
  const session = sessionWith();
  const honest = new TlsClient(clientOptions({ session, earlyData: text('early') }));
  const victim = new Victim(new TlsServer(resumingServer(server)));
  const [hello] = recordsOf(drain(honest));
  victim.send(hello!);
  honest.handleInput(drain(victim.endpoint), ZERO_TIME);
  if (victim.endpoint.state === 'WAIT_EOED') victim.sealWith('CLIENT_EARLY_TRAFFIC_SECRET');
  return { victim, honest };
}
