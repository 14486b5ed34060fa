/** Whether early data is taken (RFC 8446 §4.2.10, §8): every reason against it is told. */
import type { Cause, Rule } from '../../base/cause.ts';
import type { Channel } from '../endpoint/channel.ts';
import { RULES } from '../rules.ts';
import type { Negotiated } from './negotiated.ts';
import { AGE_TOLERANCE } from './replay-record.ts';

export function judgeEarlyData(
  channel: Channel,
  negotiated: Negotiated,
): 'none' | 'accepted' | 'rejected' {
  if (!negotiated.hello.earlyData) return negotiated.lostEarlyData ? 'rejected' : 'none';
  const against = reasonAgainst(channel, negotiated);
  if (against !== undefined) {
    channel.tell({ kind: 'early data', verdict: 'rejected', cause: against });
    return 'rejected';
  }
  const why =
    negotiated.settings.replayRecord === undefined
      ? 'nothing here would notice if these octets came a second time'
      : 'this ClientHello was not seen before';
  const rule =
    negotiated.settings.replayRecord === undefined ? RULES.earlyDataReplay : RULES.earlyDataOnce;
  channel.tell({ kind: 'early data', verdict: 'accepted', cause: { rule, why } });
  return 'accepted';
}

const no = (rule: Rule, why: string): Cause => ({ rule, why });

function reasonAgainst(channel: Channel, negotiated: Negotiated): Cause | undefined {
  const { settings, psk, suite, protocol } = negotiated;
  if (settings.maxEarlyData === 0) {
    return no(RULES.earlyDataFirst, 'this server takes no early data');
  }
  if (psk === undefined) return no(RULES.earlyDataFirst, 'the session is not resumed');
  if (psk.index !== 0)
    return no(RULES.earlyDataFirst, `PSK ${psk.index} was chosen, not the first`);
  if (psk.ticket.suite !== suite.code || psk.ticket.protocol !== protocol) {
    return no(RULES.earlyDataFirst, 'the suite or the protocol is not that of the ticket');
  }
  if (psk.ticket.maxEarlyData === 0) {
    return no(RULES.earlyDataFirst, 'the ticket does not allow early data');
  }
  const ageMillis = Math.floor((channel.now - psk.ticket.issuedAt) / 1_000);
  const claimed = (psk.identity.obfuscatedAge - psk.ticket.ageAdd) >>> 0;
  const off = Math.abs(ageMillis - claimed);
  if (off > AGE_TOLERANCE / 1_000) {
    return no(RULES.earlyDataFresh, `the ticket's age is ${off} ms off what the client says`);
  }
  const { replayRecord } = settings;
  if (replayRecord !== undefined && !replayRecord.isFirst(psk.binder, channel.now)) {
    return no(RULES.earlyDataOnce, 'this ClientHello was seen before: a replay');
  }
  return undefined;
}
