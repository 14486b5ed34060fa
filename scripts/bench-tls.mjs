/**
 * What TLS costs, with both providers: full handshakes (client and server together) beside the
 * cryptography they cannot do without, and bulk data beside the bare cipher.
 *
 *     pnpm bench:tls
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
const familiar = world('Root', 1);
const { identity } = familiar;

/** An authority and a server that it has issued a certificate for. */
function world(name, seed) {
  const authority = tls.CertificateAuthority.root({ name, validity, random: stream(seed) });
  return { authority, identity: authority.leaf({ names: ['server.example'] }) };
}

/** Of an authority that is known already, as nearly all are. */
function anotherServer() {
  return familiar.authority.leaf({ names: ['server.example'] });
}

/** Budgets of a full handshake of TLS 1.3, both sides, in milliseconds of CPU. */
const BUDGETS = new Map([
  [tls.NOBLE_CRYPTO, 8],
  [tls.NODE_CRYPTO, 1.5],
]);

console.log('CPU time in milliseconds, medians of runs after a warm-up; MB are 10^6 octets.\n');
for (const [crypto, budget] of BUDGETS) {
  const first = cpu(() => handshake(crypto, 'TLS 1.3'));
  const [bare, full, full12] = mediansCpu(200, 100, [
    () => primitives(crypto),
    () => handshake(crypto, 'TLS 1.3'),
    () => handshake(crypto, 'TLS 1.2'),
  ]);
  const above = `${(full / bare).toFixed(2)} × its bare primitives, budget ${budget} ms`;
  print(`${crypto.name}: key agreements, signature, verification alone`, bare);
  print(`${crypto.name}: full TLS 1.3 handshake, both sides`, full, above);
  print(`${crypto.name}: full TLS 1.2 handshake, both sides`, full12);
  const strangers = Array.from({ length: 60 }, () => ({ ...familiar, identity: anotherServer() }));
  const [unknown] = mediansCpu(50, 10, [
    () => handshake(crypto, 'TLS 1.3', undefined, strangers.pop()),
  ]);
  const budgetToo = `budget ${budget} ms`;
  print(`${crypto.name}: the same with a server never met before`, unknown, budgetToo);
  print(`${crypto.name}: the first handshake of this process`, first);
  for (const suite of tls.CIPHER_SUITES.filter((one) => one.version === 'TLS 1.3'))
    bulk(crypto, suite);
  console.log();
}

/** What no full handshake can do without: two keys, two agreements, a signature and its check. */
function primitives(crypto) {
  const [ours, theirs] = [stream(6), stream(7)].map((r) => crypto.agreementKey('X25519', r));
  crypto.agree(ours, theirs.publicKey);
  crypto.agree(theirs, ours.publicKey);
  const algorithm = { family: 'ECDSA', hash: 'SHA-256' };
  const message = stream(8).bytes(130);
  const signature = crypto.sign(algorithm, identity.key, message, stream(9));
  // The key as a handshake sees it when it meets it first: the libraries keep nothing of it.
  const key = { ...identity.key.publicKey };
  if (!crypto.verify(algorithm, key, message, signature)) throw new Error('not valid');
}

function bulk(crypto, suite) {
  const size = 16_384;
  const count = 64;
  const { client, server } = handshake(crypto, 'TLS 1.3', [suite.name]);
  const data = new Uint8Array(size);
  const key = stream(3).bytes(tls.AEAD_KEY_LENGTHS[suite.aead]);
  const nonce = new Uint8Array(12);
  const aead = crypto.aead(suite.aead, key);
  const [bare, whole] = mediansCpu(30, 8, [
    () => {
      for (let i = 0; i < count; i += 1) aead.open(nonce, nonce, aead.seal(nonce, nonce, data));
    },
    () => {
      for (let i = 0; i < count; i += 1) {
        client.send(data);
        carry(client, server);
      }
    },
  ]);
  const rate = Math.round((size * count) / 1_000 / whole);
  const above = `${(whole / bare).toFixed(2)} × the bare cipher, budget 1.3`;
  print(`${crypto.name}: ${suite.aead}, 1 MiB sent and read`, whole, `${rate} MB/s; ${above}`);
}

function handshake(crypto, version, suites, { authority, identity } = familiar) {
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

/** The median of each work's runs. They take turns: a machine that slows down slows them all. */
function mediansCpu(times, warmUp, works) {
  const spent = works.map(() => []);
  for (let i = 0; i < times + warmUp; i += 1) {
    works.forEach((work, w) => {
      const millis = cpu(work);
      if (i >= warmUp) spent[w].push(millis);
    });
  }
  return spent.map((runs) => runs.sort((a, b) => a - b)[Math.floor(runs.length / 2)]);
}

function cpu(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
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
