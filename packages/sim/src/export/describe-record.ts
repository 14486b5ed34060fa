/** Any record in one line, for tables: who, and what happened. */
import { flagWords, stepText } from '../drawing/index.ts';
import type { TracePacket, TraceRecord } from '../trace/record.ts';

/** e.g. `sends #4 PSH,ACK 1000001 len 512`, `state CLOSED → SYN-SENT (active OPEN)`. Numbers as in the header. */
export function describeRecord(record: TraceRecord): string {
  switch (record.kind) {
    case 'send':
      return `sends ${describePacketShortly(record.packet)}`;
    case 'receive':
      return `receives ${describePacketShortly(record.packet)}`;
    case 'lost':
    case 'duplicate':
    case 'corrupt':
    case 'delay':
    case 'hold':
    case 'release':
    case 'inject':
      return `${record.kind} by ${record.by}: ${describePacketShortly(record.packet)}`;
    case 'state': {
      const machine = record.machine === 'tcp' ? '' : `${record.machine} `;
      return `${machine}state ${record.before} → ${record.after} (${record.arrow})`;
    }
    case 'script':
      return `script: ${record.target} ${record.action}`;
    default:
      return stepText(record).text;
  }
}

/** Who a record is about: a host, a link, or the target of a script. */
export function placeOfRecord(record: TraceRecord): string {
  if (record.kind === 'script') return record.target;
  return 'host' in record ? record.host : record.link;
}

function describePacketShortly(packet: TracePacket): string {
  const ports = packet.srcPort === undefined ? '' : ` ${packet.srcPort}→${packet.dstPort}`;
  if (packet.proto !== 'tcp') return `#${packet.id} ${packet.proto}${ports} len ${packet.len}`;
  const flags = flagWords(packet.flags ?? '');
  const again = packet.resent === true ? ' (again)' : '';
  const ack = packet.flags?.includes('A') === true ? ` ack ${packet.ack}` : '';
  return `#${packet.id} ${flags} seq ${packet.seq}${ack} len ${packet.len}${again}`;
}
