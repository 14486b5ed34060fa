import { fc, runs } from '../../../../test/support/fast-check.ts';
import {
  checksum,
  describeMachine,
  latin1Bytes,
  latin1Text,
  ms,
  seconds,
  ZERO_TIME,
  type Micros,
  type Process,
} from '@tcplab/core';
import {
  ARQ_HEADER_SIZE,
  ARQ_RULES,
  ArqReceiver,
  ArqSender,
  decodeFrame,
  encodeFrame,
  goBackNMachine,
  receiveReliably,
  selectiveRepeatMachine,
  sendReliably,
  stopAndWaitMachine,
  type ArqOptions,
  type ArqProtocol,
  type ReceiveOptions,
  type TransferReport,
} from '@tcplab/core/arq';
import { describe, expect, test } from 'vitest';
import type { DatagramFault } from '../../../../test/support/memory-datagrams.ts';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';

const PROTOCOLS: readonly ArqProtocol[] = ['stop-and-wait', 'go-back-n', 'selective-repeat'];
const bytes = latin1Bytes;

/** Frames that a sender or receiver wants to send now, as words: `data 3`, `ack 2`. */
function framesOf(end: ArqSender | ArqReceiver): string[] {
  const frames: string[] = [];
  for (let out = end.pollOutput(ZERO_TIME); out; out = end.pollOutput(ZERO_TIME)) {
    const frame = decodeFrame(out)!;
    frames.push(`${frame.type} ${frame.seq}`);
  }
  return frames;
}

function delivered(receiver: ArqReceiver): string[] {
  const texts: string[] = [];
  for (let event = receiver.pollEvent(); event; event = receiver.pollEvent()) {
    if (event.kind === 'message') texts.push(latin1Text(event.data));
    if (event.kind === 'end') texts.push('end');
  }
  return texts;
}

function ack(seq: number): Uint8Array {
  return encodeFrame({ type: 'ack', transfer: 1, seq, data: bytes('') });
}

function data(seq: number): Uint8Array {
  return encodeFrame({ type: 'data', transfer: 1, seq, data: bytes(`m${seq}`) });
}

/** A sender that has sent `m0` … and whose frames were taken away. */
function senderWith(count: number, options: ArqOptions): ArqSender {
  const sender = new ArqSender(1, options);
  for (let i = 0; i < count; i += 1) sender.send(bytes(`m${i}`), ZERO_TIME);
  framesOf(sender);
  return sender;
}

interface Transfer {
  readonly report: TransferReport;
  readonly received: readonly string[];
  readonly net: MemoryNetwork;
}

/** A whole transfer between two hosts, 50 ms apart. */
function transfer(
  texts: readonly string[],
  options: ArqOptions & Pick<ReceiveOptions, 'linger'>,
  datagramFault?: DatagramFault,
): Transfer {
  const net = new MemoryNetwork({
    latency: ms(50),
    ...(datagramFault === undefined ? {} : { datagramFault }),
  });
  const [server, client] = [net.host('server'), net.host('client')];
  const receiving = server.spawn(receiveReliably(server, server.datagram(9), options), 'receive');
  const report = net.runProcess(client, function* (host: MemoryHost): Process<TransferReport> {
    const to = { host: '10.0.0.1', port: 9, ...options };
    return yield* sendReliably(host, host.datagram(), to, texts.map(bytes));
  });
  net.run();
  return { report, received: receiving.result().map(latin1Text), net };
}

const loseTheFirst: DatagramFault = (_, index) => (index === 0 ? [] : [ms(0)]);
const loseEveryThird: DatagramFault = (_, index) => (index % 3 === 1 ? [] : [ms(0)]);

const twenty = Array.from({ length: 20 }, (_, i) => `message ${i}`);

