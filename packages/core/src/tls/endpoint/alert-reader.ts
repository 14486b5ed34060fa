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

export class AlertReader {
  readonly #channel: Channel;
  #warnings = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** The contents of one alert record. */
  read(fragment: Uint8Array): 'closed' | 'fatal' | 'warning' | Refusal {
    const [level, code] = fragment;
    if (level === undefined || code === undefined || fragment.length !== 2) {
      return fragment.length === 0
        ? refuse('unexpected_message', RULES.emptyFragment, 'an alert record is empty')
        : malformed('the alert');
    }
    if (level !== ALERT_LEVEL_WARNING && level !== ALERT_LEVEL_FATAL) {
      const why = `an alert of level ${level}`;
      return refuse('illegal_parameter', RULES.alertForm, why);
    }
    if (code === ALERT_CODES.close_notify) {
      this.#channel.tell({ kind: 'close_notify', direction: 'received' });
      return 'closed';
    }
    return this.#isWarning(level, code) ? this.#warning(code) : this.#fatal(code);
  }

  /** RFC 8446 §6: in TLS 1.3 the level says nothing; all but user_canceled end the connection. */
  #isWarning(level: number, code: number): boolean {
    if (code === ALERT_CODES.user_canceled) return true;
    return level === ALERT_LEVEL_WARNING && this.#channel.version !== 'TLS 1.3';
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
