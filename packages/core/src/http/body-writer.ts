import { concatBytes, EMPTY_BYTES, latin1Bytes } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import { bytesPayload, concatPayloads, EMPTY_PAYLOAD, type Payload } from '../base/payload.ts';
import type { Framing } from './framing.ts';
import type { HttpHeaders } from './headers.ts';
import { encodeFields } from './head-writer.ts';
import { forbiddenTrailer } from './trailer-fields.ts';

/** Frames the content of one message that we send. */
export class BodyWriter {
  readonly #framing: Framing;
  /** Content is given but never sent: the answer to HEAD. */
  readonly #suppressed: boolean;
  #left: number;

  constructor(framing: Framing, suppressed = false) {
    this.#framing = framing;
    this.#suppressed = suppressed;
    this.#left = framing.kind === 'length' ? framing.length : Number.MAX_SAFE_INTEGER;
  }

  /**
   * The octets that carry this part of the content. A described payload stays described where the
   * framing adds nothing.
   * @throws CallError `too much content`
   */
  data(content: Payload): Payload {
    if (this.#suppressed || content.length === 0) return EMPTY_PAYLOAD;
    if (content.length > this.#left) {
      throw new CallError(
        'too much content',
        `${content.length - this.#left} octets beyond the length`,
      );
    }
    if (this.#framing.kind !== 'chunked') {
      this.#left -= content.length;
      return content;
    }
    const size = bytesPayload(latin1Bytes(`${content.length.toString(16)}\r\n`));
    return concatPayloads([size, content, bytesPayload(latin1Bytes('\r\n'))]);
  }

  /** @throws CallError `too little content`, `trailers need chunked content` */
  end(trailers: HttpHeaders): Uint8Array {
    if (this.#framing.kind === 'length' && this.#left > 0 && !this.#suppressed) {
      throw new CallError('too little content', `${this.#left} octets are missing`);
    }
    if (this.#framing.kind !== 'chunked') {
      if (trailers.size > 0) throw new CallError('trailers need chunked content');
      return EMPTY_BYTES;
    }
    const forbidden = forbiddenTrailer(trailers);
    if (forbidden !== undefined) throw new CallError('invalid trailer field', forbidden);
    if (this.#suppressed) return EMPTY_BYTES;
    return concatBytes([latin1Bytes('0\r\n'), encodeFields(trailers)]);
  }
}
