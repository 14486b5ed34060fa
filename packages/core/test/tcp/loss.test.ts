import { ms, NEVER, seconds, type TcpConfig } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { narrate, type Narrator } from '../../../../test/support/narrator.ts';

const MSS = 1_000;
const BASE: Partial<TcpConfig> = { sendMss: MSS, r2: NEVER, userTimeout: NEVER };

/** ESTABLISHED, RTT 100 ms, and so many segments of 1000 bytes in flight, numbered from 1. */
function flying(segments: number, config: Partial<TcpConfig> = {}): Narrator {
  const story = narrate({ ...BASE, ...config });
  story
    .calls('OPEN', () => story.connection.openActive(story.now))
    .waits(ms(100))
    .forget();
  story
    .arrives({ flags: 'SA', ack: 1, wnd: 60_000, options: [{ kind: 'mss', mss: MSS }] })
    .forget();
  // The window is opened by acknowledging bytes until enough segments may fly; those bytes are forgotten.
  story.connection.tcb.congestion.begin(MSS, segments * MSS);
  return story
    .sends(100_000)
    .expect('flight', story.connection.tcb.flight, segments * MSS)
    .forget();
}

const ack = (n: number, wnd = 60_000) => ({ flags: 'A', seq: 1, ack: n * MSS + 1, wnd });
const cwnd = (story: Narrator) => story.connection.status().cwnd;
const ssthresh = (story: Narrator) => story.connection.status().ssthresh;
const phase = (story: Narrator) => story.connection.status().congestionPhase;

describe('the retransmission timer (RFC 6298)', () => {
  test('RTO-002, RTO-003, M-32: the first samples by the book', () => {
    const story = narrate({ ...BASE, minRto: ms(1) }).calls('', () => {});
    story
      .calls('OPEN', () => story.connection.openActive(story.now))
      .waits(ms(80))
      .forget();
    story.arrives({ flags: 'SA', ack: 1 }).forget();
    expect(story.connection.status()).toMatchObject({ srtt: 80_000, rttvar: 40_000, rto: 240_000 });
    story.sends(10).waits(ms(40)).forget().arrives({ flags: 'A', seq: 1, ack: 11 });
    // RTTVAR = 3/4·40 + 1/4·|80 − 40| = 40; SRTT = 7/8·80 + 1/8·40 = 75; RTO = 75 + 160.
    expect(story.connection.status()).toMatchObject({ srtt: 75_000, rttvar: 40_000, rto: 235_000 });
  });

  test('RTO-001, RTO-005: one second before the first sample and at least', () => {
    const story = narrate().given('ESTABLISHED');
    story.expect('RTO', story.connection.status().rto, seconds(1));
  });

  test('RTO-011, RTO-014, RTO-015, RTO-016: only the earliest is repeated, at doubled intervals', () => {
    const story = flying(3).waits(seconds(16));
    const sent = story.takeSent();
    expect(sent.map(({ at }) => at / 1e6)).toEqual([1.1, 3.1, 7.1, 15.1]);
    for (const { segment } of sent)
      expect(segment).toMatchObject({ seq: 0xffff_fff1, resent: true });
  });

  test('RTO-012, RTO-013: an ACK of new data restarts the timer, the last one stops it', () => {
    const story = flying(3).waits(ms(100)).arrives(ack(1)).forget().waits(ms(999)).expectNothing();
    story.waits(ms(1)).expectSends({ seq: 1_001, resent: true });
    const done = narrate(BASE).given('ESTABLISHED').sends(10).forget();
    done
      .arrives({ flags: 'A', seq: 1, ack: 11 })
      .expect('timer', done.connection.pollTimeout(), NEVER);
  });

  test('RTO-007, M-31: what was sent twice is not measured; RTO-018: the next sample ends the back-off', () => {
    const story = narrate(BASE).given('ESTABLISHED').sends(10).waits(seconds(1)).forget();
    story.arrives({ flags: 'A', seq: 1, ack: 11 });
    story.expect('RTO', story.connection.status().rto, seconds(2));
    story.sends(10, {}, 10).waits(ms(50)).forget().arrives({ flags: 'A', seq: 1, ack: 21 });
    story.expect('RTO', story.connection.status().rto, seconds(1));
  });

  test('RTO-008: at least one sample for each round trip', () => {
    const story = flying(4).waits(ms(200)).arrives(ack(1)).forget();
    story.expect('SRTT', story.connection.status().srtt, 112_500);
    story.waits(ms(100)).arrives(ack(5)).forget();
    story.expect('SRTT changed', story.connection.status().srtt !== 112_500, true);
  });

  test('RTO-006: no interval is longer than the bound', () => {
    const story = flying(1).waits(seconds(400));
    const at = story.takeSent().map((sent) => sent.at);
    expect(Math.max(...at.slice(1).map((t, i) => t - at[i]!))).toBe(60_000_000);
  });

  test('F-004, F-005: R1 tells the user, R2 closes', () => {
    const story = flying(1, { r2: seconds(100) })
      .waits(seconds(8))
      .forget()
      .waits(seconds(120));
    story.forget().expectState('CLOSED');
    const told = flying(1).waits(seconds(8));
    told.forget().expectState('ESTABLISHED');
  });

  test('F-006: the user sets R2 and the user timeout for one connection', () => {
    const story = flying(1);
    story
      .calls('R2', () => story.connection.setR2(seconds(5), story.now))
      .waits(seconds(10))
      .forget();
    story.expectState('CLOSED');
    const patient = flying(1);
    patient
      .calls('UTO', () => patient.connection.setUserTimeout(seconds(9), patient.now))
      .waits(seconds(10));
    patient.forget().expectState('CLOSED');
  });

  test('RTO-020: a repeated segment carries the current ACK and window', () => {
    const story = flying(1).arrives({ flags: 'A', seq: 1, ack: 1, wnd: 60_000, len: 500 }).forget();
    story.waits(seconds(1)).expectSends({ seq: 1, ack: 501, wnd: 65_035, resent: true });
  });
});

