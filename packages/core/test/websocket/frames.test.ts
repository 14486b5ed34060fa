import { fc, runs } from '../../../../test/support/fast-check.ts';
import { concatBytes, fromHex, toHex, utf8Bytes } from '@tcplab/core';
import {
  encodeFrame,
  FrameReader,
  masked,
  Utf8Checker,
  type FrameHeader,
  type OpcodeName,
} from '@tcplab/core/websocket';
import { describe, expect, test } from 'vitest';

interface ReadFrame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
}

function readAll(bytes: Uint8Array, cuts: readonly number[], fromClient: boolean) {
  const frames: ReadFrame[] = [];
  let parts: Uint8Array[] = [];
  const reader = new FrameReader(
    { fromClient, rsv1: false, maxFrameBytes: 1_000_000 },
    {
      paused: false,
      frameBegins: () => undefined,
      framePart: (header, part, last) => {
        parts.push(part);
        if (!last) return undefined;
        frames.push({ header, payload: concatBytes(parts) });
        parts = [];
        return undefined;
      },
    },
  );
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    reader.read(bytes.subarray(at, Math.max(at, cut)));
    at = Math.max(at, cut);
  }
  return { frames, wrong: reader.violation };
}

/** What a server says to the octets of a client. */
function ruleOf(hex: string, fromClient = true): string | undefined {
  return readAll(fromHex(hex)!, [], fromClient).wrong?.cause.rule.id;
}

function frame(
  opcode: OpcodeName,
  payload: Uint8Array,
  { fin = true, key }: { fin?: boolean; key?: string } = {},
): string {
  const maskKey = key === undefined ? undefined : fromHex(key)!;
  return toHex(encodeFrame({ fin, rsv1: false, opcode, maskKey }, payload));
}

describe('RFC 6455 §5.7: the examples', () => {
  test('an unmasked and a masked text message', () => {
    expect(frame('text', utf8Bytes('Hello'))).toBe('810548656c6c6f');
    expect(frame('text', utf8Bytes('Hello'), { key: '37fa213d' })).toBe('818537fa213d7f9f4d5158');
  });

  test('a fragmented message', () => {
    expect(frame('text', utf8Bytes('Hel'), { fin: false })).toBe('010348656c');
    expect(frame('continuation', utf8Bytes('lo'))).toBe('80026c6f');
  });

  test('a Ping and its masked Pong', () => {
    expect(frame('ping', utf8Bytes('Hello'))).toBe('890548656c6c6f');
    expect(frame('pong', utf8Bytes('Hello'), { key: '37fa213d' })).toBe('8a8537fa213d7f9f4d5158');
  });

  test('256 bytes and 64 KiB take the 16-bit and the 64-bit length', () => {
    expect(frame('binary', new Uint8Array(256)).slice(0, 8)).toBe('827e0100');
    expect(frame('binary', new Uint8Array(65_536)).slice(0, 20)).toBe('827f0000000000010000');
  });
});

