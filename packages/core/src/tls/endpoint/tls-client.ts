/** A TLS client as a sans-IO endpoint. The versions it speaks are in its options. */
import { clientSettingsOf } from '../client/client-settings.ts';
import { startClient } from '../client/start.ts';
import { Channel } from './channel.ts';
import { TlsEndpoint } from './endpoint.ts';
import type { TlsClientOptions } from './options.ts';

export class TlsClient extends TlsEndpoint {
  /** Sends its ClientHello at the first `pollOutput`. @throws CallError for contradictory options */
  constructor(options: TlsClientOptions) {
    const settings = clientSettingsOf(options);
    const channel = new Channel('client', settings);
    super(channel, () => startClient(channel, settings));
  }
}
