/** NewSessionTicket of TLS 1.3 (RFC 8446 §4.6.1) and of TLS 1.2 (RFC 5077 §3.3). */
import type { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { Refusal } from '../refusal.ts';
import { checkPlaces, extension, readExtensions, readOne, writeExtensions } from './extensions.ts';
import { encodeMessage, parseBody, type HandshakeMessage } from './message.ts';

export interface NewSessionTicket {
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
  /** Octets of early data that the server will take; 0 for none. */
  readonly maxEarlyData: number;
}

export function writeNewSessionTicket(ticket: NewSessionTicket): HandshakeMessage {
  const writer = new Writer()
    .u32(ticket.lifetimeSeconds)
    .u32(ticket.ageAdd)
    .vector(1, ticket.nonce)
    .vector(2, ticket.ticket);
  const { maxEarlyData } = ticket;
  const early = extension('early_data', (w) => w.u32(maxEarlyData));
  writeExtensions(writer, maxEarlyData > 0 ? [early] : []);
  return encodeMessage('NewSessionTicket', writer.toBytes());
}

export function readNewSessionTicket(message: HandshakeMessage): NewSessionTicket | Refusal {
  return parseBody('the NewSessionTicket', message.body, read);
}

function read(reader: Reader): NewSessionTicket | Refusal {
  const lifetimeSeconds = reader.u32();
  const ageAdd = reader.u32();
  const nonce = reader.vector8();
  const ticket = reader.vector16(1);
  const extensions = readExtensions(reader);
  if (extensions instanceof Refusal) return extensions;
  const misplaced = checkPlaces(extensions, 'NST');
  if (misplaced !== undefined) return misplaced;
  const maxEarlyData = readOne(extensions, 'early_data', (r) => r.u32()) ?? 0;
  if (maxEarlyData instanceof Refusal) return maxEarlyData;
  return { lifetimeSeconds, ageAdd, nonce, ticket, maxEarlyData };
}

export interface NewSessionTicket12 {
  readonly lifetimeSeconds: number;
  readonly ticket: Uint8Array;
}

export function writeNewSessionTicket12(ticket: NewSessionTicket12): HandshakeMessage {
  const body = new Writer().u32(ticket.lifetimeSeconds).vector(2, ticket.ticket).toBytes();
  return encodeMessage('NewSessionTicket', body);
}

export function readNewSessionTicket12(message: HandshakeMessage): NewSessionTicket12 | Refusal {
  return parseBody('the NewSessionTicket', message.body, (reader) => ({
    lifetimeSeconds: reader.u32(),
    ticket: reader.vector16(),
  }));
}
