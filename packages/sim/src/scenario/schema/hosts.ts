import * as z from 'zod';
import { closed } from './closed.ts';
import { tcpSettings } from './tcp.ts';
import { address, hostName, prose } from './words.ts';

export const MAX_HOSTS = 64;

const host = closed({
  about: prose.optional().describe('What this host stands for.'),
  address: address.optional(),
  tcp: tcpSettings.optional(),
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
