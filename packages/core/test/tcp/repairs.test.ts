import { NEVER, seconds } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { MSS_1460, narrate } from '../../../../test/support/narrator.ts';

describe('what is lost while a connection opens, recovers or closes is repaired, and nobody is stuck', () => {
  test.each([
    ['CLOSE-WAIT', 1],
    ['CLOSING', 1],
    ['LAST-ACK', 1],
    ['TIME-WAIT', 2],
  ] as const)('A-X01, C-010: %s acknowledges a FIN that comes again', (state, ack) => {
    narrate()
      .given(state)
      .arrives({ flags: 'FA', seq: 1, ack })
      .expectSends({ flags: 'A', ack: 2 })
      .expectState(state);
  });

  test('C-002: in CLOSING a lost FIN is repeated, until its ACK leads to TIME-WAIT', () => {
    narrate()
      .given('CLOSING')
      .waits(seconds(1))
      .expectSends({ flags: 'FA', seq: 1, ack: 2, resent: true })
      .arrives({ flags: 'A', seq: 2, ack: 2 })
      .expectState('TIME-WAIT');
  });

  test('A-X01: a SYN that comes again is acknowledged; the SYN,ACK is repeated in its own time', () => {
    const story = narrate().given('SYN-RECEIVED', 'passive');
    story.arrives({ flags: 'S', options: MSS_1460 }).expectSends({ flags: 'A', seq: 1, ack: 1 });
    story.waits(seconds(1)).expectSends({ flags: 'SA', seq: 0, ack: 1, resent: true });
    story.arrives({ flags: 'A', seq: 1, ack: 1 }).expectState('ESTABLISHED');
  });

  test('O-007: in a simultaneous open both repeat, and the ACK of the other’s repetition ends it', () => {
    const story = narrate().given('SYN-SENT').arrives({ flags: 'S', options: MSS_1460 });
    story.expectSends({ flags: 'SA', seq: 0, ack: 1 });
    story.waits(seconds(1)).expectSends({ flags: 'SA', resent: true });
    story.arrives({ flags: 'SA', ack: 1 }).expectSends({ flags: 'A', seq: 1, ack: 1 });
    story.arrives({ flags: 'A', seq: 1, ack: 1 }).expectState('ESTABLISHED');
  });

  test('NR-005, RTO-014: a lost fast retransmission is repeated by the timer', () => {
    const story = narrate({ r2: NEVER, userTimeout: NEVER }).given('ESTABLISHED').sends(5_840);
    for (let i = 0; i < 3; i += 1) story.forget().arrives({ flags: 'A', seq: 1, ack: 1 });
    expect(story.takeSent().map(({ segment }) => segment.resent === true)).toContain(true);
    story.waits(seconds(1)).expectSends({ seq: 1, resent: true, rule: 'RTO-014' });
    story.arrives({ flags: 'A', seq: 1, ack: 5_841 }).expectNothing();
  });
});
