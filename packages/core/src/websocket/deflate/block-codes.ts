import { fixedLiteralLengths } from './alphabet.ts';
import { decodingTable, type BitReader, type DecodingTable } from './bit-reader.ts';
import { huffmanCode } from './huffman.ts';

/** The two codes of a compressed block. */
export interface BlockCodes {
  readonly literals: DecodingTable;
  readonly distances: DecodingTable;
}

/** RFC 1951 §3.2.6: fixed codes. */
export const FIXED_CODES: BlockCodes = {
  literals: tableOf(fixedLiteralLengths())!,
  distances: tableOf(new Uint8Array(32).fill(5))!,
};

/** RFC 1951 §3.2.7: the order in which the lengths of the code length code are stored. */
const CODE_LENGTH_ORDER: readonly number[] = [
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/** RFC 1951 §3.2.7: reads the codes of a block with dynamic codes; undefined where they are wrong. */
export function readDynamicCodes(bits: BitReader): BlockCodes | undefined {
  const literalCount = bits.take(5) + 257;
  const distanceCount = bits.take(5) + 1;
  const codeLengthCount = bits.take(4) + 4;
  if (literalCount > 286) return undefined;
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < codeLengthCount; i += 1) codeLengths[CODE_LENGTH_ORDER[i]!] = bits.take(3);
  const codeLengthTable = tableOf(codeLengths);
  if (codeLengthTable === undefined) return undefined;
  const lengths = readLengths(bits, codeLengthTable, literalCount + distanceCount);
  if (lengths === undefined) return undefined;
  const literals = tableOf(lengths.subarray(0, literalCount));
  const distances = tableOf(lengths.subarray(literalCount));
  // A block without an end is no block.
  if (literals === undefined || distances === undefined || lengths[256] === 0) return undefined;
  return { literals, distances };
}

function readLengths(bits: BitReader, table: DecodingTable, count: number): Uint8Array | undefined {
  const lengths = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const symbol = bits.symbol(table);
    if (symbol < 0 || bits.left < 0 || (symbol === 16 && at === 0)) return undefined;
    if (symbol < 16) {
      lengths[at] = symbol;
      at += 1;
      continue;
    }
    // 16 repeats the last length 3 … 6 times, 17 and 18 stand for 3 … 10 and 11 … 138 zeros.
    const value = symbol === 16 ? lengths[at - 1]! : 0;
    const repeat =
      symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (at + repeat > count) return undefined;
    lengths.fill(value, at, at + repeat);
    at += repeat;
  }
  return lengths;
}

function tableOf(lengths: Uint8Array): DecodingTable | undefined {
  const code = huffmanCode(lengths);
  return code === undefined ? undefined : decodingTable(code, lengths);
}
