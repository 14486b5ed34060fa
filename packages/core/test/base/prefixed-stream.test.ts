import { expect, test } from 'vitest';
import { ms, prefixedStream, utf8Bytes, utf8Text } from '@tcplab/core';
import { MemoryNetwork } from '../../../../test/support/memory-host.ts';

test('what was read too much comes first, then the stream goes on to its end', () => {
  const net = new MemoryNetwork({ latency: ms(1) });
  const [left, right] = net.pair();
  const story = net.runProcess(net.host('reader'), function* (host) {
    host.spawn(left.sendAll('DEF'), 'write');
    const stream = prefixedStream(utf8Bytes('ABC'), right);
    const parts = [utf8Text(stream.tryReceive(1)!), utf8Text(yield* stream.receive(1))];
    parts.push(utf8Text(yield* stream.receiveExactly(3)), String(stream.ended));
    left.close();
    parts.push(utf8Text(yield* stream.receive()), utf8Text(yield* stream.receive()));
    return [...parts, String(stream.ended)];
  });
  expect(story).toEqual(['A', 'B', 'CDE', 'false', 'F', '', 'true']);
});

test('without anything read too much it is the stream itself', () => {
  const [left] = new MemoryNetwork().pair();
  expect(prefixedStream(new Uint8Array(0), left)).toBe(left);
});
