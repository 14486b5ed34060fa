/** A capture in the pcapng format: one tap, host names, TLS secrets, and what the simulation knows as comments. */
import { concatBytes } from '@tcplab/core';
import type { TraceHeader, TraceRecord } from '../trace/record.ts';
import { writeCapture, type CaptureWriter } from './capture-writer.ts';
import { toKeyLog } from './key-log.ts';
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  nameResolution,
  sectionHeader,
} from './pcapng-blocks.ts';
import { sendersTap, Tap, type Frame, type TapPlace } from './tap.ts';

export interface PcapngOptions {
  /** Where the capture is taken. */
  readonly tap: TapPlace;
  /**
   * A key log in NSS form; with it Wireshark decrypts TLS without being asked. It stands before the
   * first packet, so whoever writes a piece at a time must know it beforehand.
   */
  readonly keyLog?: string;
  /** Whether packets carry comments. @default true */
  readonly comments?: boolean;
}

/** Every comment begins so, that a reader can tell them from its own findings. */
const COMMENT_PREFIX = 'sim: ';

/** Writes the file a piece at a time; memory holds only packets whose fate is not known yet. */
export class PcapngWriter implements CaptureWriter {
  readonly #options: PcapngOptions;
  readonly #tap: Tap;
  #packets = 0;
  #endUs = 0;

  constructor(options: PcapngOptions) {
    this.#options = options;
    this.#tap = new Tap(options.tap);
  }

  begin(header: TraceHeader): Uint8Array {
    const { tap, keyLog } = this.#options;
    const place = 'host' in tap ? `host ${tap.host}` : `link ${tap.link}`;
    const comment = `${header.name}, seed ${header.seed}, seen at ${place}; times count from the start of the run`;
    return concatBytes([
      sectionHeader(`tcplab ${header.engine}`, comment),
      interfaceDescription(place),
      nameResolution(header.hosts),
      ...(keyLog === undefined || keyLog === '' ? [] : [decryptionSecrets(keyLog)]),
    ]);
  }

  record(record: TraceRecord): Uint8Array {
    this.#endUs = record.timeUs;
    return this.#write(this.#tap.take(record));
  }

  end(): Uint8Array {
    const rest = this.#write(this.#tap.finish());
    return concatBytes([rest, interfaceStatistics(this.#endUs, this.#packets)]);
  }

  #write(frames: readonly Frame[]): Uint8Array {
    if (frames.length === 0) return NOTHING;
    this.#packets += frames.length;
    return concatBytes(frames.map((frame) => this.#block(frame)));
  }

  #block(frame: Frame): Uint8Array {
    const comments =
      this.#options.comments === false
        ? []
        : frame.comments.map((text) => `${COMMENT_PREFIX}${text}`);
    return enhancedPacket(frame.timeUs, frame.bytes, frame.direction === 'out', comments);
  }
}

const NOTHING = new Uint8Array(0);

/**
 * The whole file of a run in memory, by default at the tap of the host that sends most data and with
 * the secrets of its TLS connections; `keyLog: ''` leaves them out.
 */
export function toPcapng(
  header: TraceHeader,
  records: readonly TraceRecord[],
  options: Partial<PcapngOptions> = {},
): Uint8Array {
  const tap = options.tap ?? sendersTap(header, records);
  const keyLog = options.keyLog ?? toKeyLog(records);
  return writeCapture(new PcapngWriter({ ...options, tap, keyLog }), header, records);
}
