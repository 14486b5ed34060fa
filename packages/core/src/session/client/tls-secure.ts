/** TLS for a session's connections, with tickets kept so that the next handshake is shorter. */
import type { ByteStream } from '../../base/byte-stream.ts';
import type { Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { seconds } from '../../base/time.ts';
import { tlsConnect, type TlsClientOptions, type TlsSession } from '../../tls/index.ts';
import type { Secure } from './secure.ts';

/** Tickets kept per server; the oldest goes. */
export const MAX_TICKETS_PER_SERVER = 4;
/** Servers whose tickets are kept. */
export const MAX_TICKET_SERVERS = 1_000;

export interface SessionTlsOptions extends Omit<
  TlsClientOptions,
  'random' | 'serverName' | 'protocols' | 'session' | 'earlyData'
> {
  /** Resume sessions where the server gave a ticket (RFC 8446 §2.2). @default true */
  readonly resume?: boolean;
  /** Hears every line for a key log file. */
  readonly keyLog?: (line: string) => void;
}

/**
 * A way to make connections secure. Without `trust` no certificate is trusted and every handshake
 * ends with an alert, unless `insecure` takes any.
 */
export function tlsSecure(host: ProgramHost, options: SessionTlsOptions = {}): Secure {
  const { resume = true, keyLog, ...tls } = options;
  const tickets = new TicketBox();
  return function* secure(stream, peer): Process<ByteStream> {
    const session = resume ? tickets.take(peer.host, host) : undefined;
    return yield* tlsConnect(stream, {
      ...tls,
      random: host.random('tls client'),
      serverName: peer.host,
      protocols: peer.alpn,
      ...(session === undefined ? {} : { session }),
      ...(keyLog === undefined ? {} : { keyLog }),
      now: () => host.now(),
      note: (note) => host.note(note),
      onSession: (given) => tickets.put(peer.host, given),
    });
  };
}

class TicketBox {
  readonly #byServer = new Map<string, TlsSession[]>();

  put(server: string, ticket: TlsSession): void {
    const tickets = this.#byServer.get(server) ?? [];
    tickets.push(ticket);
    if (tickets.length > MAX_TICKETS_PER_SERVER) tickets.shift();
    this.#byServer.delete(server);
    this.#byServer.set(server, tickets);
    if (this.#byServer.size <= MAX_TICKET_SERVERS) return;
    for (const oldest of this.#byServer.keys()) {
      this.#byServer.delete(oldest);
      break;
    }
  }

  /** RFC 8446 §C.4: a ticket is used once, lest whoever listens links the connections. */
  take(server: string, host: ProgramHost): TlsSession | undefined {
    const tickets = this.#byServer.get(server);
    for (;;) {
      const ticket = tickets?.pop();
      if (ticket === undefined) return undefined;
      const age = host.now() - ticket.receivedAt;
      if (age < seconds(ticket.lifetimeSeconds)) return ticket;
    }
  }
}
