/** The options area of a TCP header in octets, RFC 9293 §3.1 and §3.2. */
import { readU16, readU32, writeU16, writeU32 } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import { WIRE_RULES } from './rules.ts';
import { NO_OPTIONS, type TcpOption } from './tcp-option.ts';
import { decoded, refused, type WireResult } from './wire-result.ts';

/** The data offset counts at most 15 words, five of which are the fixed header. */
export const MAX_TCP_OPTIONS_SIZE = 40;

/** Numbers of the option kinds, as registered. */
export const OPTION_NUMBERS = {
  eol: 0,
  nop: 1,
  mss: 2,
  'window-scale': 3,
  'sack-permitted': 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  'user-timeout': 28,
  authentication: 29,
  'fast-open': 34,
} as const;

/** The size of the options area in octets, padding included: a multiple of 4. */
export function optionsSize(options: readonly TcpOption[]): number {
  if (options.length === 0) return 0;
  let size = 0;
  for (const option of options) {
    size += optionSize(option);
    if (option.kind === 'eol') break;
  }
  return (size + 3) & ~3;
}

/**
 * The options area, padded with end-of-list and zeros to a multiple of 4 octets (W-012). What follows
 * an explicit end of list is not sent.
 * @throws CallError `options too long` above 40 octets.
 */
export function encodeOptions(options: readonly TcpOption[]): Uint8Array {
  const size = optionsSize(options);
  if (size > MAX_TCP_OPTIONS_SIZE) {
    throw new CallError('options too long', `${size} octets, at most ${MAX_TCP_OPTIONS_SIZE}`);
  }
  const bytes = new Uint8Array(size);
  writeOptions(options, bytes, 0);
  return bytes;
}

/** Writes the options with their padding. The caller has checked that `optionsSize` octets are there. */
export function writeOptions(options: readonly TcpOption[], target: Uint8Array, at: number): void {
  const end = at + optionsSize(options);
  let next = at;
  for (const option of options) {
    if (option.kind === 'eol') break;
    next = writeOption(option, target, next);
  }
  target.fill(0, next, end);
}

/**
 * The options in `bytes[from, to)`. Unknown kinds are kept; a known kind whose length is not the one
 * its RFC gives becomes `unknown` too, so that nothing reads it wrongly. The list ends at
 * end-of-list; zeros that only pad the last word are left out, because encoding puts them back.
 * @returns a problem for a length of 0 or 1, or one that points past `to` (W-010).
 */
export function decodeOptions(
  bytes: Uint8Array,
  from: number,
  to: number,
): WireResult<readonly TcpOption[]> {
  if (from === to) return decoded(NO_OPTIONS);
  const options: TcpOption[] = [];
  let at = from;
  while (at < to) {
    const number = bytes[at]!;
    if (number === OPTION_NUMBERS.eol) {
      if (!isPadding(bytes, at, to)) options.push({ kind: 'eol' });
      break;
    }
    if (number === OPTION_NUMBERS.nop) {
      options.push({ kind: 'nop' });
      at += 1;
      continue;
    }
    const length = at + 1 < to ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > to) {
      return refused({
        layer: 'tcp',
        kind: 'malformed',
        at: at + 1,
        expected: `a length of 2 … ${to - at} for option ${number}`,
        found: at + 1 < to ? String(length) : 'the end of the header',
        rule: WIRE_RULES.optionLength,
      });
    }
    options.push(readOption(number, bytes, at + 2, at + length));
    at += length;
  }
  return decoded(options);
}

