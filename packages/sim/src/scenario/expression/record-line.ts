import { formatMicros, type Micros } from '@tcplab/core';
import type { TracePacket, TraceRecord } from '../../trace/record.ts';
import type { HostNames } from './fields.ts';

/** One record in one line for people: time, number, what happened. */
export function recordLine(record: TraceRecord, hosts: HostNames): string {
  return `at ${formatMicros(record.timeUs as Micros)} (record ${record.id}): ${whatHappened(record, hosts)}`;
}

function whatHappened(record: TraceRecord, hosts: HostNames): string {
  switch (record.kind) {
    case 'send':
    case 'receive':
      return `${record.host} ${record.kind}s ${packetText(record.packet, hosts)}`;
    case 'discard': {
      const packet = record.packet === undefined ? 'a packet' : packetText(record.packet, hosts);
      return `${record.host} discards ${packet}: ${record.why}`;
    }
    case 'state':
      return `${record.host} ${record.machine} ${record.before} → ${record.after} (${record.arrow})`;
    case 'timer':
      return `${record.host} timer ${record.timer}: ${record.action}`;
    case 'variable':
      return `${record.host} ${record.name} ${record.before} → ${record.after}`;
    case 'limit':
      return `${record.host} cannot send: ${record.limit}`;
    case 'call':
      return `${record.host} call ${record.call}: ${record.result}`;
    case 'event':
      return `${record.host} event "${record.event}"`;
    case 'note':
      return `${record.host} ${record.layer} ${record.name}: ${record.why}`;
    case 'script':
      return `script: ${record.target} ${record.action}`;
    default:
      return `${record.kind} by ${record.by}: ${packetText(record.packet, hosts)}`;
  }
}

function packetText(packet: TracePacket, hosts: HostNames): string {
  const from = hosts.get(packet.src) ?? packet.src;
  const to = hosts.get(packet.dst) ?? packet.dst;
  const parts = [`${from} → ${to}`];
  if (packet.proto === 'tcp') {
    parts.push(`<${packet.flags ?? ''}> seq ${packet.seq ?? 0} ack ${packet.ack ?? 0}`);
  } else parts.push(packet.proto);
  parts.push(`len ${packet.len}`);
  if (packet.resent === true) parts.push('sent again');
  return parts.join(' ');
}
