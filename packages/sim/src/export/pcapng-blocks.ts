/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian. Every block is its type, its
 * length, its body padded to 32 bits, and its length again.
 */
import { concatBytes, parseAddress, utf8Bytes } from '@tcplab/core';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;

const OPT_END = 0;
const OPT_COMMENT = 1;

/** Raw IPv4 or IPv6, without a link header. */
export const LINKTYPE_RAW = 101;

/** "TLSK": an NSS key log. */
const SECRETS_TLS = 0x544c534b;

const NANOSECONDS = 9;

export function sectionHeader(application: string, comment: string): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  // The length of the section is not known while it is written: all ones.
  view.setUint32(8, 0xffffffff, true);
  view.setUint32(12, 0xffffffff, true);
  return block(SECTION_HEADER, [body, option(OPT_COMMENT, comment), option(4, application), end()]);
}

export function interfaceDescription(name: string): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, LINKTYPE_RAW, true);
  const resolution = optionBytes(9, Uint8Array.of(NANOSECONDS));
  return block(INTERFACE_DESCRIPTION, [body, option(2, name), resolution, end()]);
}

/** Names of addresses, so that a reader shows hosts as the run calls them. */
export function nameResolution(
  hosts: readonly { readonly name: string; readonly address: string }[],
): Uint8Array {
  const records: Uint8Array[] = [];
  for (const { name, address } of hosts) {
    const number = parseAddress(address);
    if (number === undefined) continue;
    const octets = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
    records.push(optionBytes(1, concatBytes([octets, utf8Bytes(name), Uint8Array.of(0)])));
  }
  return block(NAME_RESOLUTION, [...records, end(), end()]);
}

/** Must stand before the first packet that it decrypts. */
export function decryptionSecrets(keyLog: string): Uint8Array {
  const secrets = utf8Bytes(keyLog);
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint32(0, SECRETS_TLS, true);
  view.setUint32(4, secrets.length, true);
  return block(DECRYPTION_SECRETS, [body, padded(secrets)]);
}

/** Direction: 1 inbound, 2 outbound. */
export function enhancedPacket(
  timeUs: number,
  bytes: Uint8Array,
  outbound: boolean,
  comments: readonly string[],
): Uint8Array {
  const body = new Uint8Array(20);
  const view = new DataView(body.buffer);
  setTime(view, 4, timeUs);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, bytes.length, true);
  const flags = optionBytes(2, Uint8Array.of(outbound ? 2 : 1, 0, 0, 0));
  const texts = comments.map((comment) => option(OPT_COMMENT, comment));
  return block(ENHANCED_PACKET, [body, padded(bytes), ...texts, flags, end()]);
}

export function interfaceStatistics(endUs: number, packets: number): Uint8Array {
  const body = new Uint8Array(12);
  setTime(new DataView(body.buffer), 4, endUs);
  const count = new Uint8Array(8);
  new DataView(count.buffer).setUint32(0, packets, true);
  return block(INTERFACE_STATISTICS, [body, optionBytes(4, count), end()]);
}

/** Nanoseconds as an upper and a lower half of 32 bits. */
function setTime(view: DataView, at: number, timeUs: number): void {
  const nanos = BigInt(timeUs) * 1_000n;
  view.setUint32(at, Number((nanos >> 32n) & 0xffffffffn), true);
  view.setUint32(at + 4, Number(nanos & 0xffffffffn), true);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  let length = 12;
  for (const part of parts) length += part.length;
  const edge = new Uint8Array(8);
  const view = new DataView(edge.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  return concatBytes([edge, ...parts, edge.subarray(4)]);
}

/** An option's value has at most this many octets. */
const MAX_OPTION_SIZE = 0xffff;

function option(code: number, text: string): Uint8Array {
  return optionBytes(code, utf8Bytes(text).subarray(0, MAX_OPTION_SIZE));
}

function optionBytes(code: number, value: Uint8Array): Uint8Array {
  const head = new Uint8Array(4);
  const view = new DataView(head.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  return concatBytes([head, padded(value)]);
}

function end(): Uint8Array {
  return new Uint8Array(4).fill(OPT_END);
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  if (rest === 0) return bytes;
  const whole = new Uint8Array(bytes.length + 4 - rest);
  whole.set(bytes);
  return whole;
}
