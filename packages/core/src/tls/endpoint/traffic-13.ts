/** The traffic secrets of TLS 1.3's epochs, handed to the channel for when the machine wants them. */
import type { KeySchedule } from '../keys/key-schedule.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import { Opener13, Sealer13 } from '../record/protection-13.ts';
import type { Epoch } from '../machines/key-changes.ts';
import type { Channel } from './channel.ts';

/** One secret for each side's sending. */
export interface TrafficSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** RFC 8446 §7.1: [sender]_handshake_traffic_secret. */
export function provideHandshakeKeys(
  channel: Channel,
  suite: CipherSuite,
  schedule: KeySchedule,
  transcriptHash: Uint8Array,
): TrafficSecrets {
  const client = schedule.derive('c hs traffic', transcriptHash);
  const server = schedule.derive('s hs traffic', transcriptHash);
  channel.logKey('CLIENT_HANDSHAKE_TRAFFIC_SECRET', client);
  channel.logKey('SERVER_HANDSHAKE_TRAFFIC_SECRET', server);
  provide(channel, 'handshake', suite, { client, server });
  return { client, server };
}

/** RFC 8446 §7.1: the application secrets and the exporter's, out of the main secret. */
export function provideApplicationKeys(
  channel: Channel,
  suite: CipherSuite,
  main: KeySchedule,
  transcriptHash: Uint8Array,
): TrafficSecrets & { readonly exporter: Uint8Array } {
  const client = main.derive('c ap traffic', transcriptHash);
  const server = main.derive('s ap traffic', transcriptHash);
  const exporter = main.derive('exp master', transcriptHash);
  channel.logKey('CLIENT_TRAFFIC_SECRET_0', client);
  channel.logKey('SERVER_TRAFFIC_SECRET_0', server);
  channel.logKey('EXPORTER_SECRET', exporter);
  provide(channel, 'application', suite, { client, server });
  return { client, server, exporter };
}

/** RFC 8446 §7.1: client_early_traffic_secret; only the client sends under it. */
export function provideEarlyKeys(
  channel: Channel,
  suite: CipherSuite,
  early: KeySchedule,
  transcriptHash: Uint8Array,
): void {
  const { crypto } = channel.settings;
  const secret = early.derive('c e traffic', transcriptHash);
  channel.logKey('CLIENT_EARLY_TRAFFIC_SECRET', secret);
  channel.logKey('EARLY_EXPORTER_SECRET', early.derive('e exp master', transcriptHash));
  channel.provide('early data', {
    opener: () => new Opener13(crypto, suite, secret),
    sealer: () => new Sealer13(crypto, suite, secret),
  });
}

function provide(
  channel: Channel,
  epoch: Epoch,
  suite: CipherSuite,
  { client, server }: TrafficSecrets,
): void {
  const { crypto } = channel.settings;
  const [send, receive] = channel.role === 'client' ? [client, server] : [server, client];
  channel.provide(epoch, {
    opener: () => new Opener13(crypto, suite, receive),
    sealer: () => new Sealer13(crypto, suite, send),
  });
}
