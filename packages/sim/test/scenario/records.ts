/** A small trace to ask questions of: a handshake whose SYN-ACK is lost once, ten bytes, a reset. */
import type { TracePacket, TraceRecord } from '../../src/trace/record.ts';

export const HOSTS: ReadonlyMap<string, string> = new Map([
  ['10.0.0.1', 'client'],
  ['10.0.0.2', 'server'],
]);

type Unnumbered<R> = R extends TraceRecord ? Omit<R, 'id'> : never;
type Loose = Unnumbered<TraceRecord>;

let packets = 0;

function packet(from: 'client' | 'server', flags: string, more: Partial<TracePacket> = {}) {
  packets += 1;
  const client = from === 'client';
  return {
    id: packets,
    proto: 'tcp',
    src: client ? '10.0.0.1' : '10.0.0.2',
    dst: client ? '10.0.0.2' : '10.0.0.1',
    srcPort: client ? 49_152 : 80,
    dstPort: client ? 80 : 49_152,
    seq: 100,
    ack: 300,
    flags,
    wnd: 65_535,
    len: 0,
    size: 40,
    ...more,
  } as TracePacket;
}

function pass(timeUs: number, sent: TracePacket, lost = false): Loose[] {
  const from = HOSTS.get(sent.src)!;
  const to = HOSTS.get(sent.dst)!;
  const link = `${from}→${to}`;
  const send: Loose = {
    timeUs,
    kind: 'send',
    host: from,
    link,
    packet: sent,
    connection: 0,
    rule: 'O-013',
    why: 'It is time to send.',
  };
  if (lost)
    return [send, { timeUs, kind: 'lost', link, by: 'drop #1', packet: sent, why: 'Gone.' }];
  const receive: Loose = {
    timeUs: timeUs + 50_000,
    kind: 'receive',
    host: to,
    link,
    packet: sent,
    connection: 0,
  };
  return [send, receive];
}

function state(timeUs: number, host: string, before: string, after: string): Loose {
  return {
    timeUs,
    kind: 'state',
    host,
    machine: 'tcp',
    before,
    arrow: 'rcv SYN',
    after,
    connection: 0,
    why: 'The figure says so.',
  };
}

export function story(): readonly TraceRecord[] {
  packets = 0;
  const records: Loose[] = [
    state(0, 'client', 'CLOSED', 'SYN-SENT'),
    ...pass(0, packet('client', 'S')),
    ...pass(50_000, packet('server', 'SA'), true),
    ...pass(1_000_000, packet('client', 'S', { resent: true })),
    ...pass(1_050_000, packet('server', 'SA')),
    state(1_100_000, 'client', 'SYN-SENT', 'ESTABLISHED'),
    ...pass(1_100_000, packet('client', 'PA', { len: 10, size: 50 })),
    {
      timeUs: 1_150_000,
      kind: 'call',
      host: 'server',
      call: 'receive',
      result: 'ok',
      bytes: 10,
      connection: 0,
      why: 'The program calls receive.',
    },
    {
      timeUs: 1_160_000,
      kind: 'note',
      host: 'server',
      layer: 'http',
      name: 'request',
      data: { status: 200, path: '/' },
      why: 'A request came.',
    },
    ...pass(1_200_000, packet('server', 'R')),
    state(1_250_000, 'client', 'ESTABLISHED', 'CLOSED'),
    {
      timeUs: 1_250_000,
      kind: 'event',
      host: 'client',
      event: 'connection reset',
      connection: 0,
      why: 'A reset came.',
    },
  ];
  return records
    .sort((a, b) => a.timeUs - b.timeUs)
    .map((record, index) => Object.assign({ id: index + 1 }, record) as TraceRecord);
}
