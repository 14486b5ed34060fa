/** Lines of the control connection from a stream cut anywhere: ends of lines and Telnet commands. */
import { concatBytes } from '../base/bytes.ts';

const CR = 13;
const LF = 10;
const NUL = 0;
const IAC = 255;
const DONT = 254;
const DO = 253;
const WONT = 252;
const WILL = 251;
const SE = 240;
const SB = 250;
/** Octets of a subnegotiation at most: every option is refused, so none has anything to say. */
const MAX_SUBNEGOTIATION = 256;

/** A line without its end, or that a line was too long and has been skipped. */
export type Line = { readonly bytes: Uint8Array } | 'too long';

/**
 * Telnet NVT (RFC 854) as far as FTP needs it: commands are taken out, offered options are refused in
 * `refusals`, CR NUL is a carriage return, and a bare line feed ends a line too.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #urgentLine: string | undefined;
  #line: number[] = [];
  #overflow = false;
  #afterCr = false;
  #afterUrgentLine = false;
  #subnegotiated = 0;
  #state: 'text' | 'IAC' | 'option' | 'SB' | 'SB IAC' = 'text';
  #optionVerb = 0;
  #lines: Line[] = [];
  #refusals: Uint8Array[] = [];

  /**
   * @param limit octets of a line at most
   * @param urgentLine in capitals: a line that ends with its CR already. Whoever sends it as urgent
   *   data (RFC 959 §4.1.3) may lose its last octet on the way: many platforms keep the urgent octet
   *   out of the stream.
   */
  constructor(limit: number, urgentLine?: string) {
    this.#limit = limit;
    this.#urgentLine = urgentLine;
  }

  push(bytes: Uint8Array): void {
    for (const octet of bytes) this.#octet(octet);
  }

  /** The next whole line, or undefined. */
  next(): Line | undefined {
    return this.#lines.shift();
  }

  /** What to send back to refuse the Telnet options offered since the last call. */
  takeRefusals(): Uint8Array {
    const all = concatBytes(this.#refusals);
    this.#refusals = [];
    return all;
  }

  #octet(octet: number): void {
    switch (this.#state) {
      case 'text':
        if (octet === IAC) this.#state = 'IAC';
        else this.#text(octet);
        return;
      case 'IAC':
        return this.#command(octet);
      case 'option':
        this.#refuse(octet);
        this.#state = 'text';
        return;
      case 'SB':
        this.#subnegotiated += 1;
        if (octet === IAC) this.#state = 'SB IAC';
        else if (this.#subnegotiated > MAX_SUBNEGOTIATION) this.#state = 'text';
        return;
      case 'SB IAC':
        this.#state = octet === SE ? 'text' : 'SB';
        return;
    }
  }

  #command(octet: number): void {
    this.#state = 'text';
    // IAC IAC stands for the data octet 255.
    if (octet === IAC) this.#text(IAC);
    else if (octet >= WILL) {
      this.#optionVerb = octet;
      this.#state = 'option';
    } else if (octet === SB) {
      this.#state = 'SB';
      this.#subnegotiated = 0;
    }
    // No command: the data mark after the IAC was the urgent octet and went another way.
    else if (octet < SE) this.#text(octet);
    // The others (IP and the Synch's data mark before ABOR among them) have no argument.
  }

  #refuse(option: number): void {
    if (this.#optionVerb === WILL) this.#refusals.push(Uint8Array.of(IAC, DONT, option));
    if (this.#optionVerb === DO) this.#refusals.push(Uint8Array.of(IAC, WONT, option));
  }

  #text(octet: number): void {
    if (this.#afterUrgentLine) {
      this.#afterUrgentLine = false;
      if (octet === LF) return;
    }
    if (this.#afterCr) {
      this.#afterCr = false;
      if (octet === LF) return this.#end();
      this.#keep(CR);
      if (octet === NUL) return;
    }
    if (octet === CR && this.#isUrgent()) {
      this.#end();
      this.#afterUrgentLine = true;
    } else if (octet === CR) this.#afterCr = true;
    else if (octet === LF) this.#end();
    else this.#keep(octet);
  }

  #isUrgent(): boolean {
    const urgent = this.#urgentLine;
    if (urgent === undefined || this.#line.length !== urgent.length) return false;
    return String.fromCharCode(...this.#line).toUpperCase() === urgent;
  }

  #keep(octet: number): void {
    if (this.#line.length < this.#limit) this.#line.push(octet);
    else this.#overflow = true;
  }

  #end(): void {
    this.#lines.push(this.#overflow ? 'too long' : { bytes: Uint8Array.from(this.#line) });
    this.#line = [];
    this.#overflow = false;
  }
}
