/**
 * From the text of a scenario file to a checked scenario, or to all of its problems at once.
 *
 * The steps: text (size, UTF-8, control characters) → YAML (syntax, limits) → schema (keys, types,
 * quantities, expressions) → cross-checks (names that must exist, ports used twice).
 */
import { crossCheck } from './cross-checks.ts';
import { inOrder, type Problem } from './problem.ts';
import { scenarioSchema, type Scenario } from './schema/index.ts';
import { problemsOfIssues, wordingOf } from './schema-problems.ts';
import { readSource } from './source-text.ts';
import { parseYaml, YamlDocument } from './yaml-document.ts';

/** A scenario that can be run, with the text it was read from. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly file: string;
  readonly text: string;
  /** The file as plain values, before any conversion: what variations change. */
  readonly raw: unknown;
}

export type LoadResult =
  | { readonly ok: true; readonly loaded: LoadedScenario; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a scenario. Never throws, whatever the content is.
 * @param content text, or bytes that should be UTF-8; at most MAX_SCENARIO_BYTES
 * @param file the name that problems carry
 */
export function loadScenario(content: string | Uint8Array, file: string): LoadResult {
  const source = readSource(content, file);
  if ('severity' in source) return { ok: false, problems: [source] };
  const document = parseYaml(source);
  if (!(document instanceof YamlDocument)) return { ok: false, problems: inOrder(document) };
  if (document.value === null || document.value === undefined) {
    const message = 'the file is empty; a scenario begins with "tcplab: 1"';
    return { ok: false, problems: [source.problem('error', message, { offset: 0, length: 1 })] };
  }
  const result = scenarioSchema.safeParse(document.value, { reportInput: true, error: wordingOf });
  if (!result.success) {
    return { ok: false, problems: inOrder(problemsOfIssues(result.error.issues, document)) };
  }
  const problems = inOrder(crossCheck(result.data, document));
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems };
  const { text } = source;
  const loaded = { scenario: result.data, file, text, raw: document.value };
  return { ok: true, loaded, warnings: problems };
}
