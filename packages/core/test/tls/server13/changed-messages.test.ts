/** RFC 8446 §6.2: whatever a client's messages are changed to, they end in one alert or in waiting. */
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes } from '@tcplab/core';
import { TlsClient, TlsServer } from '@tcplab/core/tls';
import { fc, runs } from '../../../../../test/support/fast-check.ts';
import { resumingHello, resumingServer, sessionWith } from '../support/early.ts';
import { message, record } from '../support/hello.ts';
import { recordsOf, serverBeforeFinished, Victim } from '../support/rogue.ts';
import { sentRecords } from '../support/sent-records.ts';
import { CLIENT_IDENTITY, clientOptions, drain, ROOT } from '../support/world.ts';

const SUITES = ['TLS_AES_128_GCM_SHA256'] as const;
const HELLOS = [
  drain(new TlsClient(clientOptions({ protocols: ['http/1.1'] }))),
  recordsOf(resumingHello(sessionWith()))[0]!,
];

/** Takes octets out of a message and puts others in. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  out: fc.integer({ min: 0, max: 4 }),
  into: fc.uint8Array({ maxLength: 4 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Uint8Array, { at, out, into }: Change): Uint8Array {
  const where = Math.floor(at * bytes.length);
  return concatBytes([bytes.slice(0, where), into, bytes.slice(where + out)]);
}

/** One fatal alert at most, which is the last that the server says. */
function expectOneAlert({ endpoint, events }: Victim): void {
  const lines = sentRecords(endpoint, events);
  const alerts = lines.filter((line) => line.includes('fatal'));
  const told = events.filter((event) => event.kind === 'alert' && event.direction === 'sent');
  expect(alerts).toHaveLength(told.length);
  expect(alerts.length).toBeLessThanOrEqual(1);
  if (alerts.length === 1) expect(lines.at(-1)).toBe(alerts[0]);
  expect(endpoint.isClosed).toBe(alerts.length === 1);
}

describe('messages that are changed anywhere', () => {
  it('a ClientHello', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HELLOS), change, (hello, edit) => {
        const victim = new Victim(new TlsServer(resumingServer({ suites: SUITES })));
        expectOneAlert(victim.send(record(22, message(1, changed(hello.subarray(9), edit)))));
      }),
      runs(300),
    );
  });

  it('a Certificate, a CertificateVerify or a Finished, and nothing is established', () => {
    const request = { clientAuthentication: 'request', trust: [ROOT.certificate] } as const;
    fc.assert(
      fc.property(fc.nat(2), change, (which, edit) => {
        const { victim, flight } = serverBeforeFinished(request, { identities: [CLIENT_IDENTITY] });
        const honest = flight[which]!;
        const other = changed(honest, edit);
        fc.pre(other.length > 0 && !equalBytes(honest, other));
        victim.seal(22, ...flight.map((bytes, i) => (i === which ? other : bytes)));
        expectOneAlert(victim);
        expect(victim.events.some((event) => event.kind === 'established')).toBe(false);
      }),
      runs(60),
    );
  });
});