describe('duplicate ACKs, fast retransmit and NewReno (RFC 5681 §3.2, RFC 6582)', () => {
  test('CC-015, CC-025, M-37: limited transmit: one new segment each, cwnd unchanged', () => {
    const story = flying(5).arrives(ack(0)).expectSends({ seq: 5_001, rule: 'CC-015' });
    story.arrives(ack(0)).expectSends({ seq: 6_001 }).expect('cwnd', cwnd(story), 5_000);
    flying(5, { limitedTransmit: false }).arrives(ack(0)).arrives(ack(0)).expectNothing();
  });

  test('CC-016, CC-017, M-34: the third repeats SND.UNA; ssthresh is half of FlightSize without limited transmit', () => {
    const story = flying(10).arrives(ack(0)).forget().arrives(ack(0)).forget().arrives(ack(0));
    story
      .expectSends({ seq: 1, len: MSS, resent: true })
      .expect('ssthresh', ssthresh(story), 5_000);
    story.expect('cwnd', cwnd(story), 8_000).expect('phase', phase(story), 'fast recovery');
  });

  test('CC-027, M-34: FlightSize is halved, not a cwnd that the peer’s window never let be filled', () => {
    const story = narrate(BASE).given('ESTABLISHED', 'active', { wnd: 6_000 });
    story.connection.tcb.congestion.begin(MSS, 50_000);
    story.sends(20_000).forget();
    for (let i = 0; i < 3; i += 1) story.arrives(ack(0, 6_000)).forget();
    story.expect('ssthresh', ssthresh(story), 3_000);
    const late = narrate(BASE).given('ESTABLISHED', 'active', { wnd: 6_000 });
    late.connection.tcb.congestion.begin(MSS, 50_000);
    late.sends(20_000).forget().waits(seconds(1)).forget();
    late.expect('ssthresh', ssthresh(late), 3_000);
  });

  test('CC-018, CC-019: each further one inflates, and lets new data go when the window allows', () => {
    const story = inRecovery(10);
    for (let i = 0; i < 4; i += 1) story.arrives(ack(0));
    story
      .expectNothing()
      .expect('cwnd', cwnd(story), 12_000)
      .arrives(ack(0))
      .expectSends({ seq: 12_001, resent: false });
  });

  test('CC-020, NR-003: the full ACK deflates and ends recovery', () => {
    const story = inRecovery(10).arrives(ack(12));
    story.expect('cwnd', cwnd(story), 2_000).expect('phase', phase(story), 'slow start').forget();
  });

  test('NR-003: with enough in flight it ends at ssthresh, in congestion avoidance', () => {
    const story = inRecovery(10);
    for (let i = 0; i < 9; i += 1) story.arrives(ack(0)).forget();
    story
      .arrives(ack(12))
      .expect('cwnd', cwnd(story), 5_000)
      .expect('phase', phase(story), 'congestion avoidance');
  });

  test('NR-004, M-38: a partial ACK repeats the next hole and stays in recovery', () => {
    const story = inRecovery(10)
      .arrives(ack(4))
      .expectSends({ seq: 4_001, len: MSS, resent: true });
    story.expect('cwnd', cwnd(story), 5_000).expect('phase', phase(story), 'fast recovery');
    story.arrives(ack(7)).expectSends({ seq: 7_001, resent: true });
    story.expect('phase', phase(story), 'fast recovery');
  });

  test('NR-005: only the first partial ACK resets the timer', () => {
    const story = inRecovery(10)
      .waits(ms(500))
      .arrives(ack(4))
      .forget()
      .waits(ms(500))
      .arrives(ack(5))
      .forget();
    story.waits(ms(499)).expectNothing().waits(ms(1)).expectSends({ seq: 5_001, resent: true });
  });

  test('NR-002, NR-006, NR-007: after a timeout, duplicates of what was repeated start nothing', () => {
    const story = flying(10).waits(seconds(1)).expectSends({ seq: 1, resent: true });
    for (let i = 0; i < 5; i += 1) story.arrives(ack(3)).forget();
    story.expect('phase', phase(story), 'loss').expect('cwnd below', cwnd(story) < 3_000, true);
  });

  test('CC-002, M-36: a window update, data or a FIN is no duplicate ACK', () => {
    const story = flying(10);
    for (const wnd of [50_000, 51_000, 52_000, 53_000]) story.arrives(ack(0, wnd)).expectNothing();
    for (const seq of [1, 11, 21, 31]) {
      story
        .arrives({ flags: 'A', seq, ack: 1, wnd: 53_000, len: 10 })
        .expectSends({ flags: 'A', len: 0 });
    }
    story.expect('phase', phase(story), 'slow start');
  });

  test('CC-002: without outstanding data nothing is duplicate', () => {
    const story = narrate(BASE).given('ESTABLISHED');
    for (let i = 0; i < 5; i += 1) story.arrives({ flags: 'A', seq: 1, ack: 1 }).expectNothing();
    story.expect('phase', phase(story), 'slow start');
  });

  test('NR-001: the very first segment of a connection can be repaired by fast retransmit', () => {
    const story = flying(4)
      .arrives(ack(0))
      .forget()
      .arrives(ack(0))
      .forget()
      .arrives(ack(0))
      .expectSends({ seq: 1, resent: true });
    story.expect('phase', phase(story), 'fast recovery');
  });

  test('M-30: three duplicates with only a FIN outstanding repeat the FIN and leave the timer running', () => {
    const story = narrate(BASE).given('ESTABLISHED');
    story.calls('CLOSE', () => story.connection.close(story.now)).forget();
    const dup = { flags: 'A', seq: 1, ack: 1 };
    story.arrives(dup).arrives(dup).arrives(dup).expectSends({ flags: 'FA', seq: 1, resent: true });
    story.waits(seconds(1)).expectSends({ flags: 'FA', seq: 1, resent: true });
  });
});

