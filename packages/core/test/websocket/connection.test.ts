import { fc, runs } from '../../../../test/support/fast-check.ts';
import {
  CallError,
  concatBytes,
  fromHex,
  latin1Bytes,
  NEVER,
  seconds,
  toHex,
  utf8Bytes,
} from '@tcplab/core';
import {
  WebSocketConnection,
  type Agreement,
  type MessageData,
  type WebSocketOptions,
} from '@tcplab/core/websocket';
import { describe, expect, test } from 'vitest';
import { A_WHILE, clientFrame, countingRandom, End, serverFrame, settle } from './ends.ts';

const HELLO = utf8Bytes('Hello');
const NOTHING = new Uint8Array(0);
const COMPRESSED: Agreement = {
  protocol: undefined,
  deflate: {
    server: { contextTakeover: true, windowBits: 15 },
    client: { contextTakeover: true, windowBits: 12 },
  },
};

function closeBody(code: number, reason: Uint8Array = NOTHING): Uint8Array {
  return concatBytes([Uint8Array.of(code >> 8, code & 0xff), reason]);
}

/** With which code a server answers a Close of this body. */
function answerTo(body: Uint8Array): number | 'none' | 'empty' {
  return server().receives(clientFrame('close', body)).sentClose;
}

const server = (options: WebSocketOptions = {}): End => new End('server', options);

describe('pings', () => {
  test('WS-P01: every one of a thousand in one segment is answered, in order, where pongs can leave', () => {
    const pings = Array.from({ length: 1_000 }, (_, n) => utf8Bytes(String(n)));
    const end = server().receives(concatBytes(pings.map((data) => clientFrame('ping', data))));
    expect(end.sent.map(toHex)).toEqual(pings.map((data) => toHex(serverFrame('pong', data))));
  });
});

