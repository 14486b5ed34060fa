import * as z from 'zod';
import { closed } from './closed.ts';
import { tcpSettings } from './tcp.ts';
import { duration } from './quantities.ts';
import { address, hostName, hostReference, prose } from './words.ts';

export const MAX_HOSTS = 64;

const nat = closed({
  inside: z
    .array(hostReference)
    .min(1, 'expected at least one host')
    .describe('The hosts that share its address; all others are outside.'),
  idle: duration.optional().describe('How long a mapping lives without a packet. Default: 5min.'),
}).meta({ description: 'Makes this a NAT: a small router that shares its address (RFC 3022).' });

const host = closed({
  about: prose.optional().describe('What this host stands for.'),
  address: address.optional(),
  tcp: tcpSettings.optional(),
  nameServers: z
    .array(hostReference)
    .min(1, 'expected at least one host')
    .max(10)
    .optional()
    .describe('Hosts to ask about names (DNS). Default: every name of a host is known.'),
  nat: nat.optional(),
})
  .refine((settings) => settings.nat === undefined || settings.address !== undefined, {
    message: 'a NAT wants its public address',
  })
  .refine((settings) => settings.nat === undefined || settings.tcp === undefined, {
    message: 'a NAT has no TCP of its own',
  })
  .nullable()
  .transform((settings) => settings ?? {});

export const hosts = z
  .record(hostName, host)
  .refine((each) => Object.keys(each).length > 0, 'expected at least one host')
  .refine((each) => Object.keys(each).length <= MAX_HOSTS, `expected at most ${MAX_HOSTS} hosts`)
  .meta({
    description:
      'The hosts by name. Without an address they are 10.0.0.1, 10.0.0.2 … in this order.',
    examples: [{ client: {}, server: { tcp: { delayedAck: '0ms' } } }],
  });
