import { ms, seconds } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { narrate } from '../../../../test/support/narrator.ts';

const later = { delayedAck: ms(200) };

describe('acknowledging (RFC 9293 §3.8.6.3, RFC 5681 §4.2)', () => {
  test('V-014, M-53: an ACK waits for company, less than half a second', () => {
    const story = narrate(later)
      .given('ESTABLISHED')
      .arrives({ flags: 'PA', seq: 1, ack: 1, len: 100 });
    story
      .waits(ms(199))
      .expectNothing()
      .waits(ms(1))
      .expectSends({ flags: 'A', ack: 101, rule: 'V-014' });
  });

  test('V-015, CC-022: every second full-sized segment is acknowledged at once', () => {
    const story = narrate(later).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 1_460 }).expectNothing();
    story
      .arrives({ flags: 'A', seq: 1_461, ack: 1, len: 1_460 })
      .expectSends({ ack: 2_921, rule: 'V-015' });
    story.arrives({ flags: 'A', seq: 2_921, ack: 1, len: 1_460 }).expectNothing();
  });

  test('V-015: full-sized is what this peer sends, if its path carries less than we would take', () => {
    const story = narrate(later).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 536 }).expectNothing();
    story.arrives({ flags: 'A', seq: 537, ack: 1, len: 536 }).expectSends({ ack: 1_073 });
  });

  test('V-016, MUST-58: segments that arrive together are acknowledged by one ACK', () => {
    narrate()
      .given('ESTABLISHED')
      .arriveTogether(
        { flags: 'A', seq: 1, ack: 1, len: 1_000 },
        { flags: 'A', seq: 1_001, ack: 1, len: 1_000 },
        { flags: 'A', seq: 2_001, ack: 1, len: 1_000 },
      )
      .expectSends({ flags: 'A', ack: 3_001 });
  });

  test('CC-014, V-017: out of order: an immediate duplicate ACK; the filler is acknowledged at once', () => {
    const story = narrate(later).given('ESTABLISHED');
    story
      .arrives({ flags: 'A', seq: 101, ack: 1, len: 100 })
      .expectSends({ ack: 1, rule: 'CC-014' });
    story.arrives({ flags: 'A', seq: 301, ack: 1, len: 100 }).expectSends({ ack: 1 });
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 100 }).expectSends({ ack: 201 });
    story.arrives({ flags: 'A', seq: 201, ack: 1, len: 100 }).expectSends({ ack: 401 });
    const text = story.connection.receive(1_000, story.now);
    expect([text.length, text.patternOffset]).toEqual([400, 0]);
  });

  test('V-021, V-022: five overlapping segments in every order give the same bytes', () => {
    const pieces = [
      { seq: 1, len: 30 },
      { seq: 21, len: 30 },
      { seq: 41, len: 40 },
      { seq: 71, len: 5 },
      { seq: 76, len: 25 },
    ];
    for (const order of permutations(pieces)) {
      const story = narrate().given('ESTABLISHED');
      for (const piece of order) story.forget().arrives({ flags: 'A', ack: 1, ...piece });
      const text = story.connection.receive(1_000, story.now);
      expect([text.length, text.patternOffset]).toEqual([100, 0]);
    }
  });

  test('A-X17: an acceptable ACK without text draws nothing', () => {
    narrate().given('ESTABLISHED').arrives({ flags: 'A', seq: 1, ack: 1 }).expectNothing();
  });
});

describe('the window we offer (RFC 9293 §3.8.6)', () => {
  test('V-001, V-018: text takes window, the right edge stays', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 1_000 })
      .expectSends({ ack: 1_001, wnd: 64_535 });
  });

  test('V-013, M-51: the right edge moves in steps worth having', () => {
    const story = narrate({ receiveBuffer: 10_000 }).given('ESTABLISHED');
    for (let seq = 1; seq < 10_000; seq += 1_000)
      story.forget().arrives({ flags: 'A', seq, ack: 1, len: 1_000 });
    story.expectSends({ ack: 10_001, wnd: 0 }).receives(1_000).expectNothing();
    story
      .receives(400)
      .expectNothing()
      .receives(60)
      .expectSends({ ack: 10_001, wnd: 1_460, rule: 'V-013' });
  });

  test('V-013: or half of a small buffer', () => {
    const story = narrate({ receiveBuffer: 100 }).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 100 }).expectSends({ wnd: 0 });
    story.receives(49).expectNothing().receives(1).expectSends({ wnd: 50 });
  });

  test('V-009: every probe into a zero window is acknowledged with RCV.NXT and the window', () => {
    const story = narrate({ receiveBuffer: 10 }).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 10 }).forget();
    for (let i = 0; i < 20; i += 1) {
      story.arrives({ flags: 'A', seq: 11, ack: 1, len: 1 }).expectSends({ ack: 11, wnd: 0 });
    }
  });

  test('A-X02: the ACK of a segment that finds no window still counts', () => {
    const story = narrate({ receiveBuffer: 10 })
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 10 });
    story
      .sends(50)
      .forget()
      .arrives({ flags: 'A', seq: 11, ack: 51, len: 1 })
      .expectSends({ ack: 11 });
    story.expect('outstanding', story.connection.tcb.flight, 0);
  });

  test('CC-023: a reader that keeps up causes no extra ACKs', () => {
    const story = narrate(later).given('ESTABLISHED');
    let acks = 0;
    for (let seq = 1; seq < 146_000; seq += 1_460) {
      story.arrives({ flags: 'A', seq, ack: 1, len: 1_460 });
      acks += story.takeSent().length;
      story.receives();
      acks += story.takeSent().length;
    }
    expect(acks).toBe(50);
  });

  test('V-014: half a second is never exceeded, also while nothing else happens', () => {
    const story = narrate({ delayedAck: ms(499) }).given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, ack: 1, len: 1 }).waits(seconds(1));
    expect(story.takeSent()[0]!.at).toBe(499_000);
  });
});

function permutations<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length <= 1) return [items];
  const all: (readonly T[])[] = [];
  for (let i = 0; i < items.length; i += 1) {
    const others = [...items.slice(0, i), ...items.slice(i + 1)];
    for (const rest of permutations(others)) all.push([items[i]!, ...rest]);
  }
  return all;
}
