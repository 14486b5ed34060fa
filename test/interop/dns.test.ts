/** Our DNS and the platform's, over real loopback sockets. */
import { Resolver } from 'node:dns/promises';
import { createSocket } from 'node:dgram';
import { NodeProgramHost } from '@tcplab/sim/node';
import { createResolver, parseZone, serveDns, type Resolution } from '@tcplab/core/dns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ZONE = parseZone(
  'example.test',
  `
@      SOA    ns admin 1 3600 600 86400 300
@      NS     ns
@      MX     10 mail
@      TXT    "one" "two"
ns     A      127.0.0.1
mail   A      127.0.0.25
web    A      127.0.0.2
web    A      127.0.0.3
web    AAAA   2001:db8::2
www    CNAME  web
2.0.0.127 PTR web
${Array.from({ length: 20 }, (_, i) => `large TXT "${String(i).padStart(200, '.')}"`).join('\n')}
`,
);

const host = new NodeProgramHost();
const platform = new Resolver({ timeout: 5_000, tries: 2 });
let server = '';

beforeAll(async () => {
  const port = await new Promise<number>((resolve, reject) => {
    host.run(serveDns(host, [ZONE], { port: 0, onListening: resolve }), 'dns').catch(reject);
  });
  server = `127.0.0.1:${port}`;
  platform.setServers([server]);
});

afterAll(() => host.close());

describe("Node's resolver asks our server", () => {
  test('DNS-13, DNS-14: addresses, aliases, mail, text, names, the SOA', async () => {
    expect((await platform.resolve4('web.example.test')).sort()).toEqual([
      '127.0.0.2',
      '127.0.0.3',
    ]);
    expect(await platform.resolve6('web.example.test')).toEqual(['2001:db8::2']);
    expect((await platform.resolve4('www.example.test')).sort()).toEqual([
      '127.0.0.2',
      '127.0.0.3',
    ]);
    expect(await platform.resolveCname('www.example.test')).toEqual(['web.example.test']);
    expect(await platform.resolveMx('example.test')).toEqual([
      { exchange: 'mail.example.test', priority: 10 },
    ]);
    expect(await platform.resolveTxt('example.test')).toEqual([['one', 'two']]);
    expect(await platform.resolveNs('example.test')).toEqual(['ns.example.test']);
    expect(await platform.resolvePtr('2.0.0.127.example.test')).toEqual(['web.example.test']);
    expect(await platform.resolveSoa('example.test')).toMatchObject({
      nsname: 'ns.example.test',
      minttl: 300,
    });
  });

  test('DNS-17, DNS-18, DNS-12: names that do not exist, have no such data, or are not ours', async () => {
    await expect(platform.resolve4('none.example.test')).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    await expect(platform.resolve4('example.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(platform.resolve4('other.test')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  test('DNS-19: an answer too large for a datagram comes over TCP', async () => {
    expect(await platform.resolveTxt('large.example.test')).toHaveLength(20);
  });
});

describe('our resolver on real sockets', () => {
  test('asks over UDP, and over TCP where the answer was cut', async () => {
    const client = new NodeProgramHost();
    try {
      const resolver = createResolver(client, { servers: [server] });
      expect((await client.run(resolver.resolve('www.example.test'))).sort()).toEqual([
        '127.0.0.2',
        '127.0.0.3',
      ]);
      const large: Resolution = await client.run(resolver.query('large.example.test', 'TXT'));
      expect(large.kind === 'records' && large.records).toHaveLength(20);
    } finally {
      client.close();
    }
  });

  test('DNS-24: a port where nobody listens is passed over at once (ICMP port unreachable)', async () => {
    const closed = createSocket('udp4');
    const port = await new Promise<number>((resolve) => {
      closed.bind(0, '127.0.0.1', () => resolve(closed.address().port));
    });
    await new Promise<void>((resolve) => closed.close(() => resolve()));
    const client = new NodeProgramHost();
    try {
      const resolver = createResolver(client, { servers: [`127.0.0.1:${port}`, server] });
      expect(await client.run(resolver.resolve('ns.example.test'))).toEqual(['127.0.0.1']);
    } finally {
      client.close();
    }
  });
});

test('a port that is taken ends the server with an error', async () => {
  const other = new NodeProgramHost();
  try {
    const port = Number(server.split(':')[1]);
    await expect(other.run(serveDns(other, [ZONE], { port }))).rejects.toThrow('address in use');
  } finally {
    other.close();
  }
});
