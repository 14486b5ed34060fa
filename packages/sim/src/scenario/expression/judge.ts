/**
 * Judging claims over a stream of trace records: each record is taken once and not kept, so a run
 * of any length needs the same memory. What a failing claim found instead is remembered as it comes by.
 */
import type { TraceRecord } from '../../trace/record.ts';
import type { RunCosts } from '../../costs/run-costs.ts';
import type { Claim } from './claim.ts';
import { failsJudge, pathJudge, reachesJudge } from './judge-subject.ts';
import { compareJudge } from './judge-compare.ts';
import { timesJudge } from './judge-times.ts';
import type { HostNames } from './fields.ts';

/** What is known when the run is over. */
export interface RunEnd {
  readonly endUs: number;
  readonly costs: RunCosts;
}

export interface Finding {
  readonly passed: boolean;
  /** What was found, in sentences; of interest when the claim failed. */
  readonly found: readonly string[];
}

export interface Judge {
  take(record: TraceRecord): void;
  finish(end: RunEnd): Finding;
}

/** A judge of the claim for one run. */
export function judgeOf(claim: Claim, hosts: HostNames): Judge {
  switch (claim.kind) {
    case 'and':
    case 'or':
      return jointJudge(
        claim.kind,
        claim.parts.map((part) => judgeOf(part, hosts)),
      );
    case 'not':
      return negatingJudge(judgeOf(claim.part, hosts), claim.part.text);
    case 'times':
      return timesJudge(claim, hosts);
    case 'reaches':
      return reachesJudge(claim);
    case 'path':
      return pathJudge(claim);
    case 'fails':
      return failsJudge(claim, hosts);
    case 'compare':
      return compareJudge(claim, hosts);
  }
}

function jointJudge(word: 'and' | 'or', judges: readonly Judge[]): Judge {
  return {
    take(record) {
      for (const judge of judges) judge.take(record);
    },
    finish(end) {
      const findings = judges.map((judge) => judge.finish(end));
      const passed =
        word === 'and'
          ? findings.every((finding) => finding.passed)
          : findings.some((finding) => finding.passed);
      const telling = findings.filter((finding) => finding.passed === passed);
      return { passed, found: telling.flatMap((finding) => finding.found) };
    },
  };
}

function negatingJudge(inner: Judge, text: string): Judge {
  return {
    take: (record) => inner.take(record),
    finish(end) {
      const finding = inner.finish(end);
      return { passed: !finding.passed, found: [`it holds that ${text}`, ...finding.found] };
    },
  };
}
