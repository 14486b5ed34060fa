/**
 * What is wrong with something the peer sent: the alert to answer with and the rule that demands
 * it. Handlers return a refusal instead of what they were asked for; nothing is thrown, and the
 * endpoint turns the first refusal into a fatal alert (RFC 8446 §6.2).
 */
import type { Cause, Rule } from '../base/cause.ts';
import type { AlertName } from './parameters/alert.ts';

export class Refusal {
  readonly alert: AlertName;
  readonly cause: Cause;

  constructor(alert: AlertName, cause: Cause) {
    this.alert = alert;
    this.cause = cause;
  }

  /** For people: `decode_error: the ClientHello ends inside its cipher suites`. */
  get sentence(): string {
    return `${this.alert}: ${this.cause.why}`;
  }
}

/** Refuses what the peer sent with `alert`; `why` says what was expected and what came. */
export function refuse(alert: AlertName, rule: Rule, why: string): Refusal {
  return new Refusal(alert, { rule, why });
}
