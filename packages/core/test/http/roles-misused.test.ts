import { CallError } from '@tcplab/core';
import { HttpClientRole, HttpServerRole, type ClientSend } from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { drain, HOST, wire } from './support.ts';

describe('a program that speaks wrongly gets a typed error and the role is unchanged', () => {
  const wrong: [title: string, events: ClientSend[]][] = [
    ['data first', [{ kind: 'data', bytes: wire('x') }]],
    ['an end first', [{ kind: 'end of message' }]],
    ['a method that is no token', [{ kind: 'request', method: 'G T', target: '/', headers: HOST }]],
    ['a target with a space', [{ kind: 'request', method: 'GET', target: '/a b', headers: HOST }]],
    [
      'a target with a line break',
      [{ kind: 'request', method: 'GET', target: '/\r\nX: y', headers: HOST }],
    ],
    ['no Host', [{ kind: 'request', method: 'GET', target: '/' }]],
    [
      'two Hosts',
      [
        {
          kind: 'request',
          method: 'GET',
          target: '/',
          headers: [
            ['Host', 'a'],
            ['Host', 'b'],
          ],
        },
      ],
    ],
    [
      'a line break in a value',
      [{ kind: 'request', method: 'GET', target: '/', headers: { ...HOST, X: 'a\r\nY: z' } }],
    ],
    [
      'a bad field name',
      [{ kind: 'request', method: 'GET', target: '/', headers: { ...HOST, 'X Y': 'z' } }],
    ],
    [
      'a bad length',
      [
        {
          kind: 'request',
          method: 'GET',
          target: '/',
          headers: { ...HOST, 'Content-Length': '-1' },
        },
      ],
    ],
    [
      'length and chunks',
      [
        {
          kind: 'request',
          method: 'GET',
          target: '/',
          headers: { ...HOST, 'Content-Length': '1', 'Transfer-Encoding': 'chunked' },
        },
      ],
    ],
  ];
  test.each(wrong)('%s', (_title, events) => {
    const role = new HttpClientRole();
    expect(() => events.forEach((event) => role.send(event))).toThrow(CallError);
    expect(role.state).toBe('idle');
    expect(
      role.send({ kind: 'request', method: 'GET', target: '/', headers: HOST }).length,
    ).toBeGreaterThan(0);
  });

  test('more or less content than the length', () => {
    const role = new HttpClientRole();
    role.send({
      kind: 'request',
      method: 'PUT',
      target: '/',
      headers: { ...HOST, 'Content-Length': '3' },
    });
    expect(() => role.send({ kind: 'data', bytes: wire('four') })).toThrow('too much content');
    expect(() => role.send({ kind: 'end of message' })).toThrow('too little content');
    role.send({ kind: 'data', bytes: wire('abc') });
    expect(() => role.send({ kind: 'end of message', trailers: { X: 'y' } })).toThrow(
      'trailers need chunked',
    );
    role.send({ kind: 'end of message' });
  });

  test('responses: twice, early, without content, with fields that cannot be', () => {
    const server = new HttpServerRole();
    expect(() => server.send({ kind: 'response', status: 200 })).toThrow('wrong time');
    server.receiveData(wire('GET / HTTP/1.1\nHost: h\n\n'));
    drain(server);
    expect(() => server.send({ kind: 'response', status: 99 })).toThrow('invalid status');
    expect(() => server.send({ kind: 'informational', status: 200 })).toThrow('invalid status');
    expect(() => server.send({ kind: 'informational', status: 101 })).toThrow('wrong time');
    expect(() =>
      server.send({ kind: 'response', status: 204, headers: { 'Content-Length': '0' } }),
    ).toThrow('invalid framing');
    expect(() =>
      server.send({ kind: 'response', status: 200, headers: { 'Transfer-Encoding': 'gzip' } }),
    ).toThrow('invalid framing');
    expect(() => server.send({ kind: 'response', status: 200, reason: 'O\nK' })).toThrow(
      'invalid reason',
    );
    server.send({ kind: 'response', status: 200 });
    expect(() => server.send({ kind: 'response', status: 200 })).toThrow('wrong time');
    expect(() =>
      server.send({ kind: 'end of message', trailers: { 'Content-Length': '1' } }),
    ).toThrow('invalid trailer');
  });
});
