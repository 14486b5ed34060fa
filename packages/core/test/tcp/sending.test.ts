import { ms, NEVER, patternPayload, seconds } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { narrate } from '../../../../test/support/narrator.ts';

const NO_END = { r2: NEVER, userTimeout: NEVER };

describe('segmentation, PSH and Nagle (RFC 9293 §3.7, §3.9.1.2)', () => {
  test('U-001, U-002: full segments, and PSH on the last one only', () => {
    narrate()
      .given('ESTABLISHED')
      .sends(3_500)
      .expectSends({ flags: 'A', seq: 1, len: 1_460 }, { flags: 'A', seq: 1_461, len: 1_460 })
      .arrives({ flags: 'A', seq: 1, ack: 2_921 })
      .expectSends({ flags: 'PA', seq: 2_921, len: 580 });
  });

  test('U-001: a pushed byte carries PSH even when more is queued behind it', () => {
    const story = narrate().given('ESTABLISHED').sends(1_000, { push: true }).forget();
    story.sends(2_000, { push: true }, 1_000).expectSends({ flags: 'A', seq: 1_001, len: 1_460 });
    // The second segment holds the pushed byte, the third does not; more is queued behind both.
    story.sends(4_000, {}, 3_000).expectSends({ flags: 'PA', seq: 2_461, len: 1_460 });
    story.arrives({ flags: 'A', seq: 1, ack: 3_921 });
    expect(story.takeSent()[0]!.segment.flags & 0x08).toBe(0);
  });

  test('S-008: with something unacknowledged a small segment waits; its ACK releases all of it', () => {
    narrate()
      .given('ESTABLISHED')
      .sends(10)
      .expectSends({ len: 10 })
      .sends(5, {}, 10)
      .sends(5, {}, 15)
      .expectNothing()
      .arrives({ flags: 'A', seq: 1, ack: 11 })
      .expectSends({ flags: 'PA', seq: 11, len: 10 });
  });

  test('S-008: a full segment does not wait', () => {
    narrate()
      .given('ESTABLISHED')
      .sends(10)
      .forget()
      .sends(1_460, {}, 10)
      .expectSends({ len: 1_460 });
  });

  test('S-009: Nagle can be turned off', () => {
    const story = narrate().given('ESTABLISHED').sends(10).forget();
    story.calls('no delay', () => story.connection.setNoDelay(true, story.now));
    story.sends(5, {}, 10).expectSends({ flags: 'PA', seq: 11, len: 5 });
  });

  test('C-003: the last segment of a closed stream does not wait either', () => {
    const story = narrate()
      .given('ESTABLISHED')
      .sends(10)
      .forget()
      .sends(5, {}, 10)
      .expectNothing();
    story
      .calls('CLOSE', () => story.connection.close(story.now))
      .expectSends({ flags: 'FPA', seq: 11, len: 5 });
  });

  test('A-X16: an acknowledgment that is due rides on data', () => {
    narrate({ delayedAck: ms(200) })
      .given('ESTABLISHED')
      .arrives({ flags: 'PA', seq: 1, ack: 1, len: 20 })
      .expectNothing()
      .sends(10)
      .expectSends({ flags: 'PA', ack: 21, len: 10 })
      .waits(ms(500))
      .expectNothing();
  });

  test('described bulk data stays a description in every segment', () => {
    const story = narrate().given('ESTABLISHED').sends(4_000);
    const offsets = story.takeSent().map(({ segment }) => segment.payload.patternOffset);
    expect(offsets).toEqual([0, 1_460]);
  });
});

