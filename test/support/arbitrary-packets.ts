/** Arbitrary packets: anything our own types can say and the wire can carry without loss. */
/* oxlint-disable oxc/no-map-spread -- copies are what an arbitrary gives */
import {
  ACK,
  bytesPayload,
  optionsSize,
  patternPayload,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type Ipv4Body,
  type Ipv4Packet,
  type Payload,
  type TcpOption,
  type TcpSegment,
} from '@tcplab/core';
import { fc } from './fast-check.ts';

export const octet = fc.nat({ max: 0xff });
export const u16 = fc.nat({ max: 0xffff });
export const u32 = fc.nat({ max: 0xffffffff });

const KNOWN_KINDS = new Set([0, 1, 2, 3, 4, 5, 8, 19, 28, 29, 34]);

function octets(lengths: readonly number[]): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(...lengths)
    .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
}

/** Any option but end-of-list, in the form in which decoding gives it. */
export const tcpOption: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constant<TcpOption>({ kind: 'nop' }),
  u16.map((mss): TcpOption => ({ kind: 'mss', mss })),
  octet.map((shift): TcpOption => ({ kind: 'window-scale', shift })),
  fc.constant<TcpOption>({ kind: 'sack-permitted' }),
  fc
    .array(fc.record({ left: u32, right: u32 }), { minLength: 1, maxLength: 4 })
    .map((blocks): TcpOption => ({ kind: 'sack', blocks })),
  fc.tuple(u32, u32).map(([value, echo]): TcpOption => ({ kind: 'timestamps', value, echo })),
  fc
    .tuple(fc.boolean(), fc.nat({ max: 0x7fff }))
    .map(([minutes, value]): TcpOption => ({ kind: 'user-timeout', minutes, value })),
  octets([0, 4, 6, 8, 16]).map((cookie): TcpOption => ({ kind: 'fast-open', cookie })),
  octets([16]).map((digest): TcpOption => ({ kind: 'md5', digest })),
  fc
    .tuple(octet, octet, fc.uint8Array({ maxLength: 16 }))
    .map(([keyId, nextKeyId, mac]): TcpOption => ({
      kind: 'authentication',
      keyId,
      nextKeyId,
      mac,
    })),
  fc
    .tuple(
      octet.filter((number) => !KNOWN_KINDS.has(number)),
      fc.uint8Array({ maxLength: 12 }),
    )
    .map(([number, data]): TcpOption => ({ kind: 'unknown', number, data })),
);

/** Options that fit into one header. */
export const tcpOptions: fc.Arbitrary<readonly TcpOption[]> = fc
  .array(tcpOption, { maxLength: 6 })
  .map((options) => {
    const fitting = [...options];
    while (optionsSize(fitting) > 40) fitting.pop();
    return fitting;
  });

export const payload: fc.Arbitrary<Payload> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map(bytesPayload),
  fc
    .tuple(fc.nat({ max: 1_000_000_000 }), fc.nat({ max: 5_000 }))
    .map(([offset, length]) => patternPayload(offset, length)),
);

export const tcpSegment: fc.Arbitrary<TcpSegment> = fc
  .record({
    kind: fc.constant<'tcp'>('tcp'),
    srcPort: u16,
    dstPort: u16,
    seq: u32,
    ack: u32,
    flags: octet,
    wnd: u16,
    up: u16,
    options: tcpOptions,
    payload,
  })
  .map((segment) => ({ ...segment, ack: (segment.flags & ACK) === 0 ? 0 : segment.ack }));

const body: fc.Arbitrary<Ipv4Body> = fc.oneof(
  { weight: 5, arbitrary: tcpSegment },
  {
    weight: 2,
    arbitrary: fc
      .record({ srcPort: u16, dstPort: u16, payload, checksummed: fc.boolean() })
      .map(({ checksummed, ...fields }) => ({
        kind: 'udp' as const,
        ...fields,
        ...(checksummed ? {} : { checksummed }),
      })),
  },
  fc.record({
    kind: fc.constant<'icmp'>('icmp'),
    type: octet,
    code: octet,
    rest: u32,
    data: fc.uint8Array({ maxLength: 64 }),
  }),
  fc.record({
    kind: fc.constant<'raw'>('raw'),
    protocol: octet.filter(
      (number) => ![PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP].includes(number),
    ),
    bytes: fc.uint8Array({ maxLength: 64 }),
  }),
);

/** Any whole datagram. */
export const ipv4Packet: fc.Arbitrary<Ipv4Packet> = fc.record({
  src: u32,
  dst: u32,
  ttl: octet,
  identification: u16,
  dscp: fc.nat({ max: 63 }),
  ecn: fc.nat({ max: 3 }),
  dontFragment: fc.boolean(),
  moreFragments: fc.constant(false),
  fragmentOffset: fc.constant(0),
  options: fc
    .nat({ max: 10 })
    .chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
  body,
});

/** A fragment: its body is octets, whatever the protocol. */
export const ipv4Fragment: fc.Arbitrary<Ipv4Packet> = fc
  .tuple(ipv4Packet, fc.nat({ max: 0x1fff }), octet, fc.uint8Array({ maxLength: 64 }))
  .map(([packet, units, protocol, bytes]) => ({
    ...packet,
    moreFragments: units === 0 || (bytes.length & 1) === 0,
    fragmentOffset: units * 8,
    body: { kind: 'raw', protocol, bytes },
  }));
