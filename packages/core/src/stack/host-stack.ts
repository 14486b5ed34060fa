import { earliest, type Cause, type Micros, type SansIo } from '../base/index.ts';
import { UdpTable, namesOneHost, type UdpPacket } from '../udp/index.ts';
import {
  Reassembler,
  type IcmpMessage,
  type Ipv4Body,
  type Ipv4Packet,
  type TcpSegment,
} from '../wire/index.ts';
import type { ConnectionTable, TableEntry } from './connection-table.ts';
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
import {
  TcpLayer,
  type OpenOptions,
  type PassiveOptions,
  type StackEvent,
  type TcpLayerOptions,
} from './tcp-layer.ts';

/** The random stream also gives identifications. */
export type HostStackOptions = TcpLayerOptions;

const NO_IP_OPTIONS = new Uint8Array(0);

/** The Internet layer of one host, with its TCP, UDP and ICMP. */
export class HostStack implements SansIo<Ipv4Packet, Ipv4Packet, StackEvent> {
  readonly address: number;
  readonly udp: UdpTable;
  readonly #tcp: TcpLayer;
  readonly #reassembler = new Reassembler();
  readonly #outputs: Ipv4Packet[] = [];
  readonly #verdicts: Cause[] = [];
  #identification: number;

  constructor(options: HostStackOptions) {
    this.address = options.address;
    this.#tcp = new TcpLayer(options, (to, segment) => this.#send(to, segment));
    this.#identification = options.random.below(65_536);
    this.udp = new UdpTable({ addresses: [options.address], random: options.random });
  }

  /** The connections of this host. */
  get table(): ConnectionTable {
    return this.#tcp.table;
  }

  /** OPEN (active). @throws CallError as `TcpLayer.connect` does */
  connect(options: OpenOptions, now: Micros): TableEntry {
    return this.#tcp.connect(options, now);
  }

  /** A dynamic port that nothing uses. @throws CallError `insufficient resources` */
  freePort(): number {
    return this.#tcp.freePort();
  }

  /** OPEN (passive) of a port for any peer. @returns a function that stops listening @throws CallError */
  listen(port: number, options: PassiveOptions): () => void {
    return this.#tcp.listen(port, options);
  }

  /** A program has taken the oldest established connection of this port: there is room for another. */
  accepted(port: number): void {
    this.#tcp.accepted(port);
  }

  /** To be called after every user call on a connection: takes out what it made ready. */
  touch(entry: TableEntry, now: Micros): void {
    this.#tcp.touch(entry, now);
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
    this.#tcp.handleTimeout(now);
    this.#reassembler.expire(now);
    this.#giveUpParts();
  }

  pollOutput(_now: Micros): Ipv4Packet | undefined {
    if (this.#outputs.length === 0) this.#drainUdp();
    return this.#outputs.shift();
  }

  pollEvent(): StackEvent | undefined {
    return this.#tcp.pollEvent();
  }

  /** Why the last packets handed in were taken no further before they reached a connection. */
  pollVerdict(): Cause | undefined {
    return this.#verdicts.shift();
  }

  pollTimeout(): Micros {
    return earliest(this.table.nextTimeout(), this.#reassembler.pollTimeout());
  }

  #tcpArrives(packet: Ipv4Packet, segment: TcpSegment, now: Micros): void {
    if (this.#tcp.handleSegment(packet.src, segment, now)) return;
    this.#refuse('invalidSource', 'Its source names no single host.');
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
    const nextHopMtu = message.rest & 0xffff;
    const about = { type: message.type, code: message.code, nextHopMtu };
    if (this.#tcp.handleIcmp(quoted, about, now)) return;
    this.#refuse('unmatchedError', 'No connection sent what it quotes.');
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
