/**
 * The catalogue of rules this TCP keeps, each with its source and one sentence. Every transition,
 * segment sent, discard and timer carries the rule behind it.
 */
import type { Cause, Rule } from '../base/index.ts';
import { arrivalRules } from './rules/arrival.ts';
import { attackRules } from './rules/attack.ts';
import { closingRules } from './rules/closing.ts';
import { congestionRules } from './rules/congestion.ts';
import { failureRules } from './rules/failure.ts';
import { headerRules } from './rules/header.ts';
import { interfaceRules } from './rules/interface.ts';
import { newRenoRules } from './rules/new-reno.ts';
import { openingRules } from './rules/opening.ts';
import { resetRules } from './rules/reset.ts';
import { retransmissionTimerRules } from './rules/retransmission-timer.ts';
import { segmentationRules } from './rules/segmentation.ts';
import { windowRules } from './rules/window.ts';

const CATALOGUE = [
  ...headerRules,
  ...openingRules,
  ...resetRules,
  ...closingRules,
  ...segmentationRules,
  ...failureRules,
  ...windowRules,
  ...interfaceRules,
  ...arrivalRules,
  ...retransmissionTimerRules,
  ...congestionRules,
  ...newRenoRules,
  ...attackRules,
] as const;

/** The id of a rule of this catalogue. */
export type TcpRuleId = (typeof CATALOGUE)[number]['id'];

/** All rules, in the order of the catalogue. */
export const TCP_RULES: readonly Rule[] = CATALOGUE;

const BY_ID = new Map<string, Rule>(TCP_RULES.map((rule) => [rule.id, rule]));

/** The rule with this id. */
export function tcpRule(id: TcpRuleId): Rule {
  return BY_ID.get(id)!;
}

/** The rule with this id, applied by one sentence to what happens. Made once and shared: a cause costs nothing at run time. */
export function because(id: TcpRuleId, why: string): Cause {
  return { rule: tcpRule(id), why };
}
