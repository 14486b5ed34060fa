import { ms, seconds, ZERO_TIME, type Micros, type Process } from '@tcplab/core';
import {
  createResolver,
  decodeMessage,
  DNS_PORT,
  EMPTY_MESSAGE,
  encodeMessage,
  framed,
  MAX_DNS_CONNECTIONS,
  receiveFramed,
  ResolverCache,
  serveDns,
  type DnsMessage,
  type Resolution,
  type Resolver,
} from '@tcplab/core/dns';
import { describe, expect, test } from 'vitest';
import type { DatagramFault } from '../../../../test/support/memory-datagrams.ts';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';
import { EXAMPLE, LAB } from './zones.ts';

const SERVER = '10.0.0.1';

/** A server for the zones at 10.0.0.1, 10 ms away, and a client. */
function worldWith(datagramFault?: DatagramFault): MemoryNetwork {
  const net = new MemoryNetwork({
    latency: ms(10),
    ...(datagramFault === undefined ? {} : { datagramFault }),
  });
  const server = net.host('server');
  server.spawn(serveDns(server, [EXAMPLE, LAB]), 'dns');
  return net;
}

type Program<T> = (resolver: Resolver, host: MemoryHost) => Process<T>;

/** Runs a program of the client with a resolver that asks these servers. */
function run<T>(net: MemoryNetwork, program: Program<T>, servers = [SERVER]): T {
  return net.runProcess(net.host('client'), (host) =>
    program(createResolver(host, { servers, timeout: seconds(1) }), host),
  );
}

function kinds(net: MemoryNetwork, host = 'client'): string[] {
  return net.notes.filter((note) => note.host === host).map((note) => note.kind);
}

function questionsTo(net: MemoryNetwork): number {
  return net.notes.filter((note) => note.host === 'server' && note.kind === 'answer').length;
}

/** A server that answers each query with what `reply` makes of it, over UDP. */
function* answering(
  host: MemoryHost,
  reply: (query: DnsMessage) => readonly Uint8Array[],
): Process {
  const socket = host.datagram(DNS_PORT);
  for (;;) {
    const { bytes, address, port } = yield* socket.receiveFrom();
    const query = decodeMessage(bytes);
    if (!query.ok) continue;
    for (const answer of reply(query.message)) yield* socket.sendTo(answer, address, port);
  }
}

function addressAnswer(query: DnsMessage, address: string, ttl = 60): DnsMessage {
  const name = query.questions[0]?.name ?? '';
  return {
    ...query,
    isResponse: true,
    edns: undefined,
    answers: [{ name, class: 1, ttl, data: { type: 'A', address } }],
  };
}

/** Only the alias, as a server gives it that knows nothing of the target. */
function aliasAnswer(query: DnsMessage): DnsMessage {
  const data = { type: 'CNAME', name: 'b.test' } as const;
  const answers = [{ name: 'a.test', class: 1, ttl: 9, data }];
  return { ...addressAnswer(query, ''), answers };
}

/** The query as it goes over TCP. */
function framedQuery(name: string): Uint8Array {
  const questions = [{ name, type: 1, class: 1 }];
  return framed(encodeMessage({ ...EMPTY_MESSAGE, questions }));
}

/** A network whose server gives the answers of the test's choice. */
function worldAnswering(reply: (query: DnsMessage) => readonly Uint8Array[]): MemoryNetwork {
  const net = new MemoryNetwork({ latency: ms(10) });
  net.host('server').spawn(answering(net.host('server'), reply), 'dns');
  return net;
}

