/** A stub resolver: asks the servers it was given, remembers what they say, and tries again. */
import type { Cause } from '../base/cause.ts';
import { CallError, ConnectionError, TimeoutError } from '../base/errors.ts';
import { isIpv4 } from '../base/host-name.ts';
import type { Process } from '../base/process.ts';
import type { Json, ProgramHost } from '../base/program-host.ts';
import { after, earliest, seconds, type Micros } from '../base/time.ts';
import { askServer, type ServerAddress } from './exchange.ts';
import { RCODES, rcodeName, typeName, typeNumber, type DnsMessage } from './message.ts';
import { labelsOf } from './name.ts';
import {
  DEFAULT_CACHE_SIZE,
  negativeTtl,
  positiveTtl,
  readResponse,
  ResolverCache,
  type Resolution,
} from './resolver-cache.ts';
import { DNS_RULES } from './rules.ts';

/** Aliases asked for one after the other, where a server gives only the first. */
const MAX_CHAINED_QUERIES = 8;
const MAX_TIMEOUT_DOUBLINGS = 4;

export interface ResolverOptions {
  /** In order of preference: dotted addresses, with `:port` where it is not 53. */
  readonly servers: readonly (string | ServerAddress)[];
  /** How long the first try of each server waits; it doubles with each round. @default 2 s */
  readonly timeout?: Micros;
  /** Rounds over all servers. @default 3 */
  readonly rounds?: number;
  /** Give up after this long in all. @default 30 s */
  readonly total?: Micros;
  /** Names and types remembered; 0 remembers nothing. @default 1,000 */
  readonly cacheSize?: number;
}

export interface Resolver {
  readonly cache: ResolverCache;
  /**
   * The IPv4 addresses of a name; a dotted address stands for itself.
   * @throws ConnectionError `name not found`, or `connection timed out` when no server answers
   */
  resolve(name: string): Process<string[]>;
  /**
   * What the servers say about a name and a type, e.g. `MX`.
   * @throws CallError `invalid name`, `unknown type`; ConnectionError `connection timed out`
   */
  query(name: string, type: string): Process<Resolution>;
}

/** Makes a resolver for programs of one host. @throws CallError `no servers`, `invalid server` */
export function createResolver(host: ProgramHost, options: ResolverOptions): Resolver {
  return new StubResolver(host, options);
}

class StubResolver implements Resolver {
  readonly cache: ResolverCache;
  readonly #host: ProgramHost;
  readonly #options: ResolverOptions;
  readonly #servers: readonly ServerAddress[];
  /** Servers that do not understand EDNS (DNS-27). */
  readonly #plain = new Set<ServerAddress>();