describe('messages', () => {
  const message = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(0, 125, 126, 65_535, 65_536).map((length) => new Uint8Array(length).fill(7)),
  );

  test('arrive as they were sent, both ways, fragmented or not, compressed or not', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
        fc.boolean(),
        (messages, fragmentBytes, compressed) => {
          const options = fragmentBytes === undefined ? {} : { fragmentBytes, compressFrom: 1 };
          const agreement = compressed ? COMPRESSED : undefined;
          const client = new End('client', options, agreement);
          const host = new End('server', options, agreement);
          const short = messages.filter(
            (one) => one.length < 10_000 || fragmentBytes === undefined,
          );
          for (const one of short) {
            client.connection.send(one);
            host.connection.send(one);
          }
          settle(client, host);
          expect(host.messages.map(plain)).toEqual(short.map(plain));
          expect(client.messages.map(plain)).toEqual(short.map(plain));
        },
      ),
      runs(60),
    );
  });

  test('arrive the same for every split of the stream', () => {
    const bytes = concatBytes([
      clientFrame('text', utf8Bytes('κόσ'), false),
      clientFrame('ping', HELLO),
      clientFrame('continuation', utf8Bytes('με')),
      clientFrame('binary', new Uint8Array(200)),
    ]);
    for (let cut = 1; cut <= bytes.length; cut += 1) {
      const end = server().receives(bytes, cut);
      expect(end.messages.map(plain)).toEqual(['κόσμε', toHex(new Uint8Array(200))]);
    }
  });

  test('a message is told before what follows it in the same segment is judged', () => {
    const end = server();
    const both = concatBytes([clientFrame('text', HELLO), fromHex('b180')!]);
    end.connection.handleInput(both, end.now);
    expect(end.drain().messages).toEqual(['Hello']);
    expect(end.connection.paused).toBe(true);
    end.connection.send('answer');
    end.connection.proceed(end.now);
    const [first, second] = end.drain().sent;
    expect(toHex(first!)).toBe(toHex(serverFrame('text', utf8Bytes('answer'))));
    expect(second![0]).toBe(0x88);
    expect(end.connection.paused).toBe(false);
  });

  test('WS-F07: a continuation of nothing, and a message inside a message, are refused with 1002', () => {
    expect(server().receives(clientFrame('continuation', HELLO)).sentClose).toBe(1002);
    const end = server().receives(clientFrame('text', HELLO, false));
    expect(end.receives(clientFrame('text', HELLO)).sentClose).toBe(1002);
    expect(end.messages).toEqual([]);
  });

  test('WS-D01: text fails with 1007 inside a frame, before its end has come', () => {
    const bytes = clientFrame('text', concatBytes([HELLO, fromHex('f49080')!, HELLO]));
    const end = server().receives(bytes.subarray(0, 6 + 5 + 1));
    expect(end.sentClose).toBe('none');
    end.receives(bytes.subarray(12, 13));
    expect(end.sentClose).toBe(1007);
  });

  test('WS-D01: a character may be cut by fragments but not by the end of the message', () => {
    const half = fromHex('ceba')!;
    const whole = server()
      .receives(clientFrame('text', half.subarray(0, 1), false))
      .receives(clientFrame('continuation', half.subarray(1)));
    expect(whole.messages).toEqual(['κ']);
    expect(server().receives(clientFrame('text', half.subarray(0, 1))).sentClose).toBe(1007);
  });

  test('WS-D02: a message above the limit fails with 1009, in one frame at its header or over many', () => {
    const options = { maxMessageBytes: 10 };
    expect(
      server(options).receives(clientFrame('binary', new Uint8Array(10))).messages.length,
    ).toBe(1);
    const header = clientFrame('binary', new Uint8Array(11)).subarray(0, 6);
    expect(server(options).receives(header).sentClose).toBe(1009);
    const many = server(options).receives(clientFrame('binary', new Uint8Array(6), false));
    expect(many.receives(clientFrame('continuation', new Uint8Array(5))).sentClose).toBe(1009);
  });

  test('WS-D02: a compressed message is measured as it comes out', () => {
    const bomb = new End('client', { compressFrom: 1 }, COMPRESSED);
    bomb.connection.send(new Uint8Array(100_000));
    const [frame] = bomb.drain().sent;
    expect(frame!.length).toBeLessThan(1_000);
    const end = new End('server', { maxMessageBytes: 50_000 }, COMPRESSED).receives(frame!);
    expect(end.sentClose).toBe(1009);
  });

  test('WS-X03: a compressed message that is no DEFLATE fails with 1007', () => {
    const frame = clientFrame('binary', fromHex('ffffff')!);
    frame[0]! |= 0x40;
    expect(new End('server', {}, COMPRESSED).receives(frame).sentClose).toBe(1007);
  });

  test('a program that sends too much is told so', () => {
    const end = server({ maxQueuedBytes: 100 });
    end.connection.send(new Uint8Array(90));
    expect(() => end.connection.send(new Uint8Array(90))).toThrow('insufficient resources');
    end.drain();
    end.connection.send(new Uint8Array(90));
  });
});

