/** A web site with sessions of its visitors, as a scenario describes it: every defence has its switch. */
import * as z from 'zod';
import type { ProgramHost } from '@tcplab/core';
import { route, type Route } from '@tcplab/core/http';
import {
  cartRoutes,
  loginRoutes,
  preferenceRoutes,
  ServerSessions,
  type ServerSessionOptions,
} from '@tcplab/core/session';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';

const part = z.enum(['login', 'cart', 'preferences']);

/** Sessions count time in whole seconds, as Max-Age does (RFC 6265 §5.2.2). */
const wholeSeconds = duration.refine((us) => us > 0 && us % 1_000_000 === 0, {
  message: 'expected whole seconds, e.g. 30s',
});

const sessions = closed({
  cookieName: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional()
    .describe('Default: sid.'),
  httpOnly: z.boolean().optional().describe('Defence: hidden from scripts. Default: true.'),
  secure: z
    .boolean()
    .optional()
    .describe('Defence: not over plain HTTP. Default: where the request came over TLS.'),
  sameSite: z
    .enum(['Strict', 'Lax', 'None', 'absent'])
    .optional()
    .describe('Defence: not with requests that other sites cause. Default: Lax.'),
  csrf: z
    .enum(['none', 'synchroniser', 'double-submit'])
    .optional()
    .describe('Defence against forged requests. Default: synchroniser.'),
  rotateAtLogin: z.boolean().optional().describe('Defence: a new id at login. Default: true.'),
  adoptUnknownIds: z
    .boolean()
    .optional()
    .describe('The mistake of taking any id for that of a session. Default: false.'),
  bindToUserAgent: z
    .boolean()
    .optional()
    .describe('Defence: a session belongs to one User-Agent. Default: false.'),
  idle: wholeSeconds.optional().describe('A session unused for so long is over. Default: 30min.'),
  absolute: wholeSeconds.optional().describe('A session this old is over. Default: 8h.'),
  persistent: z
    .boolean()
    .optional()
    .describe('Give the cookie a Max-Age, so that it outlives the browser. Default: false.'),
  create: z
    .enum(['first-visit', 'on-use'])
    .optional()
    .describe('Who gets a session: every visitor, or one who leaves data. Default: first-visit.'),
});

/** What an HTTP server can be told of its visitors. */
export const siteShape = {
  site: z
    .union([part.transform((one) => [one]), z.array(part).min(1)])
    .optional()
    .describe('Serve these pages with sessions: login, cart, preferences. / says who one is.'),
  users: z
    .record(z.string(), z.string())
    .optional()
    .describe('Passwords by user. Default: { alice: wonder }.'),
  sessions: sessions.optional().describe('How the site keeps sessions.'),
};

const shape = closed(siteShape);
export type SiteSettings = z.output<typeof shape>;

const DEFAULT_USERS: { readonly [user: string]: string } = { alice: 'wonder' };

/** The routes of the site; none when the scenario describes no site. */
export function siteRoutes(host: ProgramHost, given: SiteSettings): readonly Route[] {
  if (given.site === undefined) return [];
  const kept = new ServerSessions(sessionOptions(given.sessions ?? {}));
  const users = given.users ?? DEFAULT_USERS;
  const verify = (user: string, password: string): boolean =>
    Object.hasOwn(users, user) && users[user] === password;
  const routes: Route[] = [
    route(
      'GET /',
      kept.handler(({ session }) => {
        const user = session.user ?? 'nobody';
        host.note({ layer: 'app', kind: 'visitor', text: `/ is shown to ${user}`, data: { user } });
        return { body: `${user}\n` };
      }),
    ),
  ];
  if (given.site.includes('login')) {
    routes.push(...loginRoutes(kept, { verify, emails: new NotedEmails(host) }));
  }
  if (given.site.includes('cart')) routes.push(...cartRoutes(kept));
  if (given.site.includes('preferences')) routes.push(...preferenceRoutes(kept));
  return routes;
}

/** Tells the trace whenever somebody's e-mail address is changed: what a forged request is after. */
class NotedEmails extends Map<string, string> {
  readonly #host: ProgramHost;

  constructor(host: ProgramHost) {
    super();
    this.#host = host;
  }

  override set(user: string, email: string): this {
    const text = `the e-mail address of ${user} is now ${email}`;
    this.#host.note({ layer: 'app', kind: 'email changed', text, data: { user, email } });
    return super.set(user, email);
  }
}

function sessionOptions(given: z.output<typeof sessions>): ServerSessionOptions {
  const { csrf, idle, absolute, create, ...same } = given;
  const options = {
    ...same,
    csrf: csrf === undefined ? undefined : CSRF_WORDS[csrf],
    idleTimeout: idle === undefined ? undefined : idle / 1_000_000,
    absoluteTimeout: absolute === undefined ? undefined : absolute / 1_000_000,
    create: create === undefined ? undefined : CREATE_WORDS[create],
  };
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ServerSessionOptions;
}

const CSRF_WORDS = {
  none: 'off',
  synchroniser: 'synchroniser',
  'double-submit': 'double submit',
} as const;

const CREATE_WORDS = { 'first-visit': 'first visit', 'on-use': 'on use' } as const;