describe('congestion control (RFC 5681)', () => {
  test('CC-009: slow start grows by what is acknowledged, at most SMSS for an ACK', () => {
    expect(cwnd(flying(4).arrives(ack(1)))).toBe(5_000);
    expect(cwnd(flying(4).arrives(ack(4)))).toBe(5_000);
    expect(cwnd(flying(4).arrives({ flags: 'A', seq: 1, ack: 11, wnd: 60_000 }))).toBe(4_010);
  });

  test('CC-005, M-35: the ACK of the SYN grows nothing', () => {
    const story = narrate(BASE).given('ESTABLISHED', 'passive');
    story.expect('cwnd', cwnd(story), 4 * MSS);
  });

  test('CC-010: congestion avoidance grows one segment for each window acknowledged', () => {
    const story = inRecovery(10);
    for (let i = 0; i < 9; i += 1) story.arrives(ack(0)).forget();
    story.arrives(ack(12)).forget().expect('cwnd', cwnd(story), 5_000);
    for (const n of [13, 14, 15, 16])
      story.arrives(ack(n)).forget().expect('cwnd', cwnd(story), 5_000);
    story.arrives(ack(17)).expect('cwnd', cwnd(story), 6_000);
  });

  test('CC-011, CC-012, M-33: a timeout: one segment, ssthresh half of FlightSize; repeated, ssthresh stays', () => {
    const story = flying(10).waits(seconds(1)).expectSends({ seq: 1, resent: true });
    story.expect('cwnd', cwnd(story), MSS).expect('ssthresh', ssthresh(story), 5_000);
    story.waits(seconds(2)).expectSends({ seq: 1 }).expect('ssthresh', ssthresh(story), 5_000);
  });

  test('CC-012: after the timeout slow start repeats the rest, then goes on with new data', () => {
    const story = flying(4).waits(seconds(1)).expectSends({ seq: 1, resent: true });
    story.arrives(ack(1)).expectSends({ seq: 1_001, resent: true }, { seq: 2_001, resent: true });
    story
      .arrives(ack(3))
      .expectSends({ seq: 3_001, resent: true }, { seq: 4_001, resent: false }, { seq: 5_001 });
  });

  test('CC-012: what turns out to have arrived is not repeated', () => {
    const story = flying(4).waits(seconds(1)).forget().arrives(ack(4));
    story
      .expectSends({ seq: 4_001, resent: false }, { seq: 5_001 })
      .expect('phase', phase(story), 'congestion avoidance');
  });

  test('CC-021: after a pause longer than RTO the window is the restart window', () => {
    const story = narrate(BASE).given('ESTABLISHED', 'active', { wnd: 60_000 });
    story.connection.tcb.congestion.begin(MSS, 20_000);
    story.sends(2_000).forget().arrives(ack(2)).waits(seconds(2)).sends(30_000);
    expect(story.takeSent().length).toBe(4);
    const busy = narrate(BASE).given('ESTABLISHED', 'active', { wnd: 60_000 });
    busy.connection.tcb.congestion.begin(MSS, 20_000);
    busy.sends(2_000).forget().arrives(ack(2)).waits(ms(900)).sends(30_000);
    expect(busy.takeSent().length).toBeGreaterThan(20);
  });

  test('CC-024: losses in two successive windows reduce twice', () => {
    const story = inRecovery(20).arrives(ack(22)).forget();
    expect([ssthresh(story), phase(story)]).toEqual([10_000, 'slow start']);
    story.arrives(ack(23)).forget();
    for (let i = 0; i < 3; i += 1) story.arrives(ack(23)).forget();
    story.expect('phase', phase(story), 'fast recovery');
    expect(ssthresh(story)).toBeLessThan(10_000);
  });
});

/** In fast recovery: segment 0 of so many was lost, three duplicates came, two segments more were sent. */
function inRecovery(segments: number): Narrator {
  const story = flying(segments);
  for (let i = 0; i < 3; i += 1) story.arrives(ack(0)).forget();
  return story.expect('phase', phase(story), 'fast recovery');
}
