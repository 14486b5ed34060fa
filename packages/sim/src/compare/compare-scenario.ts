import {
  loadScenario,
  runScenario,
  variationsOf,
  type LoadedScenario,
  type Problem,
  type RunOptions,
  type RunResult,
  type Verdict,
} from '../scenario/index.ts';
import { arithmeticOf, type Arithmetic } from './arithmetic.ts';
import { runFigures, type RunFigures } from './run-figures.ts';
import { TableHistory } from './table-history.ts';
import { WaitCollector } from './waits.ts';

/** One variation that was run. */
export interface ComparisonRow {
  readonly label: string;
  readonly result: RunResult;
  /** What the file claims of this variation alone. */
  readonly own: readonly Verdict[];
  readonly figures: RunFigures;
  /** The run that this one is measured against; its own figures where it is a baseline itself. */
  readonly baseline: RunFigures;
  readonly arithmetic: Arithmetic | undefined;
}

/** All variations of a scenario at one round-trip time. */
export interface Comparison {
  readonly name: string;
  readonly lesson: string | undefined;
  readonly seed: number;
  /** Undefined when variations have different ones, or delays vary and nobody shook hands. */
  readonly rttUs: number | undefined;
  /** The first one is a baseline: what those after it are measured against. */
  readonly rows: readonly ComparisonRow[];
}

export type CompareResult =
  | { readonly ok: true; readonly comparison: Comparison }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Runs every variation of the scenario. @param rttUs replaces the delay of every link, half each way */
export function compareScenario(
  loaded: LoadedScenario,
  options: RunOptions = {},
  rttUs?: number,
): CompareResult {
  const changed = rttUs === undefined ? ({ ok: true, loaded } as const) : atRtt(loaded, rttUs);
  if (!changed.ok) return changed;
  const all = variationsOf(changed.loaded);
  if (!all.ok) return all;
  let baseline: RunFigures | undefined;
  const runs = all.variations.map(({ label, loaded: variation, isBaseline }) => {
    const collector = new WaitCollector();
    const history = new TableHistory();
    const result = runScenario(variation, {
      ...options,
      onRecord: (record) => {
        collector.take(record);
        history.take(record);
      },
    });
    const figures = runFigures(result, collector.waits, history);
    if (isBaseline || baseline === undefined) baseline = figures;
    const own = result.verdicts.slice(loaded.scenario.expect.length);
    // A variation may have its own distance: its sums are made with that.
    return { label, result, own, figures, baseline, ownRtt: rttOfLinks(variation) ?? rttUs };
  });
  const measured = shortestHandshake(runs);
  const distances = new Set(runs.map(({ ownRtt }) => ownRtt ?? measured));
  const rows = runs.map(({ ownRtt = measured, label, result, own, figures, baseline: first }) => {
    const arithmetic = ownRtt === undefined ? undefined : arithmeticOf(figures, ownRtt);
    return { label, result, own, figures, baseline: first, arithmetic };
  });
  const { name, lesson } = loaded.scenario;
  const common = distances.size === 1 ? [...distances][0] : undefined;
  const { seed } = rows[0]!.result;
  return { ok: true, comparison: { name, lesson, seed, rttUs: common, rows } };
}

/** The scenario with other distances: nothing else is changed. */
function atRtt(
  loaded: LoadedScenario,
  rttUs: number,
):
  | { readonly ok: true; readonly loaded: LoadedScenario }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const raw = JSON.parse(JSON.stringify(loaded.raw)) as { links?: { delay?: string }[] };
  for (const link of raw.links ?? []) link.delay = `${Math.floor(rttUs / 2)}us`;
  return loadScenario(JSON.stringify(raw, undefined, 1), `${loaded.file} (RTT ${rttUs} us)`);
}

/** Twice the delay that all links have, where they have the same. */
function rttOfLinks({ scenario }: LoadedScenario): number | undefined {
  const delays = scenario.links.map(({ delay }) => (delay?.kind === 'fixed' ? delay.delay : -1));
  const first = delays[0];
  const isSame = first !== undefined && first > 0 && delays.every((each) => each === first);
  return isSame ? 2 * first : undefined;
}

/** In whole milliseconds; undefined where nobody shook hands. */
function shortestHandshake(runs: readonly { readonly figures: RunFigures }[]): number | undefined {
  const handshakes = runs.flatMap(({ figures }) =>
    figures.waits.filter(({ kind }) => kind === 'handshake'),
  );
  if (handshakes.length === 0) return undefined;
  const shortest = Math.min(...handshakes.map((wait) => wait.endUs - wait.startUs));
  return shortest < 1_000 ? shortest : Math.floor(shortest / 1_000) * 1_000;
}
