import { CallError, latin1Text, patternPayload } from '@tcplab/core';
import {
  HttpClientRole,
  HttpServerRole,
  type ClientSend,
  type ServerSend,
} from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { drain, HOST, ok, summary, wire } from './support.ts';

/** A client and a server role joined by nothing but bytes. */
class Pair {
  readonly client: HttpClientRole;
  readonly server: HttpServerRole;

  constructor(pipelining = false) {
    this.client = new HttpClientRole({ pipelining });
    this.server = new HttpServerRole();
  }

  clientSends(...events: ClientSend[]): string[] {
    for (const event of events) this.server.receiveData(this.client.send(event));
    return summary(drain(this.server));
  }

  serverSends(...events: ServerSend[]): string[] {
    for (const event of events) this.client.receiveData(this.server.send(event));
    return summary(drain(this.client));
  }

  get states(): string {
    return `${this.client.state} / ${this.server.state}`;
  }
}

const get = (headers: Record<string, string> = {}): ClientSend[] => [
  { kind: 'request', method: 'GET', target: '/', headers: { ...HOST, ...headers } },
  { kind: 'end of message' },
];
describe('two roles speak', () => {
  test('H-K01: an exchange leaves both sides idle, ready for the next', () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i += 1) {
      expect(pair.clientSends(...get())).toEqual(['GET / 1.1 [["Host","h"]]', 'end']);
      expect(pair.states).toBe('done / send response');
      expect(pair.serverSends(...ok())).toEqual([
        'response 200 OK [["Content-Length","0"]]',
        'end',
      ]);
      expect(pair.states).toBe('idle / idle');
      expect(pair.client.reusable).toBe(true);
    }
  });

  test('content of unknown length goes in chunks, with trailers', () => {
    const pair = new Pair();
    pair.clientSends(...get());
    expect(
      pair.serverSends(
        { kind: 'response', status: 200 },
        { kind: 'data', bytes: wire('hello') },
        { kind: 'data', bytes: wire('') },
        { kind: 'data', bytes: wire(' world') },
        { kind: 'end of message', trailers: { Digest: 'x' } },
      ),
    ).toEqual([
      'response 200 OK [["Transfer-Encoding","chunked"]]',
      'data hello world',
      'end [["Digest","x"]]',
    ]);
  });

  test('H-K02: Connection: close of either side ends the connection after the exchange', () => {
    const asked = new Pair();
    asked.clientSends(...get({ Connection: 'close' }));
    const [head] = asked.serverSends(...ok());
    expect(head).toContain('["Connection","close"]');
    expect(asked.states).toBe('must close / must close');
    expect(() => asked.clientSends(...get())).toThrow(CallError);

    const told = new Pair();
    told.clientSends(...get());
    told.serverSends(...ok({ 'Content-Length': '0', Connection: 'close' }));
    expect(told.states).toBe('must close / must close');
    told.server.send({ kind: 'connection closed' });
    told.client.receiveEnd();
    expect(summary(drain(told.client))).toEqual(['connection closed']);
    expect(told.states).toBe('must close / closed');
  });

  test('H-K01: HTTP/1.0 persists only where both say keep-alive, and has no chunks', () => {
    const plain = new Pair();
    plain.clientSends(
      { kind: 'request', method: 'GET', target: '/', version: '1.0' },
      { kind: 'end of message' },
    );
    expect(
      plain.serverSends({ kind: 'response', status: 200 }, { kind: 'data', bytes: wire('x') }),
    ).toEqual(['response 200 OK [["Connection","close"]]', 'data x']);
    plain.server.send({ kind: 'end of message' });
    expect(plain.server.state).toBe('must close');
    plain.client.receiveEnd();
    expect(summary(drain(plain.client))).toEqual(['end', 'connection closed']);

    const kept = new Pair();
    const headers = { Connection: 'keep-alive' };
    kept.clientSends(
      { kind: 'request', method: 'GET', target: '/', version: '1.0', headers },
      { kind: 'end of message' },
    );
    const [head] = kept.serverSends(...ok());
    expect(head).toContain('["Connection","keep-alive"]');
    expect(kept.states).toBe('idle / idle');
  });

  test('H-B10: the answer to HEAD has the length of GET and no content', () => {
    const pair = new Pair();
    pair.clientSends(
      { kind: 'request', method: 'HEAD', target: '/', headers: HOST },
      { kind: 'end of message' },
    );
    const told = pair.serverSends(
      { kind: 'response', status: 200, headers: { 'Content-Length': '5' } },
      { kind: 'data', bytes: wire('hello') },
      { kind: 'end of message' },
    );
    expect(told).toEqual(['response 200 OK [["Content-Length","5"]]', 'end']);
    expect(pair.states).toBe('idle / idle');
  });

  test('H-E01: a client that expects 100-continue waits, hears 100, sends', () => {
    const pair = new Pair();
    pair.clientSends({
      kind: 'request',
      method: 'POST',
      target: '/',
      headers: { ...HOST, Expect: '100-continue', 'Content-Length': '2' },
    });
    expect(pair.client.awaitsContinue).toBe(true);
    expect(pair.server.clientAwaitsContinue).toBe(true);
    expect(pair.serverSends({ kind: 'informational', status: 100 })).toEqual([
      'informational 100 Continue []',
    ]);
    expect(pair.client.awaitsContinue).toBe(false);
    expect(pair.server.clientAwaitsContinue).toBe(false);
    expect(
      pair.clientSends({ kind: 'data', bytes: wire('hi') }, { kind: 'end of message' }),
    ).toEqual(['data hi', 'end']);
  });

  test('H-E01: a server may answer at once instead of 100', () => {
    const pair = new Pair();
    const headers = { ...HOST, Expect: '100-continue', 'Content-Length': '2' };
    pair.clientSends({ kind: 'request', method: 'POST', target: '/', headers });
    pair.serverSends(...ok({ 'Content-Length': '0', Connection: 'close' }, 413));
    expect(pair.client.awaitsContinue).toBe(false);
    expect(pair.states).toBe('send body / must close');
  });

  test('H-U01: an accepted Upgrade leaves HTTP and hands on what follows', () => {
    const pair = new Pair();
    const offer = { Connection: 'upgrade', Upgrade: 'websocket' };
    pair.clientSends(...get(offer));
    expect(pair.states).toBe('might switch protocol / send response');
    pair.server.receiveData(wire('early frame'));
    expect(pair.serverSends({ kind: 'informational', status: 101, headers: offer })).toHaveLength(
      1,
    );
    expect(pair.states).toBe('switched protocol / switched protocol');
    pair.client.receiveData(wire('frame'));
    expect(drain(pair.client)).toEqual([]);
    expect(latin1Text(pair.client.takeTrailing())).toBe('frame');
    expect(latin1Text(pair.server.takeTrailing())).toBe('early frame');
  });

  test('H-U01: a refused Upgrade stays HTTP, and so does one that Connection does not name', () => {
    const pair = new Pair();
    pair.clientSends(...get({ Connection: 'upgrade', Upgrade: 'websocket' }));
    pair.serverSends(...ok());
    expect(pair.states).toBe('idle / idle');
    pair.clientSends(...get({ Upgrade: 'websocket' }));
    expect(pair.states).toBe('done / send response');
    expect(() => pair.server.send({ kind: 'informational', status: 101 })).toThrow('wrong time');
    expect(() => pair.server.takeTrailing()).toThrow('protocol not switched');
  });

  test('H-U03: a successful CONNECT is a tunnel, another answer is not', () => {
    const connect: ClientSend[] = [
      { kind: 'request', method: 'CONNECT', target: 'other:443', headers: { Host: 'other:443' } },
      { kind: 'end of message' },
    ];
    const pair = new Pair();
    pair.clientSends(...connect);
    pair.serverSends(...ok({ 'Content-Length': '0' }, 407));
    expect(pair.states).toBe('idle / idle');
    pair.clientSends(...connect);
    expect(pair.serverSends({ kind: 'response', status: 200 })).toEqual(['response 200 OK []']);
    expect(pair.states).toBe('switched protocol / switched protocol');
  });

  test('H-P01: pipelined requests are read one by one as answers go out', () => {
    const pair = new Pair(true);
    const first = pair.clientSends(
      ...get(),
      ...get({ 'X-Number': '2' }),
      ...get({ 'X-Number': '3' }),
    );
    expect(first).toEqual(['GET / 1.1 [["Host","h"]]', 'end']);
    expect(pair.client.outstanding).toBe(3);
    for (const number of ['2', '3']) {
      pair.serverSends(...ok());
      const [next] = summary(drain(pair.server));
      expect(next).toContain(`["X-Number","${number}"]`);
    }
    pair.serverSends(...ok());
    expect(pair.states).toBe('idle / idle');
  });

  test('H-P01: a close in the middle of a pipeline leaves the rest unanswered', () => {
    const pair = new Pair(true);
    pair.clientSends(...get(), ...get(), ...get());
    pair.serverSends(...ok({ 'Content-Length': '0', Connection: 'close' }));
    expect(pair.client.outstanding).toBe(2);
    expect(pair.states).toBe('must close / must close');
    // RFC 9112 §9.6: the server reads no further requests after it said close.
    expect(drain(pair.server)).toEqual([]);
  });

  test('a described payload stays described where the length is known', () => {
    const pair = new Pair();
    pair.clientSends(...get());
    pair.serverSends({
      kind: 'response',
      status: 200,
      headers: { 'Content-Length': '1000000000' },
    });
    const sent = pair.server.sendPayload(patternPayload(0, 1_000_000_000));
    expect(sent.patternOffset).toBe(0);
    expect(sent.length).toBe(1_000_000_000);
  });
});
