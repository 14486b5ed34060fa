import {
  bytesPayload,
  latin1Bytes,
  latin1Text,
  patternPayload,
  ZERO_TIME,
  type IcmpMessage,
  type Ipv4Address,
  type RandomStream,
} from '@tcplab/core';
import {
  DATAGRAM_OVERHEAD,
  FIRST_EPHEMERAL_PORT,
  LIMITED_BROADCAST,
  MAX_UDP_PAYLOAD,
  UDP_RULES,
  UdpTable,
  type UdpEvent,
  type UdpOutput,
  type UdpPacket,
} from '@tcplab/core/udp';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../../test/support/memory-host.ts';

const HERE: Ipv4Address = 0x0a000001;
const ALSO_HERE: Ipv4Address = 0x0a000002;
const NETWORK_BROADCAST: Ipv4Address = 0x0a0000ff;
const PEER: Ipv4Address = 0x0a000009;
const STRANGER: Ipv4Address = 0x0a00000b;
const GROUP: Ipv4Address = 0xe0000001;

function tableWith(random: RandomStream = randomStream('udp')): UdpTable {
  return new UdpTable({
    addresses: [HERE, ALSO_HERE],
    broadcasts: [NETWORK_BROADCAST],
    random,
  });
}

function from(src: Ipv4Address, srcPort: number, dstPort: number, text = 'hi'): UdpPacket {
  const payload = bytesPayload(latin1Bytes(text));
  return { src, dst: HERE, body: { kind: 'udp', srcPort, dstPort, payload } };
}

function outputsOf(table: UdpTable): UdpOutput[] {
  const outputs: UdpOutput[] = [];
  for (let next = table.pollOutput(ZERO_TIME); next; next = table.pollOutput(ZERO_TIME)) {
    outputs.push(next);
  }
  return outputs;
}

function eventsOf(table: UdpTable): UdpEvent[] {
  const events: UdpEvent[] = [];
  for (let next = table.pollEvent(); next; next = table.pollEvent()) events.push(next);
  return events;
}

function rulesOf(events: readonly UdpEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'received' ? [] : [event.cause.rule.id]));
}

/** An ICMP error as the peer's host makes it about a datagram from HERE. */
function icmpAbout(type: number, code: number, srcPort: number, dstPort: number): IcmpMessage {
  const data = new Uint8Array(28);
  data.set([0x45, 0, 0, 30, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 9]);
  data.set([srcPort >> 8, srcPort & 255, dstPort >> 8, dstPort & 255, 0, 10, 0, 0], 20);
  return { kind: 'icmp', type, code, rest: 0, data };
}

describe('a datagram finds its socket', () => {
  test('UDP-09: the socket bound to the port receives data, sender and the address it was sent to', () => {
    const table = tableWith();
    const socket = table.bind({ port: 53 });
    table.handleInput(from(PEER, 4_000, 53, 'question'), ZERO_TIME);
    const arrival = socket.receive()!;
    expect(latin1Text(arrival.payload.toBytes())).toBe('question');
    expect(arrival).toMatchObject({ address: PEER, port: 4_000, localAddress: HERE });
    expect(socket.receive()).toBeUndefined();
    expect(table.counters).toEqual({ inDatagrams: 1, noPorts: 0, inErrors: 0, outDatagrams: 0 });
  });

  test('a socket bound to one address hears only that address', () => {
    const table = tableWith();
    const here = table.bind({ port: 53, address: HERE });
    const alsoHere = table.bind({ port: 53, address: ALSO_HERE });
    table.handleInput(from(PEER, 1, 53), ZERO_TIME);
    table.handleInput({ ...from(PEER, 1, 53), dst: ALSO_HERE }, ZERO_TIME);
    table.handleInput({ ...from(PEER, 1, 53), dst: ALSO_HERE }, ZERO_TIME);
    expect([here.waiting, alsoHere.waiting]).toEqual([1, 2]);
  });

  test('UDP-12: a socket that named its peer hears nobody else', () => {
    const table = tableWith();
    const socket = table.bind({ port: 53 });
    table.handleInput(from(STRANGER, 7, 53), ZERO_TIME);
    socket.connect(PEER, 7);
    expect(socket.waiting).toBe(0);
    table.handleInput(from(STRANGER, 7, 53), ZERO_TIME);
    table.handleInput(from(PEER, 8, 53), ZERO_TIME);
    table.handleInput(from(PEER, 7, 53), ZERO_TIME);
    expect(socket.waiting).toBe(1);
    socket.disconnect();
    table.handleInput(from(STRANGER, 7, 53), ZERO_TIME);
    expect(socket.waiting).toBe(2);
  });

  test('UDP-11: a full receive queue drops and counts; empty datagrams fill it too', () => {
    const table = tableWith();
    const socket = table.bind({ port: 53, receiveQueue: 3 * DATAGRAM_OVERHEAD });
    for (let i = 0; i < 5; i += 1) table.handleInput(from(PEER, 1, 53, ''), ZERO_TIME);
    expect([socket.waiting, socket.dropped]).toEqual([3, 2]);
    expect(rulesOf(eventsOf(table))).toEqual(['UDP-11', 'UDP-11']);
    expect(table.counters).toMatchObject({ inDatagrams: 3, inErrors: 2 });
    socket.receive();
    table.handleInput(from(PEER, 1, 53, ''), ZERO_TIME);
    expect(socket.waiting).toBe(3);
  });

  test('UDP-04: without a checksum it is taken, unless the socket asks for one', () => {
    const table = tableWith();
    const easy = table.bind({ port: 1_000 });
    const strict = table.bind({ port: 1_001, requireChecksum: true });
    for (const port of [1_000, 1_001]) {
      const packet = from(PEER, 1, port);
      table.handleInput({ ...packet, body: { ...packet.body, checksummed: false } }, ZERO_TIME);
    }
    expect([easy.waiting, strict.waiting]).toEqual([1, 0]);
    expect(rulesOf(eventsOf(table))).toEqual(['UDP-04']);
  });
});

