import { fc, runs } from '../../../../test/support/fast-check.ts';
import {
  ipv4Fragment,
  ipv4Packet,
  payload,
  tcpOptions,
} from '../../../../test/support/arbitrary-packets.ts';
import {
  bytesPayload,
  checksum,
  decodePacket,
  encodeHeaders,
  encodeOptions,
  encodePacket,
  encodePacketInto,
  packetSize,
  patternPayload,
  type Ipv4Packet,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';

/** The packet with its payload as octets, so that two of them can be compared by value. */
function plain(packet: Ipv4Packet): unknown {
  const { body } = packet;
  if (body.kind !== 'tcp' && body.kind !== 'udp') return packet;
  return { ...packet, body: { ...body, payload: [...body.payload.toBytes()] } };
}

function decodedPlain(bytes: Uint8Array): unknown {
  const result = decodePacket(bytes);
  return result.ok ? plain(result.value) : result.problem;
}

/** Whether a change of the octet at `at` must show in a checksum. */
function isSummed(packet: Ipv4Packet, at: number): boolean {
  const { body } = packet;
  const inBody = at - 20 - packet.options.length;
  if (inBody < 0 || body.kind === 'tcp' || body.kind === 'icmp') return true;
  if (body.kind === 'raw' || body.checksummed === false) return false;
  // A changed length of UDP moves the end of the sum, and a checksum may change to "none".
  return inBody < 4 || inBody >= 8;
}

function hasPayload(packet: Ipv4Packet): number {
  const { body } = packet;
  return body.kind === 'tcp' || body.kind === 'udp' ? body.payload.length : 0;
}

describe('packets go to octets and back', () => {
  test('W-002, W-005, W-011: any packet comes back as it was', () => {
    fc.assert(
      fc.property(ipv4Packet, (packet) => {
        const bytes = encodePacket(packet);
        expect(bytes.length).toBe(packetSize(packet));
        expect(decodedPlain(bytes)).toEqual(plain(packet));
      }),
      runs(500),
    );
  });

  test('IP-05: a fragment comes back with a raw body, whatever its protocol', () => {
    fc.assert(
      fc.property(ipv4Fragment, (packet) => {
        expect(decodedPlain(encodePacket(packet))).toEqual(plain(packet));
      }),
    );
  });

  test('a reused buffer gets the same octets at any offset and nothing else changes', () => {
    fc.assert(
      fc.property(ipv4Packet, fc.nat({ max: 9 }), (packet, at) => {
        const bytes = encodePacket(packet);
        const buffer = new Uint8Array(bytes.length + at + 5).fill(0xa5);
        expect(encodePacketInto(packet, buffer, at)).toBe(bytes.length);
        expect(buffer.subarray(at, at + bytes.length)).toEqual(bytes);
        expect(buffer.subarray(0, at).every((octet) => octet === 0xa5)).toBe(true);
        expect(buffer.subarray(at + bytes.length).every((octet) => octet === 0xa5)).toBe(true);
      }),
    );
  });

  test('W-004: the headers alone are those of the whole datagram, checksums included', () => {
    fc.assert(
      fc.property(ipv4Packet, (packet) => {
        const bytes = encodePacket(packet);
        const headers = encodeHeaders(packet);
        expect(headers).toEqual(bytes.subarray(0, bytes.length - hasPayload(packet)));
      }),
    );
  });

  test('W-004: a described payload and its octets give the same datagram', () => {
    fc.assert(
      fc.property(ipv4Packet, payload, (packet, some) => {
        const { body } = packet;
        if (body.kind !== 'tcp' && body.kind !== 'udp') return;
        const described = { ...packet, body: { ...body, payload: some } };
        const octets = bytesPayload(new Uint8Array(some.toBytes()));
        const real = { ...packet, body: { ...body, payload: octets } };
        expect(encodePacket(described)).toEqual(encodePacket(real));
      }),
    );
  });
});

describe('the options area', () => {
  test('W-008, W-009, W-012, W-013: any list comes back and is padded with zeros to whole words', () => {
    fc.assert(
      fc.property(tcpOptions, (options) => {
        const bytes = encodeOptions(options);
        expect(bytes.length % 4).toBe(0);
        const used = encodeOptions(options.slice(0, -1)).length;
        expect(bytes.length).toBeGreaterThanOrEqual(used);
        if (bytes.length === 40) return;
        // An explicit end of list says no more than the padding does.
        const ended = encodeOptions([...options, { kind: 'eol' }]);
        expect(ended.subarray(0, bytes.length)).toEqual(bytes);
        expect(ended.subarray(bytes.length).every((octet) => octet === 0)).toBe(true);
      }),
    );
  });

  test('W-012: nothing is sent after an explicit end of list', () => {
    const bytes = encodeOptions([{ kind: 'nop' }, { kind: 'eol' }, { kind: 'mss', mss: 536 }]);
    expect([...bytes]).toEqual([1, 0, 0, 0]);
  });
});

describe('packets that cannot be', () => {
  const whole = fc.sample(ipv4Packet, 50).find(({ body }) => body.kind === 'tcp')!;
  const body = whole.body.kind === 'tcp' ? whole.body : undefined;

  test('more than 40 octets of TCP options', () => {
    const blocks = [1, 2, 3, 4, 5].map((n) => ({ left: n, right: n + 1 }));
    const packet: Ipv4Packet = {
      ...whole,
      body: { ...body!, options: [{ kind: 'sack', blocks }] },
    };
    expect(() => encodePacket(packet)).toThrow(/^options too long/);
    expect(() => packetSize(packet)).toThrow(/^options too long/);
  });

  test('more octets than the total length can count', () => {
    const packet: Ipv4Packet = { ...whole, body: { ...body!, payload: patternPayload(0, 65_500) } };
    expect(() => encodePacket(packet)).toThrow(/^packet too large/);
    expect(() => encodeHeaders(packet)).toThrow(/^packet too large/);
  });

  test('internet options that are no whole words, a fragment between two units of eight octets', () => {
    expect(() => encodePacket({ ...whole, options: new Uint8Array(3) })).toThrow(/^options/);
    expect(() => encodePacket({ ...whole, fragmentOffset: 4 })).toThrow(/^fragment offset/);
  });

  test('W-011: an option numbered like one without a length octet', () => {
    const options = [{ kind: 'unknown', number: 1, data: new Uint8Array(0) }] as const;
    expect(() => encodeOptions(options)).toThrow(/^option impossible/);
  });

  test('a buffer with too little room', () => {
    const room = packetSize(whole) - 1;
    expect(() => encodePacketInto(whole, new Uint8Array(room), 0)).toThrow(/^buffer too small/);
  });
});

describe('octets that nobody meant', () => {
  test('W-010: random octets give a value or a problem within them, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const result = decodePacket(bytes);
        if (!result.ok) expect(result.problem.at).toBeLessThanOrEqual(bytes.length);
      }),
      runs(2_000),
    );
  });

  test('IP-04, W-003, UDP-02, ICMP-02: one octet changed anywhere is noticed unless it is no part of a sum', () => {
    fc.assert(
      fc.property(ipv4Packet, fc.nat(), fc.integer({ min: 1, max: 255 }), (packet, where, flip) => {
        const bytes = encodePacket(packet);
        const at = where % bytes.length;
        const changed = bytes.slice();
        changed[at] = changed[at]! ^ flip;
        const result = decodePacket(changed);
        if (isSummed(packet, at)) expect(result.ok).toBe(false);
      }),
      runs(1_000),
    );
  });

  test('W-006, W-010: changed octets under a right header checksum are safe, and so is every cut', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(ipv4Packet, changes, fc.nat(), (packet, edits, cut) => {
        const bytes = encodePacket(packet);
        for (const [where, value] of edits) bytes[where % bytes.length] = value;
        const cutBytes = bytes.slice(0, cut % (bytes.length + 1));
        for (const some of [bytes, cutBytes]) {
          const header = Math.min(some.length, ((some[0] ?? 0) & 15) * 4);
          if (header >= 20) {
            some[10] = 0;
            some[11] = 0;
            const sum = checksum(some, 0, header);
            some[10] = sum >> 8;
            some[11] = sum & 255;
          }
          const result = decodePacket(some);
          if (result.ok) expect(decodePacket(encodePacket(result.value)).ok).toBe(true);
        }
      }),
      runs(1_000),
    );
  });
});
