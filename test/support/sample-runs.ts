/** Small runs written by hand that show what drawings and captures must be able to show. */
import type { TcpOption } from '@tcplab/core';
import { CLIENT_FIRST, HandMadeTrace, type HandMadeRun } from './hand-made-trace.ts';

const SYN_OPTIONS: readonly TcpOption[] = [
  { kind: 'mss', mss: 1_460 },
  { kind: 'sack-permitted' },
  { kind: 'nop' },
  { kind: 'window-scale', shift: 7 },
];

const DELAY = 50_000;

/** Handshake, one request and its answer, four-step close; the SYN-ACK is lost once. */
export function lostSynAckRun(): HandMadeRun {
  const run = new HandMadeTrace('lost SYN-ACK');
  run.state(0, 'server', 'CLOSED', 'passive OPEN', 'LISTEN');
  run.script(0, 'client', 'connects to the server');
  run.call(0, 'client', 'open');
  run.state(0, 'client', 'CLOSED', 'active OPEN', 'SYN-SENT');
  run.pass(0, DELAY, 'client', 'server', { flags: 'S', options: SYN_OPTIONS });
  run.state(50_000, 'server', 'LISTEN', 'rcv SYN', 'SYN-RECEIVED');
  const synAck = { flags: 'SA', ack: 1, options: SYN_OPTIONS };
  const lost = run.send(50_000, 'server', 'client', synAck);
  run.lose(50_000, lost, 'drop of SYN-ACK #1', 'The scenario drops the first SYN-ACK.');
  run.fire(1_000_000, 'client', 'retransmission', 'No ACK of the SYN came within the RTO of 1 s.');
  run.pass(1_000_000, DELAY, 'client', 'server', {
    flags: 'S',
    options: SYN_OPTIONS,
    resent: true,
    rule: 'T-002',
    why: 'The retransmission timer fired.',
  });
  run.pass(1_050_000, DELAY, 'server', 'client', { ...synAck, resent: true });
  run.state(1_100_000, 'client', 'SYN-SENT', 'rcv SYN,ACK', 'ESTABLISHED');
  run.pass(1_100_000, DELAY, 'client', 'server', { flags: 'A', seq: 1, ack: 1, wnd: 512 });
  run.event(1_100_000, 'client', 'connection established');
  run.state(1_150_000, 'server', 'SYN-RECEIVED', 'rcv ACK of SYN', 'ESTABLISHED');
  run.note(1_100_000, 'client', 'http', 'request', 'GET / on a new connection.');
  const request = 'GET / HTTP/1.1\r\nHost: server\r\n\r\n';
  run.call(1_100_000, 'client', 'send', request.length);
  run.pass(1_100_100, DELAY, 'client', 'server', {
    flags: 'PA',
    seq: 1,
    ack: 1,
    text: request,
    wnd: 512,
  });
  const after = 1 + request.length;
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
  run.note(1_150_100, 'server', 'http', 'response', '200 OK, 5 bytes of body.');
  run.pass(1_150_100, DELAY, 'server', 'client', {
    flags: 'PA',
    seq: 1,
    ack: after,
    text: answer,
    wnd: 512,
  });
  const done = 1 + answer.length;
  run.call(1_200_100, 'client', 'close');
  run.state(1_200_100, 'client', 'ESTABLISHED', 'CLOSE', 'FIN-WAIT-1');
  run.pass(1_200_100, DELAY, 'client', 'server', {
    flags: 'FA',
    seq: after,
    ack: done,
    wnd: 512,
  });
  run.state(1_250_100, 'server', 'ESTABLISHED', 'rcv FIN', 'CLOSE-WAIT');
  run.pass(1_250_100, DELAY, 'server', 'client', {
    flags: 'A',
    seq: done,
    ack: after + 1,
    wnd: 512,
  });
  run.call(1_250_200, 'server', 'close');
  run.state(1_250_200, 'server', 'CLOSE-WAIT', 'CLOSE', 'LAST-ACK');
  run.pass(1_250_200, DELAY, 'server', 'client', {
    flags: 'FA',
    seq: done,
    ack: after + 1,
    wnd: 512,
  });
  run.state(1_300_100, 'client', 'FIN-WAIT-1', 'rcv ACK of FIN', 'FIN-WAIT-2');
  run.state(1_300_200, 'client', 'FIN-WAIT-2', 'rcv FIN', 'TIME-WAIT');
  run.pass(1_300_200, DELAY, 'client', 'server', {
    flags: 'A',
    seq: after + 1,
    ack: done + 1,
    wnd: 512,
  });
  run.state(1_350_200, 'server', 'LAST-ACK', 'rcv ACK of FIN', 'CLOSED');
  run.fire(241_300_200, 'client', '2MSL', 'Twice the maximum segment lifetime has passed.');
  run.state(241_300_200, 'client', 'TIME-WAIT', 'timeout 2MSL', 'CLOSED');
  return run.build();
}

