/** Which session a client offers, and the pre_shared_key extension with its binder (RFC 8446 §4.2.11). */
import type { Micros } from '../../base/time.ts';
import { HASH_LENGTHS, type CryptoProvider } from '../crypto/provider.ts';
import type { TlsSession } from '../endpoint/session.ts';
import { KeySchedule } from '../keys/key-schedule.ts';
import type { Transcript } from '../keys/transcript.ts';
import { withoutBinders } from '../messages/client-hello-extensions.ts';
import { writeClientHello, type ClientHelloToWrite } from '../messages/client-hello.ts';
import { extension } from '../messages/extensions.ts';
import { encodeMessage, MESSAGE_HEADER, type HandshakeMessage } from '../messages/message.ts';
import { CIPHER_SUITES, NULL_SUITE, type CipherSuite } from '../parameters/cipher-suite.ts';
import type { ClientSettings } from './client-settings.ts';

/** The session, if it may still be offered now: in time, for the same host, with an offered suite. */
export function usableSession(settings: ClientSettings, now: Micros): TlsSession | undefined {
  const { session } = settings;
  if (session === undefined || session.serverName !== settings.serverName) return undefined;
  const ageSeconds = Math.floor((now - session.receivedAt) / 1_000_000);
  const isCurrent = ageSeconds >= 0 && ageSeconds <= session.lifetimeSeconds;
  const isOffered = settings.suites.some((suite) => suite.code === session.suite);
  return isCurrent && isOffered ? session : undefined;
}

export function suiteOfSession(session: TlsSession): CipherSuite {
  return [...CIPHER_SUITES, NULL_SUITE].find((suite) => suite.code === session.suite)!;
}

/** The ClientHello with pre_shared_key as its last extension, bound to what stands before it. */
export function writeBoundClientHello(
  crypto: CryptoProvider,
  hello: ClientHelloToWrite,
  session: TlsSession,
  { transcript, now }: { readonly transcript: Transcript; readonly now: Micros },
): HandshakeMessage {
  const { hash } = suiteOfSession(session);
  const length = HASH_LENGTHS[hash];
  const ageMillis = Math.floor((now - session.receivedAt) / 1_000);
  const offer = extension('pre_shared_key', (writer) => {
    writer.vector(2, () => {
      writer.vector(2, session.ticket).u32((ageMillis + session.ageAdd) % 0x1_0000_0000);
    });
    writer.vector(2, () => writer.vector(1, new Uint8Array(length)));
  });
  const unbound = writeClientHello({ ...hello, extensions: [...hello.extensions, offer] });
  const bindersLength = length + 3;
  const covered = withoutBinders(unbound, { identities: [], binders: [], bindersLength });
  const schedule = KeySchedule.early(crypto, hash, session.secret);
  const binder = schedule.binder(transcript.digestWith(hash, covered));
  const bytes = unbound.bytes.slice();
  bytes.set(binder, bytes.length - length);
  return encodeMessage('ClientHello', bytes.subarray(MESSAGE_HEADER));
}