describe('the peer’s window (RFC 9293 §3.8.6)', () => {
  test('CC-001: nothing is sent beyond the window', () => {
    narrate({ nagle: false })
      .given('ESTABLISHED', 'active', { wnd: 2_000 })
      .sends(5_000)
      .expectSends({ seq: 1, len: 1_460 });
  });

  test('V-019, M-25: an old segment does not change the window', () => {
    const story = narrate().given('ESTABLISHED').sends(100).forget();
    story
      .arrives({ flags: 'A', seq: 1, ack: 101, wnd: 9_000 })
      .expect('SND.WND', story.connection.tcb.snd.wnd, 9_000);
    story
      .arrives({ flags: 'A', seq: 1, ack: 50, wnd: 5_000 })
      .expect('SND.WND', story.connection.tcb.snd.wnd, 9_000);
    story.arrives({ flags: 'A', seq: 11, ack: 101, wnd: 700, len: 5 }).forget();
    story.expect('SND.WND', story.connection.tcb.snd.wnd, 700);
    story.arrives({ flags: 'A', seq: 1, ack: 101, wnd: 800, len: 10 }).forget();
    story.expect('SND.WND', story.connection.tcb.snd.wnd, 700);
  });

  test('V-002, V-003, M-28: a shrunk window stops new data; what is inside is still repeated', () => {
    const story = narrate(NO_END)
      .given('ESTABLISHED', 'active', { wnd: 2_920 })
      .sends(6_000)
      .forget();
    story.arrives({ flags: 'A', seq: 1, ack: 1, wnd: 1_000 }).expectNothing();
    story.waits(seconds(1)).expectSends({ seq: 1, len: 1_000, resent: true });
    story.arrives({ flags: 'A', seq: 1, ack: 1_001, wnd: 10_000 });
    story.expectSends({ seq: 1_001, resent: true, len: 1_460 }, { seq: 2_461 });
  });

  test('V-006, V-008, V-007: a zero window is probed after one RTO, then at doubled intervals, for ever', () => {
    const story = narrate()
      .given('ESTABLISHED', 'active', { wnd: 100 })
      .sends(300)
      .expectSends({ len: 100 });
    story.arrives({ flags: 'A', seq: 1, ack: 101, wnd: 0 }).expectNothing();
    const at: number[] = [];
    let last = story.now;
    for (let i = 0; i < 12; i += 1) {
      while (story.sent.length === 0 || story.sent.at(-1)!.at <= last) story.waits(ms(100));
      const probe = story.takeSent()[0]!;
      expect(probe.segment.payload.length).toBe(1);
      at.push((probe.at - last) / 1e6);
      last = probe.at;
      story.arrives({ flags: 'A', seq: 1, ack: 101, wnd: 0 });
    }
    expect(at.map(Math.round)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
    story.expectState('ESTABLISHED');
  });

  test('V-010, M-26: the byte of a probe counts: accepted, it is not sent again', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 100 }).sends(300).forget();
    story.arrives({ flags: 'A', seq: 1, ack: 101, wnd: 0 }).waits(seconds(1));
    story.expectSends({ seq: 101, len: 1, rule: 'V-006' });
    story
      .arrives({ flags: 'A', seq: 1, ack: 102, wnd: 5_000 })
      .expectSends({ seq: 102, len: 199, resent: false });
  });

  test('V-005: refused, it is sent again as soon as the window opens', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 100 }).sends(300).forget();
    story.arrives({ flags: 'A', seq: 1, ack: 101, wnd: 0 }).waits(seconds(1)).forget();
    story.arrives({ flags: 'A', seq: 1, ack: 101, wnd: 5_000 });
    story
      .expectSends({ seq: 101, len: 1, resent: true })
      .arrives({ flags: 'A', seq: 1, ack: 102, wnd: 5_000 });
    story.expectSends({ seq: 102, len: 199 });
  });

  test('M-27: without an update the probe finds the window open', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 0 }).sends(50).expectNothing();
    story.waits(seconds(1)).expectSends({ seq: 1, len: 1 });
  });

  test('V-006, CC-002: the answers to probes are no duplicate ACKs: no window is reduced', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 0 }).sends(50);
    const { congestion, phases } = story.connection.tcb;
    const { cwnd, ssthresh } = congestion;
    for (const wait of [1, 2, 4, 8, 16]) {
      story.waits(seconds(wait)).expectSends({ seq: 1, len: 1 });
      story.arrives({ flags: 'A', seq: 1, ack: 1, wnd: 0 });
    }
    story.expect('cwnd', congestion.cwnd, cwnd).expect('ssthresh', congestion.ssthresh, ssthresh);
    story.expect('phase', phases.phase, 'slow start');
  });

  test('V-009, A-X02: beside a probe, ACKs and resets carry a number that a closed window accepts', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 0 }).sends(50);
    story.waits(seconds(1)).expectSends({ seq: 1, len: 1 });
    story.arrives({ flags: 'A', seq: 1, ack: 1, wnd: 0, len: 10 });
    story.expectSends({ flags: 'A', seq: 1, ack: 11 });
    story.calls('ABORT', () => story.connection.abort(story.now));
    story.expectSends({ flags: 'R', seq: 1 });
  });

  test('V-007, F-004: R2 counts from the first wait, however long the window was closed before', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 0 }).waits(seconds(200));
    story.sends(50).expectNothing().waits(seconds(1));
    story.expectSends({ seq: 1, len: 1, rule: 'V-006' }).expectState('ESTABLISHED');
  });

  test('V-007: a peer that answers no probe is given up after R2', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 0 }).sends(50);
    story.waits(seconds(400)).forget().expectState('CLOSED');
  });

  test('I-06, M-29: a partial ACK that closes the window leaves exactly one timer, and data is repeated', () => {
    const story = narrate(NO_END)
      .given('ESTABLISHED', 'active', { wnd: 2_920 })
      .sends(2_920)
      .forget();
    story.arrives({ flags: 'A', seq: 1, ack: 1_461, wnd: 0 }).waits(seconds(1));
    story.expectSends({ seq: 1_461, len: 1, resent: true });
    story
      .arrives({ flags: 'A', seq: 1, ack: 1_461, wnd: 2_000 })
      .expectSends({ seq: 1_461, len: 1_460 });
  });

  test('V-006: with nothing else left, the FIN probes a zero window', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 0 });
    story.calls('CLOSE', () => story.connection.close(story.now)).expectNothing();
    story.waits(seconds(1)).expectSends({ flags: 'FA', seq: 1 });
  });
});