describe('reading', () => {
  const arbitraryFrame = fc.record({
    opcode: fc.constantFrom<OpcodeName>('text', 'binary', 'continuation', 'ping', 'pong', 'close'),
    fin: fc.boolean(),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 125 }),
      fc.nat({ max: 70_000 }).map((length) => new Uint8Array(length).fill(length & 0xff)),
    ),
    key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  });

  test('what was written is read, with and without masks, for every split of the stream', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryFrame, { maxLength: 4 }),
        fc.boolean(),
        fc.array(fc.nat({ max: 70_000 }), { maxLength: 6 }),
        (frames, fromClient, cuts) => {
          const written = frames.map(({ opcode, fin, payload, key }) => {
            const control = opcode === 'ping' || opcode === 'pong' || opcode === 'close';
            return {
              header: {
                fin: fin || control,
                rsv1: false,
                opcode,
                maskKey: fromClient ? key : undefined,
              },
              payload: control ? payload.subarray(0, 125) : payload,
            };
          });
          const bytes = concatBytes(written.map((one) => encodeFrame(one.header, one.payload)));
          const read = readAll(
            bytes,
            cuts.sort((a, b) => a - b),
            fromClient,
          );
          expect(read.wrong).toBeUndefined();
          expect(read.frames.length).toBe(written.length);
          written.forEach((one, index) => {
            const { header, payload } = read.frames[index]!;
            expect({ ...header, length: 0 }).toEqual({ ...one.header, length: 0 });
            expect(toHex(payload)).toBe(toHex(one.payload));
          });
        },
      ),
      runs(60),
    );
  });

  test('masking twice with the same key from the same position gives the data back', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.nat(),
        (data, key, offset) => {
          expect(masked(masked(data, key, offset), key, offset)).toEqual(data);
        },
      ),
    );
  });

  test('any octets at all are read or refused, never thrown over', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, fromClient) => {
        readAll(bytes, [1, 2, 3, 10], fromClient);
      }),
    );
  });

  test('WS-F01: reserved bits are refused at the second octet', () => {
    for (const first of ['91', 'a1', 'b1', 'c1', 'd9']) expect(ruleOf(`${first}80`)).toBe('WS-F01');
  });

  test('WS-F02: reserved opcodes are refused', () => {
    for (const opcode of ['3', '4', '5', '6', '7', 'b', 'c', 'd', 'e', 'f']) {
      expect(ruleOf(`8${opcode}80`)).toBe('WS-F02');
    }
  });

  test('WS-F03: a length is written in the shortest form, and below 2^63', () => {
    expect(ruleOf('82fe007d00000000')).toBe('WS-F03');
    expect(ruleOf('82ff000000000000ffff00000000')).toBe('WS-F03');
    expect(ruleOf('82ff800000000000000000000000')).toBe('WS-F03');
    expect(ruleOf('82fe007e00000000')).toBeUndefined();
  });

  test('WS-F04, WS-F05: clients mask and servers do not', () => {
    expect(ruleOf('8100', true)).toBe('WS-F04');
    expect(ruleOf('8180', false)).toBe('WS-F05');
  });

  test('WS-F06: control frames are whole and short', () => {
    expect(ruleOf('0980')).toBe('WS-F06');
    expect(ruleOf('89fe')).toBe('WS-F06');
    expect(ruleOf('0880')).toBe('WS-F06');
  });

  test('WS-D02: a frame above the limit is refused with 1009 at its header', () => {
    const { wrong } = readAll(fromHex('82ff00000000000f424100000000')!, [], true);
    expect(wrong?.code).toBe(1009);
    expect(readAll(fromHex('82ff7fffffffffffffff00000000')!, [], true).wrong?.code).toBe(1009);
  });
});

describe('UTF-8, octet by octet', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const platformSays = (bytes: Uint8Array): boolean => {
    try {
      decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };

  test('agrees with the platform on valid and invalid text, across any cut', () => {
    const text = fc.string({ unit: 'binary' }).map((one) => utf8Bytes(one));
    const mostlyText = fc.tuple(text, fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, octet]) => {
      const changed = bytes.slice();
      if (changed.length > 0) changed[at % changed.length] = octet;
      return changed;
    });
    fc.assert(
      fc.property(
        fc.oneof(text, mostlyText, fc.uint8Array({ maxLength: 8 })),
        fc.nat(),
        (bytes, cut) => {
          const checker = new Utf8Checker();
          const at = bytes.length === 0 ? 0 : cut % bytes.length;
          const valid = checker.accept(bytes.subarray(0, at)) && checker.accept(bytes.subarray(at));
          expect(valid && checker.complete).toBe(platformSays(bytes));
        },
      ),
      runs(2_000),
    );
  });

  test('WS-D01: a sequence fails at its first impossible octet, not at its end', () => {
    for (const hex of ['c0', 'c1', 'f5', 'ff', '80', 'e080', 'eda0', 'f080', 'f490']) {
      const bytes = fromHex(hex)!;
      const checker = new Utf8Checker();
      expect(checker.accept(bytes.subarray(0, -1)), hex).toBe(true);
      expect(checker.accept(bytes.subarray(-1)), hex).toBe(false);
    }
  });
});
