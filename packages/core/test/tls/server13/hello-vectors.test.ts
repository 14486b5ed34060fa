/** RFC 8446 §3.4, §4.1.2: every vector of a ClientHello, one octet too short and one too long. */
import { describe, expect, it } from 'vitest';
import { concatBytes, readU16, ZERO_TIME } from '@tcplab/core';
import { TicketKeys, TlsClient, TlsServer } from '@tcplab/core/tls';
import { extensionText } from '../../../src/tls/parameters/extension-type.ts';
import { message, record, takeApart, u16 } from '../support/hello.ts';
import { testRandom } from '../support/random.ts';
import { sentRecords } from '../support/sent-records.ts';
import { clientOptions, drain, eventsOf, serverOptions, TlsPair } from '../support/world.ts';

const HELLO = drain(
  new TlsClient(clientOptions({ protocols: ['http/1.1'], keyShares: ['X25519', 'P-256'] })),
);
/** The body alone: no headers of record and message. */
const BODY = HELLO.slice(9);

/** What the server says to a ClientHello with this body; `open` where it waits for more. */
function answer(body: Uint8Array): string {
  const server = new TlsServer(serverOptions());
  server.handleInput(record(22, message(1, body)), ZERO_TIME);
  const said = sentRecords(server, eventsOf(server)).join(', ');
  return server.isClosed ? said : 'open';
}

interface Length {
  readonly name: string;
  readonly at: number;
  readonly size: 1 | 2;
}

/** Every length field of the hello, by name. */
function lengthsOf(body: Uint8Array): Length[] {
  const found: Length[] = [];
  const length = (name: string, at: number, size: 1 | 2): number => {
    found.push({ name, at, size });
    return size === 1 ? body[at]! : readU16(body, at);
  };
  let at = 34;
  at += 1 + length('legacy_session_id', at, 1);
  at += 2 + length('cipher_suites', at, 2);
  at += 1 + length('legacy_compression_methods', at, 1);
  length('extensions', at, 2);
  for (at += 2; at < body.length;) {
    const type = readU16(body, at);
    const name = extensionText(type);
    const end = at + 4 + length(name, at + 2, 2);
    if (end > at + 4) insideOf(type, name, at + 4);
    at = end;
  }
  return found;

  function insideOf(type: number, name: string, start: number): void {
    if (type === 43 || type === 45) length(`the list of ${name}`, start, 1);
    if ([0, 10, 13, 16, 50, 51].includes(type)) length(`the list of ${name}`, start, 2);
    if (type === 0) length('the host name', start + 3, 2);
    if (type === 16) length('the name of the protocol', start + 2, 1);
    if (type === 51) {
      const first = 6 + length('the first key share', start + 4, 2);
      length('the second key share', start + first + 2, 2);
    }
  }
}

function changed(body: Uint8Array, { at, size }: Length, by: number): Uint8Array {
  const copy = body.slice();
  const value = (size === 1 ? body[at]! : readU16(body, at)) + by;
  copy.set(size === 1 ? Uint8Array.of(value) : u16(value), at);
  return copy;
}

describe('a ClientHello whose lengths do not add up', () => {
  it('is answered as it stands', () => {
    expect(answer(BODY)).toBe('open');
    expect(lengthsOf(BODY).length).toBeGreaterThan(20);
  });

  it.each(lengthsOf(BODY))('one octet less or more in $name is a decode_error', (length) => {
    expect(answer(changed(BODY, length, -1))).toBe('plain fatal decode_error');
    expect(answer(changed(BODY, length, 1))).toBe('plain fatal decode_error');
  });

  it('cut short anywhere it is a decode_error, but where extensions may be absent', () => {
    const withoutExtensions = 34 + 1 + 32 + 2 + readU16(BODY, 67) + 2;
    for (let length = 0; length < BODY.length; length += 1) {
      const expected =
        length === withoutExtensions ? 'plain fatal handshake_failure' : 'plain fatal decode_error';
      expect([length, answer(BODY.slice(0, length))]).toEqual([length, expected]);
    }
  });

  it('an octet behind it is a decode_error', () => {
    expect(answer(concatBytes([BODY, Uint8Array.of(0)]))).toBe('plain fatal decode_error');
  });

  it('a message shorter than its header says waits for the rest and then takes it', () => {
    const server = new TlsServer(serverOptions());
    server.handleInput(record(22, HELLO.slice(5, 100)), ZERO_TIME);
    expect(drain(server)).toEqual(new Uint8Array(0));
    server.handleInput(record(22, HELLO.slice(100)), ZERO_TIME);
    expect(sentRecords(server, eventsOf(server))[0]).toBe('plain ServerHello');
  });
});

describe('a pre_shared_key extension whose lengths do not add up', () => {
  const tickets = new TicketKeys(testRandom(5));
  const first = new TlsPair({}, { tickets }).run();
  const session = first.clientEvents.flatMap((e) => (e.kind === 'ticket' ? [e.session] : []))[0]!;
  const hello = drain(new TlsClient(clientOptions({ session })));
  const psk = takeApart(hello).extensions.at(-1)![1];
  const body = hello.slice(9);
  const start = body.length - psk.length;
  const binders = start + 2 + readU16(psk, 0);
  const lengths: Length[] = [
    { name: 'the extension', at: start - 2, size: 2 },
    { name: 'the list of identities', at: start, size: 2 },
    { name: 'the identity', at: start + 2, size: 2 },
    { name: 'the list of binders', at: binders, size: 2 },
    { name: 'the binder', at: binders + 2, size: 1 },
  ];

  it.each(lengths)('one octet less or more in $name is a decode_error', (length) => {
    expect(answer(changed(body, length, -1))).toBe('plain fatal decode_error');
    expect(answer(changed(body, length, 1))).toBe('plain fatal decode_error');
  });
});
