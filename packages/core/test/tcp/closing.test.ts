import { CallError, minutes, ms, seconds } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { narrate, segmentOf } from '../../../../test/support/narrator.ts';

describe('closing (RFC 9293 §3.6, §3.10.4, §3.10.5)', () => {
  test('C-014, C-003: the FIN follows what is queued', () => {
    const story = narrate().given('ESTABLISHED').sends(5_000).forget();
    story.calls('CLOSE', () => story.connection.close(story.now));
    story.expectState('FIN-WAIT-1').expectNothing();
    story.arrives({ flags: 'A', seq: 1, ack: 4_381 });
    story.expectSends({ flags: 'FPA', seq: 4_381, len: 620 });
  });

  test('C-001, A-X09: FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT, CLOSED', () => {
    const story = narrate().given('ESTABLISHED');
    story.calls('CLOSE', () => story.connection.close(story.now));
    story.expectSends({ flags: 'FA', seq: 1 }).arrives({ flags: 'A', seq: 1, ack: 2 });
    story.expectState('FIN-WAIT-2').expectEvents('close acknowledged');
    story.arrives({ flags: 'FA', seq: 1, ack: 2 }).expectSends({ flags: 'A', seq: 2, ack: 2 });
    story.expectState('TIME-WAIT').expectEvents('peer closed', 'time-wait');
    story.waits(ms(239_999)).expectState('TIME-WAIT').waits(ms(1)).expectState('CLOSED');
    story.expectNothing().expectEvents('closed');
  });

  test('C-023: FIN and the ACK of ours in one segment pass FIN-WAIT-2 on the way to TIME-WAIT', () => {
    narrate()
      .given('FIN-WAIT-1')
      .arrives({ flags: 'FA', seq: 1, ack: 2 })
      .expectSends({ flags: 'A', seq: 2, ack: 2 })
      .expectState('TIME-WAIT');
  });

  test('C-002, M-13: a FIN without the ACK of ours leads over CLOSING', () => {
    narrate()
      .given('FIN-WAIT-1')
      .arrives({ flags: 'FA', seq: 1, ack: 1 })
      .expectSends({ flags: 'A', seq: 2, ack: 2 })
      .expectState('CLOSING')
      .arrives({ flags: 'A', seq: 2, ack: 1 })
      .expectState('CLOSING')
      .arrives({ flags: 'A', seq: 2, ack: 2 })
      .expectState('TIME-WAIT');
  });

  test('A-X12, M-17: LAST-ACK is left by the ACK of our FIN only', () => {
    const story = narrate().given('CLOSE-WAIT').sends(10).forget();
    story.calls('CLOSE', () => story.connection.close(story.now)).expectState('LAST-ACK');
    story.expectSends({ flags: 'FA', seq: 11 });
    story.arrives({ flags: 'A', seq: 2, ack: 11 }).expectState('LAST-ACK');
    story.arrives({ flags: 'A', seq: 2, ack: 12 }).expectState('CLOSED');
    story.expectEvents('close acknowledged', 'closed');
  });

  test('M-24: a window update in LAST-ACK lets the rest of the data go', () => {
    const story = narrate().given('CLOSE-WAIT', 'active', { wnd: 100 }).sends(250);
    story.expectSends({ len: 100 });
    story.calls('CLOSE', () => story.connection.close(story.now)).expectState('LAST-ACK');
    story.arrives({ flags: 'A', seq: 2, ack: 101, wnd: 1_000 });
    story.expectSends({ flags: 'FPA', seq: 101, len: 150 });
  });

  test('C-022: FIN in ESTABLISHED: acknowledged at once, the user hears, data stays readable', () => {
    const story = narrate({ delayedAck: ms(200) }).given('ESTABLISHED');
    story.arrives({ flags: 'FPA', seq: 1, ack: 1, len: 7 }).expectSends({ flags: 'A', ack: 9 });
    story.expectState('CLOSE-WAIT').expectEvents('data arrived', 'peer closed').receives();
    expect(() => story.connection.receive(1, story.now)).toThrow(
      new CallError('connection closing'),
    );
  });

  test('C-021, M-10, M-12: a FIN ahead of a hole is kept until its turn', () => {
    const story = narrate().given('ESTABLISHED');
    story.arrives({ flags: 'FPA', seq: 11, ack: 1, len: 5 }).expectSends({ ack: 1 });
    story.expectState('ESTABLISHED').arrives({ flags: 'A', seq: 1, ack: 1, len: 10 });
    story.expectSends({ flags: 'A', ack: 17 }).expectState('CLOSE-WAIT');
    story.expect('readable', story.connection.readable, 15);
  });

  test('C-021: a FIN alone ahead of a hole is kept as well', () => {
    const story = narrate().given('FIN-WAIT-2');
    story.arrives({ flags: 'FA', seq: 4, ack: 2 }).expectSends({ ack: 1 });
    story
      .arrives({ flags: 'A', seq: 1, ack: 2, len: 3 })
      .expectSends({ ack: 5 })
      .expectState('TIME-WAIT');
  });

  test('C-027, M-11: a FIN trimmed off at the right edge is not processed', () => {
    const story = narrate({ receiveBuffer: 10 }).given('ESTABLISHED');
    story.arrives({ flags: 'FA', seq: 1, ack: 1, len: 10 }).expectSends({ ack: 11, wnd: 0 });
    story.expectState('ESTABLISHED').receives().expectSends({ ack: 11, wnd: 10 });
    story
      .arrives({ flags: 'FA', seq: 11, ack: 1 })
      .expectSends({ ack: 12 })
      .expectState('CLOSE-WAIT');
  });

  test('C-025, M-23: text after the FIN is not taken in CLOSE-WAIT', () => {
    const story = narrate().given('CLOSE-WAIT');
    story.arrives({ flags: 'A', seq: 2, ack: 1, len: 5 }).expectNothing();
    story.expect('readable', story.connection.readable, 0).expectState('CLOSE-WAIT');
    story
      .arrives({ flags: 'FA', seq: 1, ack: 1 })
      .expectSends({ ack: 2 })
      .expectState('CLOSE-WAIT');
  });

  test('C-010, M-20: a FIN that comes again is acknowledged and restarts 2 MSL', () => {
    const story = narrate().given('TIME-WAIT').waits(minutes(3));
    story.arrives({ flags: 'FA', seq: 1, ack: 2 }).expectSends({ flags: 'A', seq: 2, ack: 2 });
    story.waits(minutes(3)).expectState('TIME-WAIT').waits(minutes(1)).expectState('CLOSED');
  });

  test('C-007, M-19: MSL is configurable', () => {
    const story = narrate({ msl: seconds(1) })
      .given('TIME-WAIT')
      .waits(ms(1_999));
    story.expectState('TIME-WAIT').waits(ms(1)).expectState('CLOSED');
  });

  test('M-22: what was not read survives TIME-WAIT', () => {
    const story = narrate().given('FIN-WAIT-2');
    story.arrives({ flags: 'FPA', seq: 1, ack: 2, len: 9 }).forget().waits(minutes(5));
    story.expectState('CLOSED').expect('readable', story.connection.readable, 9).receives();
    expect(() => story.connection.receive(1, story.now)).toThrow('connection closing');
  });

  test('C-008: a SYN beyond the old numbers may end TIME-WAIT, others may not', () => {
    const { connection } = narrate().given('TIME-WAIT');
    const accepts = (flags: string, seq: number) =>
      connection.acceptsNewIncarnation(segmentOf({ flags, seq }));
    expect([accepts('S', 2), accepts('S', 1_000_000)]).toEqual([true, true]);
    expect([
      accepts('S', 0),
      accepts('S', 1),
      accepts('SA', 3),
      accepts('SR', 3),
      accepts('F', 3),
    ]).toEqual([false, false, false, false, false]);
    connection.supersede();
    expect(connection.state).toBe('CLOSED');
    expect(
      narrate()
        .given('FIN-WAIT-2')
        .connection.acceptsNewIncarnation(segmentOf({ flags: 'S', seq: 9 })),
    ).toBe(false);
  });

  test('B-011, B-012, M-21: a reset ends TIME-WAIT, or not if RFC 1337 is followed', () => {
    narrate()
      .given('TIME-WAIT')
      .arrives({ flags: 'R', seq: 2 })
      .expectState('CLOSED')
      .expectEvents('closed');
    narrate({ ignoreResetInTimeWait: true })
      .given('TIME-WAIT')
      .arrives({ flags: 'R', seq: 2 })
      .expectState('TIME-WAIT')
      .expectNothing();
  });

  test('M-18: FIN-WAIT-2 ends after the idle limit, counted from what was last heard', () => {
    const story = narrate({ finWait2Timeout: seconds(60) })
      .given('FIN-WAIT-2')
      .waits(seconds(50));
    story.arrives({ flags: 'A', seq: 1, ack: 2, len: 1 }).forget().waits(seconds(59));
    story.expectState('FIN-WAIT-2').waits(seconds(1)).expectState('CLOSED').expectEvents('failed');
    narrate().given('FIN-WAIT-2').waits(minutes(600)).expectState('FIN-WAIT-2').expectNothing();
  });

  test('C-011, C-012, M-15: CLOSE in LISTEN and SYN-SENT deletes the TCB and sends nothing', () => {
    for (const state of ['LISTEN', 'SYN-SENT'] as const) {
      const story = narrate().given(state);
      story.calls('CLOSE', () => story.connection.close(story.now));
      story.expectNothing().expectState('CLOSED').expectEvents('closed');
    }
  });

  test('C-013: CLOSE in SYN-RECEIVED sends a FIN, or waits for ESTABLISHED when data is queued', () => {
    const story = narrate().given('SYN-RECEIVED', 'passive').sends(5);
    story
      .calls('CLOSE', () => story.connection.close(story.now))
      .expectState('SYN-RECEIVED')
      .expectNothing();
    expect(() => story.connection.close(story.now)).toThrow('connection closing');
    expect(() =>
      story.connection.send(segmentOf({ flags: 'A', len: 1 }).payload, story.now),
    ).toThrow('connection closing');
    story.arrives({ flags: 'A', seq: 1, ack: 1 }).expectSends({ flags: 'FPA', seq: 1, len: 5 });
    story.expectState('FIN-WAIT-1');
  });

  test('C-015, C-017: a second CLOSE is an error and never a second FIN', () => {
    for (const state of ['FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSING', 'LAST-ACK', 'TIME-WAIT'] as const) {
      const story = narrate().given(state);
      expect(() => story.connection.close(story.now)).toThrow(new CallError('connection closing'));
      story.expectNothing().expectState(state);
    }
    const closed = narrate().connection;
    expect(() => closed.close(ms(0))).toThrow(new CallError('connection does not exist'));
  });

  test('C-018, C-019, C-020: ABORT sends <SEQ=SND.NXT><RST> only where the peer has a connection', () => {
    for (const state of [
      'SYN-RECEIVED',
      'ESTABLISHED',
      'FIN-WAIT-1',
      'FIN-WAIT-2',
      'CLOSE-WAIT',
    ] as const) {
      const story = narrate().given(state);
      const seq = state.startsWith('FIN') ? 2 : 1;
      story.calls('ABORT', () => story.connection.abort(story.now));
      story
        .expectSends({ flags: 'R', seq, rule: 'C-018' })
        .expectState('CLOSED')
        .expectEvents('failed');
    }
    for (const state of ['LISTEN', 'SYN-SENT', 'CLOSING', 'LAST-ACK', 'TIME-WAIT'] as const) {
      const story = narrate().given(state);
      story
        .calls('ABORT', () => story.connection.abort(story.now))
        .expectNothing()
        .expectState('CLOSED');
    }
    expect(() => narrate().connection.abort(ms(0))).toThrow('connection does not exist');
  });

  test('C-006: a half-duplex CLOSE with unread data, or data after it, tells the peer of the loss', () => {
    const unread = narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 4 })
      .forget();
    unread.calls('CLOSE', () => unread.connection.close(unread.now, { halfDuplex: true }));
    unread.expectSends({ flags: 'R', seq: 1, rule: 'C-006' }).expectState('CLOSED');
    const later = narrate().given('ESTABLISHED');
    later.calls('CLOSE', () => later.connection.close(later.now, { halfDuplex: true }));
    later.expectSends({ flags: 'FA' }).arrives({ flags: 'A', seq: 1, ack: 2, len: 4 });
    later.expectSends({ flags: 'R', seq: 2 }).expectState('CLOSED');
    const orderly = narrate().given('ESTABLISHED');
    orderly.calls('CLOSE', () => orderly.connection.close(orderly.now, { halfDuplex: true }));
    orderly
      .forget()
      .arrives({ flags: 'FA', seq: 1, ack: 2 })
      .expectSends({ flags: 'A' })
      .expectState('TIME-WAIT');
  });

  test('I-12, C-015: after the FIN no new number is used; the FIN is repeated with the data before it', () => {
    const story = narrate().given('ESTABLISHED').sends(30).forget();
    story
      .calls('CLOSE', () => story.connection.close(story.now))
      .expectSends({ flags: 'FA', seq: 31 });
    story.waits(seconds(1)).expectSends({ flags: 'FPA', seq: 1, len: 30, resent: true });
    story.arrives({ flags: 'A', seq: 1, ack: 31 }).waits(seconds(2));
    story.expectSends({ flags: 'FA', seq: 31, len: 0, resent: true });
  });
});

