import { ms, patternPayload, TCP_RULES, TIMERS, type Cause, type TcpJournal } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { Pair, transfer } from '../../../../test/support/pair.ts';

describe('every decision has a rule and a reason', () => {
  test('segments, transitions, timers, variables, limits and discards of a whole lossy life', () => {
    const causes: Cause[] = [];
    const heard = new Set<string>();
    const note = (kind: string, cause: Cause) => {
      heard.add(kind);
      causes.push(cause);
    };
    const journal: TcpJournal = {
      transition: (_ends, _before, _arrow, _after, cause) => note('transition', cause),
      discard: (_ends, _segment, cause) => note('discard', cause),
      timer: (_ends, name, action, _at, cause) => {
        expect(TIMERS.map((timer) => timer.name)).toContain(name);
        note(`timer ${action}`, cause);
      },
      variable: (_ends, name, before, after, cause) => {
        expect(before).not.toBe(after);
        note(`variable ${name}`, cause);
      },
      limited: (_ends, limit, cause) => note(`limited ${limit}`, cause),
    };
    const pair = new Pair({
      journal,
      wire: (_segment, _from, index) =>
        index % 37 === 0 ? [] : [ms(10), ms(11)].slice(0, index % 11 === 5 ? 2 : 1),
    });
    pair.connect();
    transfer(pair, 'client', patternPayload(0, 300_000));
    pair.client.close(pair.now);
    pair.server.close(pair.now);
    pair.runUntil(() => pair.client.state === 'CLOSED' && pair.server.state === 'CLOSED');
    for (const { segment } of pair.segments) {
      expect(segment.cause).toBeDefined();
      causes.push(segment.cause!);
    }
    for (const { rule, why } of causes) {
      expect(TCP_RULES).toContain(rule);
      expect(why).toMatch(/^[A-Z<].*\.$/);
    }
    for (const kind of [
      'transition',
      'discard',
      'timer start',
      'timer stop',
      'timer fire',
      'variable cwnd',
      'variable ssthresh',
      'variable congestion phase',
      'variable RTO',
      'variable SRTT',
      'limited congestion window',
      'limited nothing to send',
    ]) {
      expect(heard).toContain(kind);
    }
  });

  test('the catalogue names each rule once, with its source, in a sentence', () => {
    expect(new Set(TCP_RULES.map((rule) => rule.id)).size).toBe(TCP_RULES.length);
    for (const rule of TCP_RULES) {
      expect(rule.rfc).toMatch(/^(RFC )?\d{4}/);
      expect(rule.text, rule.id).toMatch(/^\S.*[.!?]$/);
    }
  });
});