/**
 * A client sends `segments` full segments, paced; the ones in `lost` are lost once and sent again after
 * three duplicate ACKs. Every arrival is acknowledged.
 */
export function bulkRun(segments: number, lost: readonly number[] = []): HandMadeRun {
  const run = new HandMadeTrace('bulk transfer');
  run.state(0, 'server', 'CLOSED', 'passive OPEN', 'LISTEN');
  run.state(0, 'client', 'CLOSED', 'active OPEN', 'SYN-SENT');
  run.pass(0, 10_000, 'client', 'server', { flags: 'S', options: SYN_OPTIONS });
  run.state(10_000, 'server', 'LISTEN', 'rcv SYN', 'SYN-RECEIVED');
  run.pass(10_000, 10_000, 'server', 'client', { flags: 'SA', ack: 1, options: SYN_OPTIONS });
  run.state(20_000, 'client', 'SYN-SENT', 'rcv SYN,ACK', 'ESTABLISHED');
  run.pass(20_000, 10_000, 'client', 'server', { flags: 'A', seq: 1, ack: 1 });
  run.state(30_000, 'server', 'SYN-RECEIVED', 'rcv ACK of SYN', 'ESTABLISHED');
  const sendings: { readonly at: number; readonly index: number; readonly resent: boolean }[] = [];
  for (let index = 0; index < segments; index += 1) {
    const at = 30_000 + index * 1_000;
    sendings.push({ at, index, resent: false });
    if (lost.includes(index)) sendings.push({ at: at + 23_500, index, resent: true });
  }
  sendings.sort((a, b) => a.at - b.at);
  const received = new Set<number>();
  for (const { at, index, resent } of sendings) {
    const id = run.send(at, 'client', 'server', {
      flags: 'A',
      seq: 1 + index * SEGMENT,
      ack: 1,
      len: SEGMENT,
      ...(resent ? { resent: true, why: 'Three duplicate ACKs arrived.' } : {}),
    });
    if (lost.includes(index) && !resent) {
      run.lose(at, id, 'loss on client→server');
      continue;
    }
    run.arrive(at + 10_000, id);
    received.add(index);
    acknowledge(run, at + 10_000, received);
  }
  return run.build();
}

const SEGMENT = 1_460;

/** An ACK of what is there without a hole, with one SACK block for the latest part behind it. */
function acknowledge(run: HandMadeTrace, at: number, received: ReadonlySet<number>): void {
  let next = 0;
  while (received.has(next)) next += 1;
  const right = Math.max(...received) + 1;
  let left = right;
  while (left > next && received.has(left - 1)) left -= 1;
  const block = { left: octetOf(left), right: octetOf(right) };
  run.pass(at, 10_000, 'server', 'client', {
    flags: 'A',
    seq: 1,
    ack: 1 + next * SEGMENT,
    ...(left > next
      ? { options: [{ kind: 'nop' }, { kind: 'nop' }, { kind: 'sack', blocks: [block] }] }
      : {}),
  });
}

function octetOf(index: number): number {
  return CLIENT_FIRST + 1 + index * SEGMENT;
}

/** Both sides send data at the same time: the packets cross in flight. */
export function crossingRun(): HandMadeRun {
  const run = new HandMadeTrace('crossing packets');
  run.pass(0, 20_000, 'client', 'server', {
    flags: 'PA',
    seq: 1,
    ack: 1,
    text: 'ping from client',
  });
  run.pass(5_000, 20_000, 'server', 'client', {
    flags: 'PA',
    seq: 1,
    ack: 1,
    text: 'ping from server',
  });
  run.pass(20_000, 20_000, 'server', 'client', { flags: 'A', seq: 17, ack: 17 });
  run.pass(25_000, 20_000, 'client', 'server', { flags: 'A', seq: 17, ack: 17 });
  return run.build();
}
