/** From what zod says about a value to problems with their places in the file. */
import type * as z from 'zod';
import { nearestWord } from './suggest.ts';
import type { Problem } from './problem.ts';
import { MAX_UNKNOWN_KEYS, MESSAGE_SEPARATOR, type ExpressionPlace } from './schema/index.ts';
import type { Path, YamlDocument } from './yaml-document.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** More problems than this are not told: the first ones explain the rest. */
export const MAX_PROBLEMS = 100;

/** The sentence for issues whose schema has none of its own. */
export function wordingOf(issue: RawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return `expected ${nounOf(issue.expected)}, found ${shown(issue.input)}`;
  if (issue.code === 'invalid_value') {
    const words = issue.values.map(String);
    const found = typeof issue.input === 'string' ? nearestWord(issue.input, words) : undefined;
    const hint = found === undefined ? '' : `. Did you mean "${found}"?`;
    return `expected ${words.length === 1 ? '' : 'one of '}${words.join(', ')}, found ${shown(issue.input)}${hint}`;
  }
  if (issue.code === 'too_small') return `expected at least ${amount(issue.minimum, issue.origin)}`;
  if (issue.code === 'too_big') return `expected at most ${amount(issue.maximum, issue.origin)}`;
  return undefined;
}

function amount(count: number | bigint, origin: string): string {
  if (origin === 'string') return `${count} characters`;
  return origin === 'array' ? `${count} entries` : String(count);
}

const NOUNS: ReadonlyMap<string, string> = new Map([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['tuple', 'a list of two'],
  ['object', 'keys and values'],
  ['record', 'keys and values'],
]);

function nounOf(type: string): string {
  return NOUNS.get(type) ?? type;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys and values';
  if (typeof value !== 'string') return `the ${typeof value} ${String(value)}`;
  return value.length > 60 ? `"${value.slice(0, 60)}…"` : `"${value}"`;
}

/** The problems behind zod's issues, each at its place. */
export function problemsOfIssues(
  issues: readonly Issue[],
  document: YamlDocument,
): readonly Problem[] {
  // An object with an unknown key is told about that key; what else it lacks follows from it.
  const misspelt = new Set(
    issues
      .filter((issue) => issue.code === 'unrecognized_keys')
      .map((issue) => issue.path.join(' ')),
  );
  const telling = issues.filter(
    (issue) => issue.code !== 'custom' || !misspelt.has(issue.path.join(' ')),
  );
  const problems = telling
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => problemsOfIssue(issue, issue.path, document))
    .slice(0, MAX_PROBLEMS);
  if (telling.length <= MAX_PROBLEMS) return problems;
  const last = problems.at(-1)!;
  const message = `… and more: ${telling.length} problems in all`;
  return [...problems.slice(0, -1), { ...last, message }];
}

function problemsOfIssue(issue: Issue, path: Path, document: YamlDocument): readonly Problem[] {
  const { source } = document;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const messages = issue.message.split(MESSAGE_SEPARATOR);
      return issue.keys
        .slice(0, MAX_UNKNOWN_KEYS)
        .map((key, index) =>
          source.problem(
            'error',
            messages[index] ?? issue.message,
            document.keySpanOf([...path, key]),
          ),
        );
    }
    case 'invalid_union': {
      const branch = bestBranch(issue);
      if (branch === undefined) break;
      return branch.flatMap((inner) => problemsOfIssue(inner, [...path, ...inner.path], document));
    }
    case 'invalid_key':
    case 'invalid_element': {
      const message = issue.issues.map((inner) => inner.message).join('; ');
      const label = String(path.at(-1));
      return [
        source.problem(
          'error',
          `the name "${label}" is wrong: ${message}`,
          document.keySpanOf(path),
        ),
      ];
    }
    default:
  }
  const place = (issue as { params?: { place?: ExpressionPlace } }).params?.place;
  const span =
    place === undefined
      ? document.spanOf(path)
      : document.spanInText(path, place.column, place.length);
  return [source.problem('error', messageOf(issue, path), span)];
}

function messageOf(issue: Issue, path: Path): string {
  const key = path.at(-1);
  const absent = issue.code !== 'custom' && issue.input === undefined && typeof key === 'string';
  if (absent)
    return `the key "${key}" is missing: ${issue.message.replace(/, found nothing$/, '')}`;
  return issue.message;
}

/**
 * Of the alternatives of a union the one that was meant: whose problems lie deepest, because then its
 * outer form was right. When all fail at the top, the union's own words say more.
 */
function bestBranch(
  issue: Extract<Issue, { code: 'invalid_union' }>,
): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined;
  let bestScore = 0;
  for (const branch of issue.errors) {
    const score = Math.max(0, ...branch.map(scoreOf));
    if (score > bestScore) {
      best = branch;
      bestScore = score;
    }
  }
  return best;
}

/** A value of the right type that is wrong inside (a unit, a key) tells which alternative was meant. */
function scoreOf(issue: Issue): number {
  if (issue.code === 'invalid_type' && issue.path.length === 0) return 0;
  if (issue.code === 'invalid_value' && issue.path.length === 0) return 0;
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return missing ? 1 : 2 + issue.path.length;
}
