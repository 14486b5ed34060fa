/** What a client sent, unprotected again, and how it ended: the judge of its alerts. */
import { EMPTY_BYTES, fromHex } from '@tcplab/core';
import {
  ALERT_CODES,
  CIPHER_SUITES,
  NOBLE_CRYPTO,
  type TlsEndpoint,
  type TlsEvent,
} from '@tcplab/core/tls';
import { Opener13 } from '../../../src/tls/record/protection-13.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { recordsOf } from './rogue.ts';
import { drain } from './world.ts';

const SUITE = CIPHER_SUITES[0]!;

const KEYS = [
  ['early data', 'CLIENT_EARLY_TRAFFIC_SECRET'],
  ['handshake', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'],
  ['application', 'CLIENT_TRAFFIC_SECRET_0'],
] as const;

export interface Sent {
  /** `plain`, `early data`, `handshake`, `application`; undefined for a key we do not know. */
  readonly under: string | undefined;
  readonly type: number;
  readonly fragment: Uint8Array;
}

/** Every record that the client sends now, in order. */
export function sentBy(endpoint: TlsEndpoint, events: readonly TlsEvent[]): Sent[] {
  const lines = events.flatMap((e) => (e.kind === 'key log' ? [e.line.split(' ')] : []));
  const openers = KEYS.flatMap(([name, label]) => {
    const line = lines.find(([known]) => known === label);
    if (line === undefined) return [];
    return [{ name, opener: new Opener13(NOBLE_CRYPTO, SUITE, fromHex(line[2]!)!) }];
  });
  return recordsOf(drain(endpoint)).map((bytes) => {
    const [type, fragment] = [bytes[0]!, bytes.subarray(5)];
    if (type !== 23) return { under: 'plain', type, fragment };
    const record = { type, version: 0x0303, header: bytes.subarray(0, 5), fragment };
    for (const { name, opener } of openers) {
      const opened = opener.open(record);
      if (opened instanceof Refusal) continue;
      return { under: name, type: opened.type, fragment: opened.fragment };
    }
    return { under: undefined, type, fragment: EMPTY_BYTES };
  });
}

/**
 * `handshake: fatal decode_error`: the alert with which a client ended the connection, and its key;
 * the state of the handshake where it did not end.
 */
export function lastWords(endpoint: TlsEndpoint, events: readonly TlsEvent[]): string {
  const last = sentBy(endpoint, events).at(-1);
  if (last?.type !== 21) return endpoint.isClosed ? 'closed without a word' : endpoint.state;
  const [level, code] = last.fragment;
  const name = Object.entries(ALERT_CODES).find(([, known]) => known === code)?.[0];
  const strength = level === 2 ? 'fatal' : 'warning';
  const end = endpoint.isClosed ? '' : ', and goes on';
  return `${last.under}: ${strength} ${name}${end}`;
}
