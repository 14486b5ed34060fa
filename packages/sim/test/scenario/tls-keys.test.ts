/** Every kind of key that a scenario may give to a server signs with a scheme of its own. */
import { expect, test } from 'vitest';
import { formatProblem, loadScenario, runScenario } from '../../src/scenario/index.ts';

function schemesWith(key: string): readonly unknown[] {
  const loaded = loadScenario(
    `
tcplab: 1
name: keys
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
apps:
  - { on: server, tls-server: { tls: { certificate: { key: ${key} } } } }
  - { on: client, tls-client: { to: server } }
`,
    'keys.yaml',
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const schemes: unknown[] = [];
  runScenario(loaded.loaded, {
    onRecord: (record) => {
      const verify = record.kind === 'note' && JSON.stringify(record).includes('CertificateVerify');
      if (verify) schemes.push(/\(((?:ecdsa|ed|rsa)\w+)\)/.exec(JSON.stringify(record))?.[1]);
    },
  });
  return [...new Set(schemes.filter((name) => name !== undefined))];
}

test.each([
  ['P-256', 'ecdsa_secp256r1_sha256'],
  ['P-384', 'ecdsa_secp384r1_sha384'],
  ['Ed25519', 'ed25519'],
  ['RSA', 'rsa_pss_rsae_sha256'],
  ['RSA-PSS', 'rsa_pss_pss_sha256'],
])('%s: %s', (key, scheme) => {
  expect(schemesWith(key)).toEqual([scheme]);
});
