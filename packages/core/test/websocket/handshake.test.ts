import { fc } from '../../../../test/support/fast-check.ts';
import {
  acceptKey,
  answerHandshake,
  checkResponse,
  parseExtensions,
  startHandshake,
  type ClientHandshakeOptions,
  type HeaderList,
  type ServerHandshakeOptions,
} from '@tcplab/core/websocket';
import { describe, expect, test } from 'vitest';
import { countingRandom } from './ends.ts';

function request(client: ClientHandshakeOptions = {}) {
  const handshake = startHandshake(countingRandom(), client);
  return { handshake, headers: [['Host', 'server.example'], ...handshake.headers] as HeaderList };
}

function isGood(origin: string | undefined): boolean {
  return origin === 'https://good.example';
}

function statusFrom(origin: string): number {
  return answer(request({ origin }).headers, { allowOrigin: isGood }).status;
}

function changed(headers: HeaderList, name: string, value: string | undefined): HeaderList {
  const rest = headers.filter(([one]) => one !== name);
  return value === undefined ? rest : [...rest, [name, value]];
}

function answer(headers: HeaderList, options: ServerHandshakeOptions = {}) {
  return answerHandshake({ method: 'GET', version: '1.1', headers }, options);
}

/** What the server answers to this offer of extensions. */
function offer(value: string, options: ServerHandshakeOptions = {}): string | undefined {
  const list: HeaderList = [...request().headers, ['Sec-WebSocket-Extensions', value]];
  const answered = answer(list, options).headers;
  return answered.find(([name]) => name === 'Sec-WebSocket-Extensions')?.[1];
}

/** A whole handshake: what the client makes of what the server answered. */
function agree(client: ClientHandshakeOptions, server: ServerHandshakeOptions) {
  const { handshake, headers } = request(client);
  const { status, headers: answered } = answer(headers, server);
  return checkResponse(handshake, status, answered);
}

