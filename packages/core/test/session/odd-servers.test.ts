import { latin1Text, ms, utf8Text, type ByteStream, type Process } from '@tcplab/core';
import { withSession, type RequestOptions } from '@tcplab/core/session';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';

/** What ends a server's side behind its octets. */
type Ending = 'stays' | 'closes';

interface Visit {
  /** Status and content, or the name of the error and the rule that it names. */
  readonly outcome: string;
  /** What each connection carried to the server. */
  readonly asked: string[];
}

/** One request of a session to a server that answers its n-th connection with the n-th octets. */
function visit(
  replies: readonly string[],
  ending: Ending = 'stays',
  request: RequestOptions = {},
): Visit {
  const net = new MemoryNetwork({ latency: ms(10) });
  const server = net.host('server');
  const asked: string[] = [];
  const listener = server.listen(80);
  server.spawn(
    (function* serve(): Process {
      for (const reply of replies) {
        const stream = yield* listener.accept();
        const at = asked.push('') - 1;
        server.spawn(answer(stream, { reply, ending, hear: (text) => (asked[at] += text) }));
      }
    })(),
  );
  const outcome = net.runProcess(net.host('client'), (host) =>
    withSession(host, {}, function* (session) {
      try {
        const method = request.data === undefined ? 'GET' : 'POST';
        const response = yield* session.request(method, 'http://server/', request);
        return `${response.status} ${utf8Text(yield* response.read())}`;
      } catch (error) {
        const { name, message } = error as Error;
        return `${name} ${/H-[A-Z]\d\d/.exec(message)?.[0] ?? ''}`.trim();
      }
    }),
  );
  return { outcome, asked };
}

function* answer(
  stream: ByteStream,
  {
    reply,
    ending,
    hear,
  }: { readonly reply: string; readonly ending: Ending; readonly hear: (text: string) => void },
): Process {
  hear(latin1Text(yield* stream.receive()));
  if (reply !== '') yield* stream.sendAll(reply.replaceAll('\n', '\r\n'));
  if (ending === 'closes') stream.shutdown();
  for (;;) {
    const bytes = stream.tryReceive();
    if (stream.failure !== undefined || bytes?.length === 0) break;
    if (bytes === undefined) yield { signals: [stream.readable], deadline: Infinity as never };
    else hear(latin1Text(bytes));
  }
  stream.close();
}

const OK = 'HTTP/1.1 200 OK\n';
const BODY = 'Content-Length: 4\n\nbody';
const LOST = 'ConnectionError';
const WRONG = 'ClientPayloadError';

