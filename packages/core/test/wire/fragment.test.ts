import { fc } from '../../../../test/support/fast-check.ts';
import {
  after,
  bytesPayload,
  concatBytes,
  decodePacket,
  encodePacket,
  fragmentPacket,
  MAX_PARTIAL_DATAGRAMS,
  MIN_MTU,
  NEVER,
  packetSize,
  patternPayload,
  Reassembler,
  REASSEMBLY_TIMEOUT,
  us,
  ZERO_TIME,
  type Ipv4Packet,
  type Reassembly,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';

const EMPTY = new Uint8Array(0);

function datagram(length: number, changes: Partial<Ipv4Packet> = {}): Ipv4Packet {
  return {
    src: 0x0a000001,
    dst: 0x0a000002,
    ttl: 64,
    identification: 7,
    dscp: 0,
    ecn: 0,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    options: EMPTY,
    body: { kind: 'udp', srcPort: 1, dstPort: 2, payload: patternPayload(0, length) },
    ...changes,
  };
}

/** A part by hand: octets of one value at an offset. */
function part(from: number, length: number, more: boolean, fill = 0xaa): Ipv4Packet {
  const bytes = new Uint8Array(length).fill(fill);
  return datagram(0, {
    fragmentOffset: from,
    moreFragments: more,
    body: { kind: 'raw', protocol: 200, bytes },
  });
}

function cut(packet: Ipv4Packet, mtu: number): readonly Ipv4Packet[] {
  const parts = fragmentPacket(packet, mtu);
  if (parts === undefined) throw new Error('it must not be cut');
  return parts;
}

function feed(reassembler: Reassembler, parts: readonly Ipv4Packet[]): Reassembly[] {
  return parts.map((one) => reassembler.add(one, ZERO_TIME));
}

function bytesOf(verdict: Reassembly | undefined): Uint8Array | undefined {
  return verdict?.kind === 'whole' ? encodePacket(verdict.packet) : undefined;
}

function refusals(verdicts: readonly Reassembly[]): string[] {
  return verdicts.flatMap((one) => (one.kind === 'refused' ? [one.cause.rule.id] : []));
}

describe('cutting a datagram (RFC 791 §3.2)', () => {
  test('IP-06: 3,000 octets over an Ethernet become three parts at multiples of 8', () => {
    const parts = cut(datagram(3_000), 1_500);
    expect(parts.map((one) => [one.fragmentOffset, one.moreFragments, packetSize(one)])).toEqual([
      [0, true, 1_500],
      [1_480, true, 1_500],
      [2_960, false, 68],
    ]);
    expect(parts.every((one) => one.identification === 7)).toBe(true);
  });

  test('what fits is left alone, and what must not be cut is refused', () => {
    const packet = datagram(100, { dontFragment: true });
    expect(fragmentPacket(packet, 1_500)).toEqual([packet]);
    expect(fragmentPacket(packet, 100)).toBeUndefined();
    expect(() => fragmentPacket(packet, MIN_MTU - 1)).toThrow('MTU too small');
  });

  test('IP-08: only options with the copied flag go into the later parts', () => {
    // Record route (7, not copied), no-operation, loose source route (131, copied), end.
    const options = Uint8Array.from([7, 3, 4, 1, 131, 3, 4, 0]);
    const [first, second] = cut(datagram(200, { options }), 100);
    expect(first?.options).toEqual(options);
    expect(second?.options).toEqual(Uint8Array.from([131, 3, 4, 0]));
  });

  test('IP-08: options that make no sense end there, and nothing hangs', () => {
    const [, second] = cut(datagram(200, { options: Uint8Array.of(7, 0, 131, 3) }), 100);
    expect(second?.options).toEqual(EMPTY);
    const [, other] = cut(datagram(200, { options: Uint8Array.of(1, 1, 131, 9) }), 100);
    expect(other?.options).toEqual(EMPTY);
  });

  test('IP-06: a part may be cut again on the way, and still says that more follow', () => {
    const [first] = cut(datagram(3_000), 1_500);
    const again = cut(first!, 576);
    expect(again.map((one) => one.moreFragments)).toEqual([true, true, true]);
    expect(again.map((one) => one.fragmentOffset)).toEqual([0, 552, 1_104]);
  });
});

describe('putting it together (RFC 791 §3.2, RFC 1122 §3.3.2)', () => {
  test('IP-09: any size over any MTUs, in any order, with copies, gives back the same octets', () => {
    const scene = fc.record({
      length: fc.nat({ max: 4_000 }),
      mtu: fc.integer({ min: MIN_MTU, max: 1_500 }),
      second: fc.integer({ min: MIN_MTU, max: 1_500 }),
      order: fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
    });
    fc.assert(
      fc.property(scene, ({ length, mtu, second, order }) => {
        const packet = datagram(length);
        const parts = cut(packet, mtu).flatMap((one) => cut(one, second));
        const copies = cut(packet, second).slice(0, 2);
        const shuffled = [...parts, ...copies]
          .map((one, index) => ({ one, key: order[index % 80]! }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const reassembler = new Reassembler();
        const wholes = feed(reassembler, shuffled).flatMap((one) => bytesOf(one) ?? []);
        expect(wholes[0]).toEqual(encodePacket(packet));
      }),
    );
  });

  test('IP-09: parts of two datagrams that come mixed are kept apart by their identification', () => {
    const one = cut(datagram(300), 200);
    const other = cut(datagram(300, { identification: 8 }), 200);
    const reassembler = new Reassembler();
    const verdicts = feed(reassembler, [one[0]!, other[0]!, other[1]!, one[1]!]);
    expect(verdicts.map((verdict) => verdict.kind)).toEqual([
      'waiting',
      'waiting',
      'whole',
      'whole',
    ]);
    expect([reassembler.pending, reassembler.bytes]).toEqual([0, 0]);
  });

  test('a datagram that was never cut is handed back as it is', () => {
    const packet = datagram(10);
    expect(new Reassembler().add(packet, ZERO_TIME)).toEqual({ kind: 'whole', packet });
  });

  test('a part damaged in a way its own header does not show spoils the whole', () => {
    const parts = cut(datagram(300), 200);
    const body = parts[1]!.body;
    const spoilt = body.kind === 'raw' ? body.bytes.map((octet) => octet ^ 1) : EMPTY;
    const damaged = { ...parts[1]!, body: { kind: 'raw', protocol: 17, bytes: spoilt } } as const;
    const verdicts = feed(new Reassembler(), [parts[0]!, damaged]);
    expect(verdicts[1]).toMatchObject({ kind: 'malformed', problem: { layer: 'udp' } });
  });

  test('IP-14: a congestion mark on one part marks the whole, unless another is not ECN-capable', () => {
    const parts = cut(datagram(300, { ecn: 2 }), 200);
    const marked = feed(new Reassembler(), [parts[0]!, { ...parts[1]!, ecn: 3 }])[1];
    expect(marked?.kind === 'whole' && marked.packet.ecn).toBe(3);
    const mixed = feed(new Reassembler(), [
      { ...parts[0]!, ecn: 0 },
      { ...parts[1]!, ecn: 3 },
    ]);
    expect(refusals(mixed)).toEqual(['IP-14']);
  });
});

describe('parts that are meant badly', () => {
  test('IP-11: overlapping octets that agree are fine, those that disagree kill the datagram', () => {
    const reassembler = new Reassembler();
    const fine = feed(reassembler, [part(0, 16, true), part(8, 16, true), part(16, 16, false)]);
    expect(fine[2]?.kind).toBe('whole');
    const bad = feed(reassembler, [part(0, 16, true), part(8, 16, true, 0xbb), part(24, 8, false)]);
    expect(refusals(bad)).toEqual(['IP-11', 'IP-11']);
    expect(reassembler.bytes).toBe(0);
  });

  test('IP-11: two ends, or a part beyond the end, kill the datagram', () => {
    const twoEnds = feed(new Reassembler(), [part(8, 8, false), part(16, 8, false)]);
    const beyond = feed(new Reassembler(), [part(16, 8, true), part(8, 8, false)]);
    const more = feed(new Reassembler(), [part(8, 8, false), part(8, 8, true)]);
    expect([twoEnds, beyond, more].map(refusals)).toEqual([['IP-11'], ['IP-11'], ['IP-11']]);
  });

  test('IP-10: empty parts, parts off the grid and parts past 65,535 octets are refused alone', () => {
    const reassembler = new Reassembler();
    const verdicts = feed(reassembler, [
      part(8, 0, true),
      part(8, 9, true),
      part(65_528, 100, false),
    ]);
    expect(refusals(verdicts)).toEqual(['IP-10', 'IP-10', 'IP-10']);
    expect(reassembler.pending).toBe(0);
  });

  test('IP-10: a first part with options cannot push the whole past 65,535 octets', () => {
    // Together 65,512 octets: they fit behind a header of 20, not behind one of 60.
    const middle = Array.from({ length: 30 }, (_, i) => part(2_112 * (i + 1), 2_112, true));
    const last = part(2_112 * 31, 40, false);
    const options = new Uint8Array(40).fill(1);
    const parts = [...middle, last, { ...part(0, 2_112, true), options }];
    const verdicts = feed(new Reassembler(), parts);
    expect(refusals(verdicts)).toEqual(['IP-10']);
  });

  test('IP-13: more datagrams or octets than the limit push out the oldest, without an ICMP error', () => {
    const many = new Reassembler();
    for (let i = 0; i <= MAX_PARTIAL_DATAGRAMS; i += 1) {
      many.add({ ...part(0, 8, true), identification: i }, ZERO_TIME);
    }
    expect(many.pending).toBe(MAX_PARTIAL_DATAGRAMS);
    expect(many.pollGivenUp()).toMatchObject({
      first: undefined,
      cause: { rule: { id: 'IP-13' } },
    });
    const large = new Reassembler({ maxBytes: 100 });
    for (let i = 0; i < 5; i += 1)
      large.add({ ...part(0, 48, true), identification: i }, ZERO_TIME);
    expect([large.pending, large.bytes]).toEqual([2, 96]);
  });

  test('any parts in any order never throw, and hold no more than the limits', () => {
    const any = fc.record({
      from: fc.nat({ max: 8_191 }),
      length: fc.nat({ max: 70 }),
      more: fc.boolean(),
      fill: fc.constantFrom(1, 2),
      id: fc.nat({ max: 3 }),
      options: fc.constantFrom(EMPTY, new Uint8Array(40)),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (list) => {
        const reassembler = new Reassembler({ maxBytes: 300, maxDatagrams: 2 });
        let now = ZERO_TIME;
        for (const { from, length, more, fill, id, options } of list) {
          now = after(now, us(1_000_000));
          reassembler.expire(now);
          const one = part((from % 40) * 8 + (from > 8_000 ? 65_000 : 0), length, more, fill);
          reassembler.add({ ...one, identification: id, options }, now);
          expect(reassembler.pending).toBeLessThanOrEqual(2);
          expect(reassembler.bytes).toBeLessThanOrEqual(370);
        }
      }),
    );
  });
});

describe('what never becomes whole (RFC 1122 §3.3.2)', () => {
  test('IP-12: is given up after a fixed time; the source is told only if the first part was there', () => {
    const reassembler = new Reassembler();
    const [first, second] = cut(datagram(300), 200);
    reassembler.add(first!, ZERO_TIME);
    reassembler.add({ ...second!, identification: 8 }, us(5));
    expect(reassembler.pollTimeout()).toBe(REASSEMBLY_TIMEOUT);
    reassembler.expire(us(REASSEMBLY_TIMEOUT - 1));
    expect(reassembler.pollGivenUp()).toBeUndefined();
    reassembler.expire(after(REASSEMBLY_TIMEOUT, us(5)));
    expect(reassembler.pollGivenUp()).toMatchObject({ first: { identification: 7 } });
    expect(reassembler.pollGivenUp()).toMatchObject({ first: undefined });
    expect([reassembler.pending, reassembler.bytes]).toEqual([0, 0]);
    expect(reassembler.pollTimeout()).toBe(NEVER);
  });

  test('IP-12: later parts do not prolong the time', () => {
    const reassembler = new Reassembler();
    reassembler.add(part(0, 8, true), ZERO_TIME);
    reassembler.add(part(8, 8, true), us(50_000_000));
    expect(reassembler.pollTimeout()).toBe(REASSEMBLY_TIMEOUT);
  });
});

test('parts are datagrams of their own: they go through octets and come back', () => {
  const payload = bytesPayload(concatBytes([new Uint8Array(700).fill(3)]));
  const packet = datagram(0, { body: { kind: 'udp', srcPort: 9, dstPort: 9, payload } });
  const reassembler = new Reassembler();
  let whole: Reassembly | undefined;
  for (const one of cut(packet, 300)) {
    const result = decodePacket(encodePacket(one));
    if (result.ok) whole = reassembler.add(result.value, ZERO_TIME);
  }
  expect(bytesOf(whole)).toEqual(encodePacket(packet));
});
