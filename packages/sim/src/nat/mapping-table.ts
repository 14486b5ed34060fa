import { after, type Micros } from '@tcplab/core';

/** One flow from inside, and the public port that stands for it. */
export interface Mapping {
  readonly protocol: 'tcp' | 'udp';
  readonly insideAddress: number;
  readonly insidePort: number;
  /** On the public address. */
  readonly publicPort: number;
  /** Remote ends that the inside has sent to; only they may answer (address- and port-dependent filtering). */
  readonly peers: Set<number>;
  expires: Micros;
}

export const FIRST_PUBLIC_PORT = 1_024;
const PUBLIC_PORTS = 65_536 - FIRST_PUBLIC_PORT;

/**
 * The table of a NAT: endpoint-independent mapping (one public port per inside end, RFC 4787 REQ-1),
 * ports handed out in order, mappings dropped when idle (RFC 5382 REQ-5 asks for over two hours; home
 * routers are not so patient).
 */
export class MappingTable {
  readonly #idle: Micros;
  readonly #byInside = new Map<string, Mapping>();
  readonly #byPublic = new Map<string, Mapping>();
  #next = 0;

  /** @param idle how long a mapping lives without a packet in either direction */
  constructor(idle: Micros) {
    this.#idle = idle;
  }

  /** Mappings alive at `now`, in order of creation. */
  alive(now: Micros): readonly Mapping[] {
    return [...this.#byInside.values()].filter((mapping) => mapping.expires > now);
  }

  /** The mapping of a packet from inside, made when there is none. @returns undefined when no port is free */
  outgoing(
    protocol: 'tcp' | 'udp',
    inside: { address: number; port: number },
    now: Micros,
  ): Mapping | undefined {
    const key = `${protocol} ${inside.address} ${inside.port}`;
    const known = this.#byInside.get(key);
    if (known !== undefined && known.expires > now) return this.#refresh(known, now);
    if (known !== undefined) this.#forget(key, known);
    const publicPort = this.#freePort(protocol, now);
    if (publicPort === undefined) return undefined;
    const mapping: Mapping = {
      protocol,
      insideAddress: inside.address,
      insidePort: inside.port,
      publicPort,
      peers: new Set(),
      expires: after(now, this.#idle),
    };
    this.#byInside.set(key, mapping);
    this.#byPublic.set(`${protocol} ${publicPort}`, mapping);
    return mapping;
  }

  /** The mapping a packet from outside belongs to; undefined when nobody inside asked for it. */
  incoming(
    protocol: 'tcp' | 'udp',
    publicPort: number,
    peer: { address: number; port: number },
    now: Micros,
  ): Mapping | undefined {
    const mapping = this.#byPublic.get(`${protocol} ${publicPort}`);
    if (mapping === undefined || mapping.expires <= now) return undefined;
    if (!mapping.peers.has(peerKey(peer))) return undefined;
    return this.#refresh(mapping, now);
  }

  #refresh(mapping: Mapping, now: Micros): Mapping {
    mapping.expires = after(now, this.#idle);
    return mapping;
  }

  #forget(key: string, mapping: Mapping): void {
    this.#byInside.delete(key);
    this.#byPublic.delete(`${mapping.protocol} ${mapping.publicPort}`);
  }

  #freePort(protocol: 'tcp' | 'udp', now: Micros): number | undefined {
    for (let step = 0; step < PUBLIC_PORTS; step += 1) {
      const port = FIRST_PUBLIC_PORT + ((this.#next + step) % PUBLIC_PORTS);
      const holder = this.#byPublic.get(`${protocol} ${port}`);
      if (holder !== undefined && holder.expires > now) continue;
      if (holder !== undefined)
        this.#forget(`${protocol} ${holder.insideAddress} ${holder.insidePort}`, holder);
      this.#next = (this.#next + step + 1) % PUBLIC_PORTS;
      return port;
    }
    return undefined;
  }
}

/** A remote end as one number. */
export function peerKey(peer: { address: number; port: number }): number {
  return peer.address * 65_536 + peer.port;
}
