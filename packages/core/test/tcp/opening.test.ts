import { CallError, minutes, ms, NEVER, seconds } from '@tcplab/core';
import { describe, test, expect } from 'vitest';
import { MSS_1460, narrate, THEIR_WINDOW } from '../../../../test/support/narrator.ts';

describe('opening (RFC 9293 §3.5, §3.10.1, §3.10.7.2, §3.10.7.3)', () => {
  test('O-013, S-002: OPEN sends <SEQ=ISS><SYN> with the MSS and enters SYN-SENT', () => {
    const story = narrate({ mss: 1_000 });
    story.calls('OPEN', () => story.connection.openActive(story.now));
    expect(story.sent[0]!.segment.options).toEqual([{ kind: 'mss', mss: 1_000 }]);
    story.expectSends({ flags: 'S', seq: 0, len: 0, rule: 'O-013' }).expectState('SYN-SENT');
    expect(story.connection.tcb.snd).toMatchObject({ una: 0xffff_fff0, nxt: 0xffff_fff1 });
  });

  test('O-015: OPEN of what is open is an error', () => {
    const story = narrate().given('ESTABLISHED');
    expect(() => story.connection.openActive(story.now)).toThrow(
      new CallError('connection already exists'),
    );
  });

  test('O-014, O-024: OPEN or SEND in LISTEN makes the passive connection active', () => {
    const open = narrate().given('LISTEN');
    open.calls('OPEN', () => open.connection.openActive(open.now));
    open.expectSends({ flags: 'S', seq: 0 }).expectState('SYN-SENT');
    narrate()
      .given('LISTEN')
      .sends(5)
      .expectSends({ flags: 'S', len: 0 })
      .expectState('SYN-SENT')
      .arrives({ flags: 'SA', ack: 1, options: MSS_1460 })
      .expectSends({ flags: 'PA', seq: 1, ack: 1, len: 5 });
  });

  test('A-S01, M-05: SYN-SENT answers an ACK of nothing it sent with a reset, and waits on', () => {
    narrate()
      .given('SYN-SENT')
      .arrives({ flags: 'SA', ack: 0 })
      .expectSends({ flags: 'R', seq: 0, rule: 'A-S01' })
      .arrives({ flags: 'A', ack: 2 })
      .expectSends({ flags: 'R', seq: 2 })
      .arrives({ flags: 'RA', ack: 2 })
      .expectNothing()
      .expectState('SYN-SENT');
  });

  test('A-S02: a reset counts only if it acknowledges the SYN', () => {
    narrate().given('SYN-SENT').arrives({ flags: 'R' }).expectState('SYN-SENT').expectEvents();
    const story = narrate().given('SYN-SENT').arrives({ flags: 'RA', ack: 1 });
    story.expectState('CLOSED').expectNothing();
    expect(story.events).toEqual([
      { kind: 'failed', reason: 'connection refused', detail: 'connection reset' },
    ]);
  });

  test('A-S04: SYN,ACK establishes; the ACK leaves at once, together with data if there is any', () => {
    narrate()
      .given('SYN-SENT')
      .arrives({ flags: 'SA', ack: 1 })
      .expectSends({ flags: 'A', seq: 1, ack: 1, len: 0, rule: 'A-S04' })
      .expectEvents('established')
      .expectState('ESTABLISHED');
    narrate()
      .given('SYN-SENT')
      .sends(10)
      .expectNothing()
      .arrives({ flags: 'SA', ack: 1 })
      .expectSends({ flags: 'PA', seq: 1, ack: 1, len: 10 });
  });

  test('A-S06, A-S07, M-06: data or FIN without SYN means nothing in SYN-SENT', () => {
    narrate()
      .given('SYN-SENT')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 10 })
      .arrives({ flags: 'FA', seq: 1, ack: 1 })
      .arrives({ flags: 'PU', seq: 1, len: 3 })
      .expectNothing()
      .expectState('SYN-SENT');
  });

  test('O-006: text and FIN on a SYN,ACK are taken with it', () => {
    const story = narrate().given('SYN-SENT').arrives({ flags: 'SFA', ack: 1, len: 4 });
    story.expectSends({ flags: 'A', ack: 6 }).expectState('CLOSE-WAIT');
    story.expect('readable', story.connection.readable, 4);
  });

  test('A-L01 … A-L04: LISTEN ignores RST, resets ACK, drops the rest', () => {
    narrate()
      .given('LISTEN')
      .arrives({ flags: 'R' })
      .arrives({ flags: 'RA', ack: 7 })
      .arrives({ flags: 'P', len: 3 })
      .arrives({ flags: 'F' })
      .expectNothing()
      .arrives({ flags: 'A', ack: 7 })
      .expectSends({ flags: 'R', seq: 7, rule: 'A-L02' })
      .arrives({ flags: 'SA', ack: 9 })
      .expectSends({ flags: 'R', seq: 9 })
      .expectState('LISTEN');
  });

  test('A-L03: LISTEN takes a SYN and answers with its own', () => {
    narrate()
      .given('LISTEN')
      .arrives({ flags: 'S', options: MSS_1460 })
      .expectSends({ flags: 'SA', seq: 0, ack: 1, rule: 'A-L03' })
      .expectState('SYN-RECEIVED')
      .arrives({ flags: 'A', seq: 1, ack: 1 })
      .expectNothing()
      .expectEvents('established');
  });

  test('O-006: text and FIN on a SYN wait for ESTABLISHED', () => {
    const story = narrate().given('LISTEN').arrives({ flags: 'SF', len: 8 });
    story.expectSends({ flags: 'SA', ack: 1 }).expect('readable', story.connection.readable, 0);
    story.arrives({ flags: 'A', seq: 1, ack: 1 }).expectSends({ flags: 'A', ack: 10 });
    story.expectState('CLOSE-WAIT').expect('readable', story.connection.readable, 8);
  });

  test('O-006, C-013: text that came with the SYN is not lost by a CLOSE in SYN-RECEIVED', () => {
    const story = narrate().given('SYN-SENT').arrives({ flags: 'S', len: 100 });
    story.expectSends({ flags: 'SA', ack: 1 });
    story.calls('CLOSE', () => story.connection.close(story.now));
    story.expectSends({ flags: 'FA', seq: 1 }).expectState('FIN-WAIT-1');
    story.arrives({ flags: 'A', seq: 101, ack: 1 });
    story.expectSends({ flags: 'A', ack: 101 }).expect('readable', story.connection.readable, 100);
  });

  test('A-X06, R-005: an unacceptable ACK in SYN-RECEIVED draws a reset and changes nothing', () => {
    narrate()
      .given('SYN-RECEIVED', 'passive')
      .arrives({ flags: 'A', seq: 1, ack: 0 })
      .expectSends({ flags: 'R', seq: 0 })
      .arrives({ flags: 'A', seq: 1, ack: 2 })
      .expectSends({ flags: 'R', seq: 2 })
      .expectState('SYN-RECEIVED');
  });

  test('R-009: a reset sends a passive SYN-RECEIVED back to LISTEN silently, an active one fails', () => {
    const passive = narrate().given('SYN-RECEIVED', 'passive').arrives({ flags: 'R', seq: 1 });
    passive.expectState('CLOSED').expectNothing().expectEvents('returned to LISTEN');
    const active = narrate().given('SYN-RECEIVED', 'active').arrives({ flags: 'R', seq: 1 });
    active.expectState('CLOSED').expectNothing();
    expect(active.events).toMatchObject([{ kind: 'failed', reason: 'connection refused' }]);
  });

  test('A-X04: a SYN in the window sends a passive SYN-RECEIVED back to LISTEN', () => {
    narrate()
      .given('SYN-RECEIVED', 'passive')
      .arrives({ flags: 'S', seq: 5 })
      .expectNothing()
      .expectEvents('returned to LISTEN')
      .expectState('CLOSED');
    narrate()
      .given('SYN-RECEIVED', 'active')
      .arrives({ flags: 'S', seq: 5 })
      .expectSends({ flags: 'A', seq: 1, ack: 1, rule: 'B-005' })
      .expectState('SYN-RECEIVED');
  });

  test('O-007, M-14: simultaneous open resends the SYN with the same ISS', () => {
    narrate()
      .given('SYN-SENT')
      .arrives({ flags: 'S', options: MSS_1460 })
      .expectSends({ flags: 'SA', seq: 0, ack: 1, resent: true, rule: 'O-007' })
      .expectState('SYN-RECEIVED')
      .arrives({ flags: 'SA', ack: 1 })
      // Its SYN lies before the window: answered, and this answer establishes the peer (RFC 9293 A.2).
      .expectSends({ flags: 'A', seq: 1, ack: 1 })
      .arrives({ flags: 'A', seq: 1, ack: 1 })
      .expectState('ESTABLISHED');
  });

  test('O-023, RTO-015: a SYN is repeated after 1, 2, 4 … s and given up after three minutes', () => {
    const story = narrate().given('SYN-SENT').waits(minutes(10));
    expect(story.takeSent().map(({ at }) => at / 1e6)).toEqual([1, 3, 7, 15, 31, 63, 123]);
    story.expectState('CLOSED').expectEvents('excessive retransmission', 'failed');
  });

  test('M-16: SYN,ACK is repeated, from FIN-WAIT-1 too when CLOSE came before its acknowledgment', () => {
    const story = narrate().given('SYN-RECEIVED', 'passive');
    story.calls('CLOSE', () => story.connection.close(story.now));
    story
      .expectSends({ flags: 'FA', seq: 1 })
      .expectState('FIN-WAIT-1')
      .waits(seconds(1))
      .expectSends({ flags: 'SA', seq: 0, resent: true })
      .arrives({ flags: 'A', seq: 1, ack: 1 })
      .expectState('FIN-WAIT-1')
      .waits(seconds(3))
      .expectSends({ flags: 'FA', seq: 1, resent: true })
      .arrives({ flags: 'A', seq: 1, ack: 2 })
      .expectState('FIN-WAIT-2');
  });

  test('CC-006, RTO-017: after a lost SYN, one segment and an RTO of 3 s', () => {
    const story = narrate().given('SYN-SENT').waits(seconds(1)).forget();
    story.arrives({ flags: 'SA', ack: 1, options: MSS_1460 }).expectSends({ flags: 'A' });
    story.expect('cwnd', story.connection.status().cwnd, 1_460);
    story.expect('RTO', story.connection.status().rto, seconds(3));
    story.sends(5_000).expectSends({ seq: 1, len: 1_460 }).waits(ms(2_999)).expectNothing();
    story.waits(ms(1)).expectSends({ seq: 1, len: 1_460, resent: true });
  });

  test('CC-003: the initial window is 4, 3 or 2 segments by their size', () => {
    for (const [mss, segments] of [
      [536, 4],
      [1_460, 3],
      [4_000, 2],
    ] as const) {
      const story = narrate({ sendMss: 65_000, sendBuffer: 100_000 }).given(
        'ESTABLISHED',
        'active',
        {
          options: [{ kind: 'mss', mss }],
          wnd: 60_000,
        },
      );
      expect(story.sends(50_000).takeSent().length).toBe(segments);
    }
  });

  test('CC-004: or ten, if RFC 6928 is wanted', () => {
    const story = narrate({ initialWindow: 'rfc6928' }).given('ESTABLISHED', 'active', {
      wnd: 60_000,
    });
    expect(story.sends(50_000).takeSent().length).toBe(10);
  });

  test('S-003: without an MSS option 536 is assumed; S-004: never more than our own link carries', () => {
    narrate().given('ESTABLISHED', 'active', { options: [] }).sends(600).expectSends({ len: 536 });
    narrate({ sendMss: 100 })
      .given('ESTABLISHED', 'active', { options: MSS_1460 })
      .sends(250)
      .expectSends({ len: 100 }, { len: 100 });
  });

  test('W-014: an MSS option outside a SYN is ignored', () => {
    const story = narrate().given('ESTABLISHED');
    story.arrives({ flags: 'A', seq: 1, options: [{ kind: 'mss', mss: 10 }] }).sends(1_460);
    story.expectSends({ len: 1_460 });
  });

  test('U-018: the user timeout counts while opening too', () => {
    const story = narrate({ synR2: NEVER, userTimeout: seconds(20) }).given('SYN-SENT');
    story.waits(seconds(21)).forget().expectState('CLOSED');
  });

  test('V-019: the window of the SYN,ACK counts for the first data', () => {
    const story = narrate().given('ESTABLISHED');
    story.expect('SND.WND', story.connection.status().sendWindow, THEIR_WINDOW);
  });
});
