/**
 * The race of RFC 9112 §9.5: the client sends a request on a kept connection while the server's close
 * of that very connection is on its way. Nobody broke a rule, and yet the request is lost. Here it
 * happens to the microsecond, and each remedy is tried on it.
 */
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Process } from '@tcplab/core';
import {
  Connector,
  ServerDisconnectedError,
  withSession,
  type ConnectorOptions,
} from '@tcplab/core/session';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';
import { startServer, type SmallServer } from './small-server.ts';

const ONE_WAY = ms(40);
const SERVER_KEEPS = seconds(5);

interface Outcome {
  readonly answers: string[];
  readonly server: SmallServer;
  readonly notes: string[];
}

/** Two requests; the second is sent in the round trip in which the server closes. */
function race(
  method: string,
  connectorOptions: ConnectorOptions,
  more: {
    readonly retryStale?: boolean;
    readonly announce?: boolean;
    readonly data?: () => Process;
  } = {},
): Outcome {
  const net = new MemoryNetwork({ latency: ONE_WAY });
  const headers = { 'Keep-Alive': `timeout=${SERVER_KEEPS / 1_000_000}` };
  const server = startServer(
    net.host('server'),
    ({ connection, nth }) => ({
      body: `answer ${nth} of connection ${connection}`,
      ...(more.announce === false ? {} : { headers }),
    }),
    { idleTimeout: SERVER_KEEPS },
  );
  const answers: string[] = [];
  net.runProcess(net.host('client'), function* (host) {
    const connector = new Connector(host, connectorOptions);
    const options = { connector, retryStale: more.retryStale ?? false };
    yield* withSession(host, options, function* (session) {
      for (let i = 0; i < 2; i += 1) {
        try {
          const data = more.data === undefined || i === 0 ? {} : { data: more.data };
          const response = yield* session.request(i === 0 ? 'GET' : method, 'http://server/', data);
          answers.push(yield* response.text());
        } catch (error) {
          expect(error).toBeInstanceOf(ServerDisconnectedError);
          answers.push('lost');
        }
        // The server has been idle since it answered, one way ago: it closes when half of the round
        // trip that is left would bring the request to it.
        if (i === 0) yield* host.sleep((SERVER_KEEPS - ONE_WAY - ONE_WAY / 2) as typeof ONE_WAY);
      }
    });
  });
  const told = net.notes.filter((note) => note.layer === 'pool' && note.cause !== undefined);
  return { answers, server, notes: told.map((note) => note.cause!.rule.id) };
}

/** No remedy at work: our patience is longer than the server's, and its word is not believed. */
const NAIVE: ConnectorOptions = { honourKeepAlive: false, keepAliveTimeout: seconds(15) };

describe('the keep-alive race', () => {
  test('without any remedy the request is lost, though both ends did as they may', () => {
    const { answers, server, notes } = race('GET', NAIVE);
    expect(answers).toEqual(['answer 1 of connection 1', 'lost']);
    expect(server.requests).toHaveLength(1);
    expect(notes).toEqual(
      ['SC-P01', 'SC-P02', 'SC-P15', 'SC-P13', 'SC-P14'].slice(0, notes.length),
    );
  });

  test('SC-P12 remedy: an idempotent request is sent once more, on a new connection', () => {
    const { answers, notes } = race('GET', NAIVE, { retryStale: true });
    expect(answers).toEqual(['answer 1 of connection 1', 'answer 1 of connection 2']);
    expect(notes).toContain('SC-P12');
  });

  test('SC-P13 a POST is not sent again: the server may have acted on it', () => {
    const { answers, server, notes } = race('POST', NAIVE, { retryStale: true });
    expect(answers).toEqual(['answer 1 of connection 1', 'lost']);
    expect(server.connections).toBe(1);
    expect(notes).toContain('SC-P13');
  });

  test('SC-P13 nor is a PUT whose content cannot be made again', () => {
    const data = function* (): Process {};
    const { answers, notes } = race('PUT', NAIVE, { retryStale: true, data });
    expect(answers[1]).toBe('lost');
    expect(notes).toContain('SC-P13');
  });

  test('SC-P05 remedy: believe the server’s Keep-Alive and stay clear of its end', () => {
    const { answers, notes } = race('POST', { keepAliveMargin: seconds(1) });
    expect(answers).toEqual(['answer 1 of connection 1', 'answer 1 of connection 2']);
    expect(notes).toContain('SC-P05');
  });

  test('a margin shorter than the round trip is no remedy', () => {
    const { answers } = race('POST', { keepAliveMargin: ms(1) });
    expect(answers).toEqual(['answer 1 of connection 1', 'lost']);
  });

  test('SC-P04 remedy: be less patient than the server', () => {
    const { answers, notes } = race('POST', { ...NAIVE, keepAliveTimeout: seconds(3) });
    expect(answers).toEqual(['answer 1 of connection 1', 'answer 1 of connection 2']);
    expect(notes).toContain('SC-P04');
  });

  test('a fresh connection that fails is not retried for ever', () => {
    const net = new MemoryNetwork({ latency: ONE_WAY });
    const server = startServer(net.host('server'), () => ({ close: 'unanswered' }));
    const attempt = (): void =>
      net.runProcess(net.host('client'), (host) =>
        withSession(host, {}, function* (session) {
          yield* session.get('http://server/');
        }),
      );
    expect(attempt).toThrow(ServerDisconnectedError);
    expect(server.requests).toHaveLength(1);
  });
});

describe('the race with a request limit', () => {
  const burst = (connectorOptions: ConnectorOptions, method: string): string[] => {
    const net = new MemoryNetwork({ latency: ONE_WAY });
    // The server closes with its third answer and does not say so.
    startServer(net.host('server'), ({ connection, nth }) => `${connection}.${nth}`, {
      maxRequests: 3,
    });
    const answers: string[] = [];
    net.runProcess(net.host('client'), function* (host) {
      const connector = new Connector(host, connectorOptions);
      yield* withSession(host, { connector }, function* (session) {
        for (let i = 0; i < 5; i += 1) {
          try {
            const response = yield* session.request(method, 'http://server/');
            answers.push(yield* response.text());
          } catch {
            answers.push('lost');
          }
        }
      });
    });
    return answers;
  };

  test('a request sent at once after the last answer is lost: the close is right behind it', () => {
    expect(burst({}, 'POST')).toEqual(['1.1', '1.2', '1.3', 'lost', '2.1']);
  });

  test('SC-P12 remedy: an idempotent one is sent once more', () => {
    expect(burst({}, 'GET')).toEqual(['1.1', '1.2', '1.3', '2.1', '2.2']);
  });

  test('SC-P06 remedy: who knows the limit closes first', () => {
    expect(burst({ maxRequestsPerConnection: 3 }, 'POST')).toEqual([
      '1.1',
      '1.2',
      '1.3',
      '2.1',
      '2.2',
    ]);
  });
});
