import { latin1Text, ms, seconds, type Process } from '@tcplab/core';
import { route, type HttpServerOptions, type IncomingRequest, type Route } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { asking, readAll, world, type World } from './world.ts';

/** A handler that works for `work`, and what became of it. */
function working(work: number): { readonly routes: readonly Route[]; readonly story: string[] } {
  const story: string[] = [];
  function* work1({ host }: IncomingRequest): Process<{ body: string }> {
    try {
      yield* host.sleep(seconds(work));
      story.push(`done at ${host.now() / 1_000} ms`);
      return { body: 'done' };
    } finally {
      story.push(`over at ${host.now() / 1_000} ms`);
    }
  }
  return { routes: [route('GET /', work1), route('POST /', work1)], story };
}

/** Sends a request, and 100 ms after connecting does something with the connection. */
function visit(
  { net, run }: World,
  request: string,
  then: 'abort' | 'shutdown' | 'close' | 'wait',
): string {
  const answer = run(function* (host) {
    const stream = yield* host.connect('server', 80);
    yield* stream.sendAll(request);
    yield* host.sleep(ms(100));
    if (then !== 'wait') stream[then]();
    return then === 'shutdown' || then === 'wait' ? yield* readAll(stream) : '';
  });
  net.run();
  return answer;
}

function serving(
  work: number,
  options: Partial<HttpServerOptions> = {},
): World & { story: string[] } {
  const { routes, story } = working(work);
  return { ...world({ routes, ...options }), story };
}

describe('H-K09: a handler whose client is gone', () => {
  test('is ended at once where the connection was reset, and the connection is let go', () => {
    const visited = serving(600);
    visit(visited, asking('GET /'), 'abort');
    expect(visited.story).toEqual(['over at 115 ms']);
    expect(visited.closed()).toEqual(['connection failed']);
    expect(visited.server.status.connections).toBe(0);
    expect(visited.notes('handler ended')).toEqual(['the client is gone: connection reset']);
  });

  test('is ended in the middle of content that it did not read', () => {
    const visited = serving(600);
    visit(visited, asking('POST /', ['Content-Length: 10'], 'abc'), 'abort');
    expect(visited.story).toEqual(['over at 115 ms']);
  });

  test('answers a client that closed only its own side, and says that it closes', () => {
    const visited = serving(10);
    const answer = visit(visited, asking('GET /'), 'shutdown');
    expect(visited.story).toEqual(['done at 10015 ms', 'over at 10015 ms']);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n\r\ndone$/);
    expect(visited.closed()).toEqual(['client closed']);
  });

  test('is ended when such a client was made to wait for too long', () => {
    const visited = serving(600);
    const answer = visit(visited, asking('GET /'), 'shutdown');
    expect(visited.story).toEqual(['over at 30115 ms']);
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*\r\nConnection: close\r\n/);
    expect(visited.closed()).toEqual(['client closed']);
    expect(visited.notes('handler ended')).toEqual(['the client closed its side 30 s ago']);
  });

  test('is ended so too where the client closed altogether', () => {
    const visited = serving(600, { halfClosedTimeout: seconds(1) });
    visit(visited, asking('GET /'), 'close');
    expect(visited.story).toEqual(['over at 1115 ms']);
    expect(visited.server.status.connections).toBe(0);
  });

  test('answers every request that was pipelined before the close', () => {
    const visited = serving(10);
    const answer = visit(visited, asking('GET /') + asking('GET /'), 'shutdown');
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(answer.match(/Connection: (?:keep-alive|close)/g)).toEqual([
      'Connection: keep-alive',
      'Connection: close',
    ]);
  });

  test('learns it, where it asks', () => {
    const seen: boolean[] = [];
    const watching = route('GET /', function* (request) {
      for (let i = 0; i < 4; i += 1) {
        seen.push(request.clientClosed);
        yield* request.host.sleep(ms(40));
      }
      return { body: '' };
    });
    visit(world({ routes: [watching] }), asking('GET /'), 'shutdown');
    expect(seen).toEqual([false, false, false, true]);
  });

  test('that makes its answer bit by bit is ended between two parts', () => {
    const story: string[] = [];
    const streaming = route('GET /', ({ host }) => ({
      *body(write) {
        try {
          yield* write('first');
          yield* host.sleep(seconds(600));
        } finally {
          story.push(`over at ${host.now() / 1_000} ms`);
        }
      },
    }));
    const visited = world({ routes: [streaming] });
    visit(visited, asking('GET /'), 'abort');
    expect(story).toEqual(['over at 115 ms']);
    expect(visited.closed()).toEqual(['connection failed']);
  });

  test('has its cleaning up waited for', () => {
    const story: string[] = [];
    const careful = route('GET /', function* ({ host }) {
      try {
        yield* host.sleep(seconds(600));
      } finally {
        yield* host.sleep(seconds(1));
        story.push(`clean at ${host.now() / 1_000} ms`);
      }
      return { body: '' };
    });
    visit(world({ routes: [careful] }), asking('GET /'), 'abort');
    expect(story).toEqual(['clean at 1115 ms']);
  });

  test('is ended by the end of the server too', () => {
    const visited = serving(600);
    visited.run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('GET /'));
      yield* host.sleep(ms(100));
      visited.server.abort();
    });
    expect(visited.story).toEqual(['over at 110 ms']);
  });
});

describe('a handler that waits is not disturbed', () => {
  test('by pipelined requests: it is woken when it said', () => {
    let wakes = 0;
    const waiting = route('GET /', function* ({ host }) {
      yield { signals: [], deadline: (host.now() + 1_000_000) as never };
      wakes += 1;
      return { body: String(host.now()) };
    });
    const { run, net } = world({ routes: [waiting] });
    const text = run(function* (host) {
      const stream = yield* host.connect('server', 80);
      yield* stream.sendAll(asking('GET /'));
      for (let i = 0; i < 5; i += 1) {
        yield* host.sleep(ms(100));
        yield* stream.sendAll('\r\n');
      }
      yield* host.sleep(seconds(1));
      return latin1Text(yield* stream.receive());
    });
    net.run();
    expect(wakes).toBe(1);
    expect(text.endsWith('\r\n\r\n1015000')).toBe(true);
  });
});
