/**
 * expression: the one small language of `match`, `expect`, `--filter` and the lab's search.
 *
 * A condition speaks of one trace record (`flags == SA and from == server`); a claim speaks of a
 * whole run (`client.tcp[0] reaches ESTABLISHED within 2s`, `count(segment where resent) == 1`).
 * Start reading at `fields.ts` (what can be asked), then `condition.ts` and `claim.ts` (the parsed
 * forms) and `judge.ts` (how a claim is decided over a stream of records).
 * Deliberately absent: arithmetic, variables, functions of one's own, regular expressions.
 */
import { expectationHosts, type HostMention } from './mentioned-hosts.ts';
import { ClaimParser } from './parse-claim.ts';
import { parseCondition as parseConditionTokens } from './parse-condition.ts';
import { TokenReader } from './token-reader.ts';
import type { Claim } from './claim.ts';
import type { Condition } from './condition.ts';

export type { Claim, Subject } from './claim.ts';
export { COST_NAMES, type CostName } from '../../costs/run-costs.ts';
export { meets, type Condition } from './condition.ts';
export { ExpressionError } from './expression-error.ts';
export { allFields, TRACE_KINDS, type Field, type FieldType, type HostNames } from './fields.ts';
export { judgeOf, type Finding, type Judge, type RunEnd } from './judge.ts';
export { MAX_EXPRESSION_LENGTH } from './lexer.ts';
export { conditionHosts } from './mentioned-hosts.ts';
export { allNouns, type Noun } from './nouns.ts';
export { recordLine } from './record-line.ts';
export { MAX_EXPRESSION_DEPTH } from './token-reader.ts';
export { expectationHosts, type HostMention };

/** Parses a condition on one record. @throws ExpressionError */
export function parseCondition(text: string): Condition {
  const reader = new TokenReader(text);
  const condition = parseConditionTokens(reader);
  reader.expectEnd();
  return condition;
}

/** Parses a claim about a whole run. @throws ExpressionError */
export function parseClaim(text: string): Claim {
  const reader = new TokenReader(text);
  const claim = new ClaimParser(text, reader).parse();
  reader.expectEnd();
  return claim;
}
