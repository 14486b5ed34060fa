/** From a route to a stream on which the origin, or its proxy, hears HTTP. */
import type { ByteStream } from '../../base/byte-stream.ts';
import { ConnectionError, TimeoutError } from '../../base/errors.ts';
import type { Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import type { Micros } from '../../base/time.ts';
import { within } from '../../base/within.ts';
import { HttpClientRole } from '../../http/index.ts';
import { ClientTimeoutError, deadlineOf } from './client-timeout.ts';
import { ProxyError } from './client-errors.ts';
import type { ResolvedConnectorOptions } from './connector-options.ts';
import type { DnsCache } from './dns-cache.ts';
import type { Route } from './route.ts';
import { CLIENT_RULES } from './rules.ts';
import type { Tracer } from './trace-config.ts';

/** ALPN names HTTP/1.1 so (RFC 7301 §6). */
const ALPN_HTTP_1_1 = 'http/1.1';

export interface OpenContext {
  readonly host: ProgramHost;
  readonly options: ResolvedConnectorOptions;
  readonly dns: DnsCache;
  readonly tracer: Tracer;
  readonly sockConnect: Micros | undefined;
}

/** TCP, then a tunnel where a proxy needs one, then TLS. @throws ConnectionError, TimeoutError */
export function* openStream(route: Route, context: OpenContext): Process<ByteStream> {
  const { proxy } = route;
  const hop = proxy === undefined ? route : proxy.url;
  const stream = yield* connectToAny(hop.host, hop.port, context);
  let open = false;
  try {
    const secured = yield* secureLayers(stream, route, context);
    open = true;
    return secured;
  } finally {
    if (!open) stream.abort();
  }
}

/** Tries the addresses of a name one after the other. */
function* connectToAny(name: string, port: number, context: OpenContext): Process<ByteStream> {
  const addresses = yield* context.dns.resolve(name, context.tracer);
  let last: unknown = new ConnectionError('name not found', name);
  for (const address of addresses) {
    try {
      return yield* connectTo(address, port, context);
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof TimeoutError)) throw error;
      last = error;
    }
  }
  throw last;
}

function* connectTo(address: string, port: number, context: OpenContext): Process<ByteStream> {
  const { host, options, sockConnect } = context;
  const deadline = deadlineOf(sockConnect, host.now());
  const late = (): Error =>
    new ClientTimeoutError('sockConnect', sockConnect!, `connecting to ${address}:${port}`);
  // The limit is handed down as well, so that TCP gives up its attempt and leaves nothing behind.
  const timeout = sockConnect === undefined ? {} : { timeout: sockConnect };
  const connecting = host.connect(address, port, { noDelay: options.noDelay, ...timeout });
  try {
    return yield* within(connecting, deadline, () => host.now(), late);
  } catch (error) {
    if (error instanceof TimeoutError && sockConnect !== undefined) throw late();
    throw error;
  }
}

function* secureLayers(
  stream: ByteStream,
  route: Route,
  context: OpenContext,
): Process<ByteStream> {
  const { host, sockConnect } = context;
  const late = (): Error =>
    new ClientTimeoutError('sockConnect', sockConnect!, `securing ${stream.label}`);
  const layers = addLayers(stream, route, context);
  return yield* within(layers, deadlineOf(sockConnect, host.now()), () => host.now(), late);
}

function* addLayers(stream: ByteStream, route: Route, context: OpenContext): Process<ByteStream> {
  let top = stream;
  const { proxy } = route;
  if (proxy?.url.scheme === 'https') top = yield* secured(top, proxy.url.host, context);
  if (!route.secure) return top;
  if (proxy !== undefined) yield* tunnel(top, route, context);
  return yield* secured(top, route.host, context);
}

function* secured(stream: ByteStream, host: string, context: OpenContext): Process<ByteStream> {
  return yield* context.options.secure(stream, { host, alpn: [ALPN_HTTP_1_1] });
}

/** RFC 9110 §9.3.6: CONNECT makes the proxy forward octets; any 2xx opens the tunnel. */
function* tunnel(stream: ByteStream, route: Route, context: OpenContext): Process {
  const host = route.host.includes(':') ? `[${route.host}]` : route.host;
  const target = `${host}:${route.port}`;
  const role = new HttpClientRole();
  const headers = [['Host', target], ...route.proxy!.headers.entries] as const;
  yield* stream.sendAll(role.send({ kind: 'request', method: 'CONNECT', target, headers }));
  yield* stream.sendAll(role.send({ kind: 'end of message' }));
  for (;;) {
    const event = role.nextEvent();
    if (event.kind === 'need data') {
      const bytes = yield* stream.receive();
      if (bytes.length === 0) role.receiveEnd();
      else role.receiveData(bytes);
    } else if (event.kind === 'response') {
      if (event.status >= 300)
        throw new ProxyError(event.status, event.reason, `tunnel to ${target}`);
      break;
    } else if (event.kind !== 'informational') {
      throw new ConnectionError('protocol error', `the proxy opened no tunnel to ${target}`);
    }
  }
  // RFC 9110 §9.3.6: octets before the tunnel's peer was asked anything are no part of it.
  if (role.takeTrailing().length > 0) {
    throw new ConnectionError('protocol error', `octets in the tunnel to ${target} before its use`);
  }
  context.host.note({
    layer: 'pool',
    kind: 'tunnel',
    text: `the proxy opened a tunnel to ${target}`,
    cause: { rule: CLIENT_RULES.tunnel, why: `${target} is secure and lies behind a proxy` },
    stream: stream.label,
  });
}
