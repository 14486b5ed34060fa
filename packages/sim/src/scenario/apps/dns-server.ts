import * as z from 'zod';
import { CallError } from '@tcplab/core';
import { DNS_PORT, parseZone, serveDns } from '@tcplab/core/dns';
import { closed } from '../schema/closed.ts';
import { port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';

const zone = closed({
  origin: z.string().min(1).describe('The domain this zone is about, e.g. example.com.'),
  records: z.string().min(1).describe('Its records as a master file (RFC 1035 §5), a line each.'),
}).transform(({ origin, records }, context) => {
  try {
    return parseZone(origin, records);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    context.issues.push({ code: 'custom', message: error.message, input: records });
    return z.NEVER;
  }
});

const settings = closed({
  port: port.optional().describe('Default: 53.'),
  zones: z.array(zone).min(1, 'expected at least one zone').max(100),
});

/** An authoritative name server. */
export const dnsServer = appKind({
  key: 'dns',
  about: 'Answers DNS queries about its zones, over UDP and TCP (RFC 1035).',
  settings,
  needs: (given) => ({ listens: [given.port ?? DNS_PORT] }),
  run: (host, given) => serveDns(host, given.zones, { port: given.port ?? DNS_PORT }),
});