describe('stop-and-wait', () => {
  test('ARQ-02: sends one message, refuses the next, and goes on after the acknowledgment', () => {
    const sender = new ArqSender(1, { protocol: 'stop-and-wait' });
    sender.send(bytes('a'), ZERO_TIME);
    expect(sender.state).toBe('wait for ACK');
    expect(() => sender.send(bytes('b'), ZERO_TIME)).toThrow('window full');
    sender.handleInput(ack(0), ms(10));
    expect(sender.state).toBe('wait for call from above');
    sender.send(bytes('b'), ms(10));
    expect(framesOf(sender)).toEqual(['data 0', 'data 1']);
  });

  test('ARQ-01: neither a damaged nor an old acknowledgment counts; the timeout sends again', () => {
    const sender = senderWith(1, { protocol: 'stop-and-wait', timeout: ms(100) });
    const damaged = ack(0);
    damaged[5]! ^= 1;
    sender.handleInput(damaged, ms(50));
    sender.handleInput(ack(7), ms(60));
    expect(sender.state).toBe('wait for ACK');
    sender.handleTimeout(ms(99));
    expect(framesOf(sender)).toEqual([]);
    sender.handleTimeout(ms(100));
    expect(framesOf(sender)).toEqual(['data 0']);
    expect(sender.pollTimeout()).toBe(ms(200));
  });

  test('one bit of sequence number is enough while the network keeps the order', () => {
    const options = { protocol: 'stop-and-wait', sequenceBits: 1 } as const;
    expect(transfer(twenty, options, loseEveryThird).received).toEqual(twenty);
  });

  test('one bit is not enough where it does not: an old copy passes for a new message', () => {
    const receiver = new ArqReceiver({ protocol: 'stop-and-wait', sequenceBits: 1 });
    for (const frame of [data(0), data(1), data(0)]) receiver.handleInput(frame, ZERO_TIME);
    expect(delivered(receiver)).toEqual(['m0', 'm1', 'm0']);
    const careful = new ArqReceiver({ protocol: 'stop-and-wait' });
    for (const frame of [data(0), data(1), data(0)]) careful.handleInput(frame, ZERO_TIME);
    expect(delivered(careful)).toEqual(['m0', 'm1']);
  });
});

