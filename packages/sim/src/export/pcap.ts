/** A capture in the classic pcap format, for tools that know no other, e.g. tcptrace: packets and times alone. */
import { concatBytes } from '@tcplab/core';
import type { TraceHeader, TraceRecord } from '../trace/record.ts';
import { writeCapture, type CaptureWriter } from './capture-writer.ts';
import { LINKTYPE_RAW } from './pcapng-blocks.ts';
import { sendersTap, Tap, type Frame, type TapPlace } from './tap.ts';

/** Says "microseconds, little-endian". */
const MAGIC = 0xa1b2c3d4;
const MAX_PACKET_SIZE = 65_535;
const MICROS = 1_000_000;

/** Writes the file a piece at a time. */
export class PcapWriter implements CaptureWriter {
  readonly #tap: Tap;

  constructor(tap: TapPlace) {
    this.#tap = new Tap(tap);
  }

  begin(_header: TraceHeader): Uint8Array {
    const head = new Uint8Array(24);
    const view = new DataView(head.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, MAX_PACKET_SIZE, true);
    view.setUint32(20, LINKTYPE_RAW, true);
    return head;
  }

  record(record: TraceRecord): Uint8Array {
    return writeFrames(this.#tap.take(record));
  }

  end(): Uint8Array {
    return writeFrames(this.#tap.finish());
  }
}

function writeFrames(frames: readonly Frame[]): Uint8Array {
  return concatBytes(frames.flatMap(({ timeUs, bytes }) => [packetHead(timeUs, bytes), bytes]));
}

function packetHead(timeUs: number, bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  view.setUint32(0, Math.floor(timeUs / MICROS), true);
  view.setUint32(4, timeUs % MICROS, true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, bytes.length, true);
  return head;
}

/** The whole file of a run in memory, by default at the tap of the host that sends most data. */
export function toPcap(
  header: TraceHeader,
  records: readonly TraceRecord[],
  tap: TapPlace = sendersTap(header, records),
): Uint8Array {
  return writeCapture(new PcapWriter(tap), header, records);
}
