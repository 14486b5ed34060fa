import { concatBytes, EMPTY_BYTES, writeU16 } from '../../base/index.ts';
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  fixedLiteralLengths,
  LENGTH_BASE,
  LENGTH_EXTRA,
  MAX_MATCH,
  MIN_MATCH,
} from './alphabet.ts';
import { BitWriter } from './bit-writer.ts';
import { HashChains } from './hash-chains.ts';
import { reversedCodes } from './huffman.ts';

const MAX_STORED = 65_535;

const LITERAL_LENGTHS = fixedLiteralLengths();
const LITERAL_CODES = reversedCodes(LITERAL_LENGTHS);
const DISTANCE_CODES = reversedCodes(new Uint8Array(30).fill(5));
/** Length code index by match length. */
const LENGTH_INDEX = Uint8Array.from(
  { length: MAX_MATCH + 1 },
  (_, length) => LENGTH_BASE.filter((base) => base <= length).length - 1,
);

/**
 * Compresses the messages of one direction, RFC 1951 as RFC 7692 §7.2.1 uses it: matches within the
 * window by hash chains, one block with fixed codes a message, or stored blocks where that is
 * shorter. Simplified: no dynamic codes, which would gain a tenth on text and need a code builder.
 */
export class Deflater {
  readonly #contextTakeover: boolean;
  readonly #windowSize: number;
  #window: Uint8Array = EMPTY_BYTES;
  /** The memory is taken when the first message is compressed. */
  #chains: HashChains | undefined;

  /**
   * @param contextTakeover whether messages may refer to earlier ones
   * @param windowBits 8 … 15: how far back matches may lie, as the peer's memory allows
   */
  constructor(contextTakeover: boolean, windowBits: number) {
    this.#contextTakeover = contextTakeover;
    this.#windowSize = 1 << windowBits;
  }

  /** The compressed octets of a message, without the four octets at the end that are not sent. */
  deflate(message: Uint8Array): Uint8Array {
    const data = concatBytes([this.#window, message]);
    const start = this.#window.length;
    if (this.#contextTakeover) {
      this.#window = data.slice(Math.max(0, data.length - this.#windowSize));
    }
    this.#chains ??= new HashChains(this.#windowSize);
    this.#chains.begin(data, start);
    const bits = new BitWriter();
    writeFixedBlock(bits, data, start, this.#chains);
    // RFC 7692 §7.2.1: an empty stored block ends the message; its last four octets are not sent.
    bits.put(0, 3);
    bits.align();
    const compressed = bits.take();
    const storedSize = message.length + 5 * Math.ceil(message.length / MAX_STORED) + 1;
    return compressed.length <= storedSize ? compressed : storedBlocks(message);
  }
}

/** RFC 1951 §3.2.4: blocks that are not compressed, and the beginning of an empty one. */
function storedBlocks(message: Uint8Array): Uint8Array {
  const bits = new BitWriter();
  for (let at = 0; at < message.length; at += MAX_STORED) {
    const part = message.subarray(at, at + MAX_STORED);
    const head = new Uint8Array(5);
    writeU16(head, 1, swap(part.length));
    writeU16(head, 3, swap(part.length ^ 0xffff));
    bits.octets(head);
    bits.octets(part);
  }
  bits.octets(new Uint8Array(1));
  return bits.take();
}

/** DEFLATE stores these two octets lowest first. */
function swap(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8);
}

/** RFC 1951 §3.2.6: one block, not the last, with fixed codes, of `data` from `start` on. */
function writeFixedBlock(
  bits: BitWriter,
  data: Uint8Array,
  start: number,
  chains: HashChains,
): void {
  bits.put(2, 3);
  for (let at = start; at < data.length;) {
    const length = chains.longest(at);
    if (length < MIN_MATCH) {
      putLiteral(bits, data[at]!);
      at += 1;
      continue;
    }
    putMatch(bits, length, chains.distance);
    at += length;
  }
  putLiteral(bits, END_OF_BLOCK);
}

function putLiteral(bits: BitWriter, symbol: number): void {
  bits.put(LITERAL_CODES[symbol]!, LITERAL_LENGTHS[symbol]!);
}

function putMatch(bits: BitWriter, length: number, distance: number): void {
  const lengthIndex = LENGTH_INDEX[length]!;
  putLiteral(bits, 257 + lengthIndex);
  bits.put(length - LENGTH_BASE[lengthIndex]!, LENGTH_EXTRA[lengthIndex]!);
  let index = DISTANCE_BASE.length - 1;
  while (DISTANCE_BASE[index]! > distance) index -= 1;
  bits.put(DISTANCE_CODES[index]!, 5);
  bits.put(distance - DISTANCE_BASE[index]!, DISTANCE_EXTRA[index]!);
}
