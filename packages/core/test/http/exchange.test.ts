import { ms, type Process } from '@tcplab/core';
import { HttpClientRole, httpExchange, HttpServerRole } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';
import { drain, wire } from './support.ts';

/** A host that answers each request with fixed octets. */
function* answering(host: MemoryHost, answers: readonly string[], close = true): Process {
  const listener = host.listen(80);
  const stream = yield* listener.accept();
  for (const answer of answers) {
    const role = new HttpServerRole();
    while (role.clientState !== 'done') {
      role.receiveData(yield* stream.receive());
      drain(role);
    }
    yield* stream.sendAll(wire(answer));
  }
  if (close) stream.close();
}

function world(answers: readonly string[], close = true): MemoryNetwork {
  const net = new MemoryNetwork({ latency: ms(5), cut: 7 });
  net.host('server').spawn(answering(net.host('server'), answers, close));
  return net;
}

describe('one exchange', () => {
  test('gives the whole response', () => {
    const net = world([
      'HTTP/1.1 103 Early Hints\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\nX: y\n\n',
    ]);
    const response = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', 80);
      return yield* httpExchange(stream, { headers: { Host: 'server' } });
    });
    expect(response).toMatchObject({ status: 200, text: 'hello', reusable: true });
    expect(response.informational.map((each) => each.status)).toEqual([103]);
    expect(response.trailers.get('x')).toBe('y');
  });

  test('can be followed by another with the same role', () => {
    const net = world(['HTTP/1.1 200 OK\nContent-Length: 1\n\na', 'HTTP/1.1 201 Created\n\nb']);
    net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', 80);
      const role = new HttpClientRole();
      const headers = { Host: 'server' };
      const first = yield* httpExchange(stream, { headers }, { role });
      const second = yield* httpExchange(stream, { method: 'POST', headers, body: 'x' }, { role });
      expect([first.text, first.reusable, second.text, second.reusable]).toEqual([
        'a',
        true,
        'b',
        false,
      ]);
    });
  });

  test.each([
    ['H-B09: a close instead of a response', [''], 'connection closed'],
    [
      'H-B09: a close in the middle',
      ['HTTP/1.1 200 OK\nContent-Length: 5\n\nab'],
      'protocol error',
    ],
    ['H-R08: nonsense', ['nonsense\n\n'], 'protocol error'],
  ])('%s is an error', (_title, answers, reason) => {
    const net = world(answers);
    const ask = (): unknown =>
      net.runProcess(net.host('client'), function* (host) {
        const stream = yield* host.connect('server', 80);
        return yield* httpExchange(stream, { headers: { Host: 'server' } });
      });
    expect(ask).toThrow(reason);
  });

  test('gives up at its deadline', () => {
    const net = world(['HTTP/1.1 200 OK\n\nab'], false);
    const ask = (): unknown =>
      net.runProcess(net.host('client'), function* (host) {
        const stream = yield* host.connect('server', 80);
        const options = { now: () => host.now(), deadline: ms(500) };
        return yield* httpExchange(stream, { headers: { Host: 'server' } }, options);
      });
    expect(ask).toThrow('the peer sends nothing');
    expect(net.now).toBe(ms(500));
  });
});
