import {
  after,
  CallError,
  encodeHeaders,
  flagLetters,
  flagsOfLetters,
  HostStack,
  minutes,
  NO_OPTIONS,
  patternPayload,
  EMPTY_PAYLOAD,
  seconds,
  ZERO_TIME,
  type Ipv4Body,
  type Ipv4Packet,
  type Micros,
  type TableEntry,
  type TcpSegment,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../../test/support/memory-host.ts';

const HERE = 0x0a000001;
const PEER = 0x0a000002;
const MTU = 1_500;

function stack(tcp: object = {}): HostStack {
  return new HostStack({
    address: HERE,
    random: randomStream('host stack'),
    tcp,
    checkInvariants: true,
  });
}

interface SegmentWords {
  readonly flags: string;
  readonly from?: number;
  readonly to?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly src?: number;
  readonly dst?: number;
}

function packet(body: Ipv4Body, src = PEER, dst = HERE): Ipv4Packet {
  return {
    src,
    dst,
    ttl: 64,
    identification: 1,
    dscp: 0,
    ecn: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    options: new Uint8Array(0),
    body,
  };
}

function segment(words: SegmentWords): Ipv4Packet {
  const body: TcpSegment = {
    kind: 'tcp',
    srcPort: words.from ?? 4_000,
    dstPort: words.to ?? 80,
    seq: words.seq ?? 1_000,
    ack: words.ack ?? 0,
    flags: flagsOfLetters(words.flags)!,
    wnd: 10_000,
    up: 0,
    options: NO_OPTIONS,
    payload: EMPTY_PAYLOAD,
    cause: undefined,
    resent: undefined,
  };
  return packet(body, words.src, words.dst);
}

/** Everything the host sends now. */
function outputs(host: HostStack): readonly Ipv4Packet[] {
  const all: Ipv4Packet[] = [];
  for (let out = host.pollOutput(ZERO_TIME); out !== undefined; out = host.pollOutput(ZERO_TIME)) {
    all.push(out);
  }
  return all;
}

function segments(host: HostStack): readonly TcpSegment[] {
  return outputs(host).map(({ body }) => {
    if (body.kind !== 'tcp') throw new Error(`sent ${body.kind}, expected a segment`);
    return body;
  });
}

function flagsSent(host: HostStack): readonly string[] {
  return segments(host).map(({ flags }) => flagLetters(flags));
}

function eventsOf(host: HostStack): readonly string[] {
  const all: string[] = [];
  for (let told = host.pollEvent(); told !== undefined; told = host.pollEvent()) {
    all.push(`${told.entry.index} ${told.event.kind}`);
  }
  return all;
}

function verdicts(host: HostStack): readonly string[] {
  const all: string[] = [];
  for (let cause = host.pollVerdict(); cause !== undefined; cause = host.pollVerdict()) {
    all.push(cause.rule.id);
  }
  return all;
}

/** A client of the host's port 80 completes its handshake. */
function clientArrives(host: HostStack, from: number, now: Micros, seq = 1_000): TableEntry {
  host.handleInput(segment({ flags: 'S', from, seq }), now);
  const synAck = segments(host).at(-1)!;
  const ack = (synAck.seq + 1) >>> 0;
  host.handleInput(segment({ flags: 'A', from, seq: seq + 1, ack }), now);
  return host.table.find(80, PEER, from)!;
}

/** Both close, the host first: the entry rests in TIME-WAIT. */
function intoTimeWait(host: HostStack, entry: TableEntry, now: Micros): void {
  const { connection } = entry;
  connection.close(now);
  host.touch(entry, now);
  const { nxt } = connection.tcb.snd;
  const seq = connection.tcb.rcv.nxt;
  const from = connection.ends.remotePort;
  host.handleInput(segment({ flags: 'FA', from, seq, ack: nxt }), now);
  expect(connection.state).toBe('TIME-WAIT');
  outputs(host);
  eventsOf(host);
}

describe('which connection a segment belongs to (RFC 9293 §3.1, §3.10.7)', () => {
  test('O-018: all four numbers decide: two clients of one port are two connections', () => {
    const host = stack();
    host.listen(80, { mtu: MTU });
    const one = clientArrives(host, 4_000, ZERO_TIME);
    const other = clientArrives(host, 4_001, ZERO_TIME);
    expect(one).not.toBe(other);
    host.handleInput(
      segment({ flags: 'R', from: 4_001, seq: other.connection.tcb.rcv.nxt }),
      ZERO_TIME,
    );
    expect(one.connection.state).toBe('ESTABLISHED');
    expect(other.connection.state).toBe('CLOSED');
    expect(host.table.size).toBe(1);
  });

  test('R-001, R-002, R-003: a stranger is answered with a reset, a reset with nothing', () => {
    const host = stack();
    host.handleInput(segment({ flags: 'S', seq: 7 }), ZERO_TIME);
    host.handleInput(segment({ flags: 'A', seq: 7, ack: 99 }), ZERO_TIME);
    host.handleInput(segment({ flags: 'R' }), ZERO_TIME);
    const [toSyn, toAck, ...more] = segments(host);
    expect([flagLetters(toSyn!.flags), toSyn!.seq, toSyn!.ack]).toEqual(['RA', 0, 8]);
    expect([flagLetters(toAck!.flags), toAck!.seq]).toEqual(['R', 99]);
    expect(more).toEqual([]);
  });

  test('O-021: a SYN from a group or from everybody is ignored, though the port listens', () => {
    const host = stack();
    host.listen(80, { mtu: MTU });
    for (const src of [0xe0000001, 0xffffffff, 0]) {
      host.handleInput(segment({ flags: 'S', src }), ZERO_TIME);
    }
    expect(outputs(host)).toEqual([]);
    expect(verdicts(host)).toEqual(['O-021', 'O-021', 'O-021']);
    expect(host.table.size).toBe(0);
  });

  test('HS-01: what is addressed to another host is discarded without a word', () => {
    const host = stack();
    host.handleInput(segment({ flags: 'S', dst: 0x0a000009 }), ZERO_TIME);
    expect(outputs(host)).toEqual([]);
    expect(verdicts(host)).toEqual(['HS-01']);
  });

  test('when nobody listens any more, new SYNs are refused and old connections go on', () => {
    const host = stack();
    const stop = host.listen(80, { mtu: MTU });
    const entry = clientArrives(host, 4_000, ZERO_TIME);
    stop();
    host.handleInput(segment({ flags: 'S', from: 4_001 }), ZERO_TIME);
    expect(flagsSent(host)).toEqual(['RA']);
    expect(entry.connection.state).toBe('ESTABLISHED');
  });
});

describe('ICMP (RFC 792, RFC 1122 §3.2.2)', () => {
  const echo = {
    kind: 'icmp',
    type: 8,
    code: 0,
    rest: 0x00010002,
    data: new Uint8Array([1, 2, 3]),
  } as const;

  test('HS-04: an echo is answered with the same identifier, number and data', () => {
    const host = stack();
    host.handleInput(packet(echo), ZERO_TIME);
    expect(outputs(host)).toMatchObject([{ dst: PEER, body: { ...echo, type: 0 } }]);
  });

  test('HS-02: a protocol the host does not have is unreachable', () => {
    const host = stack();
    const raw: Ipv4Body = { kind: 'raw', protocol: 132, bytes: new Uint8Array(20) };
    host.handleInput(packet(raw), ZERO_TIME);
    expect(outputs(host)).toMatchObject([{ dst: PEER, body: { kind: 'icmp', type: 3, code: 2 } }]);
  });

  test('HS-02, HS-04: nobody is answered at an address that names no single host', () => {
    const host = stack();
    const raw: Ipv4Body = { kind: 'raw', protocol: 132, bytes: new Uint8Array(20) };
    const datagram: Ipv4Body = {
      kind: 'udp',
      srcPort: 5,
      dstPort: 9,
      payload: patternPayload(0, 5),
    };
    for (const src of [0, 0xe0000001, 0xffffffff]) {
      for (const body of [raw, echo, datagram]) host.handleInput(packet(body, src), ZERO_TIME);
    }
    expect(outputs(host)).toEqual([]);
  });

  test('U-014, U-016: port unreachable about our SYN refuses the connection, about another one nothing', () => {
    const host = stack();
    const open = { remoteAddress: PEER, remotePort: 80, localPort: 5_000, mtu: MTU };
    const entry = host.connect(open, ZERO_TIME);
    const [syn] = outputs(host);
    const error = (quoted: Ipv4Packet): Ipv4Packet =>
      packet({ kind: 'icmp', type: 3, code: 3, rest: 0, data: encodeHeaders(quoted).slice(0, 28) });
    const guess = { ...syn!, body: { ...(syn!.body as TcpSegment), srcPort: 5_001 } };
    host.handleInput(error(guess), ZERO_TIME);
    expect(verdicts(host)).toEqual(['U-013']);
    expect(entry.connection.state).toBe('SYN-SENT');
    host.handleInput(error(syn!), ZERO_TIME);
    expect(eventsOf(host)).toEqual(['0 failed']);
    expect(host.table.size).toBe(0);
  });
});

describe('ports and addresses of an active OPEN (RFC 9293 §3.9.1.1)', () => {
  const open = { remoteAddress: PEER, remotePort: 80, mtu: MTU };

  test('MUST-46: nobody can be connected to a group, to everybody or to port 0', () => {
    const host = stack();
    for (const remoteAddress of [0xe0000001, 0xffffffff, 0]) {
      expect(() => host.connect({ ...open, remoteAddress }, ZERO_TIME)).toThrow(
        'invalid remote address',
      );
    }
    for (const remotePort of [0, 65_536, 1.5]) {
      expect(() => host.connect({ ...open, remotePort }, ZERO_TIME)).toThrow('invalid port');
    }
    expect(() => host.listen(0, { mtu: MTU })).toThrow('invalid port');
    expect(outputs(host)).toEqual([]);
  });

  test('O-015: the same four numbers twice are an error, also while the first is in TIME-WAIT', () => {
    const host = stack();
    const entry = host.connect({ ...open, localPort: 5_000 }, ZERO_TIME);
    expect(() => host.connect({ ...open, localPort: 5_000 }, ZERO_TIME)).toThrow(CallError);
    const [syn] = segments(host);
    const ack = (syn!.seq + 1) >>> 0;
    host.handleInput(segment({ flags: 'SA', from: 80, to: 5_000, seq: 9, ack }), ZERO_TIME);
    entry.connection.close(ZERO_TIME);
    host.touch(entry, ZERO_TIME);
    const close = { flags: 'FA', from: 80, to: 5_000, seq: 10, ack: (ack + 1) >>> 0 };
    host.handleInput(segment(close), ZERO_TIME);
    expect(entry.connection.state).toBe('TIME-WAIT');
    expect(() => host.connect({ ...open, localPort: 5_000 }, ZERO_TIME)).toThrow(CallError);
    host.handleTimeout(after(ZERO_TIME, minutes(4)));
    expect(host.table.size).toBe(0);
    expect(host.connect({ ...open, localPort: 5_000 }, ZERO_TIME).connection.state).toBe(
      'SYN-SENT',
    );
  });

  test('S-004: the MSS is what the link carries', () => {
    const host = stack();
    host.connect({ ...open, mtu: 576 }, ZERO_TIME);
    expect(segments(host)[0]!.options).toEqual([{ kind: 'mss', mss: 536 }]);
  });

  test('every dynamic port is used once; then OPEN says that there are insufficient resources', () => {
    const host = new HostStack({ address: HERE, random: randomStream('ports') });
    host.listen(50_000, { mtu: MTU });
    const used = new Set<number>();
    for (let i = 0; i < 16_383; i += 1) {
      used.add(host.connect(open, ZERO_TIME).connection.ends.localPort);
    }
    expect(used.size).toBe(16_383);
    expect(used.has(50_000)).toBe(false);
    expect(() => host.connect(open, ZERO_TIME)).toThrow('insufficient resources');
    const [gone] = host.table.entries;
    gone!.connection.abort(ZERO_TIME);
    host.touch(gone!, ZERO_TIME);
    expect(host.connect(open, ZERO_TIME).connection.ends.localPort).toBe(
      gone!.connection.ends.localPort,
    );
  });
});

describe('a listener on a host', () => {
  test('B-022: half-open connections are bounded; one that is given up makes room', () => {
    const host = stack();
    host.listen(80, { mtu: MTU, backlog: 2 });
    for (const from of [1, 2, 3]) host.handleInput(segment({ flags: 'S', from }), ZERO_TIME);
    expect(flagsSent(host)).toEqual(['SA', 'SA']);
    host.handleInput(segment({ flags: 'R', from: 1, seq: 1_001 }), ZERO_TIME);
    host.handleInput(segment({ flags: 'S', from: 3 }), ZERO_TIME);
    expect(flagsSent(host)).toEqual(['SA']);
    expect(host.table.size).toBe(2);
  });

  test('B-022: so are those nobody accepts; accepting one makes room', () => {
    const host = stack();
    host.listen(80, { mtu: MTU, backlog: 2 });
    clientArrives(host, 1, ZERO_TIME);
    clientArrives(host, 2, ZERO_TIME);
    host.handleInput(segment({ flags: 'S', from: 3 }), ZERO_TIME);
    expect(outputs(host)).toEqual([]);
    host.accepted(80);
    host.handleInput(segment({ flags: 'S', from: 3 }), ZERO_TIME);
    expect(flagsSent(host)).toEqual(['SA']);
  });
});

describe('reopening from TIME-WAIT (RFC 9293 §3.6.1, MAY-2)', () => {
  test('C-008: a SYN above the old numbers begins a new connection; established, it ends the old one', () => {
    const host = stack();
    host.listen(80, { mtu: MTU });
    const old = clientArrives(host, 4_000, ZERO_TIME);
    intoTimeWait(host, old, ZERO_TIME);
    const last = old.connection.lastSequence;
    host.handleInput(segment({ flags: 'S', seq: 50_000 }), ZERO_TIME);
    const [synAck] = segments(host);
    expect(flagLetters(synAck!.flags)).toBe('SA');
    expect((synAck!.seq - last) | 0).toBeGreaterThan(0);
    expect(old.connection.state).toBe('TIME-WAIT');
    const ack = (synAck!.seq + 1) >>> 0;
    host.handleInput(segment({ flags: 'A', seq: 50_001, ack }), ZERO_TIME);
    expect(old.connection.state).toBe('CLOSED');
    expect(host.table.find(80, PEER, 4_000)?.connection.state).toBe('ESTABLISHED');
    expect(host.table.size).toBe(1);
    expect(eventsOf(host)).toEqual(['0 closed', '1 established']);
  });

  test('C-008: a SYN that was an old duplicate falls back, and TIME-WAIT goes on to its end', () => {
    const host = stack();
    host.listen(80, { mtu: MTU });
    const old = clientArrives(host, 4_000, ZERO_TIME);
    intoTimeWait(host, old, ZERO_TIME);
    const later = after(ZERO_TIME, seconds(10));
    host.handleInput(segment({ flags: 'S', seq: 50_000 }), later);
    outputs(host);
    // Its sender knows of no such connection.
    host.handleInput(segment({ flags: 'R', seq: 50_001 }), later);
    expect(host.table.find(80, PEER, 4_000)).toBe(old);
    // An old FIN is acknowledged as before, and starts the wait anew.
    const seq = (old.connection.tcb.rcv.nxt - 1) >>> 0;
    host.handleInput(segment({ flags: 'FA', seq, ack: old.connection.lastSequence }), later);
    expect(flagsSent(host)).toEqual(['A']);
    expect(host.pollTimeout()).toBe(after(later, minutes(4)));
    host.handleTimeout(host.pollTimeout());
    expect(host.table.size).toBe(0);
  });

  test('C-008: nobody listening, or an older SYN: TIME-WAIT answers with an ACK', () => {
    const host = stack();
    const stop = host.listen(80, { mtu: MTU });
    const old = clientArrives(host, 4_000, ZERO_TIME);
    intoTimeWait(host, old, ZERO_TIME);
    host.handleInput(segment({ flags: 'S', seq: 500 }), ZERO_TIME);
    expect(flagsSent(host)).toEqual(['A']);
    stop();
    host.handleInput(segment({ flags: 'S', seq: 50_000 }), ZERO_TIME);
    expect(flagsSent(host)).toEqual(['A']);
    expect(old.connection.state).toBe('TIME-WAIT');
  });

  test('C-007: the old one may end while the new one is half open; nothing is left behind', () => {
    const host = stack();
    host.listen(80, { mtu: MTU });
    const old = clientArrives(host, 4_000, ZERO_TIME);
    intoTimeWait(host, old, ZERO_TIME);
    const nearEnd = after(ZERO_TIME, seconds(239));
    host.handleInput(segment({ flags: 'S', seq: 50_000 }), nearEnd);
    host.handleTimeout(after(ZERO_TIME, minutes(4)));
    expect(old.live).toBe(false);
    expect(host.table.find(80, PEER, 4_000)?.connection.state).toBe('SYN-RECEIVED');
    host.handleInput(segment({ flags: 'R', seq: 50_001 }), nearEnd);
    expect(host.table.find(80, PEER, 4_000)).toBeUndefined();
    expect(host.table.size).toBe(0);
  });
});

describe('waking up', () => {
  test('C-007: among thousands in TIME-WAIT each is woken exactly at its own end', () => {
    const host = new HostStack({ address: HERE, random: randomStream('wakes') });
    host.listen(80, { mtu: MTU });
    const count = 3_000;
    for (let i = 0; i < count; i += 1) {
      const now = (i * 1_000) as Micros;
      const entry = clientArrives(host, 10_000 + i, now);
      host.accepted(80);
      intoTimeWait(host, entry, now);
    }
    const wakes: number[] = [];
    for (let at = host.pollTimeout(); host.table.size > 0; at = host.pollTimeout()) {
      const before = host.table.size;
      host.handleTimeout((at - 1) as Micros);
      expect(host.table.size).toBe(before);
      host.handleTimeout(at);
      expect(host.table.size).toBe(before - 1);
      wakes.push(at);
    }
    expect(wakes).toEqual(Array.from({ length: count }, (_, i) => minutes(4) + i * 1_000));
  });
});
