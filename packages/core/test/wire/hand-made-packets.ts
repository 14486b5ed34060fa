/** Octets put together by hand from the RFC layouts, with the checksums made right for the tests that need it. */
import { checksum, fromHex, writeU16 } from '@tcplab/core';

/** Octets from hexadecimal with free white space. */
export function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`no hexadecimal: ${text}`);
  return bytes;
}

/** Sets total length, header checksum and the checksum of a TCP body: for packets that are wrong elsewhere. */
export function sealTcp(bytes: Uint8Array): Uint8Array {
  const sealed = bytes.slice();
  const header = (sealed[0]! & 15) * 4;
  writeU16(sealed, 2, sealed.length);
  writeU16(sealed, 10, 0);
  writeU16(sealed, 10, checksum(sealed, 0, header));
  writeU16(sealed, header + 16, 0);
  const length = sealed.length - header;
  const pseudo = new Uint8Array([...sealed.subarray(12, 20), 0, 6, length >> 8, length & 255]);
  const whole = new Uint8Array([...pseudo, ...sealed.subarray(header)]);
  writeU16(sealed, header + 16, checksum(whole));
  return sealed;
}

/** A segment 10.0.0.1:49152 → 10.0.0.2:80 with these flags and this options area (multiple of 4 octets). */
export function segmentWithOptions(options: Uint8Array, flags = 0x02): Uint8Array {
  const words = 5 + options.length / 4;
  const fixed = hex(`
    45000000 00014000 40060000 0a000001 0a000002
    c0000050 00000064 00000000 ${words.toString(16)}0${flags.toString(16).padStart(2, '0')}ffff 00000000`);
  return sealTcp(new Uint8Array([...fixed, ...options]));
}
