/** Takes hello messages apart and puts them together again, right or wrong. */
import { concatBytes, EMPTY_BYTES, fromHex, readU16 } from '@tcplab/core';

export interface HelloParts {
  /** 1 for a ClientHello. */
  type: number;
  version: number;
  random: Uint8Array;
  sessionId: Uint8Array;
  /** With their length: the suites of a ClientHello, the suite alone of a ServerHello. */
  suites: Uint8Array;
  /** With its length in a ClientHello. */
  compression: Uint8Array;
  extensions: [type: number, data: Uint8Array][];
  /** Stands behind everything. */
  trailer: Uint8Array;
}

/** The first record's only message, as parts. */
export function takeApart(record: Uint8Array): HelloParts {
  const body = record.subarray(9);
  const isClient = record[5] === 1;
  let at = 34;
  const take = (length: number): Uint8Array => body.slice(at, (at += length));
  const sessionId = take(take(1)[0]!);
  const suites = isClient ? take(2 + readU16(body, at)) : take(2);
  const compression = isClient ? take(1 + body[at]!) : take(1);
  const end = at + 2 + readU16(body, at);
  at += 2;
  const extensions: [number, Uint8Array][] = [];
  while (at < end) {
    const type = readU16(body, at);
    at += 2;
    const length = readU16(body, at);
    at += 2;
    extensions.push([type, take(length)]);
  }
  return {
    type: record[5]!,
    version: readU16(body, 0),
    random: body.slice(2, 34),
    sessionId,
    suites,
    compression,
    extensions,
    trailer: EMPTY_BYTES,
  };
}

/** The message in one record, or in more where it is too long for one. */
export function putTogether(parts: HelloParts): Uint8Array {
  const extensions = concatBytes([
    EMPTY_BYTES,
    ...parts.extensions.flatMap(([type, data]) => [u16(type), u16(data.length), data]),
  ]);
  const body = concatBytes([
    u16(parts.version),
    parts.random,
    Uint8Array.of(parts.sessionId.length),
    parts.sessionId,
    parts.suites,
    parts.compression,
    u16(extensions.length),
    extensions,
    parts.trailer,
  ]);
  return cutRecords(22, message(parts.type, body), 16_384);
}

export function message(type: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  return concatBytes([Uint8Array.of(type, length >> 16, length >> 8, length), body]);
}

/** Records of so many octets each, the last one of what is left. */
export function cutRecords(type: number, bytes: Uint8Array, size: number): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    records.push(record(type, bytes.subarray(at, at + size)));
  }
  return concatBytes(records);
}

export function record(type: number, fragment: Uint8Array, version = 0x0303): Uint8Array {
  return concatBytes([Uint8Array.of(type), u16(version), u16(fragment.length), fragment]);
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

export function hex(text: string): Uint8Array {
  return fromHex(text)!;
}

/** Replaces, adds or (with undefined) removes an extension, at its place or else before the last. */
export function setExtension(parts: HelloParts, type: number, data: Uint8Array | undefined): void {
  const at = parts.extensions.findIndex(([known]) => known === type);
  if (data === undefined) {
    if (at >= 0) parts.extensions.splice(at, 1);
  } else if (at >= 0) {
    parts.extensions[at] = [type, data];
  } else {
    parts.extensions.unshift([type, data]);
  }
}

export function extensionOf(parts: HelloParts, type: number): Uint8Array {
  return parts.extensions.find(([known]) => known === type)![1];
}

/** The octets with one bit changed: by default one of the last octet. */
export function flipped(bytes: Uint8Array, at = bytes.length - 1): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= 1;
  return changed;
}
