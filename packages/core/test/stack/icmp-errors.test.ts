import {
  after,
  encodeHeaders,
  fragmentPacket,
  HostStack,
  patternPayload,
  REASSEMBLY_TIMEOUT,
  us,
  ZERO_TIME,
  type Ipv4Packet,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../../test/support/memory-host.ts';

const HERE = 0x0a000002;
const PEER = 0x0a000001;

function stack(): HostStack {
  return new HostStack({ address: HERE, random: randomStream('stack') });
}

/** A datagram from the peer with header fields that no host of ours would choose. */
function datagram(length: number): Ipv4Packet {
  return {
    src: PEER,
    dst: HERE,
    ttl: 17,
    identification: 4_242,
    dscp: 5,
    ecn: 0,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    options: new Uint8Array(0),
    body: { kind: 'udp', srcPort: 4_000, dstPort: 9, payload: patternPayload(0, length) },
  };
}

function partsOf(packet: Ipv4Packet): readonly Ipv4Packet[] {
  return fragmentPacket(packet, 576) ?? [];
}

describe('errors a host sends (RFC 792, RFC 1122 §3.2.2)', () => {
  test('HS-03: port unreachable quotes the header and 8 octets of the datagram unchanged', () => {
    const host = stack();
    const packet = datagram(20);
    host.handleInput(packet, ZERO_TIME);
    const answer = host.pollOutput(ZERO_TIME);
    expect(answer).toMatchObject({ src: HERE, dst: PEER, body: { type: 3, code: 3 } });
    const quoted = answer?.body.kind === 'icmp' ? answer.body.data : undefined;
    expect(quoted).toEqual(encodeHeaders(packet).slice(0, 28));
  });

  test('IP-12: time exceeded goes to the source of a datagram that never became whole', () => {
    const host = stack();
    const [first] = partsOf(datagram(2_000));
    host.handleInput(first!, ZERO_TIME);
    expect(host.pollTimeout()).toBe(REASSEMBLY_TIMEOUT);
    host.handleTimeout(after(REASSEMBLY_TIMEOUT, us(1)));
    const answer = host.pollOutput(ZERO_TIME);
    expect(answer).toMatchObject({ dst: PEER, body: { type: 11, code: 1 } });
    const quoted = answer?.body.kind === 'icmp' ? answer.body.data : undefined;
    expect(quoted).toEqual(encodeHeaders(first!).slice(0, 28));
  });

  test('IP-12: without the first part nothing is sent', () => {
    const host = stack();
    const [, second] = partsOf(datagram(2_000));
    host.handleInput(second!, ZERO_TIME);
    host.handleTimeout(REASSEMBLY_TIMEOUT);
    expect(host.pollOutput(ZERO_TIME)).toBeUndefined();
  });

  test('HS-05: parts in any order reach the socket as one datagram', () => {
    const host = stack();
    const socket = host.udp.bind({ port: 9 });
    for (const part of [...partsOf(datagram(2_000))].reverse()) host.handleInput(part, ZERO_TIME);
    expect(socket.receive()?.payload.toBytes()).toEqual(patternPayload(0, 2_000).toBytes());
  });
});