describe('calls in the RFC’s words (§3.10.2, §3.10.3)', () => {
  const one = segmentOf({ flags: 'A', len: 1 }).payload;

  test('U-004, U-005: SEND is refused in CLOSED and after CLOSE', () => {
    expect(() => narrate().connection.send(one, ms(0))).toThrow(
      new CallError('connection does not exist'),
    );
    for (const state of ['FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSING', 'LAST-ACK', 'TIME-WAIT'] as const) {
      const story = narrate().given(state);
      expect(() => story.connection.send(one, story.now)).toThrow(
        new CallError('connection closing'),
      );
    }
  });

  test('U-006, C-028: RECEIVE waits before the FIN and is refused after it', () => {
    expect(() => narrate().connection.receive(1, ms(0))).toThrow(
      new CallError('connection does not exist'),
    );
    for (const state of [
      'LISTEN',
      'SYN-SENT',
      'SYN-RECEIVED',
      'ESTABLISHED',
      'FIN-WAIT-1',
      'FIN-WAIT-2',
    ] as const) {
      expect(narrate().given(state).connection.receive(1, ms(0)).length).toBe(0);
    }
    for (const state of ['CLOSE-WAIT', 'CLOSING', 'LAST-ACK', 'TIME-WAIT'] as const) {
      expect(() => narrate().given(state).connection.receive(1, ms(0))).toThrow(
        new CallError('connection closing'),
      );
    }
  });

  test('R-010, R-013: after a reset every call tells of it, and what was queued is gone', () => {
    const story = narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 4 })
      .forget();
    story.arrives({ flags: 'R', seq: 5 }).expectState('CLOSED').expectEvents('failed');
    for (const call of [
      () => story.connection.send(one, story.now),
      () => story.connection.receive(1, story.now),
      () => story.connection.close(story.now),
    ]) {
      expect(call).toThrow(new CallError('connection reset'));
    }
  });

  test('U-007: SEND takes what fits and tells when there is room again', () => {
    const story = narrate({ sendBuffer: 1_000 }).given('ESTABLISHED').sends(1_500).forget();
    story.expect('space', story.connection.sendSpace, 0);
    story.arrives({ flags: 'A', seq: 1, ack: 1_001 }).expectEvents('send space');
    story.expect('space', story.connection.sendSpace, 1_000);
  });

  test('U-008: STATUS tells both windows, what waits, and the state', () => {
    const story = narrate()
      .given('ESTABLISHED')
      .arrives({ flags: 'A', seq: 1, ack: 1, len: 4 })
      .sends(9);
    expect(story.connection.status()).toMatchObject({
      state: 'ESTABLISHED',
      sendWindow: 20_000,
      pendingReceipt: 4,
      awaitingAck: 9,
    });
    expect(() => narrate().connection.status()).toThrow('connection does not exist');
  });
});
