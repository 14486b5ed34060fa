/** Every rule of every protocol by its id: what traces name and `tcplab explain` spells out. */
import type { Rule } from '@tcplab/core';
import { CORE_MODULES } from './core-modules.ts';

let catalogue: ReadonlyMap<string, Rule> | undefined;

/** The rule with this id, or undefined. */
export function ruleNamed(id: string): Rule | undefined {
  catalogue ??= new Map(allRules().map((rule) => [rule.id, rule]));
  return catalogue.get(id);
}

/** The rules of all catalogues: whatever a protocol's entry exports that holds rules. */
function allRules(): readonly Rule[] {
  return [...CORE_MODULES.values()].flatMap((module) => Object.values(module).flatMap(rulesIn));
}

function rulesIn(value: unknown): readonly Rule[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter(isRule);
}

function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null) return false;
  const { id, rfc, level, text } = value as Partial<Record<keyof Rule, unknown>>;
  return [id, rfc, level, text].every((part) => typeof part === 'string');
}
