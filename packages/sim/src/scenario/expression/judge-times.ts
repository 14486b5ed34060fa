import { formatMicros, type Micros } from '@tcplab/core';
import type { TraceRecord } from '../../trace/record.ts';
import type { Claim, Window } from './claim.ts';
import { meets, nearness, type Condition } from './condition.ts';
import type { HostNames } from './fields.ts';
import type { Finding, Judge } from './judge.ts';
import { recordLine } from './record-line.ts';

/** How many records a failing claim shows. */
const SHOWN = 3;

/** Judges `eventually`, `never`, `exactly n`, `at least n` and `at most n`. */
export function timesJudge(claim: Extract<Claim, { kind: 'times' }>, hosts: HostNames): Judge {
  const tally = new Tally(claim.condition, hosts, claim.window);
  return {
    take: (record) => tally.take(record),
    finish(): Finding {
      const passed = tally.count >= claim.min && tally.count <= claim.max;
      return { passed, found: tally.story(claim.min) };
    },
  };
}

/** Counts the records that meet a condition, and keeps the first few and the nearest misses. */
export class Tally {
  count = 0;
  readonly #condition: Condition;
  readonly #hosts: HostNames;
  readonly #window: Window;
  readonly #hits: string[] = [];
  readonly #outside: string[] = [];
  readonly #misses: { readonly nearness: number; readonly record: TraceRecord }[] = [];

  constructor(condition: Condition, hosts: HostNames, window: Window) {
    this.#condition = condition;
    this.#hosts = hosts;
    this.#window = window;
  }

  take(record: TraceRecord): void {
    const inWindow = record.timeUs >= this.#window.fromUs && record.timeUs <= this.#window.toUs;
    if (!meets(this.#condition, record, this.#hosts)) {
      if (inWindow && this.count === 0) this.#considerMiss(record);
      return;
    }
    if (inWindow) this.count += 1;
    const kept = inWindow ? this.#hits : this.#outside;
    if (kept.length < SHOWN) kept.push(recordLine(record, this.#hosts));
  }

  /** What was found: the hits, or when there are fewer than `wanted` also what came nearest. */
  story(wanted: number): readonly string[] {
    const story = [this.count === 0 ? 'it never happened' : `it happened ${times(this.count)}:`];
    story.push(...this.#hits);
    if (this.count > this.#hits.length) story.push(`… and ${this.count - this.#hits.length} more`);
    if (this.count >= wanted) return story;
    if (this.#outside.length > 0) {
      story.push(`outside of ${windowText(this.#window)} it happened:`, ...this.#outside);
    } else if (this.count === 0 && this.#misses.length > 0) {
      story.push('nearest records:');
      for (const miss of this.#misses) story.push(recordLine(miss.record, this.#hosts));
    }
    return story;
  }

  #considerMiss(record: TraceRecord): void {
    const near = nearness(this.#condition, record, this.#hosts);
    const last = this.#misses.at(-1);
    if (near === 0 || (this.#misses.length === SHOWN && last!.nearness >= near)) return;
    this.#misses.push({ nearness: near, record });
    this.#misses.sort((a, b) => b.nearness - a.nearness || a.record.id - b.record.id);
    if (this.#misses.length > SHOWN) this.#misses.pop();
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function windowText(window: Window): string {
  const from = formatMicros(window.fromUs as Micros);
  if (window.toUs === Number.MAX_SAFE_INTEGER) return `the time after ${from}`;
  return `${from} … ${formatMicros(window.toUs as Micros)}`;
}