describe('go-back-N', () => {
  test('ARQ-03: fills its window, and an acknowledgment of n means all up to n', () => {
    const sender = senderWith(4, { protocol: 'go-back-n', window: 4 });
    expect(sender.state).toBe('window full');
    expect(() => sender.send(bytes('more'), ZERO_TIME)).toThrow('window full');
    sender.handleInput(ack(2), ms(10));
    expect(sender.state).toBe('window open');
    sender.handleInput(ack(3), ms(20));
    expect(sender.state).toBe('window empty');
    expect(sender.pollTimeout()).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('ARQ-04: after the timeout everything unacknowledged goes out again', () => {
    const sender = senderWith(4, { protocol: 'go-back-n', window: 4, timeout: ms(100) });
    sender.handleInput(ack(0), ms(50));
    sender.handleTimeout(ms(100));
    expect(framesOf(sender)).toEqual([]);
    sender.handleTimeout(ms(150));
    expect(framesOf(sender)).toEqual(['data 1', 'data 2', 'data 3']);
  });

  test('ARQ-06: the receiver throws away what comes too early and repeats its last answer', () => {
    const receiver = new ArqReceiver({ protocol: 'go-back-n' });
    for (const seq of [0, 2, 3, 1]) receiver.handleInput(data(seq), ZERO_TIME);
    expect(framesOf(receiver)).toEqual(['ack 0', 'ack 0', 'ack 0', 'ack 1']);
    expect(delivered(receiver)).toEqual(['m0', 'm1']);
  });
});

describe('selective repeat', () => {
  test('ARQ-05: only the frame whose own timer ran out goes out again', () => {
    const sender = senderWith(3, { protocol: 'selective-repeat', window: 4, timeout: ms(100) });
    sender.send(bytes('m3'), ms(30));
    framesOf(sender);
    sender.handleInput(ack(0), ms(50));
    sender.handleInput(ack(2), ms(60));
    expect(sender.state).toBe('window open');
    sender.handleTimeout(ms(100));
    expect(framesOf(sender)).toEqual(['data 1']);
    expect(sender.pollTimeout()).toBe(ms(130));
  });

  test('ARQ-07: the receiver keeps what comes too early and delivers it in order', () => {
    const receiver = new ArqReceiver({ protocol: 'selective-repeat', window: 4 });
    for (const seq of [2, 3, 1]) receiver.handleInput(data(seq), ZERO_TIME);
    expect(delivered(receiver)).toEqual([]);
    receiver.handleInput(data(0), ZERO_TIME);
    expect(delivered(receiver)).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(framesOf(receiver)).toEqual(['ack 2', 'ack 3', 'ack 1', 'ack 0']);
  });

  test('ARQ-08: what was delivered is acknowledged again; what is beyond the window is not', () => {
    const receiver = new ArqReceiver({ protocol: 'selective-repeat', window: 2 });
    for (const seq of [0, 1, 0, 1, 4, 2]) receiver.handleInput(data(seq), ZERO_TIME);
    expect(framesOf(receiver)).toEqual(['ack 0', 'ack 1', 'ack 0', 'ack 1', 'ack 2']);
    expect(delivered(receiver)).toEqual(['m0', 'm1', 'm2']);
  });

  test('ARQ-09: a window larger than half the numbers is refused, and here is why', () => {
    const options = { protocol: 'selective-repeat', sequenceBits: 2, window: 3 } as const;
    expect(() => new ArqSender(1, options)).toThrow('window too large');
    expect(() => new ArqSender(1, { sequenceBits: 2, window: 4 })).toThrow('window too large');
    expect(() => new ArqSender(1, { window: 0 })).toThrow('invalid window');
    expect(() => new ArqSender(1, { sequenceBits: 17 })).toThrow('invalid sequence bits');
    expect(new ArqSender(1, { sequenceBits: 2, window: 3 }).window).toBe(3);
  });
});

describe('what a protocol costs, 100 ms round trip, 20 messages and the end', () => {
  test('ARQ-02, ARQ-03: stop-and-wait needs 21 round trips; a window of 7 needs 3', () => {
    expect(transfer(twenty, { protocol: 'stop-and-wait' }).report).toEqual({
      frames: 21,
      resent: 0,
      duration: seconds(2.1),
    });
    for (const protocol of ['go-back-n', 'selective-repeat'] as const) {
      const { report } = transfer(twenty, { protocol, window: 7 });
      expect(report).toEqual({ frames: 21, resent: 0, duration: ms(300) });
    }
  });

  test('ARQ-04, ARQ-05: one lost frame costs go-back-N its window, selective repeat one frame', () => {
    const reports = PROTOCOLS.map(
      (protocol) => transfer(twenty, { protocol, window: 7 }, loseTheFirst).report,
    );
    expect(reports.map((report) => report.resent)).toEqual([1, 7, 1]);
  });
});

describe.each(PROTOCOLS)('%s under faults that heal', (protocol) => {
  test('delivers every message exactly once and in order', () => {
    const fate = fc.oneof(
      { weight: 2, arbitrary: fc.constant('lose') },
      { weight: 1, arbitrary: fc.constant('double') },
      { weight: 1, arbitrary: fc.constant('damage') },
      { weight: 2, arbitrary: fc.constant('late') },
      { weight: 4, arbitrary: fc.constant('pass') },
    );
    const schedule = fc.record({
      fates: fc.array(fc.tuple(fate, fc.nat({ max: 1_200_000 })), { maxLength: 80 }),
      count: fc.nat({ max: 25 }),
      window: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(schedule, ({ fates, count, window }) => {
        const fault: DatagramFault = (octets, index) => {
          const [kind, extra] = fates[index] ?? ['pass', 0];
          if (kind === 'lose') return [];
          if (kind === 'double') return [ms(0), extra as Micros];
          if (kind === 'late') return [extra as Micros];
          if (kind === 'damage') octets[28 + (extra % (octets.length - 28))]! ^= 1 << (extra % 8);
          return [ms(0)];
        };
        const texts = Array.from({ length: count }, (_, i) => `text ${i}`);
        // Who lingers for a shorter time than the faults may last is gone before they heal.
        const options = { protocol, window, attempts: 100, linger: seconds(60) };
        const { received } = transfer(texts, options, fault);
        expect(received).toEqual(texts);
      }),
      runs(60),
    );
  });

  test('ARQ-10: gives up, and says so, when the faults do not heal', () => {
    const net = new MemoryNetwork({ datagramFault: () => [] });
    net.host('server');
    const to = { host: '10.0.0.1', port: 9, protocol, attempts: 3, timeout: ms(100) };
    const sending = (host: MemoryHost): Process<TransferReport> =>
      sendReliably(host, host.datagram(), to, [bytes('a'), bytes('b')]);
    expect(() => net.runProcess(net.host('client'), sending)).toThrow('connection timed out');
    expect(net.now).toBe(ms(300));
    expect(net.notes.at(-1)).toMatchObject({
      kind: 'arq given up',
      cause: { rule: { id: 'ARQ-10' } },
    });
  });

  test('a receiver whose sender falls silent does not wait for ever', () => {
    const net = new MemoryNetwork();
    const server = net.host('server');
    const options = { protocol, silence: seconds(3) };
    const receiving = receiveReliably(server, server.datagram(9), options);
    expect(() => net.runProcess(server, () => receiving)).toThrow('fell silent');
  });

  test('any octets from anyone never throw and never deliver', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), (inputs) => {
        const sender = senderWith(1, { protocol });
        const receiver = new ArqReceiver({ protocol });
        for (const input of inputs) {
          sender.handleInput(input, ZERO_TIME);
          receiver.handleInput(input, ZERO_TIME);
        }
        return delivered(receiver).length === 0 && !sender.isIdle;
      }),
    );
  });
});

