import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ByteStream, Process } from '@tcplab/core';
import { parseZone, serveDns } from '@tcplab/core/dns';
import { FileTree, serveFtp } from '@tcplab/core/ftp';
import { serveHttp, stockRoutes, type Route } from '@tcplab/core/http';
import { loginRoutes, ServerSessions } from '@tcplab/core/session';
import { echoWebSocket, serveWebSocket } from '@tcplab/core/session/websocket';
import { ReplayRecord, TicketKeys, tlsAccept, type TlsStream } from '@tcplab/core/tls';
import { NODE_CRYPTO, type NodeProgramHost } from '../../node/index.ts';
import type { Io } from '../io.ts';
import { keyLogOf } from './key-log-file.ts';
import { epochOf } from './live-host.ts';
import type { ServeOptions } from './serve.ts';
import { clientDemands, serverIdentity, tlsVersions } from './tls-files.ts';
import { serveTls } from './serve-tls.ts';

export const SERVE_PROTOCOLS = ['http', 'https', 'tls', 'ws', 'wss', 'ftp', 'dns'] as const;

export type ServeProtocol = (typeof SERVE_PROTOCOLS)[number];

/** Starts a server. @returns the port, once it is bound */
type StartServer = (host: NodeProgramHost, options: ServeOptions, io: Io) => Process<number>;

export const SERVERS: Readonly<Record<ServeProtocol, StartServer>> = {
  *http(host, options) {
    const listener = yield* boundListener(host, options.port);
    return serveHttp(host, listener, { routes: liveRoutes(host), epoch: epochOf(host) }).port;
  },
  *https(host, options, io) {
    const secure = acceptTls(host, options, { io, protocols: ['http/1.1'] });
    const listener = yield* boundListener(host, options.port);
    const http = { routes: liveRoutes(host), epoch: epochOf(host), secure };
    return serveHttp(host, listener, http).port;
  },
  *tls(host, options, io) {
    const protocols = options.alpn?.split(',').map((name) => name.trim()) ?? [];
    const { earlyData } = options;
    const secure = acceptTls(host, options, { io, protocols, earlyData });
    const listener = yield* boundListener(host, options.port);
    host.spawn(serveTls(host, listener, { secure, www: options.www }), 'tls');
    return listener.port;
  },
  *ws(host, options) {
    const listener = yield* boundListener(host, options.port);
    return serveWebSocket(host, listener, echoWebSocket, { epoch: epochOf(host) }).port;
  },
  *wss(host, options, io) {
    const secure = acceptTls(host, options, { io, protocols: ['http/1.1'] });
    const listener = yield* boundListener(host, options.port);
    return serveWebSocket(host, listener, echoWebSocket, { epoch: epochOf(host), secure }).port;
  },
  *ftp(host, options) {
    const { user, password, port, idle } = options;
    if (port !== 0) yield* host.bind(port);
    return yield* listening((onListening) => {
      const users =
        user === undefined ? {} : { users: { [user]: password === undefined ? {} : { password } } };
      const tree = liveTree(host);
      const limits = idle === undefined ? {} : { idleTimeout: idle };
      const ftp = { tree, port, dataPort: 0, onListening, ...users, ...limits };
      host.spawn(serveFtp(host, ftp), 'ftp');
    });
  },
  *dns(host, options, io) {
    const { port, zone, origin = 'tcplab.test' } = options;
    const text = zone === undefined ? LIVE_ZONE : readFileSync(resolve(io.cwd, zone), 'utf8');
    const zones = [parseZone(origin, text)];
    if (port !== 0) {
      yield* host.bind(port, 'tcp');
      yield* host.bind(port, 'udp');
    }
    return yield* listening((onListening) => {
      host.spawn(serveDns(host, zones, { port, onListening }), 'dns');
    });
  },
};

function* boundListener(host: NodeProgramHost, port: number) {
  const listener = host.listen(port);
  yield* listener.listening();
  return listener;
}

/** Starts something that tells its port, and waits for that. */
function* listening(start: (onListening: (port: number) => void) => void): Process<number> {
  const found: { port?: number } = {};
  start((port) => (found.port = port));
  while (found.port === undefined) yield { signals: [], deadline: 0 as never };
  return found.port;
}

interface TlsOffer {
  readonly io: Io;
  readonly protocols: readonly string[];
  /** HTTP takes none: a request in early data can be replayed (RFC 8470). */
  readonly earlyData?: number;
}

/** One handshake for each connection; sessions can be resumed with tickets. */
function acceptTls(
  host: NodeProgramHost,
  options: ServeOptions,
  { io, protocols, earlyData = 0 }: TlsOffer,
): (stream: ByteStream) => Process<TlsStream> {
  const identity = serverIdentity(host, options, { io, address: options.address });
  const versions = tlsVersions(options.tls);
  const demands = clientDemands(options, io);
  const tickets = new TicketKeys(host.random('ticket keys'));
  const replayRecord = new ReplayRecord();
  const epochSeconds = epochOf(host);
  const secrets = keyLogOf(io);
  return (stream) =>
    tlsAccept(stream, {
      identities: [identity],
      random: host.random('tls'),
      crypto: NODE_CRYPTO,
      now: () => host.now(),
      note: (note) => host.note(note),
      epochSeconds,
      tickets,
      maxEarlyData: earlyData,
      replayRecord,
      protocols,
      ...demands,
      ...secrets,
      ...(versions === undefined ? {} : { versions }),
    });
}

/** The stock site, and a login that takes any name with the password `tcplab`. */
function liveRoutes(host: NodeProgramHost): readonly Route[] {
  const sessions = new ServerSessions({ epoch: epochOf(host) * 1_000 });
  return [...stockRoutes(), ...loginRoutes(sessions, { verify: isVisitor })];
}

function isVisitor(user: string, password: string): boolean {
  return user !== '' && password === 'tcplab';
}

/** A small tree to fetch from and to put into. */
function liveTree(host: NodeProgramHost): FileTree {
  const tree = new FileTree({ now: () => host.now(), epoch: epochOf(host) });
  tree.makeDirectory('/pub');
  tree.write('/welcome.txt', 'hello from tcplab\r\n');
  tree.write('/pub/lines.txt', 'one\r\ntwo\r\nthree\r\n');
  return tree;
}

/** What `serve dns` answers without a zone file, for the origin `tcplab.test`. */
const LIVE_ZONE = `
$TTL 300
@      SOA   ns admin 1 3600 600 86400 60
@      NS    ns
@      MX    10 mail
@      TXT   "hello from tcplab"
ns     A     127.0.0.1
mail   A     127.0.0.1
www    CNAME web
web    A     127.0.0.1
web    AAAA  ::1
*.any  A     127.0.0.1
`;
