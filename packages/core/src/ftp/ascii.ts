/** Text between this host's line ends (line feed) and those of the network, RFC 959 §3.1.1.1. */

const CR = 13;
const LF = 10;

/** Line feeds become CR LF; those that have their CR stay. State lives across parts of a file. */
export class AsciiEncoder {
  #afterCr: boolean;

  /** @param afterCr whether the octet before the first one was a CR */
  constructor(afterCr = false) {
    this.#afterCr = afterCr;
  }

  push(bytes: Uint8Array): Uint8Array {
    const octets = new Uint8Array(bytes.length * 2);
    let at = 0;
    for (const octet of bytes) {
      if (octet === LF && !this.#afterCr) octets[at++] = CR;
      octets[at++] = octet;
      this.#afterCr = octet === CR;
    }
    return octets.slice(0, at);
  }
}

/** A place in a file of this host. */
export interface AsciiPosition {
  readonly at: number;
  /** The place lies behind a CR that only the network has. */
  readonly insideLineEnd: boolean;
}

/**
 * Where `count` octets of the text on the network end in the file of this host: what REST means in
 * ASCII type (RFC 3659 §5.3). Undefined when the text is shorter.
 */
export function asciiPosition(file: Uint8Array, count: number): AsciiPosition | undefined {
  let left = count;
  for (let at = 0; at < file.length; at += 1) {
    if (left === 0) return { at, insideLineEnd: false };
    if (file[at] === LF && file[at - 1] !== CR) left -= 1;
    if (left === 0) return { at, insideLineEnd: true };
    left -= 1;
  }
  return left === 0 ? { at: file.length, insideLineEnd: false } : undefined;
}

/** CR LF become line feeds; a lone CR stays. State lives across parts of a file. */
export class AsciiDecoder {
  #heldCr = false;

  push(bytes: Uint8Array): Uint8Array {
    const octets = new Uint8Array(bytes.length + 1);
    let at = 0;
    for (const octet of bytes) {
      if (this.#heldCr && octet !== LF) octets[at++] = CR;
      this.#heldCr = octet === CR;
      if (!this.#heldCr) octets[at++] = octet;
    }
    return octets.slice(0, at);
  }

  /** What is still held at the end of the file. */
  finish(): Uint8Array {
    const held = this.#heldCr;
    this.#heldCr = false;
    return held ? Uint8Array.of(CR) : new Uint8Array(0);
  }
}
