/** Text between this host's line ends (line feed) and those of the network, RFC 959 §3.1.1.1. */

const CR = 13;
const LF = 10;

/** Line feeds become CR LF; those that have their CR stay. State lives across parts of a file. */
export class AsciiEncoder {
  #afterCr = false;

  push(bytes: Uint8Array): Uint8Array {
    const octets: number[] = [];
    for (const octet of bytes) {
      if (octet === LF && !this.#afterCr) octets.push(CR);
      octets.push(octet);
      this.#afterCr = octet === CR;
    }
    return Uint8Array.from(octets);
  }
}

/** CR LF become line feeds; a lone CR stays. State lives across parts of a file. */
export class AsciiDecoder {
  #heldCr = false;

  push(bytes: Uint8Array): Uint8Array {
    const octets: number[] = [];
    for (const octet of bytes) {
      if (this.#heldCr && octet !== LF) octets.push(CR);
      this.#heldCr = octet === CR;
      if (!this.#heldCr) octets.push(octet);
    }
    return Uint8Array.from(octets);
  }

  /** What is still held at the end of the file. */
  finish(): Uint8Array {
    const held = this.#heldCr;
    this.#heldCr = false;
    return held ? Uint8Array.of(CR) : new Uint8Array(0);
  }
}
