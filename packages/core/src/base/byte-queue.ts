/** Octets that have arrived in pieces and wait for their reader. Pieces are neither copied nor joined. */
export class ByteQueue {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Octets that wait. */
  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The oldest octets, at most `max` and at most one piece; undefined when none wait. */
  take(max: number): Uint8Array | undefined {
    const first = this.#pieces[0];
    if (first === undefined) return undefined;
    const taken = first.subarray(0, max);
    if (taken.length === first.length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(max);
    this.#length -= taken.length;
    return taken;
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
  }
}
