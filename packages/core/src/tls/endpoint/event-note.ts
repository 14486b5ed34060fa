/** What an endpoint tells, as a note for the trace. */
import { toHex } from '../../base/bytes.ts';
import type { Note } from '../../base/program-host.ts';
import type { TlsEstablished, TlsEvent } from './event.ts';

/** @returns undefined for events that traces do not show: data, and secrets */
export function noteOf(event: TlsEvent, stream: string): Note | undefined {
  const text = textOf(event);
  if (text === undefined) return undefined;
  const cause = 'cause' in event ? { cause: event.cause } : {};
  return { layer: 'tls', kind: event.kind, text, stream, ...dataOf(event), ...cause };
}

function textOf(event: TlsEvent): string | undefined {
  switch (event.kind) {
    case 'message':
      return `${event.direction} ${event.name}${event.summary === '' ? '' : ` (${event.summary})`}`;
    case 'records':
      return recordsText(event);
    case 'state':
      return `${event.machine}: ${event.before} → ${event.after} on ${event.arrow}`;
    case 'key installed':
      return `${event.direction} is now protected with the key of: ${event.protects}`;
    case 'established':
      return establishedText(event);
    case 'early data':
      return `early data ${event.verdict}: ${event.cause.why}`;
    case 'ticket':
      return `a session to resume, good for ${event.session.lifetimeSeconds} s`;
    case 'key update':
      return `${event.direction} new keys${event.requested ? ', the same is asked of the peer' : ''}`;
    case 'alert':
      return `${event.direction} ${event.level} alert ${event.description}: ${event.cause.why}`;
    case 'close_notify':
      return `${event.direction} close_notify`;
    case 'truncated':
      return event.cause.why;
    case 'key log':
    case 'application data':
      return undefined;
  }
}

function recordsText(event: Extract<TlsEvent, { kind: 'records' }>): string {
  const { records, bytes, handshake, data } = event;
  const rest = bytes - handshake - data;
  const what = records === 1 ? 'a record' : `${records} records`;
  return `sent ${what}: ${handshake} octets of handshake, ${data} of data, ${rest} around them`;
}

/** One line: `TLS 1.3, TLS_AES_128_GCM_SHA256, X25519, protocol http/1.1, resumed`. */
export function establishedText(info: TlsEstablished): string {
  const parts: string[] = [info.version, info.suite];
  if (info.group !== undefined) parts.push(info.group);
  if (info.protocol !== undefined) parts.push(`protocol ${info.protocol}`);
  if (info.resumed) parts.push('resumed');
  if (info.earlyData !== 'none') parts.push(`early data ${info.earlyData}`);
  if (info.isUnprotected) parts.push('WITHOUT PROTECTION');
  return parts.join(', ');
}

function dataOf(event: TlsEvent): Pick<Note, 'data'> {
  switch (event.kind) {
    case 'message':
      return { data: { direction: event.direction, name: event.name, length: event.length } };
    case 'records': {
      const { records, bytes, handshake, data } = event;
      return { data: { records, bytes, handshake, data } };
    }
    case 'state': {
      const { machine, before, arrow, after } = event;
      return { data: { machine, before, arrow, after } };
    }
    case 'key installed':
      return { data: { direction: event.direction, protects: event.protects } };
    case 'established':
      return {
        data: {
          version: event.version,
          suite: event.suite,
          group: event.group ?? null,
          protocol: event.protocol ?? null,
          resumed: event.resumed,
          earlyData: event.earlyData,
          peerCertificates: event.peerChain.length,
        },
      };
    case 'alert':
      return { data: { direction: event.direction, description: event.description } };
    case 'ticket':
      return { data: { ticket: toHex(event.session.ticket.subarray(0, 8)) } };
    default:
      return {};
  }
}