describe('a stub resolver', () => {
  test('asks over UDP and needs one round trip', () => {
    const net = worldWith();
    const addresses = run(net, (resolver) => resolver.resolve('box.lab'));
    expect(addresses).toEqual(['10.0.1.1']);
    expect(net.now).toBe(ms(20));
    expect(kinds(net)).toEqual(['query', 'resolved']);
  });

  test('follows aliases, and takes a dotted address for itself', () => {
    const net = worldWith();
    expect(run(net, (resolver) => resolver.resolve('www.example.com'))).toEqual([
      '10.0.0.2',
      '10.0.0.3',
    ]);
    expect(run(net, (resolver) => resolver.resolve('192.0.2.7'))).toEqual(['192.0.2.7']);
    expect(questionsTo(net)).toBe(1);
  });

  test('DNS-14: asks for the target where the server gives only the alias', () => {
    const net = worldAnswering((query) => {
      const first = query.questions[0]?.name === 'a.test';
      return [encodeMessage(first ? aliasAnswer(query) : addressAnswer(query, '10.9.9.9'))];
    });
    expect(run(net, (resolver) => resolver.resolve('a.test'))).toEqual(['10.9.9.9']);
    expect(net.notes.at(-1)).toMatchObject({ kind: 'resolved', data: { ttl: 9 } });
  });

  test('DNS-17, DNS-18: tells a name that does not exist from one without addresses', () => {
    const net = worldWith();
    const resolve = (name: string) => () => run(net, (resolver) => resolver.resolve(name));
    expect(resolve('nowhere.example.com')).toThrow('nowhere.example.com does not exist');
    expect(resolve('deep.example.com')).toThrow('deep.example.com has no address');
    expect(resolve('a..b')).toThrow('invalid name');
    const types = run(net, function* (resolver) {
      const mail = yield* resolver.query('example.com', 'MX');
      return [mail, yield* resolver.query('nowhere.example.com', 'MX')];
    });
    expect(types).toMatchObject([{ kind: 'records' }, { kind: 'no such name' }]);
  });

  test('DNS-19: an answer that was cut is asked for again over TCP', () => {
    const net = worldWith();
    const found = run(net, (resolver) => resolver.query('huge.example.com', 'TXT'));
    expect(found.kind === 'records' && found.records).toHaveLength(10);
    expect(kinds(net)).toEqual(['query', 'truncated', 'resolved']);
    // A round trip over UDP, one to connect, one to ask.
    expect(net.now).toBe(ms(60));
    expect(net.connections).toHaveLength(1);
  });
});

describe('what is remembered', () => {
  test('DNS-21: an answer serves as long as its TTL, no longer', () => {
    const net = worldWith();
    run(net, function* (resolver, host) {
      yield* resolver.resolve('web.example.com');
      yield* host.sleep(seconds(59));
      yield* resolver.resolve('WEB.example.com.');
      yield* host.sleep(seconds(1));
      yield* resolver.resolve('web.example.com');
    });
    expect(kinds(net)).toEqual(['query', 'resolved', 'cached', 'query', 'resolved']);
  });

  test('DNS-21: a chain serves as long as its shortest-lived link', () => {
    const net = worldWith();
    run(net, function* (resolver, host) {
      yield* resolver.resolve('www.example.com');
      yield* host.sleep(seconds(30));
      yield* resolver.resolve('www.example.com');
    });
    expect(questionsTo(net)).toBe(2);
  });

  test("DNS-20: that a name does not exist serves as long as the SOA's minimum", () => {
    const net = worldWith();
    const asked = run(net, function* (resolver, host) {
      const results: Resolution[] = [];
      for (const pause of [0, 299, 1]) {
        yield* host.sleep(seconds(pause));
        results.push(yield* resolver.query('nowhere.example.com', 'A'));
      }
      return results;
    });
    expect(asked.map((one) => one.kind)).toEqual(['no such name', 'no such name', 'no such name']);
    expect(questionsTo(net)).toBe(2);
  });

  test('DNS-20: without an SOA nothing negative is remembered', () => {
    let asked = 0;
    const net = worldAnswering((query) => {
      asked += 1;
      return [encodeMessage({ ...query, isResponse: true, rcode: 3, edns: undefined })];
    });
    run(net, function* (resolver) {
      yield* resolver.query('a.test', 'A');
      yield* resolver.query('a.test', 'A');
    });
    expect(asked).toBe(2);
  });

  test('the cache keeps its limit, oldest first out, and forgets at once what has no time to live', () => {
    const cache = new ResolverCache(2);
    const missing: Resolution = { kind: 'no such name' };
    for (const name of ['a', 'b', 'c']) cache.store(name, 1, missing, 60, ZERO_TIME);
    cache.store('d', 1, missing, 0, ZERO_TIME);
    const known = ['a', 'b', 'c', 'd'].map((name) => cache.find(name, 1, seconds(59))?.kind);
    expect(known).toEqual([undefined, 'no such name', 'no such name', undefined]);
    expect(cache.find('C', 1, seconds(60))).toBeUndefined();
    expect(cache.size).toBe(1);
    cache.clear();
    expect(cache.size).toBe(0);
  });
});

