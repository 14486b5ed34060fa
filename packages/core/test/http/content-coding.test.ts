import { fc } from '../../../../test/support/fast-check.ts';
import { concatBytes, patternPayload } from '@tcplab/core';
import { ContentDecoder, encodeContent, HttpHeaders, type HttpViolation } from '@tcplab/core/http';
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { cutAt, singly } from './support.ts';

function decode(
  coding: string,
  pieces: readonly Uint8Array[],
  maxBytes?: number,
): Uint8Array | HttpViolation {
  const decoder = ContentDecoder.for(HttpHeaders.from({ 'Content-Encoding': coding }), maxBytes)!;
  const decoded: Uint8Array[] = [];
  for (const piece of pieces) {
    const part = decoder.push(piece);
    if ('kind' in part) return part;
    decoded.push(part);
  }
  const rest = decoder.finish();
  return 'kind' in rest ? rest : concatBytes([...decoded, rest]);
}

const encoders: [coding: string, title: string, encode: (content: Uint8Array) => Uint8Array][] = [
  ['gzip', 'gzip', gzipSync],
  ['deflate', 'deflate in zlib’s frame', deflateSync],
  ['deflate', 'bare deflate', deflateRawSync],
];

describe.each(encoders)('%s content (%s)', (coding, _title, encode) => {
  test('decodes to what was encoded, however it is cut', () => {
    const content = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    fc.assert(
      fc.property(
        content,
        fc.nat(20),
        fc.array(fc.nat(), { maxLength: 6 }),
        (parts, times, cuts) => {
          const whole = concatBytes(Array.from({ length: times }, () => parts).flat());
          const encoded = Uint8Array.from(encode(whole));
          expect(decode(coding, cutAt(encoded, cuts))).toEqual(whole);
        },
      ),
    );
  });

  test('arrives octet by octet', () => {
    const content = patternPayload(0, 20_000).toBytes();
    expect(decode(coding, singly(Uint8Array.from(encode(content))))).toEqual(content);
  });

  test('H-D02: a bomb is refused before it is in memory', () => {
    const bomb = Uint8Array.from(encode(new Uint8Array(20_000_000)));
    expect(bomb.length).toBeLessThan(25_000);
    expect(decode(coding, [bomb], 1_000_000)).toMatchObject({ status: 413, rule: { id: 'H-D02' } });
    const twice = Uint8Array.from(encode(bomb));
    expect(decode(`${coding}, ${coding}`, [twice], 1_000_000)).toHaveProperty('rule.id', 'H-D02');
  });

  test('any octets are a verdict, never an exception', () => {
    const encoded = Uint8Array.from(encode(patternPayload(0, 300).toBytes()));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), fc.nat(255), (noise, at, octet) => {
        expect(decode(coding, [noise], 10_000)).toBeTypeOf('object');
        const bent = encoded.slice();
        bent[at % bent.length] = octet;
        expect(decode(coding, [bent], 10_000)).toBeTypeOf('object');
      }),
    );
  });
});

describe('content codings', () => {
  test('several are undone in the opposite order', () => {
    const content = patternPayload(3, 1_000).toBytes();
    const encoded = Uint8Array.from(gzipSync(deflateSync(content)));
    expect(decode('deflate, gzip', [encoded])).toEqual(content);
    expect(decode('x-gzip, identity', [Uint8Array.from(gzipSync(content))])).toEqual(content);
  });

  test('an unknown one, or too many, leave the content as it came', () => {
    for (const coding of ['br', 'gzip, br', 'identity', 'gzip, gzip, gzip']) {
      expect(ContentDecoder.for(HttpHeaders.from({ 'Content-Encoding': coding }))).toBeUndefined();
    }
    expect(ContentDecoder.for(HttpHeaders.EMPTY)).toBeUndefined();
  });

  test('no content at all is none', () => {
    expect(decode('gzip', [])).toHaveLength(0);
  });

  test.each(encoders.slice(0, 2))(
    'H-D01: truncated %s (%s) is refused',
    (coding, _title, encode) => {
      const encoded = Uint8Array.from(encode(patternPayload(0, 5_000).toBytes()));
      for (let length = 1; length < encoded.length; length += 1) {
        expect(decode(coding, [encoded.slice(0, length)])).toHaveProperty('rule.id', 'H-D01');
      }
    },
  );

  test('H-D01: a wrong check is refused', () => {
    const encoded = Uint8Array.from(gzipSync('hello'));
    encoded[encoded.length - 8]! ^= 1;
    expect(decode('gzip', [encoded])).toHaveProperty('rule.id', 'H-D01');
  });

  test('our own encoding is read by others and repeats', () => {
    const content = patternPayload(0, 2_000).toBytes();
    expect(Uint8Array.from(gunzipSync(encodeContent('gzip', content)))).toEqual(content);
    expect(Uint8Array.from(inflateSync(encodeContent('deflate', content)))).toEqual(content);
    expect(encodeContent('gzip', content)).toEqual(encodeContent('gzip', content));
  });
});
