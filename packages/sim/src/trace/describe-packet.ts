import {
  describeOptions,
  dottedAddress,
  encodeHeaders,
  encodePacket,
  flagLetters,
  toHex,
  type Ipv4Packet,
} from '@tcplab/core';
import type { SimPacket } from '../network/index.ts';
import type { TracePacket } from './record.ts';

/** A packet as traces show it. @param octets whether to carry its bytes too */
export function describePacket(sim: SimPacket, octets: boolean): TracePacket {
  return { ...describeBody(sim), ...(octets ? describeOctets(sim) : {}) };
}

function describeBody(sim: SimPacket): TracePacket {
  const { packet } = sim;
  const body = packet.body;
  const ends = { src: dottedAddress(packet.src), dst: dottedAddress(packet.dst) };
  switch (body.kind) {
    case 'tcp':
      return {
        id: sim.id,
        proto: 'tcp',
        ...ends,
        srcPort: body.srcPort,
        dstPort: body.dstPort,
        seq: body.seq,
        ack: body.ack,
        flags: flagLetters(body.flags),
        wnd: body.wnd,
        ...(body.options.length > 0 ? { options: describeOptions(body.options) } : {}),
        len: body.payload.length,
        size: sim.size,
        ...(body.resent === true ? { resent: true as const } : {}),
      };
    case 'udp':
      return {
        id: sim.id,
        proto: 'udp',
        ...ends,
        srcPort: body.srcPort,
        dstPort: body.dstPort,
        len: body.payload.length,
        size: sim.size,
      };
    case 'icmp':
      return {
        id: sim.id,
        proto: 'icmp',
        ...ends,
        len: body.data.length,
        size: sim.size,
        type: body.type,
        code: body.code,
      };
    case 'raw':
      return { id: sim.id, proto: 'raw', ...ends, len: body.bytes.length, size: sim.size };
  }
}

/** All octets; for a described payload the headers, and where in the pattern it starts. */
function describeOctets(sim: SimPacket): { bytes: string; pattern?: number } {
  if (sim.bytes !== undefined) return { bytes: toHex(sim.bytes) };
  const pattern = patternOf(sim.packet);
  if (pattern === undefined) return { bytes: toHex(encodePacket(sim.packet)) };
  return { bytes: toHex(encodeHeaders(sim.packet)), pattern };
}

function patternOf(packet: Ipv4Packet): number | undefined {
  const body = packet.body;
  return body.kind === 'tcp' || body.kind === 'udp' ? body.payload.patternOffset : undefined;
}
