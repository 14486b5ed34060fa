import { readU16 } from '../base/index.ts';
import { CLOSE_CODE } from './close-code.ts';
import { readLength64, type FrameHeader } from './frame.ts';
import { MAX_CONTROL_BYTES } from './limits.ts';
import { masked } from './mask.ts';
import { isControl, opcodeName } from './opcode.ts';
import { WS_RULES } from './rules.ts';
import { violation, type Violation } from './violation.ts';

/** Who takes the frames. Each call may answer with what is wrong; then reading stops for good. */
export interface FrameSink {
  /** While true, no more is read: `read` returns before the next octet. */
  readonly paused: boolean;
  /** The header of the next frame is complete. */
  frameBegins(header: FrameHeader): Violation | undefined;
  /** The next part of its payload, unmasked; `last` with the rest of it, which may be empty. */
  framePart(header: FrameHeader, part: Uint8Array, last: boolean): Violation | undefined;
}

export interface FrameReaderOptions {
  /** The peer is a client: it must mask. */
  readonly fromClient: boolean;
  /** permessage-deflate was negotiated: RSV1 has a meaning. */
  readonly rsv1: boolean;
  /** The longest payload that is taken. */
  readonly maxFrameBytes: number;
}

/** Cuts a stream of octets into frames. Payloads are handed on as they come, never collected. */
export class FrameReader {
  readonly #options: FrameReaderOptions;
  readonly #sink: FrameSink;
  readonly #head = new Uint8Array(14);
  #headFilled = 0;
  #header: FrameHeader | undefined;
  #payloadSeen = 0;
  #violation: Violation | undefined;

  constructor(options: FrameReaderOptions, sink: FrameSink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** What was wrong; from then on nothing is read. */
  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** @returns how many octets were read: all, unless the sink paused or something was wrong */
  read(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && this.#violation === undefined && !this.#sink.paused) {
      at = this.#header === undefined ? this.#readHead(bytes, at) : this.#readPayload(bytes, at);
    }
    return at;
  }

  #readHead(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && this.#violation === undefined) {
      this.#head[this.#headFilled++] = bytes[at++]!;
      if (this.#headFilled < 2) continue;
      if (this.#headFilled === 2) this.#violation = this.#checkStart();
      if (this.#violation !== undefined || this.#headFilled < this.#headLength()) continue;
      const header = this.#decode();
      if ('code' in header) this.#violation = header;
      else this.#begin(header);
      break;
    }
    return at;
  }

  /** How long the header is, from its first two octets. */
  #headLength(): number {
    const length7 = this.#head[1]! & 0x7f;
    return 2 + (length7 === 126 ? 2 : length7 === 127 ? 8 : 0) + (this.#head[1]! & 0x80 ? 4 : 0);
  }

  /** What the first two octets already tell to be wrong is not waited for. */
  #checkStart(): Violation | undefined {
    const [first, second] = this.#head as unknown as readonly [number, number];
    const rsv = first & 0x70;
    const opcode = opcodeName(first & 0x0f);
    const error = CLOSE_CODE.protocolError;
    if (opcode === undefined) {
      return violation(error, WS_RULES.opcode, `opcode ${first & 0x0f} is reserved`);
    }
    // RFC 7692 §6.1: RSV1 is set on the first frame of a message only.
    const mayBeCompressed = this.#options.rsv1 && (opcode === 'text' || opcode === 'binary');
    if ((rsv & 0x30) !== 0 || (rsv !== 0 && !mayBeCompressed)) {
      return violation(error, WS_RULES.reservedBits, `reserved bits ${rsv >> 4} on a ${opcode}`);
    }
    if (isControl(opcode)) {
      if ((first & 0x80) === 0) {
        return violation(error, WS_RULES.controlFrame, `a ${opcode} frame was fragmented`);
      }
      if ((second & 0x7f) > MAX_CONTROL_BYTES) {
        return violation(error, WS_RULES.controlFrame, `a ${opcode} frame of more than 125 octets`);
      }
    }
    if (((second & 0x80) !== 0) !== this.#options.fromClient) {
      const rule = this.#options.fromClient ? WS_RULES.clientMasks : WS_RULES.serverDoesNotMask;
      const was = this.#options.fromClient ? 'the client did not mask' : 'the server masked';
      return violation(error, rule, `${was} a ${opcode} frame`);
    }
    return undefined;
  }

  #decode(): FrameHeader | Violation {
    const head = this.#head;
    const length7 = head[1]! & 0x7f;
    const long = length7 === 127;
    const length = long ? readLength64(head, 2) : length7 === 126 ? readU16(head, 2) : length7;
    const tooBig = CLOSE_CODE.messageTooBig;
    const error = CLOSE_CODE.protocolError;
    if (long && head[2]! >= 0x80) {
      return violation(error, WS_RULES.minimalLength, 'the top bit of a length is set');
    }
    if (length !== undefined && length < (long ? 65_536 : length7 === 126 ? 126 : 0)) {
      return violation(error, WS_RULES.minimalLength, `${length} in ${long ? 64 : 16} bits`);
    }
    if (length === undefined || length > this.#options.maxFrameBytes) {
      const most = this.#options.maxFrameBytes;
      return violation(tooBig, WS_RULES.tooBig, `a frame of more than ${most} octets`);
    }
    return {
      fin: (head[0]! & 0x80) !== 0,
      rsv1: (head[0]! & 0x40) !== 0,
      opcode: opcodeName(head[0]! & 0x0f)!,
      length,
      maskKey: this.#options.fromClient
        ? head.slice(this.#headFilled - 4, this.#headFilled)
        : undefined,
    };
  }

  #begin(header: FrameHeader): void {
    this.#headFilled = 0;
    this.#payloadSeen = 0;
    this.#violation = this.#sink.frameBegins(header);
    if (this.#violation !== undefined) return;
    if (header.length > 0) this.#header = header;
    else this.#violation = this.#sink.framePart(header, new Uint8Array(0), true);
  }

  #readPayload(bytes: Uint8Array, from: number): number {
    const header = this.#header!;
    const to = Math.min(bytes.length, from + header.length - this.#payloadSeen);
    const raw = bytes.subarray(from, to);
    const part =
      header.maskKey === undefined ? raw : masked(raw, header.maskKey, this.#payloadSeen);
    this.#payloadSeen += raw.length;
    const last = this.#payloadSeen === header.length;
    if (last) this.#header = undefined;
    this.#violation = this.#sink.framePart(header, part, last);
    return to;
  }
}
