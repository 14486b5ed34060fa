/** What a TLS 1.3 server has put on the wire, read with its own key log: what is said, under which keys. */
import { fromHex } from '@tcplab/core';
import { NOBLE_CRYPTO, CIPHER_SUITES, type TlsEndpoint, type TlsEvent } from '@tcplab/core/tls';
import { alertName } from '../../../src/tls/parameters/alert.ts';
import { handshakeText } from '../../../src/tls/parameters/handshake-type.ts';
import { Opener13 } from '../../../src/tls/record/protection-13.ts';
import { Refusal } from '../../../src/tls/refusal.ts';
import { recordsOf } from './rogue.ts';
import { drain } from './world.ts';

const LABELS = ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0'] as const;
const EPOCHS = ['handshake', 'application'] as const;

/**
 * One line for each record the server sends now: `plain ServerHello`, `application fatal decode_error`.
 * The server must not have been asked for output before.
 */
export function sentRecords(server: TlsEndpoint, events: readonly TlsEvent[]): string[] {
  const openers = LABELS.map((label) => openerOf(events, label));
  let epoch = 0;
  return recordsOf(drain(server)).map((bytes) => {
    if (bytes[0] !== 23) return `plain ${meaning(bytes[0]!, bytes.subarray(5))}`;
    for (; epoch < openers.length; epoch += 1) {
      const opened = openers[epoch]?.open({
        type: 23,
        version: 0x0303,
        header: bytes.subarray(0, 5),
        fragment: bytes.subarray(5),
      });
      if (opened === undefined || opened instanceof Refusal) continue;
      return `${EPOCHS[epoch]} ${meaning(opened.type, opened.fragment)}`;
    }
    return 'unreadable';
  });
}

function meaning(type: number, fragment: Uint8Array): string {
  if (type === 20) return 'change_cipher_spec';
  if (type === 22) return handshakeText(fragment[0]!);
  if (type === 23) return 'data';
  const [level, code] = fragment;
  const name = alertName(code!) ?? `alert ${code}`;
  return `${level === 2 ? 'fatal' : 'warning'} ${name}${fragment.length === 2 ? '' : ' and more'}`;
}

function openerOf(events: readonly TlsEvent[], label: string): Opener13 | undefined {
  const line = events
    .flatMap((event) => (event.kind === 'key log' ? [event.line] : []))
    .find((one) => one.startsWith(`${label} `));
  if (line === undefined) return undefined;
  const suite = CIPHER_SUITES.find(({ hash }) => hash === 'SHA-256')!;
  return new Opener13(NOBLE_CRYPTO, suite, fromHex(line.split(' ')[2]!)!);
}
