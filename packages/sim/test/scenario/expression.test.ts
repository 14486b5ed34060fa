import { describe, expect, test } from 'vitest';
import { fc } from '../../../../test/support/fast-check.ts';
import { CostMeter } from '../../src/costs/index.ts';
import {
  allFields,
  allNouns,
  ExpressionError,
  judgeOf,
  meets,
  parseClaim,
  parseCondition,
  type Finding,
} from '../../src/scenario/expression/index.ts';
import { HOSTS, story } from './records.ts';

function matching(text: string): number {
  const condition = parseCondition(text);
  return story().filter((record) => meets(condition, record, HOSTS)).length;
}

function judge(text: string): Finding {
  const judgement = judgeOf(parseClaim(text), HOSTS);
  const costs = new CostMeter();
  for (const record of story()) {
    judgement.take(record);
    costs.take(record);
  }
  return judgement.finish({ endUs: 1_250_000, costs: costs.costs(1_250_000) });
}

function mistake(parse: () => unknown): ExpressionError {
  try {
    parse();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('expected a mistake');
}

describe('conditions on one record', () => {
  test.each([
    ['segment', 6],
    ['segments', 6],
    ['flags == S', 4],
    ['segment where flags == S', 2],
    ['kind == send and flags == AS', 2],
    ['segment and flags has S', 4],
    ['segment and not flags has S', 2],
    ['lost', 1],
    ['lost where by contains "drop"', 1],
    ['from == client and kind == send', 3],
    ['to == client and receive', 2],
    ['segment where from == 10.0.0.1', 0],
    ['segment where src == 10.0.0.1', 3],
    ['len > 0 and send', 1],
    ['len in [10, 20] and send', 1],
    ['resent', 2],
    ['resent == false and segment', 5],
    ['time >= 1.1s and state', 2],
    ['rule == O-013', 6],
    ['why contains "reset"', 1],
    ['state == ESTABLISHED', 1],
    ['before == SYN-SENT', 1],
    ['arrow == "rcv SYN"', 3],
    ['note.layer == http', 1],
    ['note.data.status == 200', 1],
    ['note.data.status == "200"', 1],
    ['note.data.nothing == 200', 0],
    ['note.data.constructor == 200', 0],
    ['port == 80 and segment', 6],
    ['port != 80 and segment', 0],
    ['segment where dstPort == 80', 3],
    ['call == receive and bytes == 10B', 1],
    ['event == "connection reset"', 1],
    ['(segment or lost) and from == server', 4],
    ['record', 18],
  ])('%s meets %i', (text, count) => {
    expect(matching(text)).toBe(count);
  });

  test('a record without the field meets no comparison on it, not even !=', () => {
    expect(matching('timer == retransmission')).toBe(0);
    expect(matching('timer != retransmission')).toBe(0);
    expect(matching('not timer == retransmission')).toBe(18);
  });
});

describe('claims about a run', () => {
  test.each([
    'client.tcp[0] reaches ESTABLISHED within 2s',
    'client.tcp reaches ESTABLISHED after 1s',
    'not client.tcp[0] reaches ESTABLISHED within 1s',
    'client.tcp[0] path == [CLOSED, SYN-SENT, ESTABLISHED, CLOSED]',
    'client.tcp[0].state == CLOSED',
    'client.tcp[0] fails with "connection reset"',
    'client.tcp[0] fails',
    'not client.tcp[0] fails with "refused"',
    'count(segment where flags == S) == 2',
    'count(segments where flags == S) < 3 and count(lost) == 1',
    'exactly 2 segment where flags == S',
    'at least 1 retransmission',
    'at most 1 retransmissions',
    'eventually resent',
    'eventually lost within 1s',
    'never lost after 1s',
    'never lost between 100ms and 1s',
    'never note where note.layer == tls and never lost after 1s',
    'never segment where flags == F and client.tcp[0] reaches ESTABLISHED',
    'sum(len) == 10',
    'sum(len of receive where from == client) == 10B',
    'first(segment where flags has A).time < last(segment where flags has S).time',
    'first(segment).time == 0s',
    'first(segment where flags == R).from == server',
    'server received 10 bytes',
    'server.received >= 1',
    'client sent 0 bytes',
    'server.tcp[0] received 10 bytes',
    'duration < 3s',
    'cost.packets == 6',
    'cost.packets <= 10 and cost.lost == 1 and cost.resent == 1',
    'cost.bytes == 250',
    'cost.payloadBytes == 10',
    'cost.headerBytes == 240',
    'cost.roundTrips == 2',
    'client.cost.packets == 6',
    'client.tcp[0].cost.packets == 6',
    '(duration < 1s or duration > 1.2s) and not never lost',
  ])('%s', (text) => {
    const finding = judge(text);
    expect(finding.passed, finding.found.join('\n')).toBe(true);
  });

  test('a claim that fails tells what was found instead, with times and records', () => {
    const late = judge('client.tcp[0] reaches ESTABLISHED within 1s');
    expect(late.passed).toBe(false);
    expect(late.found).toEqual([
      'client.tcp[0] went CLOSED → SYN-SENT (0 µs, record 1) → ESTABLISHED (1.1 s, record 10) → CLOSED (1.25 s, record 17)',
    ]);
    const count = judge('count(segment where flags == S) == 3');
    expect(count.found.slice(0, 3)).toEqual([
      'count is 2',
      'it happened 2 times:',
      'at 0 µs (record 2): client sends client → server <S> seq 100 ack 300 len 0',
    ]);
    const never = judge('never segment where resent');
    expect(never.found).toEqual([
      'it happened once:',
      'at 1 s (record 6): client sends client → server <S> seq 100 ack 300 len 0 sent again',
    ]);
    const nothing = judge('eventually segment where flags == F and from == client');
    expect(nothing.found[0]).toBe('it never happened');
    expect(nothing.found[1]).toBe('nearest records:');
    expect(nothing.found[2]).toContain('client sends');
    expect(judge('eventually lost after 1s').found).toContain(
      'outside of the time after 1 s it happened:',
    );
    expect(judge('client.tcp[7] reaches ESTABLISHED').found).toEqual([
      'client.tcp[7] never existed',
    ]);
    expect(judge('server received 11 bytes').found[0]).toBe('server received is 10 bytes');
    expect(judge('client.tcp[0] fails with "refused"').found[0]).toContain('connection reset');
  });
});

describe('mistakes are told with their place and what was expected', () => {
  test.each([
    ['flags = S', 7, 'a comparison is written =='],
    ['flags == s', 10, 'letters are capital: S'],
    ['flag == S', 1, 'Did you mean "flags"?'],
    ['segmnt', 1, 'Did you mean "segment"?'],
    ['len > many', 7, 'expected a number of bytes'],
    ['time > 2', 8, 'with its unit'],
    ['kind == sent', 9, 'Did you mean "send"?'],
    ['flags == S and', 15, 'found the end'],
    ['(flags == S', 12, 'expected ")"'],
    ['why contains', 13, 'expected a text after contains'],
    ['timer == delayed ACK', 18, 'quotes'],
    ['len has S', 9, 'expected contains'],
    ['why == "open', 8, 'no closing "'],
    ['flags == S && len > 0', 12, 'write and, or, not'],
    ['flags', 6, 'expected a comparison after the field flags'],
    ['', 1, 'found the end'],
  ])('%s', (text, column, words) => {
    const error = mistake(() => parseCondition(text));
    expect(error.message).toContain(words);
    expect(error.column).toBe(column);
  });

  test.each([
    ['client.tcp[0] reachs ESTABLISHED', 15, 'Did you mean "reaches"?'],
    ['count(flags == S) == 2', 7, 'expected a noun in count'],
    ['count(segment) = 2', 16, '=='],
    ['count(segment) == 2s', 19, 'expected a whole number'],
    ['duration < 3', 12, 'with its unit'],
    ['duration == first(segment).seq', 13, 'cannot be compared'],
    ['cost.packet < 3', 6, 'Did you mean "packets"?'],
    ['evntually lost', 1, 'Did you mean "eventually"?'],
    ['at last 3 lost', 4, 'Did you mean "least"?'],
    ['client.tcp[x] reaches ESTABLISHED', 12, 'the number of the connection'],
    ['client.tcp[0] fails with refused', 26, 'in quotes'],
    ['never', 6, 'expected what shall happen'],
    ['sum(why) == 3', 5, 'has no sum'],
  ])('%s', (text, column, words) => {
    const error = mistake(() => parseClaim(text));
    expect(error.message).toContain(words);
    expect(error.column).toBe(column);
  });

  test('long and deeply nested expressions are refused', () => {
    expect(mistake(() => parseCondition('a'.repeat(3_000))).message).toContain('at most 2000');
    expect(mistake(() => parseCondition('('.repeat(500))).message).toContain('nests at most 40');
    expect(mistake(() => parseClaim('not '.repeat(400) + 'lost')).message).toContain(
      'nests at most',
    );
  });

  test("every mixture of the language's words is parsed or refused with a place in the text", () => {
    const symbols = '== != < >= ( ) [ ] , . and or not where in has contains "text" "';
    const phrases =
      'count sum first last duration cost client tcp eventually never exactly at least within ' +
      'between reaches path fails with 2s 7 SA 10.0.0.1 received';
    const words = [
      ...allFields().map((field) => field.name),
      ...allNouns().map((noun) => noun.name),
      ...`${symbols} ${phrases}`.split(' '),
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 14 }), (chosen) => {
        const text = chosen.join(' ');
        for (const parse of [parseCondition, parseClaim]) {
          try {
            parse(text);
          } catch (error) {
            if (!(error instanceof ExpressionError)) throw error;
            expect(error.column).toBeGreaterThanOrEqual(1);
            expect(error.column).toBeLessThanOrEqual(text.length + 1);
          }
        }
      }),
    );
  });
});
