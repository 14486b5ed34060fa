import { fc } from '../../../../test/support/fast-check.ts';
import {
  answerQuery,
  CLASS_IN,
  decodeMessage,
  EMPTY_MESSAGE,
  encodeMessage,
  parseZone,
  rcodeName,
  typeNumber,
  type DnsMessage,
  type DnsRecord,
} from '@tcplab/core/dns';
import { describe, expect, test } from 'vitest';
import { EXAMPLE, LAB } from './zones.ts';

const ZONES = [LAB, EXAMPLE];

function queryFor(name: string, type: string, more: Partial<DnsMessage> = {}): Uint8Array {
  const questions = [{ name, type: typeNumber(type)!, class: CLASS_IN }];
  return encodeMessage({ ...EMPTY_MESSAGE, id: 7, recursionDesired: true, questions, ...more });
}

/** The answer as it stands on the wire. */
function ask(name: string, type: string, more: Partial<DnsMessage> = {}): DnsMessage {
  return reply(queryFor(name, type, more));
}

function reply(octets: Uint8Array, transport: 'udp' | 'tcp' = 'udp'): DnsMessage {
  const decoded = decodeMessage(answerQuery(ZONES, octets, transport).reply!);
  if (!decoded.ok) throw new Error(decoded.problem.expected);
  return decoded.message;
}

function ruleFor(name: string, type: string): string {
  return answerQuery(ZONES, queryFor(name, type), 'udp').cause.rule.id;
}

/** `www.example.com A 10.0.0.2` for each record. */
function words(records: readonly DnsRecord[]): string[] {
  return records.map(({ name, data }) => {
    if (data.type === 'A' || data.type === 'AAAA') return `${name} ${data.type} ${data.address}`;
    if (data.type === 'MX') return `${name} MX ${data.exchange}`;
    return 'name' in data ? `${name} ${data.type} ${data.name}` : `${name} ${data.type}`;
  });
}

