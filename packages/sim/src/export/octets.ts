/** The octets of a traced packet. */
import { fromHex, patternPayload } from '@tcplab/core';
import type { TracePacket } from '../trace/record.ts';

/**
 * The whole datagram: what the record carries, and a described payload written out.
 * @returns undefined for a record without octets, or with octets that are no hexadecimal
 */
export function packetOctets(packet: TracePacket): Uint8Array | undefined {
  const carried = packet.bytes === undefined ? undefined : fromHex(packet.bytes);
  if (carried === undefined || packet.pattern === undefined) return carried;
  const whole = new Uint8Array(carried.length + packet.len);
  whole.set(carried);
  patternPayload(packet.pattern, packet.len).copyTo(whole, carried.length);
  return whole;
}