test('WS-H07: the example of RFC 6455 §1.3', () => {
  expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('a client and a server agree on the preferred common subprotocol, or on none', () => {
  expect(agree({}, {})).toEqual({ protocol: undefined, deflate: undefined });
  expect(agree({ protocols: ['chat', 'soap'] }, { protocols: ['soap', 'chat'] })).toMatchObject({
    protocol: 'soap',
  });
  expect(agree({ protocols: ['chat'] }, { protocols: ['soap'] })).toMatchObject({
    protocol: undefined,
  });
});

describe('the server refuses', () => {
  const { headers } = request();
  const refusals: readonly (readonly [string, HeaderList, number, string])[] = [
    ['no Upgrade', changed(headers, 'Upgrade', undefined), 426, 'WS-H01'],
    ['another Upgrade', changed(headers, 'Upgrade', 'h2c'), 426, 'WS-H01'],
    ['no Connection: Upgrade', changed(headers, 'Connection', 'keep-alive'), 400, 'WS-H01'],
    ['no Host', changed(headers, 'Host', undefined), 400, 'WS-H01'],
    ['no key', changed(headers, 'Sec-WebSocket-Key', undefined), 400, 'WS-H02'],
    ['a short key', changed(headers, 'Sec-WebSocket-Key', 'c2hvcnQ='), 400, 'WS-H02'],
    ['two keys', [...headers, ['sec-websocket-key', acceptKey('')]], 400, 'WS-H02'],
    ['another version', changed(headers, 'Sec-WebSocket-Version', '8'), 426, 'WS-H03'],
    ['no version', changed(headers, 'Sec-WebSocket-Version', undefined), 426, 'WS-H03'],
    ['ill-formed extensions', [...headers, ['Sec-WebSocket-Extensions', 'a;;=']], 400, 'WS-H10'],
  ];
  for (const [what, list, status, rule] of refusals) {
    test(`${rule}: ${what} with ${status}`, () => {
      const refused = answer(list);
      expect(refused).toMatchObject({ status, cause: { rule: { id: rule } } });
      // RFC 6455 §4.4: a 426 tells which version would do.
      const told = refused.headers.some(([name]) => name === 'Sec-WebSocket-Version');
      expect(told).toBe(status === 426);
    });
  }

  test('WS-H03: and names the version it speaks', () => {
    const refused = answer(changed(headers, 'Sec-WebSocket-Version', '8'));
    expect(refused.headers).toContainEqual(['Sec-WebSocket-Version', '13']);
  });

  test('WS-H01: another method, and HTTP/1.0', () => {
    expect(answerHandshake({ method: 'POST', version: '1.1', headers }).status).toBe(405);
    expect(answerHandshake({ method: 'GET', version: '1.0', headers }).status).toBe(400);
  });

  test('WS-H04: a foreign origin with 403', () => {
    expect(statusFrom('https://good.example')).toBe(101);
    expect(statusFrom('https://evil.example')).toBe(403);
  });

  test('tokens are compared without regard to case and may stand in lists', () => {
    const list = changed(
      changed(headers, 'Upgrade', 'h2c, WebSocket'),
      'Connection',
      'keep-alive, UPGRADE',
    );
    expect(answer(list).status).toBe(101);
  });
});

describe('the client refuses', () => {
  const { handshake, headers } = request({ protocols: ['chat'] });
  const right = answer(headers, { protocols: ['chat'] }).headers;
  const check = (status: number, list: HeaderList) => {
    const result = checkResponse(handshake, status, list);
    return 'rule' in result ? result.rule.id : 'open';
  };

  test('nothing about a right answer', () => {
    expect(check(101, right)).toBe('open');
  });

  test('WS-H05: a status other than 101', () => {
    expect(check(200, right)).toBe('WS-H05');
  });

  test('WS-H06: an answer without Upgrade and Connection', () => {
    expect(check(101, changed(right, 'Upgrade', 'websockets'))).toBe('WS-H06');
    expect(check(101, changed(right, 'Connection', 'close'))).toBe('WS-H06');
  });

  test('WS-H07: an answer to another key', () => {
    const other = acceptKey('AAAAAAAAAAAAAAAAAAAAAA==');
    expect(check(101, changed(right, 'Sec-WebSocket-Accept', other))).toBe('WS-H07');
    expect(check(101, changed(right, 'Sec-WebSocket-Accept', undefined))).toBe('WS-H07');
  });

  test('WS-H08: an extension it did not offer', () => {
    expect(check(101, [...right, ['Sec-WebSocket-Extensions', 'permessage-deflate']])).toBe(
      'WS-H08',
    );
  });

  test('WS-H09: a subprotocol it did not offer', () => {
    expect(check(101, changed(right, 'Sec-WebSocket-Protocol', 'soap'))).toBe('WS-H09');
  });

  test('WS-X02: parameters of permessage-deflate that do not fit', () => {
    const offering = request({ deflate: true });
    const base = answer(offering.headers, { deflate: false }).headers;
    const said = (value: string) => {
      const list: HeaderList = [...base, ['Sec-WebSocket-Extensions', value]];
      const result = checkResponse(offering.handshake, 101, list);
      return 'rule' in result ? result.rule.id : 'open';
    };
    expect(said('permessage-deflate; client_max_window_bits=9')).toBe('open');
    expect(said('permessage-deflate; client_max_window_bits')).toBe('WS-X02');
    expect(said('permessage-deflate; unknown')).toBe('WS-X02');
    expect(said('permessage-deflate; server_max_window_bits=16')).toBe('WS-X02');
    expect(said('permessage-deflate, permessage-deflate')).toBe('WS-H08');
  });
});

describe('RFC 7692 §7.1: permessage-deflate', () => {
  test('the server accepts with what the client asked for', () => {
    expect(offer('permessage-deflate')).toBe('permessage-deflate');
    expect(offer('permessage-deflate; client_max_window_bits')).toBe('permessage-deflate');
    expect(offer('permessage-deflate; server_max_window_bits="10"')).toBe(
      'permessage-deflate; server_max_window_bits=10',
    );
    expect(offer('permessage-deflate; server_no_context_takeover')).toBe(
      'permessage-deflate; server_no_context_takeover',
    );
  });

  test('WS-X01: wrong offers are declined, and the next one is tried', () => {
    expect(offer('permessage-deflate; server_max_window_bits=7')).toBeUndefined();
    expect(offer('permessage-deflate; server_max_window_bits')).toBeUndefined();
    expect(offer('permessage-deflate; foo')).toBeUndefined();
    expect(
      offer('permessage-deflate; server_no_context_takeover; server_no_context_takeover'),
    ).toBeUndefined();
    expect(offer('permessage-deflate; foo, x-other, permessage-deflate')).toBe(
      'permessage-deflate',
    );
  });

  test('both ends understand the same, whoever gives up context', () => {
    for (const client of [true, { noContextTakeover: true }]) {
      for (const server of [true, { noContextTakeover: true }]) {
        const { handshake, headers } = request({ deflate: client });
        const answered = answer(headers, { deflate: server });
        const own = checkResponse(handshake, answered.status, answered.headers);
        expect(answered).toMatchObject({ agreement: own });
        const takeover = client === true && server === true;
        expect(own).toMatchObject({
          deflate: { server: { contextTakeover: takeover }, client: { contextTakeover: takeover } },
        });
      }
    }
  });

  test('a server may do without', () => {
    expect(offer('permessage-deflate', { deflate: false })).toBeUndefined();
  });
});

test('RFC 6455 §9.1: extensions with quoted values, and no value that throws', () => {
  expect(parseExtensions(['a; b="c" , d;e=f;g'])).toEqual([
    { name: 'a', parameters: [{ name: 'b', value: 'c' }] },
    {
      name: 'd',
      parameters: [
        { name: 'e', value: 'f' },
        { name: 'g', value: undefined },
      ],
    },
  ]);
  for (const wrong of ['a b', 'a; ', '; a', 'a; b="c d"', 'a; =c', 'a; b="c']) {
    expect(parseExtensions([wrong]), wrong).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
      parseExtensions(values);
    }),
  );
});
