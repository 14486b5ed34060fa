import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COOKIE_RULES } from '@tcplab/core/cookies';
import { CLIENT_RULES, SESSION_RULES } from '@tcplab/core/session';

const TESTS = ['.', '../cookies'].map((folder) => new URL(`${folder}/`, import.meta.url));

/** All text of this folder's tests and those of cookies, this file excepted. */
const tested = TESTS.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts') && file !== 'rules.test.ts')
    .map((file) => readFileSync(new URL(file, folder), 'utf8')),
).join('\n');

describe.each([
  ['cookies', COOKIE_RULES],
  ['client', CLIENT_RULES],
  ['sessions', SESSION_RULES],
])('the rules of %s', (_name, catalogue) => {
  const rules = Object.values(catalogue);

  test('have ids of their own and say what they ask in a sentence', () => {
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule.text).toMatch(/^[A-Z].*\.$/s);
      expect(rule.rfc).toMatch(/^(?:RFC \d+|draft-[a-z0-9-]+) §/);
    }
  });

  test('are each shown by a test', () => {
    expect(rules.map((rule) => rule.id).filter((id) => !tested.includes(id))).toEqual([]);
  });
});