function isPadding(bytes: Uint8Array, at: number, to: number): boolean {
  if (to - at > 3) return false;
  for (let i = at; i < to; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

function optionSize(option: TcpOption): number {
  switch (option.kind) {
    case 'eol':
    case 'nop':
      return 1;
    case 'mss':
    case 'user-timeout':
      return 4;
    case 'window-scale':
      return 3;
    case 'sack-permitted':
      return 2;
    case 'sack':
      return 2 + 8 * option.blocks.length;
    case 'timestamps':
      return 10;
    case 'fast-open':
      return 2 + option.cookie.length;
    case 'md5':
      return 2 + option.digest.length;
    case 'authentication':
      return 4 + option.mac.length;
    case 'unknown':
      return 2 + option.data.length;
  }
}

/** Writes one option; returns where the next one begins. Every kind but two has a length octet (W-011). */
function writeOption(
  option: Exclude<TcpOption, { kind: 'eol' }>,
  target: Uint8Array,
  at: number,
): number {
  if (option.kind === 'nop') {
    target[at] = OPTION_NUMBERS.nop;
    return at + 1;
  }
  const size = optionSize(option);
  const number = option.kind === 'unknown' ? option.number : OPTION_NUMBERS[option.kind];
  if (number < 2) throw new CallError('option impossible', `kind ${number} has no length octet`);
  target[at] = number;
  target[at + 1] = size;
  writeOptionData(option, target, at + 2);
  return at + size;
}

function writeOptionData(
  option: Exclude<TcpOption, { kind: 'eol' | 'nop' }>,
  target: Uint8Array,
  at: number,
): void {
  switch (option.kind) {
    case 'mss':
      return writeU16(target, at, option.mss);
    case 'window-scale':
      target[at] = option.shift;
      return;
    case 'sack-permitted':
      return;
    case 'sack':
      option.blocks.forEach(({ left, right }, index) => {
        writeU32(target, at + 8 * index, left);
        writeU32(target, at + 8 * index + 4, right);
      });
      return;
    case 'timestamps':
      writeU32(target, at, option.value);
      return writeU32(target, at + 4, option.echo);
    case 'user-timeout':
      return writeU16(target, at, (option.minutes ? 0x8000 : 0) | (option.value & 0x7fff));
    case 'fast-open':
      return target.set(option.cookie, at);
    case 'md5':
      return target.set(option.digest, at);
    case 'authentication':
      target[at] = option.keyId;
      target[at + 1] = option.nextKeyId;
      return target.set(option.mac, at + 2);
    case 'unknown':
      return target.set(option.data, at);
  }
}

/** The option whose data is `bytes[at, end)`. */
function readOption(number: number, bytes: Uint8Array, at: number, end: number): TcpOption {
  const size = end - at;
  switch (number) {
    case OPTION_NUMBERS.mss:
      if (size === 2) return { kind: 'mss', mss: readU16(bytes, at) };
      break;
    case OPTION_NUMBERS['window-scale']:
      if (size === 1) return { kind: 'window-scale', shift: bytes[at]! };
      break;
    case OPTION_NUMBERS['sack-permitted']:
      if (size === 0) return { kind: 'sack-permitted' };
      break;
    case OPTION_NUMBERS.sack:
      if (size > 0 && size % 8 === 0) return readSack(bytes, at, end);
      break;
    case OPTION_NUMBERS.timestamps:
      if (size === 8) {
        return { kind: 'timestamps', value: readU32(bytes, at), echo: readU32(bytes, at + 4) };
      }
      break;
    case OPTION_NUMBERS.md5:
      if (size === 16) return { kind: 'md5', digest: bytes.slice(at, end) };
      break;
    case OPTION_NUMBERS['user-timeout']:
      if (size === 2) {
        const field = readU16(bytes, at);
        return { kind: 'user-timeout', minutes: field >= 0x8000, value: field & 0x7fff };
      }
      break;
    case OPTION_NUMBERS.authentication:
      if (size >= 2) {
        const mac = bytes.slice(at + 2, end);
        return { kind: 'authentication', keyId: bytes[at]!, nextKeyId: bytes[at + 1]!, mac };
      }
      break;
    case OPTION_NUMBERS['fast-open']:
      // RFC 7413 §4.1.1: no cookie, or one of 4 … 16 octets, an even number.
      if (size === 0 || (size >= 4 && size <= 16 && size % 2 === 0)) {
        return { kind: 'fast-open', cookie: bytes.slice(at, end) };
      }
      break;
  }
  return { kind: 'unknown', number, data: bytes.slice(at, end) };
}

function readSack(bytes: Uint8Array, from: number, to: number): TcpOption {
  const blocks = [];
  for (let at = from; at < to; at += 8) {
    blocks.push({ left: readU32(bytes, at), right: readU32(bytes, at + 4) });
  }
  return { kind: 'sack', blocks };
}
