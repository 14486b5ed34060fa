/** Which proxy the environment names for a URL: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`. */
import { CallError } from '../../base/errors.ts';
import { readUrl, type Url } from '../../base/url.ts';

/** The variables of the program's environment; the scenario gives them. */
export type Environment = { readonly [name: string]: string };

/**
 * The proxy for a URL, or undefined for a direct connection. Lower-case names win over upper-case.
 * @throws CallError `invalid proxy` where the variable holds no URL
 */
export function proxyFromEnvironment(url: Url, environment: Environment): Url | undefined {
  const variable = (name: string): string | undefined =>
    environment[name] ?? environment[name.toUpperCase()];
  const scheme = url.scheme === 'https' || url.scheme === 'wss' ? 'https' : 'http';
  const value = variable(`${scheme}_proxy`) ?? variable('all_proxy');
  if (value === undefined || value === '') return undefined;
  if (isExempt(url, variable('no_proxy') ?? '')) return undefined;
  return parseProxy(value);
}

/** @throws CallError `invalid proxy` */
export function parseProxy(text: string): Url {
  const proxy = readUrl(text.includes('://') ? text : `http://${text}`);
  if ('problem' in proxy) throw new CallError('invalid proxy', proxy.problem);
  if (proxy.scheme === 'http' || proxy.scheme === 'https') return proxy;
  throw new CallError('invalid proxy', `${proxy.scheme} is no scheme of a proxy`);
}

/** `*`, names with the names below them, and names with a port, separated by commas. */
function isExempt(url: Url, noProxy: string): boolean {
  for (const item of noProxy.split(',')) {
    const entry = item.trim().toLowerCase();
    if (entry === '') continue;
    if (entry === '*') return true;
    const colon = /:\d+$/.exec(entry);
    if (colon !== null && Number(colon[0].slice(1)) !== url.port) continue;
    const name = (colon === null ? entry : entry.slice(0, colon.index)).replace(/^\./, '');
    if (url.host === name || url.host.endsWith(`.${name}`)) return true;
  }
  return false;
}
