/** A condition on one trace record: the parsed form, and how it is decided. */
import type { TraceRecord } from '../../trace/record.ts';
import type { Field, FieldValue, HostNames } from './fields.ts';
import type { Noun } from './nouns.ts';

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'has' | 'in';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'noun'; readonly noun: Noun }
  | {
      readonly kind: 'compare';
      readonly field: Field;
      readonly operator: ComparisonOperator;
      /** One value, or for `in` the list. */
      readonly values: readonly FieldValue[];
      /** Where the field stands in the expression, 1-based. */
      readonly column: number;
    };

/** The condition that every record meets. */
export const ANY_RECORD: Condition = { kind: 'and', parts: [] };

/** Whether the record meets the condition. */
export function meets(condition: Condition, record: TraceRecord, hosts: HostNames): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => meets(part, record, hosts));
    case 'or':
      return condition.parts.some((part) => meets(part, record, hosts));
    case 'not':
      return !meets(condition.part, record, hosts);
    case 'noun':
      return condition.noun.covers(record);
    case 'compare':
      return compares(condition, record, hosts);
  }
}

type Comparison = Extract<Condition, { kind: 'compare' }>;

function compares(comparison: Comparison, record: TraceRecord, hosts: HostNames): boolean {
  const found = comparison.field.read(record, hosts);
  if (found === undefined) return false;
  const values = typeof found === 'object' ? found : [found];
  // Both ports of a packet differ from 80 only when neither is 80.
  if (comparison.operator === '!=') return values.every((value) => holds(comparison, value));
  return values.some((value) => holds(comparison, value));
}

function holds(comparison: Comparison, found: FieldValue): boolean {
  const wanted = comparison.values[0]!;
  switch (comparison.operator) {
    case '==':
      return same(comparison, found, wanted);
    case '!=':
      return !same(comparison, found, wanted);
    case 'in':
      return comparison.values.some((value) => same(comparison, found, value));
    case 'contains':
      return String(found).includes(String(wanted));
    case 'has':
      return [...String(wanted)].every((letter) => String(found).includes(letter));
    case '<':
      return found < wanted;
    case '<=':
      return found <= wanted;
    case '>':
      return found > wanted;
    case '>=':
      return found >= wanted;
  }
}

function same(comparison: Comparison, found: FieldValue, wanted: FieldValue): boolean {
  if (comparison.field.type === 'flags') return sortedLetters(found) === sortedLetters(wanted);
  // A note's data has no declared type: the number 200 and the text "200" are the same to a reader.
  if (comparison.field.type === 'any') return String(found) === String(wanted);
  return found === wanted;
}

function sortedLetters(letters: FieldValue): string {
  return [...String(letters)].sort().join('');
}

/**
 * How near a record comes to a condition: the share of its conjuncts that it meets, in thousandths.
 * Failing expectations use it to show what was found instead.
 */
export function nearness(condition: Condition, record: TraceRecord, hosts: HostNames): number {
  const conjuncts = conjunctsOf(condition);
  if (conjuncts.length === 0) return 1_000;
  const met = conjuncts.filter((part) => meets(part, record, hosts)).length;
  return Math.floor((met * 1_000) / conjuncts.length);
}

function conjunctsOf(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.parts.flatMap(conjunctsOf) : [condition];
}