describe('silly window avoidance of the sender (RFC 9293 §3.8.6.2.1)', () => {
  test('V-011, M-51: a sliver of the window is not filled; half of the largest window is', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 1_000 }).sends(3_000);
    story
      .expectSends({ len: 1_000 })
      .arrives({ flags: 'A', seq: 1, ack: 1_001, wnd: 499 })
      .expectNothing();
    story
      .arrives({ flags: 'A', seq: 1, ack: 1_001, wnd: 500 })
      .expectSends({ seq: 1_001, len: 500 });
  });

  test('V-011: the override timer sends what was held back for long', () => {
    const story = narrate({ overrideTimeout: ms(300) }).given('ESTABLISHED', 'active', {
      wnd: 1_000,
    });
    story
      .sends(3_000)
      .forget()
      .arrives({ flags: 'A', seq: 1, ack: 1_001, wnd: 100 })
      .waits(ms(299))
      .expectNothing();
    story.waits(ms(1)).expectSends({ seq: 1_001, len: 100, rule: 'V-011' });
  });

  test('V-011: all that is queued fits: it is sent, however small', () => {
    const story = narrate().given('ESTABLISHED', 'active', { wnd: 1_000 }).sends(1_100).forget();
    story
      .arrives({ flags: 'A', seq: 1, ack: 1_001, wnd: 150 })
      .expectSends({ seq: 1_001, len: 100 });
  });
});

