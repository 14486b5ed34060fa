/** A true ClientHello of TLS 1.3 for a test to change, and the server's answer. */
import { expect } from 'vitest';
import { concatBytes, EMPTY_BYTES, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
import {
  extensionOf,
  hex,
  putTogether,
  setExtension,
  takeApart,
  u16,
  type HelloParts,
} from './hello.ts';
import { recordsOf } from './rogue.ts';
import { sentRecords } from './sent-records.ts';
import { clientOptions, drain, eventsOf, serverOptions } from './world.ts';

export type Edit = (parts: HelloParts) => void;

const HELLO = drain(new TlsClient(clientOptions()));

/** What the server says first to a changed ClientHello of ours: its record, after which a refused connection is closed. */
export function answer(edit: Edit, options: Partial<TlsServerOptions> = {}): string {
  const parts = takeApart(HELLO);
  edit(parts);
  const server = new TlsServer(serverOptions(options));
  for (const record of recordsOf(putTogether(parts))) server.handleInput(record, ZERO_TIME);
  const events = eventsOf(server);
  const said = sentRecords(server, events);
  expect(server.isClosed).toBe(said[0]!.includes('fatal'));
  if (server.isClosed) expect(said).toHaveLength(1);
  const isRetry = events.some((e) => e.kind === 'message' && e.summary.startsWith('HelloRetry'));
  return isRetry ? 'HelloRetryRequest' : said[0]!.replace('plain ', '');
}

export const set =
  (type: number, data: string | Uint8Array): Edit =>
  (parts) =>
    setExtension(parts, type, typeof data === 'string' ? hex(data) : data);

export const without =
  (...types: number[]): Edit =>
  (parts) => {
    for (const type of types) setExtension(parts, type, undefined);
  };

export const both =
  (...edits: Edit[]): Edit =>
  (parts) => {
    for (const edit of edits) edit(parts);
  };

/** A key share of so many octets, none of them a good key. */
export const share = (group: number, length: number): Uint8Array =>
  concatBytes([u16(group), u16(length), new Uint8Array(length).fill(0x77)]);

export const shares = (...entries: Uint8Array[]): Edit => {
  const list = concatBytes([EMPTY_BYTES, ...entries]);
  return set(51, concatBytes([u16(list.length), list]));
};

/** Other shares before and after the honest one of X25519, with their groups offered. */
export const around =
  (before: Uint8Array[], after: Uint8Array[], groups: string): Edit =>
  (parts) => {
    const honest = extensionOf(parts, 51).slice(2);
    shares(...before, honest, ...after)(parts);
    set(10, groups)(parts);
  };
