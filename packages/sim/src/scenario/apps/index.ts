/**
 * apps: the programs that a scenario file can start on its hosts. One file per kind; each is a
 * generator over base's `ProgramHost`, so it runs on a simulated host and on real sockets alike.
 *
 * Start reading at `app-kind.ts`, then `echo.ts`. To add a kind, write its file and list it here: the
 * schema, the documentation and the command line pick it up.
 */
import type { AppKind } from './app-kind.ts';
import { browser } from './browser.ts';
import { bulk } from './bulk.ts';
import { chat } from './chat.ts';
import { discard } from './discard.ts';
import { clientSession } from './client-session.ts';
import { dnsServer } from './dns-server.ts';
import { echo } from './echo.ts';
import { ftpClient } from './ftp-client.ts';
import { ftpServer } from './ftp-server.ts';
import { httpServer } from './http-server.ts';
import { messageSink } from './message-sink.ts';
import { messages } from './messages.ts';
import { pipeline } from './pipeline.ts';
import { request } from './request.ts';
import { relay } from './relay.ts';
import { resolve } from './resolve.ts';
import { respond } from './respond.ts';
import { source } from './source.ts';
import { talk } from './talk.ts';
import { thief } from './thief.ts';
import { tlsClient } from './tls-client.ts';
import { tlsServer } from './tls-server.ts';
import { udpEcho } from './udp-echo.ts';
import { webSocketClient } from './websocket-client.ts';
import { webSocketServer } from './websocket-server.ts';

export type { AppKind, AppNeeds, AppProgram } from './app-kind.ts';
export { hostsOf } from './client-session.ts';
export { fetchOnce } from './fetch-once.ts';
export { type SessionSettings } from './session-settings.ts';
export { namedSession } from './session-source.ts';
export { type Wires } from './wires.ts';

export const APP_KINDS: readonly AppKind[] = [
  echo,
  discard,
  source,
  bulk,
  respond,
  request,
  chat,
  talk,
  messages,
  messageSink,
  udpEcho,
  dnsServer,
  resolve,
  httpServer,
  clientSession,
  relay,
  pipeline,
  browser,
  thief,
  tlsServer,
  tlsClient,
  webSocketServer,
  webSocketClient,
  ftpServer,
  ftpClient,
];
