import { fromHex } from '@tcplab/core';
import { packetOctets } from '../../export/index.ts';
import type { TraceRecord } from '../../trace/index.ts';

const ROW = 16;

/** The octets of a packet, sixteen to a row with their text beside them; undefined when there is no such packet. */
export function hexDump(records: readonly TraceRecord[], packet: number): string | undefined {
  for (const record of records) {
    if (!('packet' in record) || record.packet === undefined || record.packet.id !== packet)
      continue;
    const octets = packetOctets(record.packet) ?? fromHex(record.packet.bytes ?? '');
    if (octets !== undefined && octets.length > 0) return dump(octets);
  }
  return undefined;
}

function dump(octets: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += ROW) {
    const row = [...octets.subarray(at, at + ROW)];
    const hex = row.map((octet) => octet.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ').padEnd(23);
    const right = hex.slice(8).join(' ').padEnd(23);
    const text = row.map((octet) =>
      octet >= 32 && octet < 127 ? String.fromCharCode(octet) : '.',
    );
    lines.push(`${at.toString(16).padStart(4, '0')}  ${left}  ${right}  ${text.join('')}`);
  }
  return `${lines.join('\n')}\n`;
}