describe('servers that do not answer', () => {
  test('DNS-24: a lost query is sent again after the timeout', () => {
    const net = worldWith((_, index) => (index === 0 ? [] : [ms(0)]));
    expect(run(net, (resolver) => resolver.resolve('box.lab'))).toEqual(['10.0.1.1']);
    expect(net.now).toBe((seconds(1) + ms(20)) as Micros);
    expect(kinds(net)).toEqual(['query', 'retry', 'query', 'resolved']);
  });

  test('DNS-24: the next server is asked, at once where the first refuses', () => {
    const net = worldWith();
    net.host('deaf');
    const addresses = run(net, (resolver) => resolver.resolve('box.lab'), ['10.0.0.2', SERVER]);
    expect(addresses).toEqual(['10.0.1.1']);
    expect(net.now).toBe(ms(40));
    const retry = net.notes.find((note) => note.kind === 'retry');
    expect(retry?.text).toContain('connection refused');
  });

  test('DNS-24: patience doubles from round to round, and then the name cannot be resolved', () => {
    const net = worldWith(() => []);
    expect(() => run(net, (resolver) => resolver.resolve('box.lab'))).toThrow(
      'no DNS server answered',
    );
    expect(net.now).toBe(seconds(1 + 2 + 4));
  });

  test('a server that declines is passed over', () => {
    const net = worldWith();
    expect(() => run(net, (resolver) => resolver.resolve('www.elsewhere.net'))).toThrow('REFUSED');
    expect(() => run(net, (resolver) => resolver.resolve('a.child.example.com'))).toThrow(
      'refers to other servers',
    );
  });

  test('DNS-27: a server that stumbles over EDNS is asked without it, from then on', () => {
    const offered: boolean[] = [];
    const net = worldAnswering((query) => {
      // RFC 1035 §4.1.1: a stub asks for recursion, since it cannot follow referrals.
      expect(query.recursionDesired).toBe(true);
      offered.push(query.edns !== undefined);
      const failed = { ...query, isResponse: true, rcode: 1, edns: undefined, questions: [] };
      return [encodeMessage(query.edns === undefined ? addressAnswer(query, '10.0.0.9') : failed)];
    });
    run(net, function* (resolver) {
      yield* resolver.resolve('a.test');
      yield* resolver.resolve('b.test');
    });
    expect(offered).toEqual([true, false, false]);
  });
});

describe('answers that are not for us (RFC 5452)', () => {
  test('DNS-22: a wrong id, another question and scraps are ignored; the right one counts', () => {
    const net = worldAnswering((query) => {
      const forged = addressAnswer(query, '6.6.6.6');
      const question = query.questions[0]!;
      return [
        encodeMessage({ ...forged, id: (query.id + 1) & 0xffff }),
        encodeMessage({ ...forged, questions: [{ ...question, name: 'other.test' }] }),
        encodeMessage({ ...forged, questions: [{ ...question, type: 28 }] }),
        encodeMessage({ ...forged, questions: [] }),
        encodeMessage({ ...forged, isResponse: false }),
        encodeMessage({ ...forged, opcode: 1 }),
        Uint8Array.of(1, 2, 3),
        encodeMessage(addressAnswer(query, '10.0.0.9')),
      ];
    });
    expect(run(net, (resolver) => resolver.resolve('a.test'))).toEqual(['10.0.0.9']);
    expect(kinds(net).filter((kind) => kind === 'ignored')).toHaveLength(7);
  });

  test('DNS-22: an answer from another address never reaches the resolver', () => {
    const net = worldAnswering((query) => [encodeMessage(addressAnswer(query, '10.0.0.9'))]);
    const attacker = net.host('attacker');
    // It sees every query and answers sooner, with the right id and question, from its own address.
    attacker.spawn(
      (function* (): Process {
        const socket = attacker.datagram(DNS_PORT);
        yield* attacker.sleep(ms(1));
        const packet = net.datagrams[0]!;
        const query = decodeMessage(packet.slice(28));
        if (!query.ok) throw new Error('expected a query');
        const victim = packet.slice(12, 16).join('.');
        const port = (packet[20]! << 8) | packet[21]!;
        yield* socket.sendTo(encodeMessage(addressAnswer(query.message, '6.6.6.6')), victim, port);
      })(),
    );
    expect(run(net, (resolver) => resolver.resolve('a.test'))).toEqual(['10.0.0.9']);
  });

  test('DNS-23: ids and ports of queries differ from one to the next', () => {
    const net = worldWith();
    run(net, function* (resolver) {
      for (let i = 0; i < 8; i += 1) yield* resolver.query(`host${i}.lab`, 'A');
    });
    const queries = net.datagrams.filter((bytes) => bytes[22] === 0 && bytes[23] === DNS_PORT);
    const ids = new Set(queries.map((bytes) => (bytes[28]! << 8) | bytes[29]!));
    const ports = new Set(queries.map((bytes) => (bytes[20]! << 8) | bytes[21]!));
    expect([ids.size, ports.size]).toEqual([8, 8]);
  });
});

