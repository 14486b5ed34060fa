import { seconds, type TcpConfig } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { narrate, type Narrator } from '../../../../test/support/narrator.ts';

/** ESTABLISHED with ten segments' worth queued and the first ones in flight. */
function inFlight(config: Partial<TcpConfig> = {}): Narrator {
  return narrate(config).given('ESTABLISHED').sends(10_000).forget();
}

function error(
  story: Narrator,
  type: number,
  code: number,
  seq = story.connection.tcb.snd.una,
): Narrator {
  return story.calls(`ICMP ${type}/${code}`, () =>
    story.connection.icmpArrived({ type, code, seq }, story.now),
  );
}

describe('ICMP errors (RFC 9293 §3.9.2.2, RFC 5927)', () => {
  test('U-014, M-49: source quench is dropped', () => {
    error(inFlight(), 4, 0).expectEvents().expectState('ESTABLISHED');
  });

  test('U-015, M-50: soft errors are told and never abort', () => {
    for (const [type, code] of [
      [3, 0],
      [3, 1],
      [3, 5],
      [11, 0],
      [11, 1],
      [12, 0],
    ] as const) {
      error(inFlight(), type, code).expectEvents('soft error').expectState('ESTABLISHED');
    }
  });

  test('U-016: hard errors abort', () => {
    for (const code of [2, 3, 4]) {
      const story = error(inFlight(), 3, code).expectState('CLOSED');
      expect(story.events).toMatchObject([{ kind: 'failed', reason: 'host unreachable' }]);
    }
  });

  test('U-016: a port unreachable while opening is a refusal', () => {
    const story = error(narrate().given('SYN-SENT'), 3, 3).expectState('CLOSED');
    expect(story.events).toMatchObject([{ kind: 'failed', reason: 'connection refused' }]);
  });

  test('U-017: or, as many do, only before the connection is synchronized', () => {
    const config = { hardErrors: 'soft when synchronized' } as const;
    error(inFlight(config), 3, 3).expectEvents('soft error').expectState('ESTABLISHED');
    error(narrate(config).given('SYN-SENT'), 3, 3).expectState('CLOSED');
  });

  test('U-017: an error that quotes a number not in flight is not believed', () => {
    const story = inFlight();
    const { una, nxt } = story.connection.tcb.snd;
    error(story, 3, 3, (una - 1) >>> 0).expectEvents();
    error(story, 3, 3, nxt).expectEvents().expectState('ESTABLISHED');
  });

  test('X-003, CC-013: "fragmentation needed" with an MTU makes the segments smaller and repeats them', () => {
    const story = inFlight();
    const { cwnd } = story.connection.status();
    story.calls('ICMP', () =>
      story.connection.icmpArrived(
        { type: 3, code: 4, seq: story.connection.tcb.snd.una, nextHopMtu: 576 },
        story.now,
      ),
    );
    const sent = story.takeSent();
    expect(sent[0]!.segment).toMatchObject({ resent: true, seq: 0xffff_fff1 });
    for (const { segment } of sent) expect(segment.payload.length).toBeLessThanOrEqual(536);
    expect(story.connection.status().cwnd).toBe(Math.floor((cwnd * 536) / 1_460));
    story.waits(seconds(1)).forget().expectState('ESTABLISHED');
  });
});
