import {
  ACK,
  bytesPayload,
  decodePacket,
  EMPTY_BYTES,
  EMPTY_PAYLOAD,
  encodePacket,
  NO_OPTIONS,
  parseAddress,
  PSH,
  SYN,
  toHex,
  utf8Bytes,
  type Ipv4Body,
  type Ipv4Packet,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { hex } from './hand-made-packets.ts';

function datagram(body: Ipv4Body): Ipv4Packet {
  return {
    src: parseAddress('10.0.0.1')!,
    dst: parseAddress('10.0.0.2')!,
    ttl: 64,
    identification: 1,
    dscp: 0,
    ecn: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    options: EMPTY_BYTES,
    body,
  };
}

function expectOctets(packet: Ipv4Packet, text: string): void {
  expect(toHex(encodePacket(packet))).toBe(toHex(hex(text)));
  const back = decodePacket(hex(text));
  expect(back.ok && toHex(encodePacket(back.value))).toBe(toHex(hex(text)));
}

describe('known packets, computed by hand from the RFC layouts', () => {
  test('W-002, W-007: a SYN with the options of a modern host (RFC 9293 §3.1)', () => {
    expectOctets(
      datagram({
        kind: 'tcp',
        srcPort: 49_152,
        dstPort: 80,
        seq: 0x01020304,
        ack: 0,
        flags: SYN,
        wnd: 65_535,
        up: 0,
        options: [
          { kind: 'mss', mss: 1_460 },
          { kind: 'sack-permitted' },
          { kind: 'timestamps', value: 1, echo: 0 },
          { kind: 'nop' },
          { kind: 'window-scale', shift: 7 },
        ],
        payload: EMPTY_PAYLOAD,
      }),
      `45 00 003c 0001 4000 40 06 26b9 0a000001 0a000002
       c000 0050 01020304 00000000 a0 02 ffff 6fa6 0000
       0204 05b4 0402 080a 00000001 00000000 01 030307`,
    );
  });

  test('W-004: a segment with an odd number of octets of text', () => {
    expectOctets(
      datagram({
        kind: 'tcp',
        srcPort: 49_152,
        dstPort: 80,
        seq: 0xfffffffe,
        ack: 5,
        flags: PSH | ACK,
        wnd: 512,
        up: 0,
        options: NO_OPTIONS,
        payload: bytesPayload(utf8Bytes('abc')),
      }),
      `45 00 002b 0001 4000 40 06 26ca 0a000001 0a000002
       c000 0050 fffffffe 00000005 50 18 0200 1510 0000
       616263`,
    );
  });

  test('UDP-02: a datagram with two octets (RFC 768)', () => {
    expectOctets(
      datagram({
        kind: 'udp',
        srcPort: 53,
        dstPort: 1_024,
        payload: bytesPayload(utf8Bytes('hi')),
      }),
      `45 00 001e 0001 4000 40 11 26cc 0a000001 0a000002
       0035 0400 000a 7f39 6869`,
    );
  });

  test('ICMP-02: an echo (RFC 792)', () => {
    expectOctets(
      datagram({
        kind: 'icmp',
        type: 8,
        code: 0,
        rest: 0x00010002,
        data: utf8Bytes('ping'),
      }),
      `45 00 0020 0001 4000 40 01 26da 0a000001 0a000002
       08 00 192c 0001 0002 70696e67`,
    );
  });

  test('UDP-03: a checksum that computes to zero is sent as all ones, and none as zero', () => {
    const body = { kind: 'udp', srcPort: 53, dstPort: 1_024 } as const;
    // Pseudo-header, ports and length sum to 0x185d: this text fills the sum up to 0xffff.
    const payload = bytesPayload(hex('e7a2'));
    const sent = encodePacket(datagram({ ...body, payload }));
    expect(toHex(sent.subarray(26, 28))).toBe('ffff');
    expect(decodePacket(sent).ok).toBe(true);
    const bare = encodePacket(datagram({ ...body, payload, checksummed: false }));
    expect(toHex(bare.subarray(26, 28))).toBe('0000');
    const back = decodePacket(bare);
    expect(back.ok && back.value.body.kind === 'udp' && back.value.body.checksummed).toBe(false);
  });
});
