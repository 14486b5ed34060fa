import {
  CallError,
  checkInvariants,
  Connection,
  defaultTcpConfig,
  EMPTY_PAYLOAD,
  equalBytes,
  minutes,
  ms,
  patternPayload,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { Pair, transfer } from '../../../../test/support/pair.ts';

describe('a whole connection between two ends', () => {
  test('O-005: three segments open it', () => {
    const pair = new Pair().connect();
    expect(pair.segments.map(({ segment }) => segment.flags)).toEqual([0x02, 0x12, 0x10]);
    expect(pair.kinds('client')).toContain('established');
    expect(pair.kinds('server')).toContain('established');
  });

  test('a megabyte crosses unchanged, as the described pattern it was', () => {
    const pair = new Pair().connect();
    const data = patternPayload(0, 1_000_000);
    expect(equalBytes(transfer(pair, 'client', data), data.toBytes())).toBe(true);
    expect(pair.segments.filter(({ segment }) => segment.resent)).toEqual([]);
    for (const { segment } of pair.segments) {
      if (segment.payload.length > 0) expect(segment.payload.patternOffset).toBeDefined();
    }
  });

  test('C-001: the active closer waits 2 MSL, the passive one is done at once', () => {
    const pair = new Pair().connect();
    pair.client.close(pair.now);
    pair.runUntil(() => pair.server.state === 'CLOSE-WAIT' && pair.client.state === 'FIN-WAIT-2');
    pair.server.close(pair.now);
    expect(pair.server.state).toBe('LAST-ACK');
    pair.runUntil(() => pair.client.state === 'TIME-WAIT' && pair.server.state === 'CLOSED');
    const since = pair.now;
    pair.runUntil(() => pair.client.state === 'CLOSED');
    expect(pair.now - since).toBeLessThanOrEqual(minutes(4));
    expect(pair.now - since).toBeGreaterThanOrEqual(minutes(4) - ms(20));
    expect(pair.kinds('client').at(-1)).toBe('closed');
    expect(pair.kinds('server').at(-1)).toBe('closed');
  });

  test('C-002: both may close at the same time', () => {
    const pair = new Pair().connect();
    pair.client.close(pair.now);
    pair.server.close(pair.now);
    pair.runUntil(() => pair.client.state === 'TIME-WAIT' && pair.server.state === 'TIME-WAIT');
    expect(pair.client.state).toBe('TIME-WAIT');
    pair.runUntil(() => pair.client.state === 'CLOSED' && pair.server.state === 'CLOSED');
    expect(pair.server.state).toBe('CLOSED');
  });

  test('O-007: both may open at the same time', () => {
    const pair = new Pair();
    pair.client.openActive(pair.now);
    pair.server.openActive(pair.now);
    pair.runUntil(() => pair.client.state === 'ESTABLISHED' && pair.server.state === 'ESTABLISHED');
    expect(pair.client.state).toBe('ESTABLISHED');
    expect(pair.server.state).toBe('ESTABLISHED');
    const data = patternPayload(0, 20_000);
    expect(equalBytes(transfer(pair, 'server', data), data.toBytes())).toBe(true);
  });

  test('C-004, C-005: after a half-close the other direction goes on', () => {
    const pair = new Pair().connect();
    pair.client.close(pair.now);
    pair.runUntil(() => pair.server.state === 'CLOSE-WAIT');
    const data = patternPayload(0, 200_000);
    expect(equalBytes(transfer(pair, 'server', data), data.toBytes())).toBe(true);
    expect(() => pair.client.send(data, pair.now)).toThrow(CallError);
    expect(pair.client.receive(10, pair.now)).toBe(EMPTY_PAYLOAD);
  });

  test('C-018: ABORT resets the peer', () => {
    const pair = new Pair().connect();
    pair.client.abort(pair.now);
    pair.runFor(ms(100));
    expect(pair.client.state).toBe('CLOSED');
    expect(pair.server.state).toBe('CLOSED');
    expect(pair.events.server.at(-1)).toMatchObject({ kind: 'failed', reason: 'connection reset' });
  });

  test('RTO-014: what is lost is sent again', () => {
    const pair = new Pair({
      wire: (_segment, from, index) => (from === 'client' && index === 3 ? [] : [ms(10)]),
    });
    pair.connect();
    const data = patternPayload(0, 100);
    expect(equalBytes(transfer(pair, 'client', data), data.toBytes())).toBe(true);
    const more = patternPayload(100, 100_000);
    expect(equalBytes(transfer(pair, 'client', more), more.toBytes())).toBe(true);
  });

  test('O-007, W-024: a connection to oneself opens, carries data and closes', () => {
    const ends = { localAddress: 7, localPort: 9, remoteAddress: 7, remotePort: 9 };
    const self = new Connection({ ends, config: defaultTcpConfig(), iss: 0xffff_fffe });
    const settle = () => {
      for (let i = 0; i < 50; i += 1) {
        const segment = self.pollOutput(ms(0));
        if (segment === undefined) return;
        self.handleInput(segment, ms(0));
        checkInvariants(self);
      }
      throw new Error('it talks to itself without end');
    };
    self.openActive(ms(0));
    settle();
    expect(self.state).toBe('ESTABLISHED');
    self.send(patternPayload(0, 3_000), ms(0));
    settle();
    self.handleTimeout(ms(200));
    settle();
    expect(self.receive(9_999, ms(200)).length).toBe(3_000);
    self.close(ms(200));
    settle();
    expect(self.state).toBe('TIME-WAIT');
  });
});
