/** A claim about a whole run, as `expect` states it: the parsed form. */
import type { Condition } from './condition.ts';
import type { Field } from './fields.ts';
import type { CostName } from '../../costs/run-costs.ts';

/** From when to when a claim looks, in microseconds since the run began; both ends included. */
export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** A connection or another machine of a host: `client.tcp[0]`. */
export interface Subject {
  readonly host: string;
  readonly machine: string;
  readonly index: number;
  /** As written. */
  readonly text: string;
  readonly column: number;
}

/** Something about the run that can be compared. `type` says with what. */
export type Measure =
  | { readonly kind: 'literal'; readonly value: number | string }
  | { readonly kind: 'count'; readonly condition: Condition }
  | { readonly kind: 'sum'; readonly field: Field; readonly condition: Condition }
  /** `first(…).time`, `last(…).seq`: a field of the first or last record that meets the condition. */
  | { readonly kind: 'first' | 'last'; readonly field: Field; readonly condition: Condition }
  | { readonly kind: 'duration' }
  /** Of the whole run, of a host's connections, or of one connection. */
  | { readonly kind: 'cost'; readonly cost: CostName; readonly subject?: Subject }
  /** Bytes that programs of a host handed over or took, of all its connections or of one. */
  | {
      readonly kind: 'received' | 'sent';
      readonly host: string;
      readonly index?: number;
      readonly column: number;
    }
  | { readonly kind: 'state'; readonly subject: Subject };

export type MeasureType = 'number' | 'bytes' | 'time' | 'text' | 'any';

export interface TypedMeasure {
  readonly measure: Measure;
  readonly type: MeasureType;
  /** As written. */
  readonly text: string;
}

export type ClaimOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Claim =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Claim[]; readonly text: string }
  | { readonly kind: 'not'; readonly part: Claim; readonly text: string }
  | {
      readonly kind: 'compare';
      readonly left: TypedMeasure;
      readonly operator: ClaimOperator;
      readonly right: TypedMeasure;
      readonly text: string;
    }
  /** How often a condition holds: `eventually`, `never`, `exactly n`, `at least n`, `at most n`. */
  | {
      readonly kind: 'times';
      readonly min: number;
      readonly max: number;
      readonly condition: Condition;
      readonly window: Window;
      readonly text: string;
    }
  | {
      readonly kind: 'reaches';
      readonly subject: Subject;
      readonly state: string;
      readonly window: Window;
      readonly text: string;
    }
  | {
      readonly kind: 'path';
      readonly subject: Subject;
      readonly path: readonly string[];
      readonly text: string;
    }
  | {
      readonly kind: 'fails';
      readonly subject: Subject;
      /** Part of the event's text; absent: any failure. */
      readonly reason?: string;
      readonly window: Window;
      readonly text: string;
    };

export const WHOLE_RUN: Window = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };
