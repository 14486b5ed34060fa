import { fc } from '../../../../test/support/fast-check.ts';
import { fromHex, latin1Bytes, toHex } from '@tcplab/core';
import {
  CLASS_IN,
  decodeMessage,
  DNS_RULES,
  EMPTY_MESSAGE,
  encodeMessage,
  ipv6Bytes,
  ipv6Text,
  isWithin,
  labelsOf,
  nameOf,
  parentName,
  rcodeName,
  sameName,
  typeName,
  typeNumber,
  type DnsData,
  type DnsMessage,
  type DnsRecord,
} from '@tcplab/core/dns';
import { describe, expect, test } from 'vitest';

const label = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((octets) => String.fromCharCode(...octets));
const name = fc.array(label, { maxLength: 5 }).map(nameOf);
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffffffff });
const ip = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => [...octets].join('.'));
const ip6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6Text);
const data: fc.Arbitrary<DnsData> = fc.oneof(
  ip.map((address) => ({ type: 'A', address }) as const),
  ip6.map((address) => ({ type: 'AAAA', address }) as const),
  fc.record({ type: fc.constantFrom('CNAME', 'NS', 'PTR'), name }) as fc.Arbitrary<DnsData>,
  fc.record({ type: fc.constant('MX' as const), preference: u16, exchange: name }),
  fc
    .array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 3 })
    .map(
      (texts) => ({ type: 'TXT', texts: texts.map((one) => String.fromCharCode(...one)) }) as const,
    ),
  fc.record({
    type: fc.constant('SOA' as const),
    primary: name,
    mailbox: name,
    serial: u32,
    refresh: u32,
    retry: u32,
    expire: u32,
    minimum: u32,
  }),
  fc.record({
    type: fc.constant('unknown' as const),
    number: fc.integer({ min: 257, max: 65_000 }),
    bytes: fc.uint8Array({ maxLength: 30 }),
  }),
);
const record: fc.Arbitrary<DnsRecord> = fc.record({
  name,
  class: u16,
  ttl: fc.nat({ max: 0x7fffffff }),
  data,
});
const records = fc.array(record, { maxLength: 6 });
const edns = fc.record({
  udpSize: u16,
  version: fc.nat({ max: 255 }),
  dnssecOk: fc.boolean(),
  options: fc.array(fc.record({ code: u16, data: fc.uint8Array({ maxLength: 9 }) }), {
    maxLength: 3,
  }),
});
const message: fc.Arbitrary<DnsMessage> = fc
  .record({
    id: u16,
    isResponse: fc.boolean(),
    opcode: fc.nat({ max: 15 }),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
    rcode: fc.nat({ max: 0xfff }),
    questions: fc.array(fc.record({ name, type: u16, class: u16 }), { maxLength: 2 }),
    answers: records,
    authorities: records,
    additionals: records,
    edns: fc.option(edns, { nil: undefined }),
  })
  .map((one) => {
    if (one.edns !== undefined) return one;
    const { edns: _none, ...rest } = one;
    return Object.assign(rest, { rcode: one.rcode & 15 });
  });

function decoded(bytes: Uint8Array): DnsMessage {
  const result = decodeMessage(bytes);
  if (!result.ok) throw new Error(`octet ${result.problem.at}: ${result.problem.expected}`);
  return result.message;
}

/** The rule that the octets break. */
function brokenRule(hex: string): string | undefined {
  const result = decodeMessage(fromHex(hex)!);
  return result.ok ? undefined : result.problem.rule.id;
}

const QUESTION_HEADER = '0001 0100 0001 0000 0000 0000';