describe('the server over TCP (RFC 7766)', () => {
  test('DNS-25: many queries on one connection, however the octets are cut', () => {
    const net = new MemoryNetwork({ cut: 1 });
    net.host('server').spawn(serveDns(net.host('server'), [LAB]), 'dns');
    const answers = net.runProcess(net.host('client'), function* (host) {
      const stream = yield* host.connect('server', DNS_PORT);
      yield* stream.sendAll(framedQuery('box.lab'));
      yield* stream.sendAll(framedQuery('ns.lab'));
      stream.shutdown();
      const lengths: number[] = [];
      for (;;) {
        const answer = yield* receiveFramed(stream);
        if (answer === undefined) return lengths;
        const decoded = decodeMessage(answer);
        lengths.push(decoded.ok ? decoded.message.answers.length : -1);
      }
    });
    expect(answers).toEqual([1, 1]);
  });

  test('DNS-26: an idle connection is closed by the server, and so is one that sends no query', () => {
    const net = new MemoryNetwork();
    net.host('server').spawn(serveDns(net.host('server'), [LAB], { idleTimeout: seconds(3) }));
    const ended = net.runProcess(net.host('client'), function* (host) {
      const times: Micros[] = [];
      for (const octets of [Uint8Array.of(0), Uint8Array.of(0, 1, 9)]) {
        const stream = yield* host.connect('server', DNS_PORT);
        const started = host.now();
        yield* stream.sendAll(octets);
        yield* stream.receive();
        times.push((host.now() - started) as Micros);
        stream.close();
      }
      return times;
    });
    expect(ended).toEqual([seconds(3), 0]);
  });

  test('more connections than the limit are thrown away', () => {
    const net = new MemoryNetwork();
    net.host('server').spawn(serveDns(net.host('server'), [LAB]));
    const failed = net.runProcess(net.host('client'), function* (host) {
      for (let i = 0; i < MAX_DNS_CONNECTIONS; i += 1) yield* host.connect('server', DNS_PORT);
      const last = yield* host.connect('server', DNS_PORT);
      yield* host.sleep(ms(1));
      return last.failure?.reason;
    });
    expect(failed).toBe('connection reset');
  });

  test('a cancelled server frees its port, for UDP and TCP', () => {
    const net = new MemoryNetwork();
    const server = net.host('server');
    const ports: number[] = [];
    const onListening = (port: number): number => ports.push(port);
    const first = server.spawn(serveDns(server, [LAB], { port: 0, onListening }));
    net.run();
    first.cancel();
    server.spawn(serveDns(server, [LAB], { port: ports[0]!, onListening }));
    net.run();
    expect(ports).toEqual([ports[0], ports[0]]);
  });
});

test('the user is told what is wrong with the servers', () => {
  const host = new MemoryNetwork().host('client');
  expect(() => createResolver(host, { servers: [] })).toThrow('no servers');
  for (const server of ['ns.example.com', '10.0.0.1:0', '10.0.0.1:53:1', '10.0.0.1:x']) {
    expect(() => createResolver(host, { servers: [server] })).toThrow('invalid server');
  }
  const resolver = createResolver(host, { servers: ['10.0.0.1:5353'] });
  expect(() => resolver.query('a', 'NONSENSE').next()).toThrow('unknown type');
});
