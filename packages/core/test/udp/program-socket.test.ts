import { checksum, decodePacket, ms, seconds, utf8Text, type Process } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';

function* echo(host: MemoryHost): Process {
  const socket = host.datagram(7);
  for (;;) {
    const { bytes, address, port } = yield* socket.receiveFrom();
    yield* socket.sendTo(bytes, address, port);
  }
}

function* askForTwoSeconds(host: MemoryHost): Process<unknown> {
  const socket = host.datagram();
  yield* socket.sendTo('hello', '10.0.0.1', 7);
  return yield* socket.receiveFrom(seconds(2));
}

function* askItsOnlyPeer(host: MemoryHost): Process<unknown> {
  const socket = host.datagram();
  yield* socket.connect('10.0.0.1', 9);
  yield* socket.sendTo('hello', '10.0.0.1', 9);
  return yield* socket.receiveFrom(seconds(2));
}

function* closeWhileWaiting(host: MemoryHost): Process<unknown> {
  const socket = host.datagram(9);
  host.spawn(
    (function* (): Process {
      yield* host.sleep(ms(5));
      socket.close();
    })(),
  );
  return yield* socket.receiveFrom();
}

describe("a program's UDP socket", () => {
  test('sends to a name and receives the echo one round trip later', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    net.host('server').spawn(echo(net.host('server')));
    const got = net.runProcess(net.host('client'), function* (host) {
      const socket = host.datagram();
      yield* socket.sendTo('hello', 'server', 7);
      return yield* socket.receiveFrom();
    });
    expect(utf8Text(got.bytes)).toBe('hello');
    expect(got).toMatchObject({ address: '10.0.0.1', port: 7 });
    // Resolving the name costs a round trip here, the echo another.
    expect(net.now).toBe(ms(40));
  });

  test('waits no longer than its deadline', () => {
    const net = new MemoryNetwork({ datagramFault: () => [] });
    net.host('server').spawn(echo(net.host('server')));
    expect(() => net.runProcess(net.host('client'), askForTwoSeconds)).toThrow(
      'no datagram arrived in time',
    );
    expect(net.now).toBe(seconds(2));
  });

  test('UDP-06, UDP-08: learns that nobody listens, once it has named its peer', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    net.host('server');
    expect(() => net.runProcess(net.host('client'), askItsOnlyPeer)).toThrow('connection refused');
    const [question, answer] = net.datagrams.map((bytes) => decodePacket(bytes));
    expect(question?.ok && question.value.body.kind).toBe('udp');
    expect(answer?.ok && answer.value.body).toMatchObject({ type: 3, code: 3, rest: 0 });
    // RFC 792: the internet header and the first 8 octets, unchanged.
    const quoted = answer?.ok && answer.value.body.kind === 'icmp' ? answer.value.body.data : [];
    expect(quoted).toHaveLength(28);
    expect(net.host('server').datagrams.counters.noPorts).toBe(1);
  });

  test('a closed socket wakes who waits on it and takes nothing more', () => {
    const net = new MemoryNetwork();
    expect(() => net.runProcess(net.host('client'), closeWhileWaiting)).toThrow('socket closed');
    expect(net.now).toBe(ms(5));
  });

  test('a payload changed after sending is not changed on the wire, and each octet is summed', () => {
    const net = new MemoryNetwork({ latency: ms(1) });
    const got = net.runProcess(net.host('client'), function* (host) {
      const socket = host.datagram(9);
      const data = Uint8Array.of(1, 2, 3);
      yield* socket.sendTo(data, host.address, 9);
      data.fill(0);
      return yield* socket.receiveFrom();
    });
    expect(got.bytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(checksum(net.datagrams[0]!, 0, 20)).toBe(0);
  });

  test('UDP-02: a datagram damaged on the way never reaches the program', () => {
    let damaged = 0;
    const net = new MemoryNetwork({
      datagramFault: (bytes, index) => {
        if (index % 2 === 0) {
          bytes[28]! ^= 0x10;
          damaged += 1;
        }
        return [ms(0)];
      },
    });
    const got = net.runProcess(net.host('client'), function* (host) {
      const socket = host.datagram(9);
      for (const text of ['a', 'b', 'c', 'd']) yield* socket.sendTo(text, host.address, 9);
      const texts = [yield* socket.receiveFrom(), yield* socket.receiveFrom()];
      return texts.map((one) => utf8Text(one.bytes));
    });
    expect(got).toEqual(['b', 'd']);
    expect(damaged).toBe(2);
  });
});
