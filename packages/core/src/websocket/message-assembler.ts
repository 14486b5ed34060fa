import { utf8Text } from '../base/index.ts';
import { ByteCollector } from './byte-collector.ts';
import { CLOSE_CODE } from './close-code.ts';
import type { Inflater } from './deflate/inflater.ts';
import type { FrameHeader } from './frame.ts';
import { WS_RULES } from './rules.ts';
import { Utf8Checker } from './utf8-checker.ts';
import { violation, type Violation } from './violation.ts';

/** A whole message. */
export type MessageData = string | Uint8Array;

interface Message {
  readonly utf8: Utf8Checker | undefined;
  readonly compressed: boolean;
  readonly collected: ByteCollector;
}

/** Puts fragments together (RFC 6455 §5.4), and finds what is wrong as early as it can be seen. */
export class MessageAssembler {
  readonly #maxMessageBytes: number;
  readonly #inflater: Inflater | undefined;
  #message: Message | undefined;
  #complete: MessageData | undefined;

  /** @param inflater where permessage-deflate was negotiated */
  constructor(maxMessageBytes: number, inflater: Inflater | undefined) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#inflater = inflater;
  }

  /** The header of a data frame. */
  begin(header: FrameHeader): Violation | undefined {
    const isStart = header.opcode !== 'continuation';
    if (isStart === (this.#message !== undefined)) {
      const why = isStart
        ? `a new ${header.opcode} message began inside another one`
        : 'a continuation of nothing';
      return violation(CLOSE_CODE.protocolError, WS_RULES.fragments, why);
    }
    if (isStart) {
      this.#message = {
        utf8: header.opcode === 'text' ? new Utf8Checker() : undefined,
        compressed: header.rsv1,
        collected: new ByteCollector(),
      };
    }
    const message = this.#message!;
    // What was announced need not be waited for.
    return this.#checkSize(message.collected, header.length);
  }

  /** The next part of a data frame. */
  add(header: FrameHeader, part: Uint8Array, last: boolean): Violation | undefined {
    const message = this.#message!;
    const wrong = message.compressed
      ? this.#collect(message.collected, part)
      : this.#check(message, message.collected, part);
    if (wrong !== undefined || !last || !header.fin) return wrong;
    this.#message = undefined;
    return message.compressed
      ? this.#decompress(message)
      : this.#finish(message, message.collected);
  }

  /** The message that has become complete, once. */
  take(): MessageData | undefined {
    const complete = this.#complete;
    this.#complete = undefined;
    return complete;
  }

  #decompress(message: Message): Violation | undefined {
    const plain = new ByteCollector();
    let wrong: Violation | undefined;
    const fault = this.#inflater!.inflate(message.collected.take(), (bytes) => {
      wrong = this.#check(message, plain, bytes);
      return wrong === undefined;
    });
    if (wrong !== undefined) return wrong;
    if (fault === undefined) return this.#finish(message, plain);
    return violation(CLOSE_CODE.invalidPayload, WS_RULES.deflateData, fault);
  }

  #finish(message: Message, collected: ByteCollector): Violation | undefined {
    if (message.utf8?.complete === false) return notUtf8('a text message ends inside a character');
    const bytes = collected.take();
    this.#complete = message.utf8 === undefined ? bytes : utf8Text(bytes);
    return undefined;
  }

  #check(message: Message, collected: ByteCollector, bytes: Uint8Array): Violation | undefined {
    if (message.utf8?.accept(bytes) === false) {
      return notUtf8('a text message has an octet that no character has there');
    }
    return this.#collect(collected, bytes);
  }

  #collect(collected: ByteCollector, bytes: Uint8Array): Violation | undefined {
    const tooBig = this.#checkSize(collected, bytes.length);
    if (tooBig === undefined) collected.add(bytes);
    return tooBig;
  }

  #checkSize(collected: ByteCollector, more: number): Violation | undefined {
    if (collected.length + more <= this.#maxMessageBytes) return undefined;
    const why = `a message of more than ${this.#maxMessageBytes} octets`;
    return violation(CLOSE_CODE.messageTooBig, WS_RULES.tooBig, why);
  }
}

function notUtf8(why: string): Violation {
  return violation(CLOSE_CODE.invalidPayload, WS_RULES.utf8, why);
}
