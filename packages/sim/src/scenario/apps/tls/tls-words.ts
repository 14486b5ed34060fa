/** The words of TLS in scenario files. */
import * as z from 'zod';
import { CIPHER_SUITES, type TlsStreamOptions, type TlsVersion } from '@tcplab/core/tls';
import type { ProgramHost } from '@tcplab/core';

const VERSIONS: Record<'1.2' | '1.3', TlsVersion> = { '1.2': 'TLS 1.2', '1.3': 'TLS 1.3' };

const suite = z.string().refine((name) => CIPHER_SUITES.some((known) => known.name === name), {
  message: `expected a cipher suite, one of ${CIPHER_SUITES.map(({ name }) => name).join(', ')}`,
});

/** What both ends of TLS can be told. */
export const tlsShape = {
  versions: z
    .array(z.enum(['1.2', '1.3']))
    .min(1)
    .max(2)
    .optional()
    .describe('Default: both.'),
  suites: z.array(suite).min(1).optional().describe('The preferred first. Default: all.'),
  groups: z
    .array(z.enum(['X25519', 'P-256', 'P-384']))
    .min(1)
    .optional()
    .describe('Groups for the key exchange, the preferred first. Default: all.'),
  unprotected: z
    .boolean()
    .optional()
    .describe('Offer only a cipher that protects nothing, for runs with very many connections.'),
};

interface CommonSettings {
  readonly versions?: readonly ('1.2' | '1.3')[] | undefined;
  readonly suites?: readonly string[] | undefined;
  readonly groups?: readonly ('X25519' | 'P-256' | 'P-384')[] | undefined;
  readonly unprotected?: boolean | undefined;
}

/** The options that client and server have in common. */
export function commonOptions(given: CommonSettings): {
  readonly versions?: readonly TlsVersion[];
  readonly suites?: readonly string[];
  readonly groups?: readonly ('X25519' | 'P-256' | 'P-384')[];
  readonly withoutProtection?: boolean;
} {
  const { versions, suites, groups, unprotected } = given;
  return {
    ...(versions === undefined ? {} : { versions: versions.map((name) => VERSIONS[name]) }),
    ...(suites === undefined ? {} : { suites }),
    ...(groups === undefined ? {} : { groups }),
    ...(unprotected === undefined ? {} : { withoutProtection: unprotected }),
  };
}

/** Clock, notes and key log of a host's TLS. Keys go into the trace, so that captures can be decrypted. */
export function streamOptions(host: ProgramHost, stream: string): TlsStreamOptions {
  return {
    now: () => host.now(),
    note: (note) => host.note(note),
    keyLog: (line) =>
      host.note({
        layer: 'tls',
        kind: 'key log',
        text: `a secret of this connection: ${line.split(' ')[0] ?? ''}`,
        stream,
        data: { line },
      }),
  };
}
