/** The host names an expression mentions, so that a mistyped one is an error and not a silence. */
import type { Claim, Measure } from './claim.ts';
import type { Condition } from './condition.ts';

export interface HostMention {
  readonly host: string;
  /** 1-based. */
  readonly column: number;
}

const HOST_FIELDS = new Set(['host', 'from', 'to']);

/** Hosts that a condition compares with. */
export function conditionHosts(condition: Condition): readonly HostMention[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.flatMap(conditionHosts);
    case 'not':
      return conditionHosts(condition.part);
    case 'noun':
      return [];
    case 'compare': {
      if (!HOST_FIELDS.has(condition.field.name) || condition.operator === 'contains') return [];
      const { column } = condition;
      // An address stands for itself.
      const names = condition.values
        .map(String)
        .filter((name) => !/^\d+\.\d+\.\d+\.\d+$/.test(name));
      return names.map((host) => ({ host, column }));
    }
  }
}

/** Hosts that a claim mentions, in its conditions too. */
export function expectationHosts(claim: Claim): readonly HostMention[] {
  switch (claim.kind) {
    case 'and':
    case 'or':
      return claim.parts.flatMap(expectationHosts);
    case 'not':
      return expectationHosts(claim.part);
    case 'times':
      return conditionHosts(claim.condition);
    case 'reaches':
    case 'path':
    case 'fails':
      return [claim.subject];
    case 'compare':
      return [...measureHosts(claim.left.measure), ...measureHosts(claim.right.measure)];
  }
}

function measureHosts(measure: Measure): readonly HostMention[] {
  switch (measure.kind) {
    case 'literal':
    case 'duration':
      return [];
    case 'cost':
      return measure.subject === undefined ? [] : [measure.subject];
    case 'state':
      return [measure.subject];
    case 'received':
    case 'sent':
      return [measure];
    default:
      return conditionHosts(measure.condition);
  }
}
