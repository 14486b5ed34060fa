import { ms, respondClosed, seconds } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { narrate, segmentOf } from '../../../../test/support/narrator.ts';

describe('what cannot be accepted (RFC 9293 §3.5.2, §3.10.7.1, §3.10.7.4; RFC 5961)', () => {
  test('R-001 … R-004: without a connection, a reset that the sender will accept', () => {
    const syn = segmentOf({ flags: 'SF', seq: 7, len: 3 });
    expect(respondClosed(syn)).toMatchObject({
      seq: 0,
      flags: 0x14,
      ack: (syn.seq + 5) >>> 0,
      srcPort: syn.dstPort,
    });
    expect(respondClosed(segmentOf({ flags: 'A', seq: 7, ack: 99, len: 3 }))).toMatchObject({
      flags: 0x04,
      seq: segmentOf({ flags: 'A', ack: 99 }).ack,
    });
    expect(respondClosed(segmentOf({ flags: 'R', seq: 7 }))).toBeUndefined();
    expect(respondClosed(segmentOf({ flags: 'RA', seq: 7, ack: 9 }))).toBeUndefined();
  });

  test('A-X01, R-006: outside the window: an ACK, nothing else', () => {
    const story = narrate({ receiveBuffer: 1_000 }).given('ESTABLISHED');
    story
      .arrives({ flags: 'A', seq: -5, ack: 1, len: 5 })
      .expectSends({ flags: 'A', seq: 1, ack: 1, len: 0 });
    story.arrives({ flags: 'A', seq: 1_001, ack: 1, len: 5 }).expectSends({ flags: 'A', ack: 1 });
    story
      .arrives({ flags: 'A', seq: 0, ack: 1 })
      .expectSends({ flags: 'A', ack: 1 })
      .expectEvents();
  });

  test('V-022: a segment that straddles the left edge gives its new part', () => {
    const story = narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 10 })
      .forget();
    story.arrives({ flags: 'A', seq: 6, ack: 1, len: 10 }).expectSends({ ack: 16 });
    expect(story.connection.receive(99, story.now).patternOffset).toBe(0);
  });

  test('V-022: a segment that straddles the right edge gives what fits', () => {
    const story = narrate({ receiveBuffer: 10 }).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 15 }).expectSends({ ack: 11, wnd: 0 });
  });

  test('B-001, M-01: a reset at RCV.NXT resets', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'R', seq: 1 })
      .expectState('CLOSED')
      .expectNothing();
  });

  test('B-002, M-02: a reset elsewhere in the window is challenged', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'R', seq: 2 })
      .expectSends({ flags: 'A', seq: 1, ack: 1, rule: 'B-002' })
      .expectState('ESTABLISHED');
  });

  test('B-003, M-07: a reset outside the window is dropped without a word', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'R', seq: 0 })
      .arrives({ flags: 'RA', seq: 100_000, ack: 1 })
      .expectNothing()
      .expectState('ESTABLISHED');
  });

  test('R-012: a reset with text is a reset', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'RPA', seq: 1, ack: 1, len: 30 })
      .expectState('CLOSED');
  });

  test('W-023: a reset counts even when the window is zero', () => {
    const story = narrate({ receiveBuffer: 10 }).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 10 }).forget();
    story.arrives({ flags: 'R', seq: 12 }).expectState('ESTABLISHED').expectNothing();
    story.arrives({ flags: 'R', seq: 11 }).expectState('CLOSED');
  });

  test('B-005, B-006, M-03, M-04: a SYN is challenged wherever it lies; the reset that follows is obeyed', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'S', seq: 500 })
      .expectSends({ flags: 'A', seq: 1, ack: 1, rule: 'B-005' })
      .arrives({ flags: 'S', seq: -100_000 })
      .expectSends({ flags: 'A', seq: 1, ack: 1, rule: 'B-005' })
      .expectState('ESTABLISHED')
      .arrives({ flags: 'R', seq: 1 })
      .expectState('CLOSED');
  });

  test('A-X04: without RFC 5961 a SYN in the window resets both sides', () => {
    narrate({ blindAttackChecks: false })
      .given('ESTABLISHED')
      .arrives({ flags: 'S', seq: 5 })
      .expectSends({ flags: 'R', seq: 1 })
      .expectState('CLOSED');
  });

  test('B-009, B-013, M-08: challenges are throttled for each connection', () => {
    const story = narrate({ challengeAckLimit: 3 }).given('ESTABLISHED');
    let answers = 0;
    for (let i = 0; i < 10; i += 1) {
      answers += story.arrives({ flags: 'S', seq: 9 }).takeSent().length;
    }
    expect(answers).toBe(3);
    story.waits(seconds(5)).arrives({ flags: 'S', seq: 9 }).expectSends({ flags: 'A' });
  });

  test('A-X05: a segment without ACK is dropped', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'P', seq: 1, len: 5 })
      .expectNothing()
      .expectEvents();
  });

  test('A-X08, M-09: an ACK of something unsent is answered and the whole segment dropped', () => {
    const story = narrate().given('ESTABLISHED').arrives({ flags: 'A', seq: 1, ack: 2, len: 5 });
    story.expectSends({ flags: 'A', seq: 1, ack: 1, rule: 'A-X08' }).expectEvents();
    story.expect('readable', story.connection.readable, 0);
  });

  test('B-007, B-008: an ACK older than any window is a blind guess', () => {
    const story = narrate().given('ESTABLISHED');
    story
      .arrives({ flags: 'A', seq: 1, ack: 1 - 20_001, len: 5 })
      .expectSends({ ack: 1, rule: 'B-007' });
    story.arrives({ flags: 'A', seq: 1, ack: 1 - 20_000, len: 5 }).expectSends({ ack: 6 });
  });

  test('R-011: a reset in CLOSING and LAST-ACK ends quietly, unless data was not acknowledged', () => {
    for (const state of ['CLOSING', 'LAST-ACK'] as const) {
      narrate()
        .given(state)
        .arrives({ flags: 'R', seq: 2 })
        .expectState('CLOSED')
        .expectEvents('closed');
    }
    const story = narrate().given('CLOSE-WAIT').sends(9);
    story.calls('CLOSE', () => story.connection.close(story.now)).forget();
    story.arrives({ flags: 'R', seq: 2 }).expectEvents('failed');
  });

  test('I-16: no reset is ever answered, in any state', () => {
    for (const state of [
      'CLOSED',
      'LISTEN',
      'SYN-SENT',
      'SYN-RECEIVED',
      'FIN-WAIT-2',
      'TIME-WAIT',
    ] as const) {
      for (const seq of [-50_000, 0, 1, 2, 90_000]) {
        const story = narrate().given(state).arrives({ flags: 'RA', seq, ack: 50_000 });
        for (const { segment } of story.takeSent()) expect(segment.flags & 0x04).toBe(0);
      }
    }
  });

  test('O-009: an old duplicate SYN is answered, reset by its victim, and the real one succeeds', () => {
    const victim = narrate().given('SYN-SENT');
    victim.arrives({ flags: 'SA', ack: -900 }).expectSends({ flags: 'R', seq: -900 });
    victim.arrives({ flags: 'SA', ack: 1 }).expectState('ESTABLISHED');
  });

  test('the delayed-ACK timer is irrelevant to what is unacceptable: it is answered at once', () => {
    const story = narrate({ delayedAck: ms(200) }).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: -10, ack: 1, len: 5 }).expectSends({ flags: 'A', ack: 1 });
  });
});
