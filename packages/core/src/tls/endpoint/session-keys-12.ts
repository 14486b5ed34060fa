/** The keys of a TLS 1.2 session, handed to the channel for when the machine wants them. */
import type { Channel } from './channel.ts';
import {
  exportKeyingMaterial12,
  keyBlock,
  verifyData,
  type Randoms,
} from '../keys/key-schedule-12.ts';
import type { Transcript } from '../keys/transcript.ts';
import { encodeMessage, type HandshakeMessage } from '../messages/message.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { Opener12, Sealer12 } from '../record/protection-12.ts';

/** What both sides of a session share. */
export interface Session12 {
  readonly suite: CipherSuite;
  readonly master: Uint8Array;
  readonly randoms: Randoms;
}

export function provideSessionKeys(channel: Channel, session: Session12): void {
  const { suite, master, randoms } = session;
  const { crypto } = channel.settings;
  const { client, server } = keyBlock(crypto, suite, master, randoms);
  const [send, receive] = channel.role === 'client' ? [client, server] : [server, client];
  channel.logKey('CLIENT_RANDOM', master);
  channel.provide('session', {
    opener: () => new Opener12(crypto, suite, receive),
    sealer: () => new Sealer12(crypto, suite, send),
  });
}

/** RFC 7627 §5.4: without the extended master secret no keying material may be exported. */
export function provideExporter12(
  channel: Channel,
  { suite, master, randoms }: Session12,
  extendedMasterSecret: boolean,
): void {
  if (!extendedMasterSecret) return;
  const { crypto } = channel.settings;
  channel.exporter = ({ label, context, length }) =>
    exportKeyingMaterial12(crypto, suite, master, { randoms, label, context, length });
}

/** The verify_data that `sender` must send now. */
export function verifyDataOf(
  channel: Channel,
  { suite, master }: Session12,
  sender: 'client' | 'server',
  transcript: Transcript,
): Uint8Array {
  const hash = transcript.digest();
  return verifyData(channel.settings.crypto, suite, master, { sender, hash });
}

/** Sends a Finished and enters it into the transcript. */
export function sendFinished12(
  channel: Channel,
  session: Session12,
  transcript: Transcript,
): HandshakeMessage {
  const data = verifyDataOf(channel, session, channel.role, transcript);
  const message = encodeMessage('Finished', data);
  transcript.add(message);
  channel.send(message);
  return message;
}