describe('pings', () => {
  test('WS-P01: every Ping is answered with its data, before messages that wait', () => {
    const end = server();
    end.connection.send('waits');
    end.connection.handleInput(clientFrame('ping', HELLO), end.now);
    end.drain();
    expect(end.sent.map(toHex)).toEqual([
      toHex(serverFrame('pong', HELLO)),
      toHex(serverFrame('text', utf8Bytes('waits'))),
    ]);
  });

  test('WS-P01: ten Pings in one segment get ten Pongs in order', () => {
    const pings = Array.from({ length: 10 }, (_, i) => clientFrame('ping', Uint8Array.of(i)));
    const end = server().receives(concatBytes(pings));
    expect(end.sent.map((frame) => frame[2])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a flood of Pings does not fill the memory: the oldest Pongs are dropped', () => {
    const end = server();
    const flood = concatBytes(Array.from({ length: 5_000 }, () => clientFrame('ping', HELLO)));
    end.connection.handleInput(flood, end.now);
    expect(end.connection.queuedBytes).toBeLessThanOrEqual(256 * 7);
  });

  test('an unsolicited Pong is taken in silence', () => {
    expect(server().receives(clientFrame('pong', HELLO)).sent).toEqual([]);
  });

  test('WS-P02: keep-alive pings at its interval and ends the connection after silence', () => {
    const end = server({ pingInterval: seconds(30), pongTimeout: seconds(10) });
    expect(end.connection.pollTimeout()).toBe(seconds(30));
    end.passes(seconds(30));
    expect(end.sent.length).toBe(1);
    end.receives(clientFrame('pong', end.sent[0]!.subarray(2)));
    end.passes(seconds(30));
    expect(end.sent.length).toBe(2);
    end.passes(seconds(10));
    expect(end.connection.state).toBe('CLOSED');
    expect(end.closed).toMatchObject({
      code: 1006,
      clean: false,
      cause: { rule: { id: 'WS-P02' } },
    });
    expect(end.connection.streamEnding).toBe('abort');
    expect(end.connection.pollTimeout()).toBe(NEVER);
  });

  test('a control frame of more than 125 octets is the program’s mistake', () => {
    expect(() => server().connection.ping(new Uint8Array(126))).toThrow(CallError);
  });
});

describe('closing', () => {
  test('WS-C01: a Close is answered with its code, and the server ends the stream', () => {
    const end = server().receives(clientFrame('close', closeBody(3_500, utf8Bytes('bye'))));
    expect(end.sent.map(toHex)).toEqual([toHex(serverFrame('close', closeBody(3_500)))]);
    expect(end.closed).toMatchObject({ code: 3_500, reason: 'bye', clean: true });
    expect(end.connection.streamEnding).toBe('close');
  });

  test('a Close without a code is 1005 for the program and answered without one', () => {
    const end = server().receives(clientFrame('close', NOTHING));
    expect(end.sent.map(toHex)).toEqual(['8800']);
    expect(end.closed?.code).toBe(1005);
    expect(end.sentClose).toBe('empty');
  });

  test('WS-C04: the client answers and waits for the server to end the stream, though not for ever', () => {
    const client = new End('client').receives(serverFrame('close', closeBody(1000)));
    expect(client.connection.state).toBe('CLOSING, closes TCP');
    expect(client.connection.streamEnding).toBe('none');
    client.connection.handleEnd();
    expect(client.drain().closed).toMatchObject({ code: 1000, clean: true });
    const waits = new End('client').receives(serverFrame('close', closeBody(1000)));
    waits.passes(A_WHILE);
    expect(waits.connection.state).toBe('CLOSED');
    expect(waits.closed?.cause?.rule.id).toBe('WS-C05');
  });

  test('the whole handshake from either side, also when both begin at once', () => {
    for (const starters of [['client'], ['server'], ['client', 'server']]) {
      const client = new End('client');
      const host = server();
      if (starters.includes('client')) client.connection.close(client.now, 1001, 'leaving');
      if (starters.includes('server')) host.connection.close(host.now, 4_000);
      settle(client, host);
      expect(host.connection.state).toBe('CLOSED');
      expect(host.connection.streamEnding).toBe('close');
      client.connection.handleEnd();
      client.drain();
      expect(client.closed?.clean).toBe(true);
      expect(host.closed?.clean).toBe(true);
      const both = starters.length === 2;
      expect(host.closed?.code).toBe(starters.includes('client') ? 1001 : 4_000);
      expect(client.closed?.code).toBe(both || starters[0] === 'server' ? 4_000 : 1001);
    }
  });

  test('between our Close and the peer’s, messages still arrive; nothing can be sent', () => {
    const end = server();
    end.connection.close(end.now);
    end.receives(clientFrame('text', HELLO));
    expect(end.messages).toEqual(['Hello']);
    expect(() => end.connection.send('more')).toThrow('connection closing');
  });

  test('after a Close nothing of the peer is read or answered any more', () => {
    const after = concatBytes([
      clientFrame('close', closeBody(1000)),
      clientFrame('ping', HELLO),
      clientFrame('text', HELLO),
      fromHex('ffffffffff')!,
    ]);
    const end = server().receives(after);
    expect(end.sent.length).toBe(1);
    expect(end.messages).toEqual([]);
    end.receives(clientFrame('ping', HELLO));
    expect(end.sent.length).toBe(1);
  });

  test('after a violation one Close is sent and nothing of the peer is answered any more', () => {
    const end = server().receives(concatBytes([fromHex('ff80')!, clientFrame('ping', HELLO)]));
    expect(end.sentClose).toBe(1002);
    expect(end.sent.length).toBe(1);
    expect(end.connection.streamEnding).toBe('close');
    end.receives(clientFrame('close', closeBody(1000)));
    expect(end.sent.length).toBe(1);
    expect(end.closed).toMatchObject({ code: 1006, sentCode: 1002, clean: false });
  });

  test('WS-C02, WS-C03, WS-D01: a wrong body of a Close', () => {
    expect(answerTo(Uint8Array.of(3))).toBe(1002);
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) {
      expect(answerTo(closeBody(code)), String(code)).toBe(1002);
    }
    for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999]) {
      expect(answerTo(closeBody(code)), String(code)).toBe(code);
    }
    expect(answerTo(closeBody(1000, latin1Bytes('\xce\xba\xe1')))).toBe(1007);
  });

  test('WS-C05: who gets no answer to its Close gives up', () => {
    const end = server({ closeTimeout: seconds(3) });
    end.connection.close(end.now);
    end.passes(seconds(3));
    expect(end.connection.streamEnding).toBe('abort');
    expect(end.closed).toMatchObject({ code: 1006, clean: false, sentCode: 1000 });
  });

  test('WS-C06: a stream that ends without a Close is 1006', () => {
    const end = server();
    end.connection.handleEnd();
    expect(end.drain().closed).toMatchObject({ code: 1006, cause: { rule: { id: 'WS-C06' } } });
  });

  test('a program cannot send a reserved code or a long reason; closing twice is harmless', () => {
    const end = server();
    for (const code of [999, 1005, 1006, 1015, 5000]) {
      expect(() => end.connection.close(end.now, code)).toThrow('illegal close code');
    }
    expect(() => end.connection.close(end.now, 1000, 'x'.repeat(124))).toThrow(
      'close reason too long',
    );
    end.connection.close(end.now, 1000, 'x'.repeat(123));
    end.connection.close(end.now);
    expect(end.drain().sent.length).toBe(1);
  });

  test('before the handshake nothing can be sent; a failed one closes', () => {
    const connection = new WebSocketConnection('client', countingRandom());
    expect(() => connection.send('early')).toThrow('connection does not exist');
  });
});

test('no octets of a peer throw, and no state is left that waits for nothing', () => {
  const frames = fc.array(
    fc.tuple(
      fc.constantFrom('text', 'binary', 'continuation', 'ping', 'pong', 'close'),
      fc.uint8Array({ maxLength: 20 }),
      fc.boolean(),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
      fc.integer({ min: 1, max: 40 }),
      (parts, changes, cut) => {
        const bytes = concatBytes([
          NOTHING,
          ...parts.map(([opcode, payload, fin]) => clientFrame(opcode as 'text', payload, fin)),
        ]).slice();
        for (const [at, octet] of changes) if (bytes.length > 0) bytes[at % bytes.length] = octet;
        const end = new End('server', {}, COMPRESSED).receives(bytes, cut);
        end.connection.handleEnd();
        expect(end.drain().connection.state).toBe('CLOSED');
        expect(end.events.filter((event) => event.kind === 'closed').length).toBe(1);
      },
    ),
    runs(1_000),
  );
});

function plain(message: MessageData): string {
  return typeof message === 'string' ? message : toHex(message);
}
