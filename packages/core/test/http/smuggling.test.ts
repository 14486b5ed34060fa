import { describe, expect, test } from 'vitest';
import { octetsOf, SMUGGLING_CORPUS } from './smuggling-corpus.ts';
import { serverHears, singly, wire } from './support.ts';

const AFTER = 'GET /smuggled HTTP/1.1\nHost: h\n\n';

describe('a request that two readers could understand differently is refused', () => {
  const cases = SMUGGLING_CORPUS.map(([title, text, rule, status]) => ({
    title,
    text,
    rule,
    status,
  }));
  test.each(cases)('$rule: $title', ({ text, rule, status }) => {
    const octets = octetsOf(text);
    const heard = serverHears([octets, wire(AFTER)]);
    expect(heard.at(-1)).toBe(`violation ${rule} ${status}`);
    // Nothing behind the refusal is ever read as a request.
    expect(heard.join('\n')).not.toContain('smuggled');
    expect(serverHears(singly(octets), { end: false })).toEqual(
      serverHears([octets], { end: false }),
    );
  });
});

describe('what looks odd and is right is read', () => {
  const accepted: [title: string, text: string, heard: string[]][] = [
    [
      'H-L04: an empty line before the request',
      '\nGET / HTTP/1.1\nHost: h\n\n',
      ['GET / 1.1 [["Host","h"]]', 'end'],
    ],
    [
      'H-F01: an empty value',
      'GET / HTTP/1.1\nHost: h\nX:\n\n',
      ['GET / 1.1 [["Host","h"],["X",""]]', 'end'],
    ],
    [
      'H-F01: white space around a value',
      'GET / HTTP/1.1\nHost:\t h \t\n\n',
      ['GET / 1.1 [["Host","h"]]', 'end'],
    ],
    [
      'H-F04: high octets in a value',
      'GET / HTTP/1.1\nHost: h\nX: \u00e9\n\n',
      ['GET / 1.1 [["Host","h"],["X","é"]]', 'end'],
    ],
    [
      'H-R06: a later minor version',
      'GET / HTTP/1.7\nHost: h\n\n',
      ['GET / 1.1 [["Host","h"]]', 'end'],
    ],
    ['H-H01: HTTP/1.0 without Host', 'GET / HTTP/1.0\n\n', ['GET / 1.0 []', 'end']],
    [
      'H-R05: OPTIONS of the server',
      'OPTIONS * HTTP/1.1\nHost: h\n\n',
      ['OPTIONS * 1.1 [["Host","h"]]', 'end'],
    ],
    [
      'H-R05: the absolute form',
      'GET HTTP://a:8/x?y HTTP/1.1\nHost: h\n\n',
      ['GET HTTP://a:8/x?y 1.1 [["Host","h"]]', 'end'],
    ],
    [
      'H-B05: chunked in capitals',
      'POST / HTTP/1.0\nHost: h\nContent-Length: 0\n\n',
      ['POST / 1.0 [["Host","h"],["Content-Length","0"]]', 'end'],
    ],
    [
      'H-B01: leading zeros',
      'POST / HTTP/1.1\nHost: h\nContent-Length: 005\n\nhello',
      ['POST / 1.1 [["Host","h"],["Content-Length","005"]]', 'data hello', 'end'],
    ],
    [
      'H-C05: extensions, capitals, zeros and trailers',
      'POST / HTTP/1.1\nHost: h\nTransfer-Encoding: Chunked\n\n0005;a;b=c ; d = "e;\\"f"\nhello\n00A\n0123456789\n0;x\nT: u\n\n',
      [
        'POST / 1.1 [["Host","h"],["Transfer-Encoding","Chunked"]]',
        'data hello0123456789',
        'end [["T","u"]]',
      ],
    ],
    [
      'H-C06: trailers that would change framing or routing are dropped',
      'POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n0\nContent-Length: 9\nHost: other\nT: u\nTransfer-Encoding: chunked\n\n',
      ['POST / 1.1 [["Host","h"],["Transfer-Encoding","chunked"]]', 'end [["T","u"]]'],
    ],
    [
      'H-E01: the expectation that exists',
      'POST / HTTP/1.1\nHost: h\nExpect: 100-Continue\nContent-Length: 1\n\nx',
      [
        'POST / 1.1 [["Host","h"],["Expect","100-Continue"],["Content-Length","1"]]',
        'data x',
        'end',
      ],
    ],
  ];
  test.each(accepted)('%s', (_title, text, heard) => {
    expect(serverHears([wire(text)], { end: false })).toEqual(heard);
    expect(serverHears(singly(wire(text)), { end: false })).toEqual(heard);
  });
});
