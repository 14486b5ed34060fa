/** Takes the protection off a record, with the two exceptions that TLS 1.3 makes. */
import type { Framing } from '../record/record-framer.ts';
import { CONTENT, type OpenedRecord, type TlsRecord } from '../record/record.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Channel } from './channel.ts';

/** How the next record is cut out of the stream. */
export function framingOf({ opener, skippableBytes }: Channel): Framing {
  const isPassingOver = opener.framing === 'plain' && skippableBytes > 0;
  return isPassingOver ? 'plain but for early data' : opener.framing;
}

/** @returns undefined for early data that is passed over */
export function openRecord(
  channel: Channel,
  record: TlsRecord,
): OpenedRecord | Refusal | undefined {
  const { opener } = channel;
  // RFC 8446 §4.2.10: after a HelloRetryRequest early data is known by its outer type.
  const isRefusedEarlyData = framingOf(channel) === 'plain but for early data';
  if (isRefusedEarlyData && record.type === CONTENT.application_data) {
    return skip(channel, record, 'unexpected_message');
  }
  // A client that could not make keys of our ServerHello tells us so without protection.
  const isFirst = channel.receiving === 'handshake' && opener.records === 0;
  const isFromClient = channel.role === 'server' && isFirst;
  if (record.type === CONTENT.alert && opener.framing === 'TLS 1.3' && isFromClient) {
    return { type: record.type, fragment: record.fragment, isProtected: false };
  }
  const opened = opener.open(record);
  const isUnreadable = opened instanceof Refusal && opened.alert === 'bad_record_mac';
  if (isUnreadable && channel.skippableBytes > 0 && isFirst) {
    return skip(channel, record, 'bad_record_mac');
  }
  if (!(opened instanceof Refusal)) channel.skippableBytes = 0;
  return opened;
}

/** RFC 8446 §4.2.10: early data that was not accepted is skipped, up to a limit. */
function skip(
  channel: Channel,
  { fragment }: TlsRecord,
  otherwise: 'unexpected_message' | 'bad_record_mac',
): Refusal | undefined {
  // A record of nothing counts too, or they could come for ever.
  channel.skippableBytes -= Math.max(1, fragment.length);
  if (channel.skippableBytes > 0) return undefined;
  const why = 'more early data came than is skipped';
  return refuse(otherwise, RULES.earlyDataLimit, why);
}
