import { describeMachine, InvariantViolation, MachineRunner } from '@tcplab/core';
import { clientMachine, Conversation, serverMachine } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';

const arrows = (machine: typeof clientMachine | typeof serverMachine): string[] =>
  describeMachine(machine).arrows.map(({ from, event, to }) => `${from} —${event}→ ${to}`);

describe('the machines are the picture of HTTP/1.1', () => {
  test('the client', () => {
    expect(arrows(clientMachine)).toEqual([
      'idle —request→ send body',
      'idle —connection closed→ closed',
      'idle —protocol error→ error',
      'idle —server closed→ must close',
      'send body —end of message→ done',
      'send body —connection closed→ closed',
      'send body —protocol error→ error',
      'done —connection closed→ closed',
      'done —protocol error→ error',
      'done —switch proposed→ might switch protocol',
      'done —no keep-alive→ must close',
      'done —server closed→ must close',
      'done —next request→ idle',
      'done —next cycle→ idle',
      'might switch protocol —switch accepted→ switched protocol',
      'might switch protocol —switch refused→ done',
      'might switch protocol —connection closed→ closed',
      'might switch protocol —protocol error→ error',
      'must close —connection closed→ closed',
      'must close —protocol error→ error',
    ]);
  });

  test('the server', () => {
    expect(arrows(serverMachine)).toEqual([
      'idle —request→ send response',
      'idle —response→ send body',
      'idle —connection closed→ closed',
      'idle —protocol error→ error',
      'idle —client closed→ must close',
      'send response —informational response→ send response',
      'send response —response→ send body',
      'send response —switch→ switched protocol',
      'send response —connection closed→ closed',
      'send response —protocol error→ error',
      'send body —end of message→ done',
      'send body —connection closed→ closed',
      'send body —protocol error→ error',
      'done —connection closed→ closed',
      'done —protocol error→ error',
      'done —no keep-alive→ must close',
      'done —client closed→ must close',
      'done —next request→ send response',
      'done —next cycle→ idle',
      'must close —connection closed→ closed',
      'must close —protocol error→ error',
    ]);
  });

  test('an event without an arrow is our own bug and says so', () => {
    const runner = new MachineRunner(clientMachine, 'http client', undefined);
    expect(() => runner.follow('end of message')).toThrow(InvariantViolation);
    expect(() => runner.follow('end of message')).toThrow("no arrow 'end of message' from idle");
  });
});

describe('the coupling', () => {
  type Step =
    | 'request'
    | 'upgrade'
    | 'pipeline'
    | 'client ends'
    | 'client closes'
    | 'client errs'
    | 'response'
    | 'interim'
    | 'server ends'
    | 'server closes'
    | 'server errs'
    | 'switch'
    | 'drop keep-alive';
  const STEPS: Readonly<Record<Step, (it: Conversation) => void>> = {
    request: (it) => it.request(undefined),
    upgrade: (it) => it.request('upgrade'),
    pipeline: (it) => it.pipeline(),
    'client ends': (it) => it.clientDid('end of message'),
    'client closes': (it) => it.clientDid('connection closed'),
    'client errs': (it) => it.clientDid('protocol error'),
    response: (it) => it.serverDid('response'),
    interim: (it) => it.serverDid('informational response'),
    'server ends': (it) => it.serverDid('end of message'),
    'server closes': (it) => it.serverDid('connection closed'),
    'server errs': (it) => it.serverDid('protocol error'),
    switch: (it) => it.switch(),
    'drop keep-alive': (it) => it.dropKeepAlive(),
  };
  const NAMES = Object.keys(STEPS) as Step[];

  /** Where a sequence of steps leads; undefined when a step has no arrow. */
  function follow(steps: readonly Step[]): Conversation | undefined {
    const it = new Conversation();
    try {
      for (const step of steps) STEPS[step](it);
    } catch (error) {
      expect(error).toBeInstanceOf(InvariantViolation);
      return undefined;
    }
    return it;
  }

  test('explored to a depth of five, it never rests where a coupling applies', () => {
    const reached = new Set<string>();
    let frontier: Step[][] = [[]];
    for (let depth = 0; depth < 5; depth += 1) {
      const next: Step[][] = [];
      const seen = new Set<string>();
      for (const path of frontier) {
        for (const step of NAMES) {
          const steps = [...path, step];
          const it = follow(steps);
          if (it === undefined) continue;
          const { client, server, keepAlive, proposal, outstanding } = it;
          const state = `${client} / ${server} ${keepAlive} ${proposal} ${outstanding}`;
          const story = `${steps.join(', ')} leads to ${state}`;
          expect(client === 'done' && server === 'done', story).toBe(false);
          expect(!keepAlive && server === 'done', story).toBe(false);
          expect(!keepAlive && client === 'done' && proposal === undefined, story).toBe(false);
          expect(client === 'done' && (server === 'closed' || server === 'error'), story).toBe(
            false,
          );
          expect(client === 'might switch protocol' && proposal === undefined, story).toBe(false);
          expect(client === 'idle' && server === 'must close', story).toBe(false);
          expect(client === 'switched protocol' && server !== 'switched protocol', story).toBe(
            false,
          );
          expect(outstanding, story).toBeGreaterThanOrEqual(0);
          reached.add(`${client} / ${server}`);
          if (!seen.has(state)) {
            seen.add(state);
            next.push(steps);
          }
        }
      }
      frontier = next;
    }
    for (const usual of [
      'idle / idle',
      'send body / send response',
      'must close / must close',
      'might switch protocol / send response',
      'switched protocol / switched protocol',
    ]) {
      expect(reached).toContain(usual);
    }
  });
});
