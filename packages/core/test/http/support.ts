import { concatBytes, latin1Bytes, latin1Text } from '@tcplab/core';
import {
  HttpClientRole,
  HttpServerRole,
  type ClientEvent,
  type HttpRoleOptions,
  type ServerEvent,
  type ServerSend,
} from '@tcplab/core/http';

/** Octets of a message written as lines: `\n` in the text stands for CR LF. */
export function wire(text: string): Uint8Array {
  return latin1Bytes(text.replaceAll('\n', '\r\n'));
}

export type Told = Exclude<ClientEvent | ServerEvent, { kind: 'need data' | 'paused' }>;

/** All events until the role needs data or is paused. */
export function drain(role: { nextEvent(): ClientEvent | ServerEvent }): Told[] {
  const told: Told[] = [];
  for (let i = 0; i < 1_000_000; i += 1) {
    const event = role.nextEvent();
    if (event.kind === 'need data' || event.kind === 'paused') return told;
    told.push(event);
  }
  throw new Error('the role never pauses');
}

/** An event as a short line, neighbouring data joined: what must not depend on how bytes were cut. */
export function summary(events: readonly Told[]): string[] {
  const lines: string[] = [];
  let content: Uint8Array[] = [];
  const flush = (): void => {
    const whole = concatBytes(content);
    if (whole.length > 0) lines.push(`data ${latin1Text(whole)}`);
    content = [];
  };
  for (const event of events) {
    if (event.kind === 'data') {
      content.push(event.bytes);
      continue;
    }
    flush();
    if (event.kind === 'request') {
      lines.push(
        `${event.method} ${event.target} ${event.version} ${JSON.stringify(event.headers.entries)}`,
      );
    } else if (event.kind === 'response' || event.kind === 'informational') {
      lines.push(
        `${event.kind} ${event.status} ${event.reason} ${JSON.stringify(event.headers.entries)}`,
      );
    } else if (event.kind === 'end of message') {
      const { entries } = event.trailers;
      lines.push(entries.length === 0 ? 'end' : `end ${JSON.stringify(entries)}`);
    } else if (event.kind === 'violation') lines.push(`violation ${event.rule.id} ${event.status}`);
    else lines.push(event.kind);
  }
  flush();
  return lines;
}

/** A server role that answers every request with an empty 204, so that pipelined ones are read too. */
export function serverHears(
  pieces: readonly Uint8Array[],
  options: HttpRoleOptions & { readonly end?: boolean } = {},
): string[] {
  const role = new HttpServerRole(options);
  const told: Told[] = [];
  const listen = (): void => {
    for (;;) {
      const events = drain(role);
      told.push(...events);
      const { state } = role;
      if (state === 'send response' && events.some((event) => event.kind === 'end of message')) {
        role.send({ kind: 'response', status: 204 });
        // 2xx to CONNECT has no end: the connection is a tunnel from there on.
        if (role.state === 'send body') role.send({ kind: 'end of message' });
      } else if (events.length === 0) return;
    }
  };
  for (const piece of pieces) {
    role.receiveData(piece);
    listen();
  }
  if (options.end !== false) {
    role.receiveEnd();
    listen();
  }
  return summary(told);
}

/** A client role that sent these methods (pipelined) and hears these bytes. */
export function clientHears(
  pieces: readonly Uint8Array[],
  options: HttpRoleOptions & { readonly end?: boolean; readonly methods?: readonly string[] } = {},
): string[] {
  const role = new HttpClientRole({ ...options, pipelining: true });
  for (const method of options.methods ?? ['GET']) {
    const target = method === 'CONNECT' ? 'h:80' : '/';
    role.send({ kind: 'request', method, target, headers: { Host: 'h' } });
    role.send({ kind: 'end of message' });
  }
  const told: Told[] = [];
  for (const piece of pieces) {
    role.receiveData(piece);
    told.push(...drain(role));
  }
  if (options.end !== false) {
    role.receiveEnd();
    told.push(...drain(role));
  }
  return summary(told);
}

/** The bytes cut at these places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  const pieces: Uint8Array[] = [];
  for (let i = 1; i < edges.length; i += 1) pieces.push(bytes.slice(edges[i - 1], edges[i]));
  return pieces;
}

/** Every octet by itself. */
export function singly(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (octet) => Uint8Array.of(octet));
}

export const HOST = { Host: 'h' };

/** A whole response without content, or whose head says otherwise. */
export function ok(
  headers: Record<string, string> = { 'Content-Length': '0' },
  status = 200,
): ServerSend[] {
  return [{ kind: 'response', status, headers }, { kind: 'end of message' }];
}
