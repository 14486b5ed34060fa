/** Why something happened: the rule that demanded it, and one sentence for people. */

/** How strongly the source demands a rule. `robust`: no RFC says it, safety needs it. */
export type RuleLevel = 'MUST' | 'SHOULD' | 'MAY' | 'rule' | 'robust';

/** One rule of a protocol, as the catalogue of that protocol lists it. */
export interface Rule {
  /** Short stable name, e.g. `A-X05`. Tests and the coverage report carry it. */
  readonly id: string;
  /** Where it stands, e.g. `RFC 9293 §3.10.7.4`. */
  readonly rfc: string;
  readonly level: RuleLevel;
  /** What it asks, in one sentence of our own. */
  readonly text: string;
}

/** The rule behind one event, and the sentence that applies it to this event. */
export interface Cause {
  readonly rule: Rule;
  readonly why: string;
}