describe('a datagram that nobody wants', () => {
  test('UDP-06: is answered with port unreachable about exactly that packet', () => {
    const table = tableWith();
    const packet = from(PEER, 4_000, 53);
    table.handleInput(packet, ZERO_TIME);
    const [verdict] = outputsOf(table);
    expect(verdict).toMatchObject({ kind: 'port unreachable', cause: { rule: { id: 'UDP-06' } } });
    expect(verdict?.kind === 'port unreachable' && verdict.offending).toBe(packet);
    expect(table.counters.noPorts).toBe(1);
  });

  test('UDP-06: a closed socket has freed its port', () => {
    const table = tableWith();
    const socket = table.bind({ port: 53 });
    socket.close();
    socket.close();
    table.handleInput(from(PEER, 4_000, 53), ZERO_TIME);
    expect(outputsOf(table).map((output) => output.kind)).toEqual(['port unreachable']);
    table.bind({ port: 53 });
  });

  test('UDP-07: broadcasts, multicasts and sources that are not one host get no answer', () => {
    const table = tableWith();
    for (const dst of [LIMITED_BROADCAST, NETWORK_BROADCAST, GROUP]) {
      table.handleInput({ ...from(PEER, 4_000, 53), dst }, ZERO_TIME);
    }
    table.handleInput(from(0, 68, 53), ZERO_TIME);
    expect(outputsOf(table)).toEqual([]);
    expect(rulesOf(eventsOf(table))).toEqual(['UDP-07', 'UDP-07', 'UDP-07', 'UDP-07']);
  });

  test('UDP-05: a broadcast or multicast source is discarded even where the port is bound', () => {
    const table = tableWith();
    const socket = table.bind({ port: 53 });
    for (const src of [LIMITED_BROADCAST, NETWORK_BROADCAST, GROUP]) {
      table.handleInput(from(src, 4_000, 53), ZERO_TIME);
    }
    expect(socket.waiting).toBe(0);
    expect(rulesOf(eventsOf(table))).toEqual(['UDP-05', 'UDP-05', 'UDP-05']);
  });
});

describe('ICMP errors come back to the socket that sent (RFC 1122 §4.1.3.3)', () => {
  test('UDP-08: port unreachable is "connection refused" for a socket that named its peer, once', () => {
    const table = tableWith();
    const socket = table.bind({ port: 4_000 });
    socket.connect(PEER, 53);
    let woken = 0;
    socket.readable.subscribe(() => (woken += 1));
    table.handleIcmp(icmpAbout(3, 3, 4_000, 53), ZERO_TIME);
    expect(woken).toBe(1);
    expect(socket.takeError()).toBe('connection refused');
    expect(socket.takeError()).toBeUndefined();
  });

  test('UDP-08: a socket without a peer keeps working; the event still tells', () => {
    const table = tableWith();
    const socket = table.bind({ port: 4_000 });
    table.handleIcmp(icmpAbout(3, 3, 4_000, 53), ZERO_TIME);
    expect(socket.takeError()).toBeUndefined();
    expect(eventsOf(table)).toMatchObject([{ kind: 'error', reason: 'connection refused' }]);
  });

  test.each([
    [3, 1, 'host unreachable'],
    [11, 0, 'host unreachable'],
    [12, 0, 'protocol error'],
  ])('UDP-08: type %i code %i is told as %s', (type, code, reason) => {
    const table = tableWith();
    const socket = table.bind({ port: 4_000 });
    socket.connect(PEER, 53);
    table.handleIcmp(icmpAbout(type, code, 4_000, 53), ZERO_TIME);
    expect(socket.takeError()).toBe(reason);
  });

  test('UDP-14: a source quench, and errors about datagrams we did not send, do nothing', () => {
    const table = tableWith();
    const socket = table.bind({ port: 4_000 });
    socket.connect(PEER, 53);
    const good = icmpAbout(3, 3, 4_000, 53);
    const tcp = good.data.slice();
    tcp[9] = 6;
    table.handleIcmp(icmpAbout(4, 0, 4_000, 53), ZERO_TIME);
    table.handleIcmp(icmpAbout(3, 3, 4_001, 53), ZERO_TIME);
    table.handleIcmp(icmpAbout(3, 3, 4_000, 54), ZERO_TIME);
    table.handleIcmp({ ...good, data: tcp }, ZERO_TIME);
    for (let length = 0; length < 24; length += 1) {
      table.handleIcmp({ ...good, data: good.data.slice(0, length) }, ZERO_TIME);
    }
    expect(socket.takeError()).toBeUndefined();
    expect(eventsOf(table)).toEqual([]);
  });
});

