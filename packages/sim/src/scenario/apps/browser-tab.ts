/** One person's browser: a client session with a cookie jar, and what the person sees. */
import {
  formatUrl,
  parseUrl,
  resolveUrl,
  type Process,
  type ProgramHost,
  type Url,
} from '@tcplab/core';
import { CookieJar } from '@tcplab/core/cookies';
import { Connector, ClientSession, CSRF_COOKIE, type ClientResponse } from '@tcplab/core/session';
import type { SubmitStep } from './browser-steps.ts';
import { ClientSecurity } from './tls/index.ts';

/** What is shown of a page: its first words. */
const SHOWN_CHARACTERS = 80;

export interface BrowserOptions {
  readonly visitor: string;
  readonly site: string;
  readonly userAgent: string | undefined;
  readonly sameSiteDefault: 'Lax' | 'None' | undefined;
}

export class BrowserTab {
  readonly visitor: string;
  readonly #host: ProgramHost;
  readonly #site: Url;
  readonly #jar: CookieJar;
  readonly #session: ClientSession;

  constructor(host: ProgramHost, options: BrowserOptions) {
    const { visitor, site, userAgent, sameSiteDefault } = options;
    this.visitor = visitor;
    this.#host = host;
    this.#site = parseUrl(site);
    this.#jar = new CookieJar(
      sameSiteDefault === undefined ? {} : { defaultSameSite: sameSiteDefault },
    );
    const security = new ClientSecurity(host, {});
    this.#session = new ClientSession(host, {
      connector: new Connector(host, { secure: (stream, peer) => security.secure(stream, peer) }),
      cookieJar: this.#jar,
      headers: { 'User-Agent': userAgent ?? `Browser of ${visitor}` },
    });
  }

  /** Opens a page: typed into the address bar, or a link on `from` that was followed. */
  *open(url: string, from?: string): Process<string> {
    const target = this.#resolve(url);
    const response = yield* this.#session.get(target, this.#navigation(from));
    return yield* this.#see(response);
  }

  /** Sends a form: from a page of the site with its hidden fields, or from a foreign page without. */
  *submit({ url, form, page, from }: SubmitStep): Process {
    const html = page === undefined ? '' : yield* this.open(page);
    const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1];
    const data = token === undefined ? form : { ...form, _csrf: token };
    const navigation = this.#navigation(from);
    const response = yield* this.#session.post(this.#resolve(url), {
      data,
      ...navigation,
      ...(from === undefined ? this.#repeatedCookie() : {}),
    });
    yield* this.#see(response);
  }

  /** A script that an attacker got into `page` sends away what `document.cookie` gives it. */
  *runScript(page: string, sends: string): Process {
    const uri = this.#resolve(page);
    const { value = '', verdicts } = this.#jar.cookieHeader(
      { uri, api: 'non-HTTP' },
      this.#host.now(),
    );
    for (const { cookie, sent, cause } of verdicts) {
      const kind = sent ? 'cookie read by script' : 'cookie hidden from script';
      const { name } = cookie;
      this.#host.note({ layer: 'cookie', kind, text: cause.why, cause, data: { name } });
    }
    const { scheme, host } = uri;
    const response = yield* this.#session.get(sends, {
      params: { c: value },
      initiator: { scheme, host },
    });
    yield* response.read();
  }

  /** Puts a cookie into the jar as the site's own would stand there. */
  plant(name: string, value: string): void {
    const { scheme, host } = this.#site;
    const uri = { scheme, host, path: '/' };
    this.#jar.setCookie(`${name}=${value}; Path=/`, { uri }, this.#host.now());
    const text = `a cookie ${name}=${value} for ${host} is in the browser of ${this.visitor}`;
    this.#host.note({ layer: 'cookie', kind: 'cookie planted', text, data: { name } });
  }

  /** The browser is closed and opened again: what is not persistent is forgotten. */
  quit(): void {
    for (const cause of this.#jar.endSession()) {
      this.#host.note({ layer: 'cookie', kind: 'cookie forgotten', text: cause.why, cause });
    }
  }

  close(): void {
    this.#session.close();
  }

  /** A page of the site has a script that repeats the cookie, for the double submit. */
  #repeatedCookie(): { readonly headers?: { readonly [name: string]: string } } {
    const cookie = this.#jar.cookies(this.#host.now()).find(({ name }) => name === CSRF_COOKIE);
    return cookie === undefined ? {} : { headers: { 'X-CSRF-Token': cookie.value } };
  }

  #navigation(from: string | undefined) {
    const page = from === undefined ? this.#site : parseUrl(from);
    const { scheme, host } = page;
    // What a person types has no initiator; a form or link of the site's own page is same-site anyway.
    return { initiator: { scheme, host }, topLevelNavigation: true };
  }

  #resolve(url: string): Url {
    return resolveUrl(this.#site, url);
  }

  *#see(response: ClientResponse): Process<string> {
    const text = yield* response.text();
    const { status } = response;
    const url = formatUrl(response.url, { credentials: false });
    const shown = wordsOf(text);
    this.#host.note({
      layer: 'app',
      kind: 'page',
      text: `${this.visitor} sees ${url}: ${status} "${shown}"`,
      data: { visitor: this.visitor, url, status, text: shown },
    });
    return text;
  }
}

/** The words of a page without its markup. */
function wordsOf(html: string): string {
  const text = html.replaceAll(/<title>[^<]*<\/title>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  return text.trim().slice(0, SHOWN_CHARACTERS);
}
