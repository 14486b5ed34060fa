import {
  CallError,
  earliest,
  type Cause,
  type Micros,
  type RandomStream,
  type SansIo,
} from '../base/index.ts';
import {
  Connection,
  Listener,
  checkInvariants,
  defaultTcpConfig,
  InitialSequenceNumbers,
  respondClosed,
  type ConnectionEnds,
  type TcpConfig,
  type TcpEvent,
  type TcpJournal,
} from '../tcp/index.ts';
import { UdpTable, chooseEphemeralPort, namesOneHost, type UdpPacket } from '../udp/index.ts';
import {
  Reassembler,
  type IcmpMessage,
  type Ipv4Body,
  type Ipv4Packet,
  type TcpSegment,
} from '../wire/index.ts';
import { ConnectionTable, type TableEntry } from './connection-table.ts';
import {
  CODE_PORT_UNREACHABLE,
  CODE_PROTOCOL_UNREACHABLE,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  echoReply,
  quotedSegment,
  reassemblyTimeExceeded,
  unreachable,
} from './icmp.ts';
import { STACK_RULES } from './rules.ts';

export interface HostStackOptions {
  /** The host's address, unsigned 32-bit. */
  readonly address: number;
  /** Changes to the defaults, for every connection of this host. */
  readonly tcp?: Partial<TcpConfig>;
  /** Secrets of initial sequence numbers, ephemeral ports, identifications. */
  readonly random: RandomStream;
  readonly journal?: TcpJournal;
  /** Check the invariants of a connection after everything that happens to it. @default false */
  readonly checkInvariants?: boolean;
}

export interface OpenOptions {
  readonly remoteAddress: number;
  /** 1 … 65,535 */
  readonly remotePort: number;
  /** 1 … 65,535; absent: the host chooses. */
  readonly localPort?: number;
  /** MTU of the link towards the peer, in bytes: bounds the MSS in both directions. */
  readonly mtu: number;
}

export interface PassiveOptions {
  /** Connections that may wait to be accepted, and half-open ones as many again. */
  readonly backlog?: number;
  /** Accepted connections send small segments at once. */
  readonly noDelay?: boolean;
  /** The smallest MTU of the links to the peers, in bytes. */
  readonly mtu: number;
}

/** Something happened to a connection of this host. */
export interface StackEvent {
  readonly entry: TableEntry;
  readonly event: TcpEvent;
}

/** Header octets of IPv4 and TCP without options: what an MTU loses to them. */
const HEADERS = 40;
const NO_IP_OPTIONS = new Uint8Array(0);

/** The Internet layer of one host, with its TCP, UDP and ICMP. */
export class HostStack implements SansIo<Ipv4Packet, Ipv4Packet, StackEvent> {
  readonly address: number;
  readonly table = new ConnectionTable();
  readonly udp: UdpTable;
  readonly #options: HostStackOptions;
  readonly #isns: InitialSequenceNumbers;
  readonly #listeners = new Map<number, Listener>();
  readonly #reassembler = new Reassembler();
  readonly #outputs: Ipv4Packet[] = [];
  readonly #events: StackEvent[] = [];
  readonly #verdicts: Cause[] = [];
  #identification: number;

  constructor(options: HostStackOptions) {
    this.address = options.address;
    this.#options = options;
    this.#isns = new InitialSequenceNumbers(options.random.u32(), options.random.u32());
    this.#identification = options.random.below(65_536);
    this.udp = new UdpTable({ addresses: [options.address], random: options.random });
  }

  /**
   * OPEN (active), RFC 9293 §3.10.1.
   * @throws CallError `invalid remote address`, `invalid port`, `connection already exists`,
   *   `insufficient resources` when no local port is free
   */
  connect(options: OpenOptions, now: Micros): TableEntry {
    const { remoteAddress, remotePort } = options;
    if (!namesOneHost(remoteAddress)) {
      // RFC 9293 §3.9.1.1 MUST-46: broadcast and multicast are errors.
      throw new CallError('invalid remote address', `${remoteAddress} names no single host`);
    }
    checkPort(remotePort);
    const ends: ConnectionEnds = {
      localAddress: this.address,
      localPort: options.localPort ?? this.#choosePort(),
      remoteAddress,
      remotePort,
    };
    checkPort(ends.localPort);
    const existing = this.table.find(ends.localPort, remoteAddress, remotePort);
    if (existing !== undefined) {
      throw new CallError('connection already exists', `in state ${existing.connection.state}`);
    }
    const connection = this.#makeConnection(ends, options.mtu, now);
    const entry = this.table.add(connection, undefined);
    connection.openActive(now);
    this.touch(entry, now);
    return entry;
  }

  /** A dynamic port that nothing uses. @throws CallError `insufficient resources` */
  freePort(): number {
    return this.#choosePort();
  }