describe('messages in octets (RFC 1035 §4.1)', () => {
  test('a query for www.example.com A is what the RFC draws', () => {
    const query = {
      ...EMPTY_MESSAGE,
      id: 0xbeef,
      recursionDesired: true,
      questions: [{ name: 'www.example.com', type: 1, class: CLASS_IN }],
    };
    const expected = `beef 0100 0001 0000 0000 0000
      03 777777 07 6578616d706c65 03 636f6d 00 0001 0001`;
    expect(toHex(encodeMessage(query))).toBe(toHex(fromHex(expected)!));
  });

  test('any message goes through octets and comes back', () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(decoded(encodeMessage(one))).toEqual(one);
      }),
    );
  });

  test('DNS-04: the example of RFC 1035 §4.1.4 shares F.ISI.ARPA, ARPA and the root', () => {
    const answers = ['F.ISI.ARPA', 'FOO.F.ISI.ARPA', 'ARPA', ''].map((one) => ({
      name: one,
      class: CLASS_IN,
      ttl: 0,
      data: { type: 'A', address: '10.0.0.1' } as const,
    }));
    const bytes = encodeMessage({ ...EMPTY_MESSAGE, answers });
    const hex = toHex(bytes);
    expect(hex).toContain('014603495349044152504100');
    expect(hex).toContain('03464f4fc00c');
    expect(hex).toContain('c012');
    expect(decoded(bytes).answers).toEqual(answers);
  });

  test('DNS-28: a TTL with the highest bit counts as zero', () => {
    const hex = '0001 8000 0000 0001 0000 0000 00 0001 0001 80000001 0004 0a000001';
    expect(decoded(fromHex(hex)!).answers[0]?.ttl).toBe(0);
  });
});

describe('octets that are no message', () => {
  test.each([
    ['DNS-01', '0001 0100 0001'],
    ['DNS-02', QUESTION_HEADER],
    ['DNS-02', `${QUESTION_HEADER} 03 7777`],
    ['DNS-02', `${QUESTION_HEADER} 00 00`],
    ['DNS-03', `${QUESTION_HEADER} 40 ${'61'.repeat(64)} 00 0001 0001`],
    ['DNS-03', `${QUESTION_HEADER} ${`3f${'61'.repeat(63)}`.repeat(4)} 00 0001 0001`],
    ['DNS-04', `${QUESTION_HEADER} c00c 0001 0001`],
    ['DNS-04', `${QUESTION_HEADER} 01 61 c00c 0001 0001`],
    ['DNS-04', `${QUESTION_HEADER} c0ff 0001 0001`],
    ['DNS-05', '0001 8000 0000 0001 0000 0000 00 0001 0001 00000001 0003 0a0000'],
    ['DNS-05', '0001 8000 0000 0001 0000 0000 00 0005 0001 00000001 0003 000000'],
    ['DNS-05', '0001 8000 0000 0001 0000 0000 00 0010 0001 00000001 0002 0561'],
    ['DNS-05', '0001 8000 0000 0001 0000 0000 00 0029 0001 00000001 0003 000100'],
    [
      'DNS-07',
      '0001 0000 0000 0000 0000 0002 00 0029 0200 00000000 0000 00 0029 0200 00000000 0000',
    ],
  ])('%s is broken by %s', (rule, hex) => {
    expect(brokenRule(hex)).toBe(rule);
  });

  test('DNS-04: two names that point at each other are refused at once', () => {
    const circle = `0001 0000 0002 0000 0000 0000 01 61 c012 0001 0001 01 62 c00c 0001 0001`;
    expect(brokenRule(circle)).toBe('DNS-04');
  });

  test('random octets, and messages with octets changed, never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        decodeMessage(octets);
      }),
    );
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(message, fc.array(change, { maxLength: 8 }), fc.nat(), (one, changes, cut) => {
        const bytes = encodeMessage(one);
        for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
        const result = decodeMessage(cut % 2 === 0 ? bytes : bytes.slice(0, cut % bytes.length));
        // What can be read can be written again.
        if (result.ok) encodeMessage(result.message, 1_000_000);
      }),
    );
  });
});

function texts(count: number): DnsRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    name: 'big.example',
    class: CLASS_IN,
    ttl: 5,
    data: { type: 'TXT', texts: [`${i}`.padStart(200, '.')] },
  }));
}

function answer(one: DnsData): DnsMessage {
  return { ...EMPTY_MESSAGE, answers: [{ name: 'a', class: 1, ttl: 1, data: one }] };
}

