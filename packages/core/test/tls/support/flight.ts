/** A client in WAIT_EE, and the flight of a true server for a test to change. */
import { concatBytes, EMPTY_BYTES } from '@tcplab/core';
import type { TlsClientOptions } from '@tcplab/core/tls';
import { hex, u16 } from './hello.ts';
import { lastWords } from './last-words.ts';
import { clientAfterServerHello } from './rogue.ts';

/** EncryptedExtensions, Certificate, CertificateVerify, Finished. */
export type Flight = readonly Uint8Array[];
export type Edit = (flight: Flight) => Uint8Array[];

/** What the client, which offers the protocols a and b, says to the changed flight. */
export function afterFlight(edit: Edit, client: Partial<TlsClientOptions> = {}): string {
  const { victim, flight } = clientAfterServerHello({ protocols: ['a', 'b'], ...client });
  victim.seal(22, ...edit(flight).flatMap(fragments));
  return lastWords(victim.endpoint, victim.events);
}

/** A message in as many pieces as its records must be. */
function fragments(message: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(message.length / 16_384));
  return Array.from({ length: count }, (_, i) => message.subarray(i * 16_384, (i + 1) * 16_384));
}

/** A block of extensions: each with its type and its data in hexadecimal. */
export function block(...extensions: [type: number, data: string][]): Uint8Array {
  const parts = extensions.flatMap(([type, data]) => {
    const bytes = hex(data);
    return [u16(type), u16(bytes.length), bytes];
  });
  const body = concatBytes([EMPTY_BYTES, ...parts]);
  return concatBytes([u16(body.length), body]);
}

/** The same octets but for the last bit. */
export function flipped(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[changed.length - 1]! ^= 1;
  return changed;
}