  /**
   * OPEN (passive) of a port for any peer.
   * @returns a function that stops listening
   * @throws CallError `invalid port`, `connection already exists` when the port is listening already
   */
  listen(port: number, options: PassiveOptions): () => void {
    checkPort(port);
    if (this.#listeners.has(port)) {
      throw new CallError('connection already exists', `port ${port} listens`);
    }
    const { backlog, noDelay, mtu } = options;
    const config = this.#configFor(mtu);
    const listener = new Listener({
      localAddress: this.address,
      localPort: port,
      config: noDelay === true ? { ...config, nagle: false } : config,
      ...(backlog === undefined ? {} : { acceptLimit: backlog, halfOpenLimit: backlog }),
      chooseIss: (ends, now) => this.#isns.choose(ends, now),
      journal: this.#options.journal,
    });
    this.#listeners.set(port, listener);
    return () => {
      if (this.#listeners.get(port) === listener) this.#listeners.delete(port);
    };
  }

  /** A program has taken the oldest established connection of this port: there is room for another. */
  accepted(port: number): void {
    this.#listeners.get(port)?.accept();
  }

  /** To be called after every user call on a connection: takes out what it made ready. */
  touch(entry: TableEntry, now: Micros): void {
    const { connection } = entry;
    for (
      let out = connection.pollOutput(now);
      out !== undefined;
      out = connection.pollOutput(now)
    ) {
      this.#send(connection.ends.remoteAddress, out);
    }
    for (let event = connection.pollEvent(); event !== undefined; event = connection.pollEvent()) {
      this.#follow(entry, event, now);
      this.#events.push({ entry, event });
    }
    this.table.reschedule(entry);
    this.table.account(entry);
    if (this.#options.checkInvariants === true) checkInvariants(connection);
  }

  handleInput(packet: Ipv4Packet, now: Micros): void {
    // RFC 1122 §3.2.1.3: what is not for us is silently discarded.
    if (packet.dst !== this.address)
      return this.#refuse('notForUs', 'It is addressed to another host.');
    const { body } = packet;
    if (body.kind === 'tcp') return this.#tcpArrives(packet, body, now);
    if (packet.moreFragments || packet.fragmentOffset > 0)
      return this.#fragmentArrives(packet, now);
    this.#wholeArrives(packet, now);
  }

  handleTimeout(now: Micros): void {
    for (
      let entry = this.table.takeDue(now);
      entry !== undefined;
      entry = this.table.takeDue(now)
    ) {
      entry.connection.handleTimeout(now);
      this.touch(entry, now);
    }
    this.#reassembler.expire(now);
    this.#giveUpParts();
  }

  pollOutput(_now: Micros): Ipv4Packet | undefined {
    if (this.#outputs.length === 0) this.#drainUdp();
    return this.#outputs.shift();
  }

  pollEvent(): StackEvent | undefined {
    return this.#events.shift();
  }

  /** Why the last packets handed in were taken no further before they reached a connection. */
  pollVerdict(): Cause | undefined {
    return this.#verdicts.shift();
  }

  pollTimeout(): Micros {
    return earliest(this.table.nextTimeout(), this.#reassembler.pollTimeout());
  }

  /** What an event of a connection means for the table. */
  #follow(entry: TableEntry, event: TcpEvent, now: Micros): void {
    if (event.kind === 'established' && entry.displaced !== undefined) {
      const old = entry.displaced;
      entry.displaced = undefined;
      old.connection.supersede();
      this.touch(old, now);
    }
    if (event.kind === 'closed' || event.kind === 'failed' || event.kind === 'returned to LISTEN') {
      this.table.remove(entry);
    }
  }

  #tcpArrives(packet: Ipv4Packet, segment: TcpSegment, now: Micros): void {
    const entry = this.table.find(segment.dstPort, packet.src, segment.srcPort);
    if (entry === undefined) return this.#strangerArrives(packet, segment, now);
    const { connection } = entry;
    if (connection.state === 'TIME-WAIT' && connection.acceptsNewIncarnation(segment)) {
      if (this.#listeners.has(segment.dstPort))
        return this.#strangerArrives(packet, segment, now, entry);
    }
    connection.handleInput(segment, now);
    this.touch(entry, now);
  }

  /**
   * A segment of no connection: for a listener, or answered by the rules of CLOSED.
   * @param old a connection in TIME-WAIT between the same ends that the segment, a SYN, may end
   *   (RFC 9293 §3.6.1, MAY-2); it steps aside until the new one is established
   */
  #strangerArrives(packet: Ipv4Packet, segment: TcpSegment, now: Micros, old?: TableEntry): void {
    if (!namesOneHost(packet.src))
      return this.#refuse('invalidSource', 'Its source names no single host.');
    const ends: ConnectionEnds = {
      localAddress: this.address,
      localPort: segment.dstPort,
      remoteAddress: packet.src,
      remotePort: segment.srcPort,
    };
    const listener = this.#listeners.get(segment.dstPort);
    if (listener === undefined) {
      const reset = respondClosed(segment);
      if (reset !== undefined) this.#send(packet.src, reset);
      return;
    }
    const verdict = listener.handleInput(segment, ends, now, old?.connection.lastSequence);
    if (verdict.kind === 'reset') this.#send(packet.src, verdict.segment);
    if (verdict.kind === 'child')
      this.touch(this.table.add(verdict.child, segment.dstPort, old), now);
  }

  /** RFC 1122 §3.3.2: the source learns that its datagram never became whole, if its first part came. */
  #giveUpParts(): void {
    for (
      let given = this.#reassembler.pollGivenUp();
      given !== undefined;
      given = this.#reassembler.pollGivenUp()
    ) {
      const { first } = given;
      if (first !== undefined && namesOneHost(first.src)) {
        this.#send(first.src, reassemblyTimeExceeded(first));
      }
    }
  }

  #fragmentArrives(packet: Ipv4Packet, now: Micros): void {
    const result = this.#reassembler.add(packet, now);
    this.#giveUpParts();
    if (result.kind === 'whole') this.handleInput(result.packet, now);
    else if (result.kind === 'refused') this.#verdicts.push(result.cause);
    else if (result.kind === 'malformed') {
      this.#verdicts.push({
        rule: result.problem.rule,
        why: `Expected ${result.problem.expected}.`,
      });
    }
  }

  #wholeArrives(packet: Ipv4Packet, now: Micros): void {
    const { body } = packet;
    // RFC 1122 §3.2.1.3: such a source is no address to answer; §3.2.2 forbids errors about it outright.
    if (!namesOneHost(packet.src))
      return this.#refuse('groupSource', 'Its source names no single host.');
    if (body.kind === 'icmp') this.#icmpArrives(packet, body, now);
    else if (body.kind === 'udp') this.udp.handleInput(packet as Ipv4Packet & UdpPacket, now);
    else this.#send(packet.src, unreachable(packet, CODE_PROTOCOL_UNREACHABLE));
  }

  #icmpArrives(packet: Ipv4Packet, message: IcmpMessage, now: Micros): void {
    if (message.type === ICMP_ECHO) return this.#send(packet.src, echoReply(message));
    if (message.type === ICMP_ECHO_REPLY) return;
    this.udp.handleIcmp(message, now);
    const quoted = quotedSegment(message);
    if (quoted === undefined) return;
    const entry = this.table.find(quoted.localPort, quoted.remoteAddress, quoted.remotePort);
    if (entry === undefined)
      return this.#refuse('unmatchedError', 'No connection sent what it quotes.');
    const nextHopMtu = message.rest & 0xffff;
    entry.connection.icmpArrived(
      { type: message.type, code: message.code, seq: quoted.seq, nextHopMtu },
      now,
    );
    this.touch(entry, now);
  }

  #drainUdp(): void {
    for (
      let out = this.udp.pollOutput(0 as Micros);
      out !== undefined;
      out = this.udp.pollOutput(0 as Micros)
    ) {
      if (out.kind === 'datagram') this.#send(out.packet.dst, out.packet.body, false);
      else
        // What UDP refuses is the very packet that was handed in: the error quotes it unchanged.
        this.#send(
          out.offending.src,
          unreachable(out.offending as Ipv4Packet, CODE_PORT_UNREACHABLE),
        );
    }
    for (let event = this.udp.pollEvent(); event !== undefined; event = this.udp.pollEvent()) {
      if (event.kind === 'discarded') this.#verdicts.push(event.cause);
    }
  }

  #makeConnection(ends: ConnectionEnds, mtu: number, now: Micros): Connection {
    return new Connection({
      ends,
      config: this.#configFor(mtu),
      iss: this.#isns.choose(ends, now),
      journal: this.#options.journal,
    });
  }

  /** The host's settings, with the MSS bounded by the link (RFC 9293 §3.7.1, MUST-16 and MUST-67). */
  #configFor(mtu: number): TcpConfig {
    const config = defaultTcpConfig(this.#options.tcp);
    const most = mtu - HEADERS;
    return { ...config, mss: Math.min(config.mss, most), sendMss: Math.min(config.sendMss, most) };
  }

  #choosePort(): number {
    return chooseEphemeralPort(
      this.#options.random,
      (port) => this.table.usesPort(port) || this.#listeners.has(port),
    );
  }

  #send(to: number, body: Ipv4Body, dontFragment = true): void {
    this.#outputs.push(this.#packet(to, body, dontFragment));
  }

  #packet(dst: number, body: Ipv4Body, dontFragment: boolean): Ipv4Packet {
    this.#identification = (this.#identification + 1) & 0xffff;
    return {
      src: this.address,
      dst,
      ttl: 64,
      identification: this.#identification,
      dscp: 0,
      ecn: 0,
      dontFragment,
      moreFragments: false,
      fragmentOffset: 0,
      options: NO_IP_OPTIONS,
      body,
    };
  }

  #refuse(rule: keyof typeof STACK_RULES, why: string): void {
    this.#verdicts.push({ rule: STACK_RULES[rule], why });
  }
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new CallError('invalid port', `${port} is not in 1 … 65535`);
  }
}
