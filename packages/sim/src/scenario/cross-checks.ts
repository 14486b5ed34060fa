/** What no schema sees: names that must exist, links and ports used twice, expressions that name hosts. */
import { conditionHosts, expectationHosts, type HostMention } from './expression/index.ts';
import type { Problem } from './problem.ts';
import type { Match, Scenario } from './schema/index.ts';
import { checkScript } from './script-checks.ts';
import { didYouMean } from './suggest.ts';
import type { Path, YamlDocument } from './yaml-document.ts';

/** All problems of a scenario whose parts are right by themselves. */
export function crossCheck(scenario: Scenario, document: YamlDocument): readonly Problem[] {
  const check = new CrossCheck(scenario, document);
  checkHosts(check);
  checkLinks(check);
  checkApps(check);
  checkFaults(check);
  checkScript(check);
  checkExpectations(check);
  for (const [index, host] of (scenario.view.hosts ?? []).entries()) {
    check.host(host, ['view', 'hosts', index]);
  }
  return check.problems;
}

/** Collects problems and knows what the scenario declares. */
export class CrossCheck {
  readonly scenario: Scenario;
  readonly problems: Problem[] = [];
  readonly hosts: readonly string[];
  readonly #document: YamlDocument;

  constructor(scenario: Scenario, document: YamlDocument) {
    this.scenario = scenario;
    this.hosts = Object.keys(scenario.hosts);
    this.#document = document;
  }

