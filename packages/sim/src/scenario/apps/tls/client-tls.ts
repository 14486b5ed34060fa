import * as z from 'zod';
import type { ByteStream, Process, ProgramHost } from '@tcplab/core';
import { tlsConnect, type TlsSession, type TlsStream } from '@tcplab/core/tls';
import { closed } from '../../schema/closed.ts';
import { clientIdentity, revocationLists, trustedRoot } from './certificates.ts';
import { commonOptions, streamOptions, tlsShape } from './tls-words.ts';

/** What a client's TLS can be told. */
export const clientTls = closed({
  ...tlsShape,
  keyShares: z
    .array(z.enum(['X25519', 'P-256', 'P-384']))
    .max(3)
    .optional()
    .describe('Groups for which shares are sent at once. Default: the first of groups.'),
  insecure: z.boolean().optional().describe('Take any certificate, unverified. Default: false.'),
  checkRevocation: z
    .boolean()
    .optional()
    .describe("Look into the authority's list of revoked certificates. Default: false."),
  certificate: z
    .boolean()
    .optional()
    .describe('Have a certificate to show when asked. Default: false.'),
  resume: z
    .boolean()
    .optional()
    .describe('Resume a session where the server gave a ticket. Default: true.'),
  middleboxCompatibility: z.boolean().optional().describe('Default: true.'),
}).meta({ description: 'How the client speaks TLS; it trusts the simulated authority.' });

export type ClientTls = z.output<typeof clientTls>;

/** Makes streams secure as one client that remembers sessions and resumes them. */
export class ClientSecurity {
  readonly #host: ProgramHost;
  readonly #given: ClientTls;
  readonly #sessions = new Map<string, TlsSession>();

  constructor(host: ProgramHost, given: ClientTls) {
    this.#host = host;
    this.#given = given;
  }

  /** @param earlyData is sent with the first flight when a session allows it @throws ConnectionError */
  *secure(
    stream: ByteStream,
    peer: { readonly host: string; readonly alpn: readonly string[] },
    earlyData?: Uint8Array,
  ): Process<TlsStream> {
    const given = this.#given;
    const session = given.resume === false ? undefined : this.#sessions.get(peer.host);
    // RFC 8446 §C.4: a ticket is used once.
    this.#sessions.delete(peer.host);
    return yield* tlsConnect(stream, {
      ...commonOptions(given),
      ...streamOptions(this.#host, stream.label),
      random: this.#host.random('tls client'),
      serverName: peer.host,
      protocols: peer.alpn,
      trust: [trustedRoot()],
      onSession: (fresh) => this.#sessions.set(peer.host, fresh),
      ...(given.checkRevocation === true ? { revocationLists: revocationLists([peer.host]) } : {}),
      ...(given.keyShares === undefined ? {} : { keyShares: given.keyShares }),
      ...(given.insecure === undefined ? {} : { insecure: given.insecure }),
      ...(given.certificate === true ? { identities: [clientIdentity(this.#host.name)] } : {}),
      ...(given.middleboxCompatibility === undefined
        ? {}
        : { middleboxCompatibility: given.middleboxCompatibility }),
      ...(session === undefined ? {} : { session }),
      ...(session !== undefined &&
      earlyData !== undefined &&
      session.maxEarlyData >= earlyData.length
        ? { earlyData }
        : {}),
    });
  }
}