describe('what a client makes of odd answers', () => {
  test.each<readonly [title: string, reply: string, ending: Ending, outcome: string]>([
    [
      'interim responses, known and not',
      `HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 199 Odd\n\n${OK}${BODY}`,
      'stays',
      '200 body',
    ],
    [
      'interim responses without end',
      'HTTP/1.1 100 Continue\n\n'.repeat(100),
      'stays',
      `${WRONG} H-P03`,
    ],
    ['content until the close', `${OK}\nbody`, 'closes', '200 body'],
    ['content until the close, HTTP/1.0', 'HTTP/1.0 200 OK\n\nbody', 'closes', '200 body'],
    ['HTTP/1.0 with a length', `HTTP/1.0 200 OK\n${BODY}`, 'stays', '200 body'],
    [
      'HTTP/1.0 that keeps the connection',
      `HTTP/1.0 200 OK\nConnection: keep-alive\n${BODY}`,
      'stays',
      '200 body',
    ],
    ['a later minor version', `HTTP/1.7 200 OK\n${BODY}`, 'stays', '200 body'],
    ['another major version', `HTTP/2.0 200 OK\n${BODY}`, 'stays', `${WRONG} H-R07`],
    ['no reason', `HTTP/1.1 200 \n${BODY}`, 'stays', '200 body'],
    ['no reason and no space', `HTTP/1.1 200\n${BODY}`, 'stays', '200 body'],
    ['a status that nobody knows', `HTTP/1.1 599 Odd\n${BODY}`, 'stays', '599 body'],
    ['a status of two digits', `HTTP/1.1 20 OK\n${BODY}`, 'stays', `${WRONG} H-R08`],
    ['a status of four digits', `HTTP/1.1 2000 OK\n${BODY}`, 'stays', `${WRONG} H-R08`],
    ['another protocol', `ICY 200 OK\n${BODY}`, 'stays', `${WRONG} H-R08`],
    ['garbage', '\u0000\u0001\n\n', 'stays', `${WRONG} H-R08`],
    ['nothing, and the close', '', 'closes', LOST],
    ['half a header, and the close', `${OK}Content-Le`, 'closes', `${WRONG} H-B09`],
    ['too little content', `${OK}Content-Length: 9\n\nbody`, 'closes', `${WRONG} H-B09`],
    [
      'chunks without the last one',
      `${OK}Transfer-Encoding: chunked\n\n4\nbody\n`,
      'closes',
      `${WRONG} H-B09`,
    ],
    [
      'chunks without the end of the trailers',
      `${OK}Transfer-Encoding: chunked\n\n4\nbody\n0\n`,
      'closes',
      `${WRONG} H-B09`,
    ],
    [
      'a bad chunk size',
      `${OK}Transfer-Encoding: chunked\n\n+4\nbody\n0\n\n`,
      'stays',
      `${WRONG} H-C01`,
    ],
    ['a folded field', `${OK}A: b\n  c\n${BODY}`, 'stays', '200 body'],
    [
      'a folded trailer',
      `${OK}Transfer-Encoding: chunked\n\n4\nbody\n0\nA: b\n\tc\n\n`,
      'stays',
      '200 body',
    ],
    ['lengths that differ', `${OK}Content-Length: 5\n${BODY}`, 'stays', `${WRONG} H-B02`],
    [
      'a length and a coding',
      `${OK}Transfer-Encoding: chunked\n${BODY}`,
      'stays',
      `${WRONG} H-B04`,
    ],
    [
      'a coding in HTTP/1.0',
      'HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n0\n\n',
      'closes',
      `${WRONG} H-B07`,
    ],
    ['204 with content', `HTTP/1.1 204 No Content\n${BODY}`, 'stays', '204 '],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\nContent-Length: 4\n\n', 'stays', '304 '],
    [
      'a switch that nobody asked for',
      'HTTP/1.1 101 Switching\nConnection: upgrade\nUpgrade: x\n\n',
      'stays',
      `${WRONG} H-U02`,
    ],
    ['octets behind the answer', `${OK}${BODY}more`, 'stays', '200 body'],
  ])('%s', (_title, reply, ending, outcome) => {
    expect(visit([reply], ending).outcome).toBe(outcome);
  });
});

describe('content that is not wanted', () => {
  const REFUSED = 'HTTP/1.1 417 Expectation Failed\nContent-Length: 0\nConnection: close\n\n';

  test('SC-E01: a refused expectation is left out, and the request sent again', () => {
    const request = { data: 'news', expect100: true };
    const { outcome, asked } = visit([REFUSED, `${OK}${BODY}`], 'stays', request);
    expect(outcome).toBe('200 body');
    expect(asked[0]).toMatch(/\r\nExpect: 100-continue\r\n[^]*\r\n\r\n$/);
    expect(asked[1]).not.toContain('Expect');
    expect(asked[1]).toMatch(/\r\n\r\nnews$/);
  });

  test('SC-E01: a refusal of what was not expected is an answer', () => {
    const { outcome, asked } = visit([REFUSED], 'stays', { data: 'news' });
    expect(outcome).toBe('417 ');
    expect(asked).toHaveLength(1);
  });

  test('SC-E01: content that was made for this request alone is not sent again', () => {
    const data: RequestOptions['data'] = function* (write) {
      yield* write('once');
    };
    expect(visit([REFUSED], 'stays', { data, expect100: true }).outcome).toBe('417 ');
  });

  test('the answer of a server that wants no more is read, although it reads no further', () => {
    const tooLarge = 'HTTP/1.1 413 Content Too Large\nContent-Length: 2\nConnection: close\n\nno';
    const { outcome } = visit([tooLarge], 'stays', { data: 'x'.repeat(10_000_000) });
    expect(outcome).toBe('413 no');
  });
});
