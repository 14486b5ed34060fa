/** A block of extensions (RFC 8446 §4.2): each a type and opaque data. */
import { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { MAX_EXTENSIONS } from '../limits.ts';
import {
  EXTENSION,
  extensionText,
  isMisplaced,
  type ExtensionName,
  type ExtensionPlace,
} from '../parameters/extension-type.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { malformed } from './message.ts';

/** Extensions in the order of the wire. */
export type Extensions = ReadonlyMap<number, Uint8Array>;

export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** An extension whose data `fill` writes. */
export function extension(name: ExtensionName, fill?: (writer: Writer) => void): Extension {
  const writer = new Writer();
  fill?.(writer);
  return { type: EXTENSION[name], data: writer.toBytes() };
}

export function writeExtensions(writer: Writer, extensions: readonly Extension[]): void {
  writer.vector(2, () => {
    for (const { type, data } of extensions) writer.u16(type).vector(2, data);
  });
}

/** Reads the block with its length. The reader fails where the block is malformed. */
export function readExtensions(reader: Reader): Extensions | Refusal {
  const block = new Reader(reader.vector16());
  const found = new Map<number, Uint8Array>();
  while (block.remaining > 0) {
    const type = block.u16();
    const data = block.vector16();
    if (block.failed || found.size > MAX_EXTENSIONS) break;
    if (found.has(type)) {
      const why = `${extensionText(type)} stands twice`;
      return refuse('illegal_parameter', RULES.duplicateExtension, why);
    }
    found.set(type, data);
  }
  return block.finished && !reader.failed ? found : malformed('the block of extensions');
}

/** RFC 8446 §4.2: a message may hold only what belongs there. */
export function checkPlaces(extensions: Extensions, place: ExtensionPlace): Refusal | undefined {
  for (const type of extensions.keys()) {
    if (!isMisplaced(type, place)) continue;
    const why = `${extensionText(type)} has no place in this message`;
    return refuse('illegal_parameter', RULES.misplacedExtension, why);
  }
  return undefined;
}

/** RFC 8446 §4.2: a response may hold only what was offered. */
export function checkSolicited(
  extensions: Extensions,
  offered: ReadonlySet<number>,
): Refusal | undefined {
  for (const type of extensions.keys()) {
    if (offered.has(type)) continue;
    const why = `${extensionText(type)} answers what was not offered`;
    return refuse('unsupported_extension', RULES.unsolicitedExtension, why);
  }
  return undefined;
}

/** Reads one extension's data; undefined when it is absent. */
export function readOne<T>(
  extensions: Extensions,
  name: ExtensionName,
  read: (reader: Reader) => T | Refusal,
): T | Refusal | undefined {
  const data = extensions.get(EXTENSION[name]);
  if (data === undefined) return undefined;
  const reader = new Reader(data);
  const value = read(reader);
  return reader.finished ? value : malformed(name);
}
