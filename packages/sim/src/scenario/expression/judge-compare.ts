import { formatMicros, type Micros } from '@tcplab/core';
import type { TraceRecord } from '../../trace/record.ts';
import { WHOLE_RUN, type Claim, type Measure, type TypedMeasure } from './claim.ts';
import { meets } from './condition.ts';
import { connectionOf, hostOf, type HostNames } from './fields.ts';
import type { Judge, RunEnd } from './judge.ts';
import { PathOf } from './judge-subject.ts';
import { Tally } from './judge-times.ts';
import { recordLine } from './record-line.ts';

type Value = number | string | undefined;

interface Meter {
  take(record: TraceRecord): void;
  value(end: RunEnd): Value;
  /** What lies behind the value, for a claim that failed. */
  story(wanted: Value): readonly string[];
}

/** Judges `count(…) == 2`, `duration < 3s`, `first(…).time < last(…).time` and their like. */
export function compareJudge(claim: Extract<Claim, { kind: 'compare' }>, hosts: HostNames): Judge {
  const left = meterOf(claim.left.measure, hosts);
  const right = meterOf(claim.right.measure, hosts);
  return {
    take(record) {
      left.take(record);
      right.take(record);
    },
    finish(end) {
      const found = left.value(end);
      const wanted = right.value(end);
      const both = found !== undefined && wanted !== undefined;
      return {
        passed: both && holds(found, claim.operator, wanted),
        found: [
          `${claim.left.text} is ${valueText(claim.left, found)}`,
          ...(claim.right.measure.kind === 'literal'
            ? []
            : [`${claim.right.text} is ${valueText(claim.right, wanted)}`]),
          ...left.story(wanted),
          ...right.story(found),
        ],
      };
    },
  };
}

function holds(found: number | string, operator: string, wanted: number | string): boolean {
  if (operator === '==') return found === wanted;
  if (operator === '!=') return found !== wanted;
  if (operator === '<') return found < wanted;
  if (operator === '<=') return found <= wanted;
  return operator === '>' ? found > wanted : found >= wanted;
}

function valueText(measure: TypedMeasure, value: Value): string {
  if (value === undefined) return 'absent: there is no such record';
  if (measure.type === 'time') return formatMicros(value as Micros);
  return measure.type === 'bytes' ? `${value} bytes` : String(value);
}

function meterOf(measure: Measure, hosts: HostNames): Meter {
  switch (measure.kind) {
    case 'literal':
      return atEnd(() => measure.value);
    case 'duration':
      return atEnd((end) => end.endUs);
    case 'cost':
      return atEnd((end) => end.costs.value(measure.cost, measure.subject));
    case 'count':
      return countMeter(measure, hosts);
    case 'sum':
      return sumMeter(measure, hosts);
    case 'first':
    case 'last':
      return endMeter(measure, hosts);
    case 'received':
    case 'sent':
      return transferMeter(measure);
    case 'state':
      return stateMeter(measure);
  }
}

function atEnd(value: (end: RunEnd) => Value): Meter {
  return { take: () => {}, value, story: () => [] };
}

function countMeter(measure: Extract<Measure, { kind: 'count' }>, hosts: HostNames): Meter {
  const tally = new Tally(measure.condition, hosts, WHOLE_RUN);
  return {
    take: (record) => tally.take(record),
    value: () => tally.count,
    story: (wanted) => tally.story(typeof wanted === 'number' ? wanted : 1),
  };
}

function sumMeter(measure: Extract<Measure, { kind: 'sum' }>, hosts: HostNames): Meter {
  let sum = 0;
  return {
    take(record) {
      if (!meets(measure.condition, record, hosts)) return;
      const value = measure.field.read(record, hosts);
      if (typeof value === 'number') sum += value;
    },
    value: () => sum,
    story: () => [],
  };
}

function endMeter(measure: Extract<Measure, { kind: 'first' | 'last' }>, hosts: HostNames): Meter {
  let value: Value;
  let line: string | undefined;
  return {
    take(record) {
      if (measure.kind === 'first' && line !== undefined) return;
      if (!meets(measure.condition, record, hosts)) return;
      const read = measure.field.read(record, hosts);
      const one = typeof read === 'object' ? read[0] : read;
      value = typeof one === 'boolean' ? String(one) : one;
      line = recordLine(record, hosts);
    },
    value: () => value,
    story: () => (line === undefined ? [] : [line]),
  };
}

/** Bytes that programs handed to (`sent`) or took from (`received`) their connections. */
function transferMeter(measure: Extract<Measure, { kind: 'received' | 'sent' }>): Meter {
  const call = measure.kind === 'received' ? 'receive' : 'send';
  let bytes = 0;
  return {
    take(record) {
      if (record.kind !== 'call' || record.call !== call) return;
      if (hostOf(record) !== measure.host) return;
      if (measure.index !== undefined && (connectionOf(record) ?? 0) !== measure.index) return;
      bytes += record.bytes ?? 0;
    },
    value: () => bytes,
    story: () => [],
  };
}

function stateMeter(measure: Extract<Measure, { kind: 'state' }>): Meter {
  const path = new PathOf(measure.subject);
  return {
    take: (record) => path.take(record),
    value: () => path.last,
    story: () => [path.story()],
  };
}
