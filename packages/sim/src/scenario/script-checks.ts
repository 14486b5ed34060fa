import { hostsOf } from './apps/index.ts';
import type { CrossCheck } from './cross-checks.ts';
import { conditionHosts } from './expression/index.ts';
import type { Action } from './schema/index.ts';
import { didYouMean } from './suggest.ts';
import type { Path } from './yaml-document.ts';

/** Checks that the hosts, links, connections and holds that the script names exist. */
export function checkScript(check: CrossCheck): void {
  const connections = connectionsByHost(check.scenario.script);
  const listening = new Set<string>();
  for (const [index, action] of check.scenario.script.entries()) {
    const path = ['script', index];
    if ('on' in action) check.machine(action.on, [...path, 'on']);
    if ('between' in action) checkLink(check, action, path);
    if (action.do === 'connect') check.host(action.to, [...path, 'to']);
    if (action.do === 'fetch') checkUrl(check, action.url, path);
    if (action.do === 'session.close') checkSession(check, action, path);
    if (action.do === 'listen') checkListen(check, action, listening, path);
    if (action.do === 'release') checkRelease(check, action.hold, path);
    if (action.do === 'set' && action.loss !== undefined && action.loss.kind === 'where') {
      check.mentions(conditionHosts(action.loss.where.parsed), [...path, 'loss', 'where']);
    }
    if (usesConnection(action)) {
      checkConnection(check, action, connections.get(action.on) ?? [], path);
    }
  }
}

type Uses = Extract<
  Action,
  { do: 'send' | 'receive' | 'receive-all' | 'shutdown' | 'close' | 'abort' }
>;

const USES: ReadonlySet<string> = new Set([
  'send',
  'receive',
  'receive-all',
  'shutdown',
  'close',
  'abort',
]);

/** Whether the action is one on a connection that the script opened. */
export function usesConnection(action: Action): action is Uses {
  return USES.has(action.do);
}

/** The names of the connections that the script opens or accepts on each host. */
function connectionsByHost(script: readonly Action[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const action of script) {
    if (action.do !== 'connect' && action.do !== 'listen') continue;
    const known = names.get(action.on) ?? [];
    known.push(action.as ?? action.on);
    names.set(action.on, known);
  }
  return names;
}

function checkConnection(
  check: CrossCheck,
  action: Uses,
  known: readonly string[],
  path: Path,
): void {
  const wanted = action.connection ?? action.on;
  if (known.includes(wanted)) return;
  const place = action.connection === undefined ? path : [...path, 'connection'];
  if (known.length === 0) {
    check.error(`${action.on} opens no connection: it wants a connect or listen action`, place);
  } else if (action.connection === undefined) {
    check.error(`which connection? ${action.on} has ${known.join(', ')}`, place);
  } else {
    const hint = didYouMean(wanted, known);
    check.error(
      `${action.on} has no connection "${wanted}".${hint} It has ${known.join(', ')}`,
      place,
    );
  }
}

function checkLink(
  check: CrossCheck,
  action: Extract<Action, { between: readonly string[] }>,
  path: Path,
): void {
  const [a, b] = action.between;
  check.host(a, [...path, 'between', 0]);
  check.host(b, [...path, 'between', 1]);
  const known = check.hosts.includes(a) && check.hosts.includes(b);
  if (known && !check.linked(a, b)) {
    check.error(`there is no link between ${a} and ${b}`, [...path, 'between']);
  }
}

function checkListen(
  check: CrossCheck,
  action: Extract<Action, { do: 'listen' }>,
  listening: Set<string>,
  path: Path,
): void {
  const place = `${action.on} ${action.port}`;
  const taken = check.scenario.apps.some(
    (app) => app.on === action.on && app.kind.needs(app.settings).listens.includes(action.port),
  );
  if (taken || listening.has(place)) {
    check.error(`port ${action.port} of ${action.on} is listened on already`, [...path, 'port']);
  }
  listening.add(place);
}

function checkUrl(check: CrossCheck, url: string, path: Path): void {
  for (const host of hostsOf([url])) check.host(host, [...path, 'url']);
}

/** A session that nobody makes needs no closing: that is a slip of the name. */
function checkSession(
  check: CrossCheck,
  { on, session = on }: Extract<Action, { do: 'session.close' }>,
  path: Path,
): void {
  const { script, apps } = check.scenario;
  const fetched = script.flatMap((each) =>
    each.do === 'fetch' && each.on === on ? [each.session ?? on] : [],
  );
  const named = apps.flatMap((app) => {
    const own = app.on === on && app.kind.key === 'session';
    const { name } = app.settings as { readonly name?: string };
    return own && name !== undefined ? [name] : [];
  });
  const known = [...new Set([...fetched, ...named])];
  if (known.includes(session)) return;
  const hint = didYouMean(session, known);
  const which = known.length === 0 ? 'none' : known.join(', ');
  check.error(`${on} has no session "${session}".${hint} It has ${which}`, [...path, 'session']);
}

function checkRelease(check: CrossCheck, hold: string, path: Path): void {
  const holds = check.scenario.faults.flatMap((fault) => (fault.kind === 'hold' ? [fault.as] : []));
  if (holds.includes(hold)) return;
  const known = holds.length === 0 ? 'There is no hold fault' : `They are ${holds.join(', ')}`;
  check.error(`no fault holds packets as "${hold}".${didYouMean(hold, holds)} ${known}`, [
    ...path,
    'hold',
  ]);
}
