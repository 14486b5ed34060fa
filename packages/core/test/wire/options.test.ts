import {
  decodePacket,
  describeOptions,
  describeProblem,
  dottedAddress,
  encodeOptions,
  parseAddress,
  WIRE_RULES,
  type TcpOption,
} from '@tcplab/core';
import { fc } from '../../../../test/support/fast-check.ts';
import { tcpOptions, u32 } from '../../../../test/support/arbitrary-packets.ts';
import { describe, expect, test } from 'vitest';
import { hex, segmentWithOptions } from './hand-made-packets.ts';

function optionsOf(text: string): readonly TcpOption[] | string {
  const result = decodePacket(segmentWithOptions(hex(text)));
  if (!result.ok) return describeProblem(result.problem);
  return result.value.body.kind === 'tcp' ? result.value.body.options : 'no TCP';
}

describe('reading options', () => {
  test('W-007, W-013: end of list, no-operation and maximum segment size, on any octet', () => {
    expect(optionsOf('01 020405b4 000000')).toEqual([{ kind: 'nop' }, { kind: 'mss', mss: 1_460 }]);
  });

  test('W-009: an unknown kind is passed over by its length and kept', () => {
    expect(optionsOf('fd03aa 020405b4 01')).toEqual([
      { kind: 'unknown', number: 253, data: hex('aa') },
      { kind: 'mss', mss: 1_460 },
      { kind: 'nop' },
    ]);
  });

  test('a known kind with a length that its RFC does not give is unknown', () => {
    expect(optionsOf('03040707')).toEqual([{ kind: 'unknown', number: 3, data: hex('0707') }]);
  });

  test('W-010: an illegal length is a problem that says where and what', () => {
    expect(optionsOf('01010200')).toBe(
      'tcp, octet 43: expected a length of 2 … 2 for option 2, found 0',
    );
    expect(optionsOf('0101010f')).toBe(
      'tcp, octet 44: expected a length of 2 … 1 for option 15, found the end of the header',
    );
  });

  test('W-012: padding is left out, an end of list with words behind it is kept', () => {
    expect(optionsOf('04020000')).toEqual([{ kind: 'sack-permitted' }]);
    expect(optionsOf('04020000 00000000')).toEqual([{ kind: 'sack-permitted' }, { kind: 'eol' }]);
  });

  test('W-008, W-013: what was written is read', () => {
    fc.assert(
      fc.property(tcpOptions, (options) => {
        const bytes = encodeOptions(options);
        const result = decodePacket(segmentWithOptions(bytes, 0x10));
        expect(result.ok && result.value.body).toMatchObject({ options });
      }),
    );
  });
});

test('options read as people write them', () => {
  const options: readonly TcpOption[] = [
    { kind: 'mss', mss: 1_460 },
    { kind: 'nop' },
    { kind: 'window-scale', shift: 7 },
    { kind: 'sack-permitted' },
    { kind: 'timestamps', value: 1, echo: 0 },
    {
      kind: 'sack',
      blocks: [
        { left: 1, right: 5 },
        { left: 9, right: 12 },
      ],
    },
    { kind: 'user-timeout', minutes: true, value: 5 },
    { kind: 'fast-open', cookie: hex('') },
    { kind: 'fast-open', cookie: hex('01020304') },
    { kind: 'authentication', keyId: 1, nextKeyId: 2, mac: hex('ab') },
    { kind: 'md5', digest: hex('cd') },
    { kind: 'unknown', number: 253, data: hex('ef') },
    { kind: 'eol' },
  ];
  expect(describeOptions(options)).toBe(
    'mss 1460, nop, wscale 7, sackOK, TS val 1 ecr 0, sack 1:5 9:12, uto 5 min, fast open request, ' +
      'fast open 01020304, ao key 1 next 2 mac ab, md5 cd, option 253 ef, eol',
  );
});

test('addresses read as people write them, and nothing else is an address', () => {
  fc.assert(fc.property(u32, (address) => parseAddress(dottedAddress(address)) === address));
  expect(dottedAddress(0xff000001)).toBe('255.0.0.1');
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.-4',
    ' 1.2.3.4',
    '1.2.3.0x4',
  ]) {
    expect(parseAddress(text), text).toBeUndefined();
  }
});

test('every rule of the wire has an id of its own', () => {
  const ids = Object.values(WIRE_RULES).map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
});