describe('an authoritative server (RFC 1034 §4.3.2)', () => {
  test('DNS-13: answers with all records of the type, AA set, id, question and RD copied', () => {
    const answer = ask('web.example.com', 'A');
    expect(words(answer.answers)).toEqual([
      'web.example.com A 10.0.0.2',
      'web.example.com A 10.0.0.3',
    ]);
    expect(answer).toMatchObject({
      id: 7,
      isResponse: true,
      authoritative: true,
      recursionDesired: true,
      recursionAvailable: false,
      questions: [{ name: 'web.example.com', type: 1 }],
    });
    expect(words(ask('web.example.com', 'AAAA').answers)).toEqual([
      'web.example.com AAAA 2001:db8::2',
    ]);
    expect(words(ask('example.com', 'ANY').answers)).toHaveLength(5);
  });

  test('DNS-06: a name in any case is found, and answered in the case it was asked in', () => {
    expect(words(ask('WeB.eXample.COM', 'AAAA').answers)).toEqual([
      'WeB.eXample.COM AAAA 2001:db8::2',
    ]);
  });

  test('mail exchanges come with their addresses', () => {
    const answer = ask('example.com', 'MX');
    expect(words(answer.answers)).toEqual(['example.com MX mail.example.com']);
    expect(words(answer.additionals)).toEqual(['mail.example.com A 10.0.0.25']);
  });

  test('DNS-14: aliases are followed through all zones of the server', () => {
    expect(words(ask('www.example.com', 'A').answers)).toEqual([
      'www.example.com CNAME web.example.com',
      'web.example.com A 10.0.0.2',
      'web.example.com A 10.0.0.3',
    ]);
    expect(words(ask('there.example.com', 'A').answers)).toEqual([
      'there.example.com CNAME box.lab',
      'box.lab A 10.0.1.1',
    ]);
    expect(words(ask('www.example.com', 'CNAME').answers)).toEqual([
      'www.example.com CNAME web.example.com',
    ]);
  });

  test('DNS-14: a chain that leaves the zones or goes in a circle ends there', () => {
    expect(words(ask('away.example.com', 'A').answers)).toEqual([
      'away.example.com CNAME www.elsewhere.net',
    ]);
    const circle = ask('one.example.com', 'A');
    expect(circle.rcode).toBe(0);
    expect(words(circle.answers)).toEqual([
      'one.example.com CNAME two.example.com',
      'two.example.com CNAME one.example.com',
    ]);
  });

  test('DNS-17, DNS-20: a name that does not exist is NXDOMAIN, with the SOA at its negative TTL', () => {
    const answer = ask('nowhere.example.com', 'A');
    expect(rcodeName(answer.rcode)).toBe('NXDOMAIN');
    expect(answer.authorities).toMatchObject([{ ttl: 300, data: { type: 'SOA', minimum: 300 } }]);
    expect(ruleFor('nowhere.example.com', 'A')).toBe('DNS-17');
    const dangling = ask('dangling.example.com', 'A');
    expect(rcodeName(dangling.rcode)).toBe('NXDOMAIN');
    expect(words(dangling.answers)).toEqual(['dangling.example.com CNAME gone.example.com']);
  });

  test('DNS-18: a name without such records is no error: empty, with the SOA', () => {
    for (const [name, type] of [
      ['mail.example.com', 'AAAA'],
      // A name between others exists, though it has no records (RFC 4592 §2.2.2).
      ['deep.example.com', 'A'],
      ['example.com', 'TYPE65'],
    ] as const) {
      const answer = ask(name, type);
      expect(rcodeName(answer.rcode)).toBe('NOERROR');
      expect([answer.answers.length, answer.authorities[0]?.data.type]).toEqual([0, 'SOA']);
      expect(ruleFor(name, type)).toBe('DNS-18');
    }
  });

  test('DNS-15: below a cut the answer is a referral with glue, without AA', () => {
    const answer = ask('host.child.example.com', 'A');
    expect(answer).toMatchObject({ authoritative: false, answers: [] });
    expect(words(answer.authorities)).toEqual(['child.example.com NS ns.child.example.com']);
    expect(words(answer.additionals)).toEqual(['ns.child.example.com A 10.0.0.99']);
    expect(ruleFor('child.example.com', 'A')).toBe('DNS-15');
  });

  test('DNS-16: the wildcard answers for names that do not exist, not for those that do', () => {
    expect(words(ask('anything.wild.example.com', 'A').answers)).toEqual([
      'anything.wild.example.com A 10.0.0.77',
    ]);
    expect(words(ask('a.b.wild.example.com', 'A').answers)).toEqual([
      'a.b.wild.example.com A 10.0.0.77',
    ]);
    expect(words(ask('known.wild.example.com', 'A').answers)).toEqual([]);
    expect(rcodeName(ask('below.known.wild.example.com', 'A').rcode)).toBe('NXDOMAIN');
  });

  test('DNS-12, DNS-11: other names, transfers and other kinds of query are declined', () => {
    expect(rcodeName(ask('www.elsewhere.net', 'A').rcode)).toBe('REFUSED');
    expect(rcodeName(ask('example.com', 'AXFR').rcode)).toBe('REFUSED');
    expect(rcodeName(ask('example.com', 'A', { opcode: 4 }).rcode)).toBe('NOTIMP');
    const chaos = [{ name: 'example.com', type: 1, class: 3 }];
    expect(rcodeName(ask('', 'A', { questions: chaos }).rcode)).toBe('REFUSED');
  });

  test('DNS-10: what cannot be read is FORMERR, and so are two questions or none', () => {
    const cut = queryFor('www.example.com', 'A').slice(0, 20);
    expect(reply(cut)).toMatchObject({ id: 7, rcode: 1, questions: [] });
    expect(rcodeName(ask('', 'A', { questions: [] }).rcode)).toBe('FORMERR');
    const long = { name: 'x'.repeat(60), type: 1, class: 1 };
    const many = ask('', 'A', { questions: Array.from({ length: 500 }, () => long) });
    expect(rcodeName(many.rcode)).toBe('FORMERR');
  });

  test('DNS-09: answers and scraps get no answer', () => {
    const answers = queryFor('www.example.com', 'A', { isResponse: true });
    expect(answerQuery(ZONES, answers, 'udp').reply).toBeUndefined();
    expect(answerQuery(ZONES, answers.slice(0, 11), 'udp').reply).toBeUndefined();
  });

  test('DNS-08: EDNS is answered in kind, and a later version with BADVERS', () => {
    const edns = { udpSize: 4_096, version: 0, dnssecOk: true, options: [] };
    expect(ask('web.example.com', 'A', { edns }).edns).toMatchObject({
      udpSize: 1_232,
      version: 0,
    });
    expect(ask('web.example.com', 'A').edns).toBeUndefined();
    const later = ask('web.example.com', 'A', { edns: { ...edns, version: 1 } });
    expect(rcodeName(later.rcode)).toBe('BADVERS');
  });

  test('DNS-19: a large answer is cut at 512 octets, at what EDNS offers, and never over TCP', () => {
    const edns = { udpSize: 4_096, version: 0, dnssecOk: false, options: [] };
    expect(ask('large.example.com', 'TXT')).toMatchObject({ truncated: true, answers: [] });
    expect(ask('large.example.com', 'TXT', { edns })).toMatchObject({ truncated: false });
    expect(ask('huge.example.com', 'TXT', { edns })).toMatchObject({ truncated: true });
    expect(reply(queryFor('huge.example.com', 'TXT'), 'tcp').answers).toHaveLength(10);
  });

  test('any octets get an answer or silence, never an exception, and never more than 1,232 octets', () => {
    const good = queryFor('www.example.com', 'A');
    const change = fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.uint8Array(), (changes, tail) => {
        const octets = Uint8Array.from([...good, ...tail]);
        for (const [at, octet] of changes) octets[at] = octet;
        const { reply: back } = answerQuery(ZONES, octets, 'udp');
        expect(back?.length ?? 0).toBeLessThanOrEqual(1_232);
        if (back !== undefined) expect(decodeMessage(back).ok).toBe(true);
      }),
    );
  });
});