  error(message: string, path: Path): void {
    const { source } = this.#document;
    this.problems.push(source.problem('error', message, this.#document.spanOf(path)));
  }

  warning(message: string, path: Path): void {
    const { source } = this.#document;
    this.problems.push(source.problem('warning', message, this.#document.spanOf(path)));
  }

  /** Reports a host that does not exist. */
  host(name: string, path: Path): void {
    if (!this.hosts.includes(name)) this.error(this.#noHost(name), path);
  }

  /** Reports hosts that an expression at `path` mentions and that do not exist. */
  mentions(mentions: readonly HostMention[], path: Path): void {
    for (const { host, column } of mentions) {
      if (this.hosts.includes(host)) continue;
      const span = this.#document.spanInText(path, column, host.length);
      const { source } = this.#document;
      this.problems.push(source.problem('error', this.#noHost(host), span));
    }
  }

  /** Reports a host that does not exist, or that runs no programs. */
  machine(name: string, path: Path): void {
    this.host(name, path);
    if (this.scenario.hosts[name]?.nat === undefined) return;
    this.error(`"${name}" is a NAT: no program runs there`, path);
  }

  /** Whether packets of one host reach the other: over a link of theirs, or through a NAT both are linked to. */
  reaches(a: string, b: string): boolean {
    if (this.linked(a, b)) return true;
    return this.hosts.some(
      (name) =>
        this.scenario.hosts[name]?.nat !== undefined &&
        this.linked(a, name) &&
        this.linked(name, b),
    );
  }

  /** Whether the two hosts share a link. */
  linked(a: string, b: string): boolean {
    return this.scenario.links.some(
      ({ between: [x, y] }) => (x === a && y === b) || (x === b && y === a),
    );
  }

  #noHost(name: string): string {
    return `there is no host "${name}".${didYouMean(name, this.hosts)} The hosts are ${this.hosts.join(', ')}`;
  }
}

function checkHosts(check: CrossCheck): void {
  const owners = new Map<number, string>();
  for (const [name, { address, nat, nameServers }] of Object.entries(check.scenario.hosts)) {
    for (const [index, server] of (nameServers ?? []).entries()) {
      check.machine(server, ['hosts', name, 'nameServers', index]);
    }
    for (const [index, inside] of (nat?.inside ?? []).entries()) {
      check.machine(inside, ['hosts', name, 'nat', 'inside', index]);
    }
    if (address === undefined) continue;
    const owner = owners.get(address);
    if (owner !== undefined) {
      check.error(`"${owner}" has this address too`, ['hosts', name, 'address']);
    }
    owners.set(address, name);
  }
}

function checkLinks(check: CrossCheck): void {
  const seen = new Set<string>();
  for (const [index, link] of check.scenario.links.entries()) {
    const [a, b] = link.between;
    check.host(a, ['links', index, 'between', 0]);
    check.host(b, ['links', index, 'between', 1]);
    if (a === b) check.error(`a link joins two different hosts`, ['links', index, 'between']);
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    if (seen.has(key)) {
      check.error(`${a} and ${b} are linked already`, ['links', index, 'between']);
    }
    seen.add(key);
  }
  if (check.hosts.length > 1 && check.scenario.links.length === 0) {
    check.warning('no link joins these hosts: they cannot reach one another', ['hosts']);
  }
}

function checkApps(check: CrossCheck): void {
  const ports = new Map<string, number>();
  for (const [index, app] of check.scenario.apps.entries()) {
    const path = ['apps', index];
    check.machine(app.on, [...path, 'on']);
    const { listens, peers, overhears } = app.kind.needs(app.settings);
    for (const port of listens) {
      const owner = ports.get(`${app.on} ${port}`);
      if (owner !== undefined) {
        check.error(`apps[${owner}] listens on port ${port} of ${app.on} already`, [
          ...path,
          app.kind.key,
          'port',
        ]);
      }
      ports.set(`${app.on} ${port}`, index);
    }
    for (const [a, b] of overhears) {
      if (check.linked(a, b)) continue;
      check.error(`there is no link between ${a} and ${b}`, [...path, app.kind.key, 'listens']);
    }
    for (const peer of peers) {
      check.host(peer, [...path, app.kind.key, 'to']);
      const known = check.hosts.includes(peer) && check.hosts.includes(app.on);
      if (known && peer !== app.on && !check.reaches(app.on, peer)) {
        check.warning(`${app.on} has no link to ${peer}`, [...path, app.kind.key, 'to']);
      }
    }
  }
}

function checkFaults(check: CrossCheck): void {
  for (const [index, fault] of check.scenario.faults.entries()) {
    const path = ['faults', index, fault.kind];
    if (fault.kind === 'inject') {
      const { from, to, text, size } = fault.segment;
      check.host(from, [...path, 'from']);
      check.host(to, [...path, 'to']);
      if (!check.linked(from, to)) {
        check.error(`there is no link between ${from} and ${to} to put it on`, path);
      }
      if (text !== undefined && size !== undefined) {
        check.error('a segment carries text or size, not both', path);
      }
    } else checkMatch(check, fault.match, path);
    if (fault.kind === 'hold' && fault.until === undefined && !isReleased(check, fault.as)) {
      check.warning(`nothing releases "${fault.as}": the packets it holds never arrive`, path);
    }
  }
}

function isReleased(check: CrossCheck, hold: string): boolean {
  return check.scenario.script.some((action) => action.do === 'release' && action.hold === hold);
}

function checkMatch(check: CrossCheck, match: Match, path: Path): void {
  if (match.from !== undefined) check.host(match.from, [...path, 'from']);
  if (match.to !== undefined) check.host(match.to, [...path, 'to']);
  if (match.match !== undefined) {
    check.mentions(conditionHosts(match.match.parsed), [...path, 'match']);
  }
  const { after, before } = match;
  if (after !== undefined && before !== undefined && after >= before) {
    check.error('"before" must be later than "after"', [...path, 'before']);
  }
}

function checkExpectations(check: CrossCheck): void {
  checkClaims(check, check.scenario.expect, ['expect']);
  for (const [index, { expect: claims = [] }] of check.scenario.compare.entries()) {
    checkClaims(check, claims, ['compare', index, 'expect']);
  }
}

function checkClaims(check: CrossCheck, claims: Scenario['expect'], place: Path): void {
  for (const [index, claim] of claims.entries()) {
    const path = [...place, index, ...('because' in claim ? ['that'] : [])];
    check.mentions(expectationHosts(claim.that.parsed), path);
  }
}
