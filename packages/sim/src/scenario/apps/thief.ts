import * as z from 'zod';
import { latin1Text, us, waitFor, type Process, type ProgramHost } from '@tcplab/core';
import { route, serveHttp } from '@tcplab/core/http';
import { newSession } from './session-source.ts';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { hostReference, port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { hostsOf } from './client-session.ts';
import { isExpected } from './fetch-once.ts';
import type { Wires } from './wires.ts';

const settings = closed({
  listens: z
    .tuple([hostReference, hostReference])
    .optional()
    .describe('Listens on the wire between these two hosts.'),
  collects: port.optional().describe('Takes what scripts send to /collect on this port.'),
  cookie: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .describe('The name of the cookie that is worth stealing.'),
  at: duration.describe('When it uses what it has got.'),
  opens: z.string().describe('The page that it opens with the stolen cookie.'),
}).refine((given) => (given.listens === undefined) !== (given.collects === undefined), {
  message: 'a thief either listens on a wire or collects what scripts send',
});

/** Gets hold of a session's cookie and opens a page with it: a hijack, where it works. */
export const thief = appKind({
  key: 'thief',
  about: "Steals a visitor's cookie from the wire or by a script, and uses it.",
  settings,
  needs: (given) => ({
    listens: given.collects === undefined ? [] : [given.collects],
    peers: hostsOf([given.opens]),
    overhears: given.listens === undefined ? [] : [given.listens],
  }),
  *run(host, given, wires) {
    const loot = new Loot(host, given.cookie);
    if (given.listens !== undefined) eavesdrop(wires, given.listens, loot);
    if (given.collects !== undefined) collect(host, given.collects, loot);
    yield* host.sleep(us(given.at));
    yield* use(host, loot, given.opens);
    if (given.collects !== undefined) yield* waitFor([]);
  },
});

/** The value of one cookie, from whatever text it turns up in. */
class Loot {
  readonly cookie: string;
  readonly #host: ProgramHost;
  value: string | undefined;

  constructor(host: ProgramHost, cookie: string) {
    this.#host = host;
    this.cookie = cookie;
  }

  search(text: string, where: string): void {
    const found = new RegExp(`(?:^|[^\\w-])${this.cookie}=([\\w-]+)`).exec(text)?.[1];
    if (found === undefined || found === this.value) return;
    this.value = found;
    const told = `the ${this.cookie} cookie of somebody else is found ${where}`;
    this.#host.note({ layer: 'app', kind: 'cookie stolen', text: told });
  }
}

function eavesdrop(wires: Wires, between: readonly [string, string], loot: Loot): void {
  wires.overhear(between, (payload) => loot.search(latin1Text(payload.toBytes()), 'on the wire'));
}

function collect(host: ProgramHost, where: number, loot: Loot): void {
  serveHttp(host, where, {
    routes: [
      route('GET /', () => ({ body: 'Free coupons! <form action=…>' })),
      route('GET /collect', (request) => {
        loot.search(request.parameters.get('c') ?? '', 'in what a script sent');
        return { status: 204 };
      }),
    ],
  });
}

function* use(host: ProgramHost, loot: Loot, opens: string): Process {
  if (loot.value === undefined) {
    const text = `there is no ${loot.cookie} cookie to be had`;
    host.note({ layer: 'app', kind: 'nothing stolen', text });
    return;
  }
  const session = newSession(host, { headers: { 'User-Agent': `Browser of ${host.name}` } });
  try {
    const response = yield* session.get(opens, { cookies: { [loot.cookie]: loot.value } });
    const shown = (yield* response.text()).trim().slice(0, 80);
    const { status } = response;
    const text = `with the stolen cookie ${opens} answers: ${status} "${shown}"`;
    const data = { visitor: host.name, url: opens, status, text: shown };
    host.note({ layer: 'app', kind: 'page', text, data });
  } catch (error) {
    if (!isExpected(error)) throw error;
    const text = `the stolen cookie is of no use: ${error.message}`;
    host.note({ layer: 'app', kind: 'failure', text, data: { error: error.message } });
  } finally {
    session.close();
  }
}