describe('zones in the words of a master file (RFC 1035 §5)', () => {
  const SOA = '@ SOA ns admin 1 2 3 4 5';

  test('comments, parentheses, quotes, $TTL, $ORIGIN and blank first columns are read', () => {
    const zone = parseZone(
      'Example.COM',
      `; a zone
       $TTL 60
@      IN SOA  ns admin ( 1 2 ; refresh
                3 4 5 )
       NS      ns
ns 90  IN A    10.0.0.53
$ORIGIN sub.example.com.
text   TXT     "two words; no comment" plain\\032escape
abs.example.com. A 10.0.0.1`,
    );
    expect(zone.origin).toBe('example.com');
    expect(zone.find('ns.example.com')).toMatchObject({ records: [{ ttl: 90 }] });
    expect(zone.find('text.sub.example.com')).toMatchObject({
      records: [
        { ttl: 60, data: { type: 'TXT', texts: ['two words; no comment', 'plain escape'] } },
      ],
    });
    expect(zone.find('abs.example.com')).toMatchObject({ kind: 'name' });
    expect(zone.find('example.com')).toMatchObject({ records: [{}, { data: { type: 'NS' } }] });
  });

  test.each([
    ['line 2: A takes 1 values', `${SOA}\nwww A`],
    ['line 2: 10.0.0.256 is no IPv4 address', `${SOA}\nwww A 10.0.0.256`],
    ['line 2: expected a record type, found "B"', `${SOA}\nwww B x`],
    ['line 2: expected a TTL in seconds', `${SOA}\nwww 99999999999 A 10.0.0.1`],
    ['line 2: "a..b" is no domain name', `${SOA}\na..b A 10.0.0.1`],
    ['line 2: a parenthesis is not closed', `${SOA}\nwww ( A 10.0.0.1`],
    ['line 2: $INCLUDE is not understood', `${SOA}\n$INCLUDE /etc/passwd`],
    ['line 2: unexpected "', `${SOA}\nwww TXT "open`],
    ['needs exactly one SOA record', 'www A 10.0.0.1'],
    ['needs exactly one SOA record', `${SOA}\n${SOA}`],
    ['www.other.net is not within zone', `${SOA}\nwww.other.net. A 10.0.0.1`],
    ['www.zone has a CNAME beside other records', `${SOA}\nwww A 10.0.0.1\nwww CNAME x`],
  ])('%s', (message, text) => {
    expect(() => parseZone('zone', text)).toThrow(message);
  });
});
