/** The server's end of one TLS connection as a sans-IO endpoint. */
import { serverSettingsOf } from '../server/server-settings.ts';
import { WaitClientHello } from '../server/wait-client-hello.ts';
import { Channel } from './channel.ts';
import { TlsEndpoint } from './endpoint.ts';
import type { TlsServerOptions } from './options.ts';

export class TlsServer extends TlsEndpoint {
  /** @throws CallError for contradictory options */
  constructor(options: TlsServerOptions) {
    const settings = serverSettingsOf(options);
    const channel = new Channel('server', settings);
    super(channel, () => new WaitClientHello(channel, settings));
  }
}
