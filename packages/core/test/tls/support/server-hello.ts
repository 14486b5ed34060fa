/** A client in WAIT_SH, and the ServerHello of a true server for a test to change. */
import { ZERO_TIME } from '@tcplab/core';
import {
  TlsClient,
  TlsServer,
  type TlsClientOptions,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import { hex, putTogether, setExtension, takeApart, type HelloParts } from './hello.ts';
import { lastWords } from './last-words.ts';
import { recordsOf, Victim } from './rogue.ts';
import { clientOptions, drain, serverOptions } from './world.ts';

export type HelloEdit = (parts: HelloParts) => unknown;

/** Replaces an extension, adds it, or removes it. */
export const withExtension =
  (type: number, data: string | undefined): HelloEdit =>
  (parts) =>
    setExtension(parts, type, data === undefined ? undefined : hex(data));

export interface Hellos {
  readonly client?: Partial<TlsClientOptions>;
  readonly server?: Partial<TlsServerOptions>;
}

/** The client and the parts of the hello that answers it: a ServerHello or a HelloRetryRequest. */
export function beforeServerHello({ client, server }: Hellos = {}) {
  const victim = new Victim(new TlsClient(clientOptions(client)));
  const honest = new TlsServer(serverOptions(server));
  const hello = drain(victim.endpoint);
  honest.handleInput(hello, ZERO_TIME);
  return { victim, honest, hello, parts: takeApart(helloOf(drain(honest))) };
}

/** What the client says to the changed hello. */
export function afterServerHello(edit: HelloEdit, hellos: Hellos = {}): string {
  const { victim, parts } = beforeServerHello(hellos);
  edit(parts);
  victim.send(putTogether(parts));
  return lastWords(victim.endpoint, victim.events);
}

/** What the client says to the changed ServerHello that follows an honest HelloRetryRequest. */
export function afterRetry(edit: HelloEdit, hellos: Hellos): string {
  const { victim, honest, parts } = beforeServerHello(hellos);
  victim.send(putTogether(parts));
  honest.handleInput(drain(victim.endpoint), ZERO_TIME);
  const second = takeApart(helloOf(drain(honest)));
  edit(second);
  victim.send(putTogether(second));
  return lastWords(victim.endpoint, victim.events);
}

/** The first message of the first record: in TLS 1.2 more of the flight may stand behind it. */
function helloOf(flight: Uint8Array): Uint8Array {
  const first = recordsOf(flight)[0]!;
  return first.subarray(0, 9 + ((first[7]! << 8) | first[8]!));
}
