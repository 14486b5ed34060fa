/** Whatever programs, servers and the clock do to a pool, its promises hold. */
import { expect, test } from 'vitest';
import {
  CallError,
  ConnectionError,
  describeMachine,
  ms,
  TimeoutError,
  type Process,
} from '@tcplab/core';
import { ClientSession, Connector, pooledConnectionMachine } from '@tcplab/core/session';
import { fc, runs } from '../../../../test/support/fast-check.ts';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { startServer, type Reply } from './small-server.ts';

const visit = fc.record({
  host: fc.constantFrom('a', 'b'),
  at: fc.nat(300),
  /** How the server answers. */
  reply: fc.constantFrom<Reply>(
    { body: 'x' },
    { body: 'x', after: ms(30) },
    { body: 'x', close: 'answered' },
    { close: 'unanswered' },
    { pieces: ['a', 'b'], pause: ms(15) },
    { body: 'x', headers: { Connection: 'close' } },
    { body: 'x', headers: { 'Keep-Alive': 'timeout=1, max=1' } },
  ),
  /** What the program does with it. */
  fate: fc.constantFrom('read', 'release', 'close', 'cancel', 'hurry'),
});

const options = fc.record({
  limit: fc.constantFrom(0, 1, 2, 3),
  limitPerHost: fc.constantFrom(0, 1, 2),
  keepAliveTimeout: fc.constantFrom(ms(10), ms(500)),
  reuseOrder: fc.constantFrom('lifo' as const, 'fifo' as const),
});

test('limits hold, nobody waits for ever, and nothing stays open', () => {
  const property = fc.property(options, fc.array(visit, { maxLength: 14 }), (pool, visits) => {
    const net = new MemoryNetwork({ latency: ms(7) });
    for (const name of ['a', 'b']) {
      startServer(net.host(name), ({ target }) => visits[Number(target.slice(1))]!.reply, {
        idleTimeout: ms(100),
      });
    }
    const client = net.host('client');
    const connector = new Connector(client, pool);
    const session = new ClientSession(client, { connector });
    const ended = new Set<number>();
    for (const [index, { at, host, fate }] of visits.entries()) {
      const task = client.spawn(
        (function* (): Process {
          try {
            yield* client.sleep(ms(at));
            const timeout = fate === 'hurry' ? { timeout: { total: ms(40) } } : {};
            const response = yield* session.get(`http://${host}/${index}`, timeout);
            if (fate === 'release') response.release();
            else if (fate === 'close') response.close();
            else yield* response.read();
          } catch (error) {
            const expected = [CallError, ConnectionError, TimeoutError];
            if (!expected.some((kind) => error instanceof kind)) throw error;
          } finally {
            ended.add(index);
          }
        })(),
      );
      if (fate === 'cancel') net.at(ms(at + 25), () => task.cancel());
    }
    net.run(ms(60_000));
    expect(ended.size).toBe(visits.length);
    const { statistics } = connector;
    if (pool.limit > 0) expect(statistics.peak).toBeLessThanOrEqual(pool.limit);
    expect(statistics.open).toBe(0);
    expect(connector.waiting).toBe(0);
    for (const connection of statistics.connections) expect(connection.state).toBe('closed');
    session.close();
    net.run();
  });
  fc.assert(property, runs(60));
});

test('every state of the connection’s machine leads to its end', () => {
  const { states, arrows } = describeMachine(pooledConnectionMachine);
  const leadsTo = new Map(states.map((state) => [state, new Set([state])]));
  for (let round = 0; round < states.length; round += 1) {
    for (const { from, to } of arrows)
      for (const far of leadsTo.get(to)!) leadsTo.get(from)!.add(far);
  }
  for (const state of states) expect([...leadsTo.get(state)!]).toContain('closed');
  expect([...leadsTo.get('opening')!].sort()).toEqual([...states].sort());
});
