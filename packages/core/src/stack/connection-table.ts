import { NEVER, TimeHeap, type Micros } from '../base/index.ts';
import type { Connection, ConnectionEnds } from '../tcp/index.ts';

/** A connection's place in its host's table. */
export interface TableEntry {
  /** Counts the host's connections from 0, in order of creation. */
  readonly index: number;
  readonly connection: Connection;
  /** The port's listener, for a connection that it created. */
  readonly listenerPort: number | undefined;
  /** False once the TCB is deleted; the entry is then out of the table. */
  live: boolean;
  /** The earliest moment for which the wake-up heap holds this entry; NEVER for none. */
  queuedFor: Micros;
  /** Payload bytes in its buffers when it was last looked at. */
  heldBytes: number;
  /** The connection in TIME-WAIT whose place this one took, until this one is established. */
  displaced: TableEntry | undefined;
}

/**
 * All connections of a host: found by their four numbers in constant time, woken by a heap of lazy
 * entries, so that neither many connections nor many in TIME-WAIT cost a search.
 */
export class ConnectionTable {
  /** local port → remote address and port in one number → entry. */
  readonly #byPort = new Map<number, Map<number, TableEntry>>();
  readonly #wakes = new TimeHeap<TableEntry>();
  #created = 0;
  #live = 0;
  #heldBytes = 0;

  /** Connections that exist now, those in TIME-WAIT included. */
  get size(): number {
    return this.#live;
  }

  /** Payload bytes in the send and receive buffers of all connections. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Connections that ever existed. */
  get created(): number {
    return this.#created;
  }

  find(localPort: number, remoteAddress: number, remotePort: number): TableEntry | undefined {
    return this.#byPort.get(localPort)?.get(remoteAddress * 65_536 + remotePort);
  }

  /** Whether any connection uses this local port. */
  usesPort(localPort: number): boolean {
    return (this.#byPort.get(localPort)?.size ?? 0) > 0;
  }

  /** @param displaced a connection between the same ends that steps aside, alive */
  add(connection: Connection, listenerPort?: number, displaced?: TableEntry): TableEntry {
    const entry: TableEntry = {
      index: this.#created,
      connection,
      listenerPort,
      live: true,
      queuedFor: NEVER,
      heldBytes: 0,
      displaced,
    };
    this.#created += 1;
    this.#live += 1;
    const { localPort } = connection.ends;
    let peers = this.#byPort.get(localPort);
    if (peers === undefined) {
      peers = new Map();
      this.#byPort.set(localPort, peers);
    }
    peers.set(peerKey(connection.ends), entry);
    return entry;
  }

  /**
   * Forgets a connection whose TCB is deleted. Its wake-ups are ignored from now on; one that stepped
   * aside for it, and still lives, takes its place again.
   */
  remove(entry: TableEntry): void {
    if (!entry.live) return;
    entry.live = false;
    this.#live -= 1;
    const { localPort } = entry.connection.ends;
    const key = peerKey(entry.connection.ends);
    const peers = this.#byPort.get(localPort);
    if (peers?.get(key) !== entry) return;
    if (entry.displaced?.live === true) peers.set(key, entry.displaced);
    else peers.delete(key);
    if (peers.size === 0) this.#byPort.delete(localPort);
  }

  /** Notes how much the connection's buffers hold now. */
  account(entry: TableEntry): void {
    const { sendQueue, receiveQueue } = entry.connection.tcb;
    const held = entry.live ? sendQueue.length + receiveQueue.length : 0;
    this.#heldBytes += held - entry.heldBytes;
    entry.heldBytes = held;
  }

  /** Notes that the connection's next timeout may have moved. */
  reschedule(entry: TableEntry): void {
    const at = entry.connection.pollTimeout();
    if (at < entry.queuedFor && entry.live) {
      entry.queuedFor = at;
      this.#wakes.push(at, entry);
    }
  }

  /** The earliest timeout of all connections, or NEVER. */
  nextTimeout(): Micros {
    for (;;) {
      const entry = this.#wakes.peek();
      if (entry === undefined) return NEVER;
      const at = this.#wakes.nextTime;
      if (entry.live && entry.queuedFor === at) {
        const wanted = entry.connection.pollTimeout();
        if (wanted <= at) return at;
        this.#wakes.pop();
        entry.queuedFor = NEVER;
        if (wanted !== NEVER) this.reschedule(entry);
      } else this.#wakes.pop();
    }
  }

  /** Takes out a connection whose timeout has come, or undefined. Call `reschedule` after handling it. */
  takeDue(now: Micros): TableEntry | undefined {
    if (this.nextTimeout() > now) return undefined;
    const entry = this.#wakes.pop()!;
    entry.queuedFor = NEVER;
    return entry;
  }

  /** All entries, in order of local port's first use and then of creation. */
  get entries(): readonly TableEntry[] {
    const all: TableEntry[] = [];
    for (const peers of this.#byPort.values()) for (const entry of peers.values()) all.push(entry);
    return all;
  }
}

function peerKey(ends: ConnectionEnds): number {
  return ends.remoteAddress * 65_536 + ends.remotePort;
}
