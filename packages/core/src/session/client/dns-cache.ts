/** Addresses of names, remembered for a while; simultaneous questions for a name are asked once. */
import { isIpv4, isIpv6 } from '../../base/host-name.ts';
import { Signal, waitFor, type Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { after, NEVER, type Micros } from '../../base/time.ts';
import type { Tracer } from './trace-config.ts';

/** Names remembered at a time; the one asked for longest ago goes. */
export const MAX_DNS_ENTRIES = 1_000;

interface Entry {
  addresses: readonly string[];
  expires: Micros;
  /** Which address comes first next time, so that all get their share. */
  turn: number;
}

export interface DnsCacheOptions {
  readonly useDnsCache: boolean;
  /** How long an answer counts; undefined: for ever. */
  readonly ttl: Micros | undefined;
}

export class DnsCache {
  readonly #host: ProgramHost;
  readonly #options: DnsCacheOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Map<string, Signal>();

  constructor(host: ProgramHost, options: DnsCacheOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** The addresses of a name in the order in which to try them. @throws ConnectionError */
  *resolve(name: string, tracer: Tracer): Process<readonly string[]> {
    if (isIpv4(name) || isIpv6(name)) return [name];
    if (!this.#options.useDnsCache) return yield* this.#ask(name, tracer);
    for (;;) {
      const entry = this.#entries.get(name);
      if (entry !== undefined && this.#host.now() < entry.expires) {
        tracer.emit('onDnsCacheHit', { host: name });
        return this.#rotated(entry);
      }
      const asked = this.#asking.get(name);
      if (asked === undefined) break;
      yield* waitFor([asked]);
    }
    tracer.emit('onDnsCacheMiss', { host: name });
    const done = new Signal();
    this.#asking.set(name, done);
    try {
      const addresses = yield* this.#ask(name, tracer);
      const { ttl } = this.#options;
      const expires = ttl === undefined ? NEVER : after(this.#host.now(), ttl);
      const entry: Entry = { addresses, expires, turn: 0 };
      this.#remember(name, entry);
      return this.#rotated(entry);
    } finally {
      // Whoever waits looks again, and asks for itself where this question failed.
      this.#asking.delete(name);
      done.raise();
    }
  }

  /** Forgets one name, or all. */
  clear(name?: string): void {
    if (name === undefined) this.#entries.clear();
    else this.#entries.delete(name);
  }

  #remember(name: string, entry: Entry): void {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (this.#entries.size <= MAX_DNS_ENTRIES) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }

  *#ask(name: string, tracer: Tracer): Process<readonly string[]> {
    tracer.emit('onDnsResolveHostStart', { host: name });
    const addresses = yield* this.#host.resolve(name);
    tracer.emit('onDnsResolveHostEnd', { host: name });
    return addresses;
  }

  #rotated(entry: Entry): readonly string[] {
    const { addresses } = entry;
    const turn = entry.turn % addresses.length;
    entry.turn = turn + 1;
    return [...addresses.slice(turn), ...addresses.slice(0, turn)];
  }
}
