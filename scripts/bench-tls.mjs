/**
 * What TLS costs: full handshakes (client and server together) and bulk data against the bare
 * cipher, with both providers. Prints figures and, where there is a budget, the ratio to it.
 *
 *     node scripts/bench-tls.mjs
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'));
const bundle = join(folder, 'bench.mjs');
await build({
  stdin: {
    contents: `export * from '@tcplab/core/tls'; export { NODE_CRYPTO } from '@tcplab/sim/node';`,
    resolveDir: root,
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  conditions: ['@tcplab/source'],
  outfile: bundle,
});
const tls = await import(pathToFileURL(bundle).href);
rmSync(folder, { recursive: true });

const START = tls.timeFromText('20250101000000Z');
const validity = { notBefore: START, notAfter: START + 10 * 31_536_000 };
const authority = tls.CertificateAuthority.root({ name: 'Root', validity, random: stream(1) });
const identity = authority.leaf({ names: ['server.example'] });

for (const crypto of [tls.NOBLE_CRYPTO, tls.NODE_CRYPTO]) {
  const budget = crypto === tls.NOBLE_CRYPTO ? 8 : 1.5;
  const cost = medianCpu(30, () => handshake(crypto, 'TLS 1.3'));
  print(`${crypto.name}: full TLS 1.3 handshake, both sides`, cost, `budget ${budget} ms`);
  print(
    `${crypto.name}: full TLS 1.2 handshake, both sides`,
    medianCpu(15, () => handshake(crypto, 'TLS 1.2')),
  );
  for (const suite of tls.CIPHER_SUITES.filter((one) => one.version === 'TLS 1.3'))
    bulk(crypto, suite);
}

function bulk(crypto, suite) {
  const size = 16_384;
  const count = 64;
  const { client, server } = handshake(crypto, 'TLS 1.3', [suite.name]);
  const data = new Uint8Array(size);
  const key = stream(3).bytes(tls.AEAD_KEY_LENGTHS[suite.aead]);
  const nonce = new Uint8Array(12);
  const bare = medianCpu(9, () => {
    const aead = crypto.aead(suite.aead, key);
    for (let i = 0; i < count; i += 1) aead.open(nonce, nonce, aead.seal(nonce, nonce, data));
  });
  const whole = medianCpu(9, () => {
    for (let i = 0; i < count; i += 1) {
      client.send(data);
      carry(client, server);
    }
  });
  const rate = Math.round((size * count) / 1_000 / whole);
  print(
    `${crypto.name}: ${suite.aead}, 1 MiB sent and read`,
    whole,
    `${rate} MB/s; ${(whole / bare).toFixed(2)} × the bare cipher`,
  );
}

function handshake(crypto, version, suites) {
  const common = { crypto, versions: [version], ...(suites && { suites }) };
  const client = new tls.TlsClient({
    ...common,
    random: stream(4),
    serverName: 'server.example',
    trust: [authority.certificate],
  });
  const server = new tls.TlsServer({ ...common, random: stream(5), identities: [identity] });
  for (let i = 0; i < 4; i += 1) {
    carry(client, server);
    carry(server, client);
  }
  if (client.established === undefined) throw new Error('no handshake');
  return { client, server };
}

function carry(from, to) {
  for (let out = from.pollOutput(0); out !== undefined; out = from.pollOutput(0))
    to.handleInput(out, 0);
  for (const side of [from, to]) while (side.pollEvent() !== undefined);
}

function medianCpu(times, work) {
  const spent = [];
  for (let i = 0; i < times + 3; i += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    if (i >= 3) spent.push((user + system) / 1_000);
  }
  return spent.sort((a, b) => a - b)[Math.floor(spent.length / 2)];
}

function print(what, millis, note = '') {
  console.log(`${what.padEnd(60)} ${millis.toFixed(2).padStart(8)} ms CPU  ${note}`);
}

function stream(seed) {
  let state = (seed * 2_654_435_761) >>> 0;
  const u32 = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
  return {
    u32,
    below: (n) => u32() % n,
    bytes: (n) => Uint8Array.from({ length: n }, () => u32() >>> 24),
  };
}