test('ARQ-01: any single bit that turns over on the way makes a frame count as lost', () => {
  const good = encodeFrame({ type: 'data', transfer: 5, seq: 9, data: bytes('payload') });
  expect(decodeFrame(good)).toEqual({ type: 'data', transfer: 5, seq: 9, data: bytes('payload') });
  for (let bit = 0; bit < good.length * 8; bit += 1) {
    const damaged = good.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(decodeFrame(damaged)).toBeUndefined();
  }
  expect(decodeFrame(good.slice(0, ARQ_HEADER_SIZE - 1))).toBeUndefined();
  // Types and octets that this protocol does not have, under a right checksum.
  for (const [at, octet] of [
    [0, 3],
    [1, 1],
  ] as const) {
    const strange = encodeFrame({ type: 'data', transfer: 0, seq: 0, data: bytes('') });
    strange[at] = octet;
    strange[6] = at === 0 ? 0xfc : 0xff;
    strange[7] = at === 0 ? 0xff : 0xfe;
    expect(checksum(strange)).toBe(0);
    expect(decodeFrame(strange)).toBeUndefined();
  }
  const receiver = new ArqReceiver();
  receiver.handleInput(ack(0), ZERO_TIME);
  expect([delivered(receiver), framesOf(receiver)]).toEqual([[], []]);
});

test('every state of the three senders is reached by an arrow, and every rule has its own id', () => {
  for (const machine of [stopAndWaitMachine, goBackNMachine, selectiveRepeatMachine]) {
    const { states, arrows, initial } = describeMachine(machine);
    const reached = new Set([initial, ...arrows.map((arrow) => arrow.to)]);
    expect([...reached].sort()).toEqual([...states].sort());
  }
  const ids = Object.values(ARQ_RULES).map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
});