describe('messages that do not fit (RFC 2181 §9)', () => {
  test('DNS-19: answers that do not fit are all taken out, and TC says so', () => {
    const one = { ...EMPTY_MESSAGE, isResponse: true, answers: texts(5), authorities: texts(1) };
    const bytes = encodeMessage(one, 512);
    expect(decoded(bytes)).toMatchObject({ truncated: true, answers: [], authorities: [] });
    expect(decoded(encodeMessage(one))).toMatchObject({ truncated: false });
  });

  test('additional records are left out silently, the OPT record never is', () => {
    const opt = { udpSize: 512, version: 0, dnssecOk: false, options: [] };
    const one = { ...EMPTY_MESSAGE, answers: texts(2), additionals: texts(3), edns: opt };
    const back = decoded(encodeMessage(one, 512));
    expect(back).toMatchObject({ truncated: false, edns: opt });
    expect([back.answers.length, back.additionals.length]).toEqual([2, 0]);
    expect(encodeMessage(one, 512).length).toBeLessThanOrEqual(512);
  });

  test('any message keeps its limit or is refused', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 512, max: 1_500 }), (one, limit) => {
        const bytes = encodeMessage({ ...one, edns: undefined, rcode: 0 }, limit);
        expect(bytes.length).toBeLessThanOrEqual(limit);
        decoded(bytes);
      }),
    );
    const long = { name: 'x'.repeat(60), type: 1, class: 1 };
    const many = { ...EMPTY_MESSAGE, questions: Array.from({ length: 100 }, () => long) };
    expect(() => encodeMessage(many, 512)).toThrow('message too large');
  });

  test('the user is told which record cannot be written', () => {
    expect(() => encodeMessage(answer({ type: 'A', address: '1.2.3' }))).toThrow('invalid record');
    expect(() => encodeMessage(answer({ type: 'AAAA', address: '1::2::3' }))).toThrow(
      'invalid record',
    );
    expect(() => encodeMessage(answer({ type: 'NS', name: 'a..b' }))).toThrow('invalid name');
    const text = { type: 'TXT', texts: ['x'.repeat(256)] } as const;
    expect(() => encodeMessage(answer(text))).toThrow('invalid record');
  });
});

describe('names (RFC 1035 §2.3, RFC 4343)', () => {
  test('any labels become text and come back', () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 6 }), (labels) => {
        expect(labelsOf(nameOf(labels))).toEqual(labels);
      }),
    );
  });

  test('any text gives labels within the limits, or none', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        for (const one of labelsOf(text) ?? []) {
          expect(one.length).toBeGreaterThan(0);
          expect(one.length).toBeLessThanOrEqual(63);
        }
      }),
    );
  });

  test('DNS-03: labels of 63 and names of 255 octets are the largest', () => {
    expect(labelsOf('a'.repeat(63))).toHaveLength(1);
    expect(labelsOf('a'.repeat(64))).toBeUndefined();
    const longest = [63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.');
    expect(labelsOf(longest)).toHaveLength(4);
    expect(labelsOf(`${longest}a`)).toBeUndefined();
    expect(labelsOf('\u00ff')).toEqual(['\u00ff']);
    for (const text of ['a..b', '.a', 'a\\', 'a\\12', 'a\\300', 'ж']) {
      expect(labelsOf(text)).toBeUndefined();
    }
  });

  test('DNS-06: the case of ASCII letters does not matter, that of others does', () => {
    expect(sameName('WWW.Example.COM.', 'www.example.com')).toBe(true);
    expect(sameName('\u00c4.example', '\u00e4.example')).toBe(false);
  });

  test('an escaped dot is part of its label', () => {
    expect(parentName('a\\.b.example')).toBe('example');
    expect(isWithin('a\\.example', 'example')).toBe(false);
    expect(isWithin('a\\\\.example', 'example')).toBe(true);
    expect(isWithin('badexample', 'example')).toBe(false);
    expect(isWithin('anything', '')).toBe(true);
  });
});

test('IPv6 addresses are written as RFC 5952 says, and read in any form', () => {
  const pairs = [
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0DB8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::ffff:1.2.3.4', '::ffff:102:304'],
    ['1::', '1::'],
  ] as const;
  for (const [read, written] of pairs) expect(ipv6Text(ipv6Bytes(read)!)).toBe(written);
  expect(ipv6Bytes('1:2')).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(ipv6Bytes(ipv6Text(bytes))).toEqual(bytes);
    }),
  );
});

test('types and codes have names, numbers where they have none, and rules their own ids', () => {
  expect([typeNumber('aaaa'), typeNumber('TYPE65'), typeNumber('TYPE65536')]).toEqual([
    28,
    65,
    undefined,
  ]);
  expect([typeNumber('nonsense'), typeNumber('constructor')]).toEqual([undefined, undefined]);
  expect([typeName(28), typeName(65), rcodeName(3), rcodeName(11)]).toEqual([
    'AAAA',
    'TYPE65',
    'NXDOMAIN',
    'RCODE11',
  ]);
  const ids = Object.values(DNS_RULES).map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(latin1Bytes('ok')).toHaveLength(2);
});
