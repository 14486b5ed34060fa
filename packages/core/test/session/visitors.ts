/** A shop with sessions on the server `shop`, and visitors with browsers. */
import { ms, type Micros, type Process, type ProgramHost } from '@tcplab/core';
import type { CookieJarOptions } from '@tcplab/core/cookies';
import { CookieJar } from '@tcplab/core/cookies';
import { route, serveHttp, type HttpServerOptions, type Route } from '@tcplab/core/http';
import {
  cartRoutes,
  ClientSession,
  loginRoutes,
  preferenceRoutes,
  ServerSessions,
  type ClientSessionOptions,
  type ServerSessionOptions,
} from '@tcplab/core/session';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';

const PASSWORDS: { readonly [user: string]: string } = { alice: 'wonder', mallory: 'evil' };

export interface Shop {
  readonly net: MemoryNetwork;
  readonly sessions: ServerSessions;
  readonly emails: Map<string, string>;
}

export interface ShopOptions extends Partial<Omit<HttpServerOptions, 'secure'>> {
  readonly port?: number;
  readonly more?: readonly Route[];
  /** The shop's side of TLS. */
  readonly secure?: (host: ProgramHost) => NonNullable<HttpServerOptions['secure']>;
}

export function openShop(options: ServerSessionOptions = {}, server: ShopOptions = {}): Shop {
  const net = new MemoryNetwork({ latency: ms(10) });
  const sessions = new ServerSessions(options);
  const emails = new Map<string, string>();
  const verify = (user: string, password: string): boolean => PASSWORDS[user] === password;
  const { port = 80, more = [], secure, ...rest } = server;
  const routes = [
    ...loginRoutes(sessions, { verify, emails }),
    ...cartRoutes(sessions),
    ...preferenceRoutes(sessions),
    route(
      'GET /',
      sessions.handler(({ session }) => ({ body: session.user ?? 'nobody' })),
    ),
    ...more,
  ];
  const host = net.host('shop');
  const layer = secure === undefined ? {} : { secure: secure(host) };
  serveHttp(host, port, { routes, ...rest, ...layer });
  return { net, sessions, emails };
}

/** A browser: a client session with a jar, and the few things a person does with it. */
export class Browser {
  readonly session: ClientSession;
  readonly jar: CookieJar;
  readonly site: string;

  constructor(
    host: MemoryHost,
    options: {
      readonly jar?: CookieJarOptions;
      readonly site?: string;
      readonly session?: ClientSessionOptions;
    } = {},
  ) {
    this.jar = new CookieJar(options.jar);
    this.site = options.site ?? 'http://shop';
    this.session = new ClientSession(host, { ...options.session, cookieJar: this.jar });
  }

  *get(path: string): Process<string> {
    const response = yield* this.session.get(`${this.site}${path}`);
    return yield* response.text();
  }

  /** Loads a page and sends its form with these fields, as a click on its button does. */
  *submit(
    page: string,
    action: string,
    fields: { readonly [name: string]: string },
  ): Process<number> {
    const html = yield* this.get(page);
    const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1];
    const data = token === undefined ? fields : { ...fields, _csrf: token };
    const response = yield* this.session.post(`${this.site}${action}`, { data });
    yield* response.read();
    return response.status;
  }

  login(user: string, password = PASSWORDS[user] ?? ''): Process<number> {
    return this.submit('/login', '/login', { user, password });
  }

  /** The value of a cookie in the jar. */
  cookie(name: string, now: Micros = 0 as Micros): string | undefined {
    return this.jar.cookies(now).find((cookie) => cookie.name === name)?.value;
  }
}