describe('urgent data (RFC 9293 §3.8.5)', () => {
  test('F-013, F-016: URG on every segment until the pointer is reached; it points behind the last byte', () => {
    const story = narrate({ nagle: false }).given('ESTABLISHED').sends(2_000).forget();
    story.sends(5, { urgent: true }, 2_000).expectSends({ flags: 'PAU', seq: 2_001, up: 5 });
    story.sends(5, {}, 2_005).expectSends({ flags: 'PA', seq: 2_006, up: 0 });
    story.waits(seconds(1)).expectSends({ flags: 'AU', seq: 1, up: 2_005, resent: true });
  });

  test('F-016: urgent data needs at least one byte', () => {
    const story = narrate().given('ESTABLISHED');
    expect(() => story.connection.send(patternPayload(0, 0), story.now, { urgent: true })).toThrow(
      'at least one byte',
    );
  });

  test('F-014, F-015: the user hears when the pointer arrives and when it advances, and can ask for the rest', () => {
    const story = narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'AU', seq: 1, ack: 1, len: 10, up: 4 })
      .forget();
    story.expect('urgent', story.connection.status().urgentBytes, 4);
    story
      .arrives({ flags: 'A', seq: 11, ack: 1, len: 5, up: 5 })
      .expectSends({ ack: 16 })
      .expectEvents('data arrived');
    story.arrives({ flags: 'AU', seq: 16, ack: 1, len: 5, up: 3 }).forget();
    story.expect('urgent', story.connection.status().urgentBytes, 18);
    story.receives(17).expect('urgent', story.connection.status().urgentBytes, 1);
    story.receives(17).expect('urgent', story.connection.status().urgentBytes, 0);
  });

  test('A-X14, F-017: URG after the FIN is ignored', () => {
    narrate().given('CLOSE-WAIT').arrives({ flags: 'AU', seq: 2, ack: 1, up: 9 }).expectEvents();
  });

  test('W-023: URG counts while the window is zero', () => {
    const story = narrate({ receiveBuffer: 10 })
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 10 });
    story
      .forget()
      .arrives({ flags: 'AU', seq: 11, ack: 1, len: 5, up: 5 })
      .expectSends({ ack: 11, wnd: 0 });
    story.expectEvents('urgent');
  });
});

describe('keep-alive (RFC 9293 §3.8.4)', () => {
  const often = {
    keepAlive: true,
    keepAliveIdle: seconds(100),
    keepAliveInterval: seconds(10),
    keepAliveProbes: 3,
  };

  test('F-007: off by default', () => {
    narrate().given('ESTABLISHED').waits(seconds(100_000)).expectNothing();
  });

  test('F-008, F-011: an idle connection is probed with SND.NXT − 1 and no data', () => {
    const story = narrate(often).given('ESTABLISHED').waits(seconds(100));
    story.expectSends({ flags: 'A', seq: 0, len: 0, rule: 'F-011' });
    story.arrives({ flags: 'A', seq: 1, ack: 1 }).waits(seconds(99)).expectNothing();
    story.waits(seconds(1)).expectSends({ seq: 0 });
  });

  test('F-010: one unanswered probe is no proof, several are', () => {
    const story = narrate(often).given('ESTABLISHED').waits(seconds(120));
    story.expectSends({ seq: 0 }, { seq: 0 }, { seq: 0 }).expectState('ESTABLISHED');
    story.waits(seconds(10)).expectState('CLOSED').expectEvents('failed');
  });

  test('F-007: it can be turned on and off during the life of a connection', () => {
    const story = narrate().given('ESTABLISHED');
    story
      .calls('on', () => story.connection.setKeepAlive(true, story.now))
      .waits(seconds(7_200))
      .expectSends({ seq: 0 });
    story
      .calls('off', () => story.connection.setKeepAlive(false, story.now))
      .waits(seconds(99_999))
      .expectNothing();
  });

  test('F-008: the probe draws an ACK from this TCP', () => {
    narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 0, ack: 1 })
      .expectSends({ flags: 'A', ack: 1 });
  });
});
