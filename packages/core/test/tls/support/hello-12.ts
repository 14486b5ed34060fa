/** ClientHellos of TLS 1.2, changed, and what a server says first to them. */
import { expect } from 'vitest';
import { concatBytes, EMPTY_BYTES, readU24, ZERO_TIME } from '@tcplab/core';
import { TlsClient, TlsServer, type TlsServerOptions } from '@tcplab/core/tls';
import { hex, putTogether, record, setExtension, takeApart, type HelloParts } from './hello.ts';
import { messagesIn } from './rogue-12.ts';
import { recordsOf } from './rogue.ts';
import { alertsOf, clientOptions, drain, eventsOf, serverOptions } from './world.ts';

export const HELLO = drain(new TlsClient(clientOptions({ versions: ['TLS 1.2'] })));
export const BODY = HELLO.subarray(9);

export type Edit = (parts: HelloParts) => void;
export type Row = readonly [what: string, expected: string, edit: Edit];

export const set =
  (type: number, data: string | undefined): Edit =>
  (parts) =>
    setExtension(parts, type, data === undefined ? undefined : hex(data));

export function edited(edit: Edit): Uint8Array {
  const parts = takeApart(HELLO);
  edit(parts);
  return putTogether(parts);
}

/** The message in records of this size and version. */
export function inRecords(bytes: Uint8Array, size: number, version: number): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    records.push(record(22, bytes.subarray(at, at + size), version));
  }
  return concatBytes(records);
}

export interface Answer {
  /** The alert as it stood on the wire, or `ServerHello`. */
  readonly said: string;
  readonly hello: HelloParts | undefined;
  /** Types of the messages in the server's flight. */
  readonly flight: readonly number[];
  /** The server's own certificate; empty where it shows none. */
  readonly leaf: Uint8Array;
}

export function answer(bytes: Uint8Array, options: Partial<TlsServerOptions> = {}): Answer {
  const server = new TlsServer(serverOptions(options));
  server.handleInput(bytes, ZERO_TIME);
  const records = recordsOf(drain(server));
  const alert = alertsOf(eventsOf(server)).find((text) => text.startsWith('sent'));
  if (alert !== undefined) {
    expect([records.length, records[0]!.slice(0, 6)]).toEqual([1, hex('150303000202')]);
    expect(server.isClosed).toBe(true);
    return { said: alert.replace('sent ', ''), hello: undefined, flight: [], leaf: EMPTY_BYTES };
  }
  const plain = concatBytes([EMPTY_BYTES, ...records.map((one) => one.subarray(5))]);
  const messages = messagesIn(plain);
  const hello = messages[0] && takeApart(record(22, messages[0]));
  const flight = messages.map((m) => m[0]!);
  const chain = messages.find((m) => m[0] === 11)?.subarray(7);
  const leaf = chain?.slice(3, 3 + readU24(chain, 0)) ?? EMPTY_BYTES;
  return { said: hello ? 'ServerHello' : 'nothing', hello, flight, leaf };
}

export const said = (edit: Edit, options: Partial<TlsServerOptions> = {}): string =>
  answer(edited(edit), options).said;
