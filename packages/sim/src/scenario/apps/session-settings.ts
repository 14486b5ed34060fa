/** How a scenario describes a client session: the names are those of ClientSession and its connector. */
import * as z from 'zod';
import { readUrl, us, type Micros } from '@tcplab/core';
import type { ClientSessionOptions, ClientTimeout, ConnectorOptions } from '@tcplab/core/session';
import { closed } from '../schema/closed.ts';
import { duration } from '../schema/quantities.ts';
import { count, name } from '../schema/words.ts';
import { messageSize } from './settings.ts';
import { clientTls } from './tls/index.ts';

const connector = closed({
  limit: count(0).optional().describe('Connections open at a time; 0: no limit. Default: 100.'),
  limitPerHost: count(0).optional().describe('The same per origin. Default: 0.'),
  keepAliveTimeout: duration
    .optional()
    .describe('How long an idle connection is kept. Default: 15s.'),
  forceClose: z.boolean().optional().describe('Close after each request. Default: false.'),
  maxConnectionAge: duration.optional().describe('An older connection takes no more requests.'),
  maxRequestsPerConnection: count(1).optional().describe('A connection takes so many requests.'),
  honourKeepAlive: z
    .boolean()
    .optional()
    .describe("Believe the server's Keep-Alive. Default: true."),
  keepAliveMargin: duration
    .optional()
    .describe('Close so much earlier than the server. Default: 1s.'),
  reuseOrder: z
    .enum(['lifo', 'fifo'])
    .optional()
    .describe('Which idle connection is next. Default: lifo.'),
});

const timeout = closed({
  total: duration.optional(),
  connect: duration.optional(),
  sockConnect: duration.optional(),
  sockRead: duration.optional(),
  pool: duration.optional(),
});

/** What one request can be told, by an app as by the script. */
export const fetchShape = {
  url: z
    .string()
    .max(8_000)
    .refine((text) => 'host' in readUrl(text), 'expected a URL, e.g. http://server/'),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'expected a method in capitals, e.g. GET')
    .optional()
    .describe('Default: GET.'),
  headers: z.record(z.string(), z.string()).optional(),
  text: z.string().max(1_000_000).optional().describe('Content as text.'),
  size: messageSize.optional().describe('Content of so many bytes instead of a text.'),
  form: z.record(z.string(), z.string()).optional().describe('Content as a form.'),
  json: z.json().optional().describe('Content as JSON.'),
  unread: z.boolean().optional().describe('Do not read the response: its connection stays busy.'),
  expect100: z.boolean().optional().describe('Ask before sending the content. Default: false.'),
  chunked: z.boolean().optional().describe('Send the content in chunks. Default: false.'),
  redirects: count(0, 100)
    .optional()
    .describe('How many redirections are followed; 0: none. Default: 10.'),
  timeout: timeout.optional().describe('For this request alone.'),
};

const fetch = closed(fetchShape);
export type FetchSettings = z.output<typeof fetch>;

const request = closed({
  ...fetchShape,
  at: duration.optional().describe('Not before so long after the app has started.'),
  times: count(1, 100_000).optional().describe('How often, one after the other. Default: 1.'),
  parallel: count(1, 10_000).optional().describe('How many at once. Default: 1.'),
  pause: duration.optional().describe('Time between two of them.'),
});

export type RequestSettings = z.output<typeof request>;

/** What can be said of a session. */
export const sessionShape = {
  name: name
    .optional()
    .describe("The script's fetch and session.close use it by this name, and it stays open."),
  sessions: z
    .enum(['one', 'each'])
    .optional()
    .describe('One session for all requests (default), or, the usual mistake, one for each.'),
  connector: connector.optional().describe('The pool of connections.'),
  timeout: timeout.optional(),
  version: z.enum(['1.0', '1.1']).optional().describe('Default: 1.1.'),
  headers: z.record(z.string(), z.string()).optional().describe('Sent with every request.'),
  cookies: z.boolean().optional().describe('false: no cookie jar. Default: true.'),
  retryStale: z
    .boolean()
    .optional()
    .describe(
      'Send an idempotent request again when a reused connection was stale. Default: true.',
    ),
  tls: clientTls.optional(),
  linger: duration
    .optional()
    .describe('How long the session stays open after its last request. Default: 0s.'),
  forget: z
    .boolean()
    .optional()
    .describe('The mistake of not closing the session at the end. Default: false.'),
  requests: z.array(request).min(1, 'expected at least one request').max(1_000).optional(),
};

const shape = closed(sessionShape);
export type SessionSettings = z.output<typeof shape>;

/** The options of the session. The connector's `secure` is added by who has TLS. */
export function sessionOptions(given: Omit<SessionSettings, 'requests'>): ClientSessionOptions {
  const { version, headers, cookies, retryStale } = given;
  return {
    ...(given.timeout === undefined ? {} : { timeout: clientTimeout(given.timeout) }),
    ...(version === undefined ? {} : { version }),
    ...(headers === undefined ? {} : { headers }),
    ...(cookies === false ? { cookieJar: null } : {}),
    ...(retryStale === undefined ? {} : { retryStale }),
  };
}

/** Limits of time, where they are given. */
export function clientTimeout(given: object): ClientTimeout {
  return withoutGaps<ClientTimeout>(given);
}

/** The connector's options. */
export function connectorOptions(given: Omit<SessionSettings, 'requests'>): ConnectorOptions {
  return withoutGaps<ConnectorOptions>(given.connector ?? {});
}

/** Durations come as microseconds; keys that were not given stay away. */
function withoutGaps<Options>(given: object): Options {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Options;
}

/** A moment of the app, after its start. */
export function momentOf(start: Micros, at: number): Micros {
  return us(start + at);
}
