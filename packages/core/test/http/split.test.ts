import { fc, runs } from '../../../../test/support/fast-check.ts';
import { concatBytes, latin1Bytes } from '@tcplab/core';
import {
  HttpClientRole,
  HttpServerRole,
  type ClientSend,
  type ServerSend,
} from '@tcplab/core/http';
import { describe, expect, test } from 'vitest';
import { octetsOf, SMUGGLING_CORPUS } from './smuggling-corpus.ts';
import { clientHears, cutAt, drain, serverHears, singly } from './support.ts';

const name = fc.constantFrom('A', 'X-Name', 'Accept', 'x', '!#$%&*');
const value = fc.string({
  unit: fc.constantFrom('a', ' ', '\t', '"', ',', '\u00ff', ':', ';'),
  maxLength: 12,
});
const fields = fc.array(fc.tuple(name, value), { maxLength: 4 });
const parts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 4 });
const message = fc.record({ fields, parts, chunked: fc.boolean(), trailers: fields });
const places = fc.array(fc.nat(), { maxLength: 12 });

type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

function framing({ fields: given, parts: content, chunked }: Message): [string, string][] {
  const length = concatBytes(content).length;
  return [...given, chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', `${length}`]];
}

function content({ parts: pieces, chunked, trailers }: Message): (ClientSend & ServerSend)[] {
  const data = pieces.map((bytes) => ({ kind: 'data' as const, bytes }));
  return [...data, chunked ? { kind: 'end of message', trailers } : { kind: 'end of message' }];
}

/** Field lines as they are read: values lose the white space around them. */
function trim(entries: [string, string][]): string {
  return JSON.stringify(entries.map(([key, text]) => [key, text.replace(/^[ \t]+|[ \t]+$/g, '')]));
}

/** What the other side must hear of a message. */
function expected(head: string, headers: [string, string][], sent: Message): string[] {
  const whole = concatBytes(sent.parts);
  const data = whole.length === 0 ? [] : [`data ${String.fromCharCode(...whole)}`];
  const end = sent.chunked && sent.trailers.length > 0 ? `end ${trim(sent.trailers)}` : 'end';
  return [`${head} ${trim(headers)}`, ...data, end];
}

describe('what is heard does not depend on how the stream was cut', () => {
  test('requests: decoding any cut of what was encoded gives what was meant', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), places, (messages, cuts) => {
        const client = new HttpClientRole({ pipelining: true });
        const wanted: string[] = [];
        const octets: Uint8Array[] = [];
        for (const each of messages) {
          const headers: [string, string][] = [['Host', 'h'], ...framing(each)];
          octets.push(client.send({ kind: 'request', method: 'POST', target: '/x?y', headers }));
          for (const event of content(each)) octets.push(client.send(event));
          wanted.push(...expected('POST /x?y 1.1', headers, each));
        }
        const stream = concatBytes(octets);
        expect(serverHears(cutAt(stream, cuts), { end: false })).toEqual(wanted);
      }),
    );
  });

  test('responses: decoding any cut of what was encoded gives what was meant', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), places, (messages, cuts) => {
        const server = new HttpServerRole();
        const wanted: string[] = [];
        const octets: Uint8Array[] = [];
        for (const each of messages) {
          server.receiveData(latin1Bytes('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
          drain(server);
          const headers = framing(each);
          octets.push(server.send({ kind: 'response', status: 200, headers }));
          for (const event of content(each)) octets.push(server.send(event));
          wanted.push(...expected('response 200 OK', headers, each));
        }
        const stream = concatBytes(octets);
        const methods = messages.map(() => 'GET');
        expect(clientHears(cutAt(stream, cuts), { end: false, methods })).toEqual(wanted);
      }),
    );
  });

  test('mutated requests: refusals fall at the same place for the same reason', () => {
    const texts = SMUGGLING_CORPUS.map(([, text]) => octetsOf(text));
    const mutation = fc.record({
      at: fc.nat(),
      octet: fc.constantFrom(0, 9, 10, 13, 32, 48, 58, 59, 97, 255),
      insert: fc.boolean(),
    });
    const limits = {
      startLine: 40,
      fieldBytes: 60,
      fieldCount: 4,
      chunkLine: 12,
      chunkExtensions: 16,
      trailerBytes: 20,
      trailerCount: 2,
      bodyBytes: 30,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(mutation, { maxLength: 3 }),
        places,
        (text, changes, cuts) => {
          let octets = text;
          for (const { at, octet, insert } of changes) {
            const place = at % (octets.length + 1);
            octets = concatBytes([
              octets.slice(0, place),
              Uint8Array.of(octet),
              octets.slice(place + (insert ? 0 : 1)),
            ]);
          }
          const whole = serverHears([octets], { limits });
          expect(serverHears(cutAt(octets, cuts), { limits })).toEqual(whole);
          expect(serverHears(singly(octets), { limits })).toEqual(whole);
          const answer = clientHears([octets], { limits });
          expect(clientHears(singly(octets), { limits })).toEqual(answer);
        },
      ),
      runs(500),
    );
  });

  test('mutated responses: the same', () => {
    const limits = {
      startLine: 30,
      fieldBytes: 60,
      fieldCount: 3,
      chunkLine: 12,
      bodyBytes: 20,
      informational: 2,
    };
    const line = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.0 200 OK\r\n',
      'HTTP/1.1 100 C\r\n',
      'X: y\r\n',
      ' z\r\n',
      '\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '3\r\nabc\r\n',
      '0\r\n',
      'abc',
      '\n',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), places, (lines, cuts) => {
        const octets = latin1Bytes(lines.join(''));
        const options = { limits, methods: ['GET', 'HEAD', 'GET'] };
        expect(clientHears(cutAt(octets, cuts), options)).toEqual(clientHears([octets], options));
      }),
      runs(500),
    );
  });
});