  constructor(host: ProgramHost, options: ResolverOptions) {
    this.#host = host;
    this.#options = options;
    this.#servers = options.servers.map(serverOf);
    this.cache = new ResolverCache(options.cacheSize ?? DEFAULT_CACHE_SIZE);
    if (this.#servers.length === 0) throw new CallError('no servers');
  }

  *resolve(name: string): Process<string[]> {
    if (isIpv4(name)) return [name];
    const resolution = yield* this.query(name, 'A');
    if (resolution.kind !== 'records') {
      const why = resolution.kind === 'no such name' ? 'does not exist' : 'has no address';
      throw new ConnectionError('name not found', `${name} ${why}`);
    }
    return resolution.records.flatMap(({ data }) => (data.type === 'A' ? [data.address] : []));
  }

  *query(name: string, type: string): Process<Resolution> {
    const number = typeNumber(type);
    if (number === undefined) throw new CallError('unknown type', type);
    if (labelsOf(name) === undefined) throw new CallError('invalid name', JSON.stringify(name));
    const known = this.cache.find(name, number, this.#host.now());
    if (known !== undefined) {
      this.#note('cached', name, number, { result: known.kind });
      return known;
    }
    const { resolution, ttl } = yield* this.#followed(name, number);
    this.cache.store(name, number, resolution, ttl, this.#host.now());
    const rule = resolution.kind === 'records' ? DNS_RULES.positiveTtl : DNS_RULES.negativeTtl;
    this.#note(
      'resolved',
      name,
      number,
      { result: resolution.kind, ttl },
      {
        rule,
        why: ttl > 0 ? `kept for ${ttl} s` : 'not kept',
      },
    );
    return resolution;
  }

  /** Asks, and asks again for the target where an answer ends in an alias (DNS-14). */
  *#followed(name: string, type: number): Process<{ resolution: Resolution; ttl: number }> {
    const deadline = after(this.#host.now(), this.#options.total ?? seconds(30));
    const chain = [];
    let ttl = Number.MAX_SAFE_INTEGER;
    let target = name;
    for (let queries = 0; queries < MAX_CHAINED_QUERIES; queries += 1) {
      const message = yield* this.#ask(target, type, deadline);
      const read = readResponse(message, target, type);
      const leadsOn = read.target !== target && read.resolution.kind === 'no such data';
      ttl = Math.min(ttl, positiveTtl(message.answers));
      if (read.resolution.kind === 'records') {
        const records = [...chain, ...read.resolution.records];
        return { resolution: { kind: 'records', records }, ttl };
      }
      if (!leadsOn || negativeTtl(message, read.target) > 0) {
        return {
          resolution: read.resolution,
          ttl: Math.min(ttl, negativeTtl(message, read.target)),
        };
      }
      chain.push(...message.answers.filter(({ data }) => data.type === 'CNAME'));
      target = read.target;
    }
    throw new ConnectionError('name not found', `the aliases of ${name} do not end`);
  }

  /** DNS-24: every server in turn, in rounds, with growing patience. */
  *#ask(name: string, type: number, total: Micros): Process<DnsMessage> {
    const first = this.#options.timeout ?? seconds(2);
    let last = 'no server was asked';
    for (let round = 0; round < (this.#options.rounds ?? 3); round += 1) {
      const patience = (first * (1 << Math.min(round, MAX_TIMEOUT_DOUBLINGS))) as Micros;
      for (const server of this.#servers) {
        if (this.#host.now() >= total) break;
        const deadline = earliest(after(this.#host.now(), patience), total);
        const answer = yield* this.#askOne(server, name, type, deadline);
        if (typeof answer !== 'string') return answer;
        last = `${server.address}: ${answer}`;
        const cause = { rule: DNS_RULES.retry, why: answer };
        this.#note('retry', name, type, { server: server.address }, cause);
      }
    }
    throw new ConnectionError('connection timed out', `no DNS server answered (${last})`);
  }

  /** @returns the answer, or in words why the next server is asked */
  *#askOne(
    server: ServerAddress,
    name: string,
    type: number,
    deadline: Micros,
  ): Process<DnsMessage | string> {
    const edns = !this.#plain.has(server);
    this.#note('query', name, type, { server: server.address });
    try {
      const message = yield* askServer(this.#host, { server, name, type, edns, deadline });
      if (isReferral(message)) return 'it refers to other servers, and recursion is not ours';
      if (message.rcode === RCODES.NOERROR || message.rcode === RCODES.NXDOMAIN) return message;
      if (edns && (message.rcode === RCODES.FORMERR || message.rcode === RCODES.NOTIMP)) {
        this.#plain.add(server);
        const why = `${rcodeName(message.rcode)} to a query with EDNS`;
        const cause = { rule: DNS_RULES.withoutEdns, why };
        this.#note('retry', name, type, { server: server.address }, cause);
        return yield* this.#askOne(server, name, type, deadline);
      }
      return rcodeName(message.rcode);
    } catch (error) {
      if (error instanceof TimeoutError || error instanceof ConnectionError) return error.message;
      throw error;
    }
  }

  #note(kind: string, name: string, type: number, more: Record<string, Json>, cause?: Cause): void {
    const question = `${name || '.'} ${typeName(type)}`;
    const text = `${question}: ${kind}${cause === undefined ? '' : `, ${cause.why}`}`;
    const note = { layer: 'dns', kind, text, data: { question, ...more } };
    this.#host.note(cause === undefined ? note : { ...note, cause });
  }
}

function isReferral(message: DnsMessage): boolean {
  const { answers, authorities, rcode, authoritative } = message;
  if (rcode !== RCODES.NOERROR || authoritative || answers.length > 0) return false;
  const types = new Set(authorities.map(({ data }) => data.type));
  return types.has('NS') && !types.has('SOA');
}

function serverOf(server: string | ServerAddress): ServerAddress {
  const parts = typeof server === 'string' ? server.split(':') : [];
  const address = typeof server === 'string' ? parts[0]! : server.address;
  const port = typeof server === 'string' ? Number(parts[1] ?? '53') : server.port;
  const valid = isIpv4(address) && Number.isInteger(port) && port > 0 && port < 65_536;
  if (!valid || parts.length > 2) throw new CallError('invalid server', JSON.stringify(server));
  return { address, port };
}
