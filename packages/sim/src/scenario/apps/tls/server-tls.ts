import * as z from 'zod';
import type { ByteStream, Process, ProgramHost } from '@tcplab/core';
import { ReplayRecord, TicketKeys, tlsAccept, type TlsStream } from '@tcplab/core/tls';
import { closed } from '../../schema/closed.ts';
import { size } from '../../schema/quantities.ts';
import { count } from '../../schema/words.ts';
import { CERTIFICATE_PROBLEMS, KEY_KINDS, serverIdentity, trustedRoot } from './certificates.ts';
import { commonOptions, streamOptions, tlsShape } from './tls-words.ts';

const certificate = closed({
  names: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(200)
    .optional()
    .describe("Default: the host's name."),
  problem: z
    .enum(CERTIFICATE_PROBLEMS)
    .optional()
    .describe('What is wrong with it. Default: nothing.'),
  key: z.enum(KEY_KINDS).optional().describe('Default: P-256.'),
  intermediates: count(0, 10)
    .optional()
    .describe('Authorities between the root and it. Default: 0.'),
});

/** What a server's TLS can be told. */
export const serverTls = closed({
  ...tlsShape,
  certificate: certificate.optional(),
  clientAuthentication: z
    .enum(['none', 'request', 'require'])
    .optional()
    .describe('Default: none.'),
  tickets: z.boolean().optional().describe('Let clients resume sessions. Default: true.'),
  earlyData: size.optional().describe('Bytes of early data (0-RTT) it takes. Default: none.'),
  replayProtection: z.boolean().optional().describe('Take early data only once. Default: true.'),
  alwaysRetry: z
    .boolean()
    .optional()
    .describe('Answer first with a HelloRetryRequest. Default: false.'),
}).meta({ description: 'TLS 1.3 and 1.2 with a certificate of the simulated authority.' });

export type ServerTls = z.output<typeof serverTls>;

/**
 * Makes the streams of one server secure; tickets and the memory of replays are the server's.
 * @param early whether the program wants early data before the handshake is done. HTTP does not: it
 *   waits, so that no replay reaches a handler (RFC 8470 §3).
 */
export function serverSecurity(
  host: ProgramHost,
  given: ServerTls,
  protocols: readonly string[] = [],
  early = false,
): (stream: ByteStream) => Process<TlsStream> {
  const random = host.random('tls server');
  const { certificate: wish, clientAuthentication, earlyData, alwaysRetry } = given;
  const identity = serverIdentity({ ...wish, names: wish?.names ?? [host.name] });
  const tickets = given.tickets === false ? undefined : new TicketKeys(random);
  const replayRecord = given.replayProtection === false ? undefined : new ReplayRecord();
  return (stream) =>
    tlsAccept(stream, {
      ...commonOptions(given),
      ...streamOptions(host, stream.label),
      random,
      identities: [identity],
      trust: [trustedRoot()],
      protocols,
      early,
      ...(tickets === undefined ? {} : { tickets }),
      ...(replayRecord === undefined ? {} : { replayRecord }),
      ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
      ...(earlyData === undefined ? {} : { maxEarlyData: earlyData }),
      ...(alwaysRetry === undefined ? {} : { alwaysRetry }),
    });
}
