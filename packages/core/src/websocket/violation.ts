import type { Cause, Rule } from '../base/index.ts';

/** Why a connection must be failed (RFC 6455 §7.1.7): the code to close with and the rule. */
export interface Violation {
  readonly code: number;
  readonly cause: Cause;
}

export function violation(code: number, rule: Rule, why: string): Violation {
  return { code, cause: { rule, why } };
}
