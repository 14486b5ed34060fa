/** The runs of one file: its variations (`vary`, every combination) or the columns of a comparison. */
import { loadScenario, type LoadedScenario } from './load.ts';
import type { Problem } from './problem.ts';

export interface Variation {
  /** For people, e.g. `links[0].delay = 80ms`. */
  readonly label: string;
  readonly loaded: LoadedScenario;
  /** Later variations are measured against this one; always true of the first. */
  readonly isBaseline: boolean;
}

export type VariationsResult =
  | { readonly ok: true; readonly variations: readonly Variation[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** More combinations than this are refused. */
export const MAX_VARIATIONS = 1_000;

interface Change {
  readonly path: string;
  readonly value: unknown;
}

/** The variations of a scenario; itself alone when it has none. A value that does not fit is told with its place. */
export function variationsOf(loaded: LoadedScenario): VariationsResult {
  const sets = changeSets(loaded);
  if (sets.length === 0) return { ok: true, variations: [{ label: '', loaded, isBaseline: true }] };
  if (sets.length > MAX_VARIATIONS) {
    return refused(loaded, `${sets.length} combinations are too many: at most ${MAX_VARIATIONS}`);
  }
  const variations: Variation[] = [];
  for (const { label, changes, claims, isBaseline } of sets) {
    const raw = structuredCopy(loaded.raw) as Record<string, unknown>;
    delete raw['vary'];
    delete raw['compare'];
    for (const { path, value } of changes) {
      if (!place(raw, path, value)) {
        return refused(loaded, `"${path}" is no place in this file (variation ${label})`);
      }
    }
    if (claims.length > 0) raw['expect'] = [...((raw['expect'] ?? []) as unknown[]), ...claims];
    const result = loadScenario(JSON.stringify(raw, undefined, 1), `${loaded.file} (${label})`);
    if (!result.ok) return { ok: false, problems: result.problems };
    variations.push({
      label,
      loaded: result.loaded,
      isBaseline: isBaseline || variations.length === 0,
    });
  }
  return { ok: true, variations };
}

function refused(loaded: LoadedScenario, message: string): VariationsResult {
  const { file } = loaded;
  const place = { line: 1, column: 1, length: 1, sourceLine: '' };
  return { ok: false, problems: [{ severity: 'error', file, message, ...place }] };
}

/** One variation as data. */
interface ChangeSet {
  readonly label: string;
  readonly changes: readonly Change[];
  /** Its own claims, as they stand in the file. */
  readonly claims: readonly unknown[];
  readonly isBaseline: boolean;
}

function changeSets(loaded: LoadedScenario): readonly ChangeSet[] {
  const { compare, vary } = loaded.scenario;
  if (compare.length > 0) {
    const written = (loaded.raw as { compare: readonly { expect?: readonly unknown[] }[] }).compare;
    return compare.map(({ name, set, baseline = false }, index) => ({
      label: name,
      changes: Object.entries(set).map(([path, value]) => ({ path, value })),
      claims: written[index]?.expect ?? [],
      isBaseline: baseline,
    }));
  }
  if (vary.length === 0) return [];
  let sets: ChangeSet[] = [{ label: '', changes: [], claims: [], isBaseline: false }];
  for (const { set: path, to, name } of vary) {
    sets = sets.flatMap(({ label, changes }) =>
      to.map((value) => {
        const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
        const here = `${name ?? path} = ${shown}`;
        return {
          label: label === '' ? here : `${label}, ${here}`,
          changes: [...changes, { path, value }],
          claims: [],
          isBaseline: false,
        };
      }),
    );
  }
  return sets;
}

/** Plain values only, as the loader gives them. */
function structuredCopy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Puts a value at a path such as `links[0].delay`; missing objects on the way are made. */
function place(root: Record<string, unknown>, path: string, value: unknown): boolean {
  const keys = path.match(/[A-Za-z][\w-]*|\d+/g) ?? [];
  let at: Record<string, unknown> = root;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    if (next === undefined && Array.isArray(at)) return false;
    if (next !== undefined && (typeof next !== 'object' || next === null)) return false;
    at[key] = next ?? {};
    at = at[key] as Record<string, unknown>;
  }
  const last = keys.at(-1);
  if (last === undefined || (Array.isArray(at) && !Object.hasOwn(at, last))) return false;
  at[last] = value;
  return true;
}
