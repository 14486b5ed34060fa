/** Alerts of the peer (RFC 8446 §6, RFC 5246 §7.2): each is an end, a warning, or malformed. */
import { MAX_WARNING_ALERTS } from '../limits.ts';
import { malformed } from '../messages/message.ts';
import {
  ALERT_CODES,
  ALERT_LEVEL_FATAL,
  ALERT_LEVEL_WARNING,
  alertName,
} from '../parameters/alert.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { Channel } from './channel.ts';

export type AlertVerdict = 'closed' | 'fatal' | 'warning' | Refusal;

export class AlertReader {
  readonly #channel: Channel;
  #warnings = 0;
  /** The first octet of an alert whose second is still to come. */
  #begun: readonly number[] = [];

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Half of an alert has come. */
  get isPending(): boolean {
    return this.#begun.length > 0;
  }

  /** Something else came: the warnings before it do not follow one another any more. */
  interrupt(): void {
    this.#warnings = 0;
  }

  /** The contents of one alert record; a record may end the connection only once. */
  read(fragment: Uint8Array): AlertVerdict {
    if (fragment.length === 0) {
      return refuse('unexpected_message', RULES.emptyFragment, 'an alert record is empty');
    }
    // RFC 8446 §5.1: exactly one alert. RFC 5246 §6.2.1: cut and joined like all messages.
    const is12 = this.#channel.version === 'TLS 1.2';
    if (!is12 && fragment.length !== 2) return malformed('the alert');
    const octets = [...this.#begun, ...fragment];
    let verdict: AlertVerdict = 'warning';
    let at = 0;
    for (; at + 2 <= octets.length && verdict === 'warning'; at += 2) {
      verdict = this.#judge(octets[at]!, octets[at + 1]!);
    }
    this.#begun = octets.slice(at);
    return verdict;
  }

  #judge(level: number, code: number): AlertVerdict {
    // RFC 8446 §6: in TLS 1.3 the level says nothing.
    const isKnown = level === ALERT_LEVEL_WARNING || level === ALERT_LEVEL_FATAL;
    if (!isKnown && this.#channel.version !== 'TLS 1.3') {
      const why = `an alert of level ${level}`;
      return refuse('illegal_parameter', RULES.alertForm, why);
    }
    if (code === ALERT_CODES.close_notify) {
      this.#channel.tell({ kind: 'close_notify', direction: 'received' });
      return 'closed';
    }
    return this.#isWarning(level, code) ? this.#warning(code) : this.#fatal(code);
  }

  /** RFC 8446 §6: in TLS 1.3 all but user_canceled end the connection. */
  #isWarning(level: number, code: number): boolean {
    if (this.#channel.version === 'TLS 1.3') return code === ALERT_CODES.user_canceled;
    return level === ALERT_LEVEL_WARNING;
  }

  #warning(code: number): 'warning' | Refusal {
    this.#warnings += 1;
    if (this.#warnings > MAX_WARNING_ALERTS) {
      const why = `${this.#warnings} warnings came`;
      return refuse('unexpected_message', RULES.floodLimit, why);
    }
    this.#tell('warning', code, 'the peer warns');
    return 'warning';
  }

  #fatal(code: number): 'fatal' {
    this.#tell('fatal', code, 'the peer ends the connection');
    return 'fatal';
  }

  #tell(level: 'warning' | 'fatal', code: number, who: string): void {
    const description = alertName(code) ?? `alert ${code}`;
    const cause = { rule: RULES.errorAlert, why: `${who}: ${description}` };
    this.#channel.tell({ kind: 'alert', direction: 'received', level, description, cause });
  }
}