describe('sending', () => {
  test('UDP-09: the source is the bound address, or the one that reaches the destination', () => {
    const table = tableWith();
    table.bind({ port: 1, address: ALSO_HERE }).send(patternPayload(0, 3), {
      address: PEER,
      port: 9,
    });
    table.bind({ port: 2 }).send(patternPayload(0, 3), { address: PEER, port: 9 }, false);
    expect(outputsOf(table)).toMatchObject([
      { packet: { src: ALSO_HERE, dst: PEER, body: { srcPort: 1, dstPort: 9 } } },
      { packet: { src: HERE, dst: PEER, body: { srcPort: 2, dstPort: 9, checksummed: false } } },
    ]);
  });

  test.each([
    ['destination required', { address: undefined, port: 9 }],
    ['invalid destination', { address: PEER, port: 0 }],
    ['invalid destination', { address: 0, port: 9 }],
    ['multicast not supported', { address: GROUP, port: 9 }],
    ['broadcast not permitted', { address: LIMITED_BROADCAST, port: 9 }],
    ['broadcast not permitted', { address: NETWORK_BROADCAST, port: 9 }],
  ])('%s is said to whoever sends to %j', (reason, { address, port }) => {
    const socket = tableWith().bind();
    const to = address === undefined ? undefined : { address, port };
    expect(() => socket.send(patternPayload(0, 3), to)).toThrow(reason);
  });

  test('the largest payload fits, one octet more is refused, and a closed socket sends nothing', () => {
    const table = tableWith();
    const socket = table.bind();
    socket.connect(PEER, 9);
    socket.send(patternPayload(0, MAX_UDP_PAYLOAD));
    expect(() => socket.send(patternPayload(0, MAX_UDP_PAYLOAD + 1))).toThrow('datagram too long');
    socket.close();
    expect(() => socket.send(patternPayload(0, 1))).toThrow('socket closed');
    expect(outputsOf(table)).toHaveLength(1);
  });

  test('UDP-13: a broadcast reaches all sockets on the port that asked for broadcasts, and no other', () => {
    const table = tableWith();
    const asked = [
      table.bind({ port: 68, address: HERE, broadcast: true }),
      table.bind({ port: 68, address: ALSO_HERE, broadcast: true }),
    ];
    const other = table.bind({ port: 69 });
    asked[0]!.send(patternPayload(0, 1), { address: LIMITED_BROADCAST, port: 69 });
    table.handleInput({ ...from(PEER, 67, 68), dst: NETWORK_BROADCAST }, ZERO_TIME);
    table.handleInput({ ...from(PEER, 67, 69), dst: LIMITED_BROADCAST }, ZERO_TIME);
    expect([...asked, other].map((socket) => socket.waiting)).toEqual([1, 1, 0]);
    expect(rulesOf(eventsOf(table))).toEqual(['UDP-07']);
  });
});

describe('ports', () => {
  test('a port is taken once, and any address stands for all of them', () => {
    const table = tableWith();
    table.bind({ port: 53, address: HERE });
    expect(() => table.bind({ port: 53 })).toThrow('address in use');
    expect(() => table.bind({ port: 53, address: HERE })).toThrow('address in use');
    expect(() => table.bind({ port: 53, address: PEER })).toThrow('address not available');
    expect(() => table.bind({ port: 65_536 })).toThrow('invalid port');
    table.bind({ port: 53, address: ALSO_HERE });
  });

  test('UDP-10: the host chooses dynamic ports at random, never one that is taken, until none is left', () => {
    const table = tableWith();
    const ports = Array.from(
      { length: 65_536 - FIRST_EPHEMERAL_PORT },
      () => table.bind().localPort,
    );
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.min(...ports)).toBe(FIRST_EPHEMERAL_PORT);
    expect(ports.slice(0, 3)).not.toEqual([ports[0], ports[0]! + 1, ports[0]! + 2]);
    expect(() => table.bind()).toThrow('insufficient resources');
  });

  test('every rule of the catalogue has its own id', () => {
    const ids = Object.values(UDP_RULES).map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
