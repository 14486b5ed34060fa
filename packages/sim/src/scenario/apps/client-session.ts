import { readUrl, us, type Micros, type Process, type ProgramHost } from '@tcplab/core';
import { warnOfUnclosedSessions } from '@tcplab/core/session';
import { closed } from '../schema/closed.ts';
import { appKind } from './app-kind.ts';
import { fetchOnce } from './fetch-once.ts';
import { SessionSource } from './session-source.ts';
import { momentOf, sessionShape, type RequestSettings } from './session-settings.ts';

const settings = closed(sessionShape).refine(
  (given) => given.requests !== undefined || given.name !== undefined,
  { message: 'a session wants requests, or a name for the script to use it by' },
);

/** Sends requests through one ClientSession, or, to show what that costs, through a new one each time. */
export const clientSession = appKind({
  key: 'session',
  about:
    'Sends HTTP requests through a client session with a pool of connections and a cookie jar.',
  settings,
  needs: (given) => ({ peers: hostsOf((given.requests ?? []).map(({ url }) => url)) }),
  *run(host, given) {
    const start = host.now();
    const source = new SessionSource(host, given);
    for (const request of given.requests ?? []) {
      if (request.at !== undefined) yield* sleepUntil(host, momentOf(start, request.at));
      yield* perform(host, source, request);
    }
    if (given.linger !== undefined) yield* host.sleep(us(given.linger));
    if (given.forget === true) warnOfUnclosedSessions(host);
    else source.close();
  },
});

/** Host names of the URLs that name hosts; addresses and names of the DNS are nobody's to check. */
export function hostsOf(urls: readonly string[]): string[] {
  const names = urls.flatMap((url) => {
    const parsed = readUrl(url);
    return 'host' in parsed && /^[A-Za-z][\w-]*$/.test(parsed.host) ? [parsed.host] : [];
  });
  return [...new Set(names)];
}

function* perform(host: ProgramHost, source: SessionSource, request: RequestSettings): Process {
  for (let i = 0; i < (request.times ?? 1); i += 1) {
    if (i > 0 && request.pause !== undefined) yield* host.sleep(us(request.pause));
    const together = Array.from({ length: request.parallel ?? 1 }, (_, k) =>
      host.spawn(throughSession(host, source, request), `request ${k + 1}`),
    );
    for (const task of together) yield* task.join();
  }
}

function* throughSession(
  host: ProgramHost,
  source: SessionSource,
  request: RequestSettings,
): Process {
  const session = source.take();
  try {
    yield* fetchOnce(host, session, request);
  } finally {
    source.done(session);
  }
}

function* sleepUntil(host: ProgramHost, moment: Micros): Process {
  if (moment > host.now()) yield* host.sleep(us(moment - host.now()));
}
