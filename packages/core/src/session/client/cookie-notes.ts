/** Tells the trace of every cookie that is sent, withheld, stored or refused, and why. */
import type { ProgramHost } from '../../base/program-host.ts';
import type { Url } from '../../base/url.ts';
import type { CookieContext, CookieJar } from '../../cookies/index.ts';
import type { HttpHeaders } from '../../http/index.ts';

interface CookieScene {
  readonly host: ProgramHost;
  readonly jar: CookieJar;
  readonly context: CookieContext;
}

/** What the jar gives for a request: `name=value; …`, or undefined. */
export function cookiesFromJar({ host, jar, context }: CookieScene): string | undefined {
  const header = jar.cookieHeader(context, host.now());
  noteEvictions(host, jar);
  for (const { cookie, sent, cause } of header.verdicts) {
    const kind = sent ? 'cookie sent' : 'cookie withheld';
    const { name, domain, path } = cookie;
    host.note({ layer: 'cookie', kind, text: cause.why, cause, data: { name, domain, path } });
  }
  return header.value;
}

/** Hands every Set-Cookie of a response to the jar. */
export function cookiesToJar(headers: HttpHeaders, scene: CookieScene, stream: string): void {
  const { host, jar, context } = scene;
  for (const text of headers.getAll('set-cookie')) {
    const verdict = jar.setCookie(text, context, host.now());
    const { outcome, name, cause, ignored } = verdict;
    const kind = `cookie ${outcome}`;
    host.note({ layer: 'cookie', kind, text: cause.why, cause, stream, data: { name } });
    for (const reason of ignored) {
      const noted = { layer: 'cookie', kind: 'attribute ignored', text: reason.why, cause: reason };
      host.note({ ...noted, stream, data: { name } });
    }
  }
  noteEvictions(host, jar);
}

export function cookieContext(
  url: Url,
  method: string,
  browser: Pick<CookieContext, 'initiator' | 'topLevelNavigation'>,
): CookieContext {
  return { ...browser, uri: url, method };
}

function noteEvictions(host: ProgramHost, jar: CookieJar): void {
  for (const { cookie, cause } of jar.takeEvictions()) {
    const { name, domain, path } = cookie;
    const data = { name, domain, path };
    host.note({ layer: 'cookie', kind: 'cookie evicted', text: cause.why, cause, data });
  }
}
