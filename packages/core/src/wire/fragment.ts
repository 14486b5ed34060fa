/**
 * Cutting a datagram that is larger than a link's MTU, RFC 791 §3.2.
 * `reassembler.ts` is the other way.
 */
import { concatBytes } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import { encodePacket, IPV4_HEADER_SIZE, packetSize } from './encode-packet.ts';
import { protocolOf, type Ipv4Packet } from './ipv4-packet.ts';

/** RFC 791 §3.2: every link must carry this much without cutting: 60 of header and 8 of data. */
export const MIN_MTU = 68;

/**
 * The parts in order, each at most `mtu` octets; the packet itself where it fits.
 * @returns undefined when the packet does not fit and must not be fragmented: it is discarded, and
 *   whoever forwards answers with ICMP destination unreachable, code 4.
 * @throws CallError `MTU too small` below MIN_MTU
 */
export function fragmentPacket(packet: Ipv4Packet, mtu: number): readonly Ipv4Packet[] | undefined {
  if (mtu < MIN_MTU) throw new CallError('MTU too small', `${mtu}; at least ${MIN_MTU}`);
  if (packetSize(packet) <= mtu) return [packet];
  if (packet.dontFragment) return undefined;
  const data = encodePacket(packet).subarray(IPV4_HEADER_SIZE + packet.options.length);
  const protocol = protocolOf(packet.body);
  const laterOptions = copiedOptions(packet.options);
  const parts: Ipv4Packet[] = [];
  for (let from = 0; from < data.length;) {
    const options = from === 0 ? packet.options : laterOptions;
    const room = mtu - IPV4_HEADER_SIZE - options.length;
    const rest = data.length - from;
    // "All but the last are a multiple of 8 octets": the offset field counts in units of 8.
    const to = from + (rest <= room ? rest : room - (room % 8));
    parts.push({
      ...packet,
      options,
      fragmentOffset: packet.fragmentOffset + from,
      // A fragment of a fragment keeps the flag of the whole on its last part.
      moreFragments: to < data.length || packet.moreFragments,
      body: { kind: 'raw', protocol, bytes: data.subarray(from, to) },
    });
    from = to;
  }
  return parts;
}

/** RFC 791 §3.1: only options with the copied flag (bit 0 of the type) go into the later parts. */
function copiedOptions(options: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let length = 0;
  for (let at = 0; at < options.length;) {
    const type = options[at]!;
    if (type === 0) break;
    const size = type === 1 ? 1 : (options[at + 1] ?? 0);
    if (type !== 1 && (size < 2 || at + size > options.length)) break;
    if ((type & 0x80) !== 0) {
      kept.push(options.subarray(at, at + size));
      length += size;
    }
    at += size;
  }
  // The options area is padded with "end of option list" to a whole word.
  return length === 0
    ? new Uint8Array(0)
    : concatBytes([...kept, new Uint8Array((4 - (length % 4)) % 4)]);
}
