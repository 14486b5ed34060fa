import { formatMicros, type Micros } from '@tcplab/core';
import type { TraceRecord } from '../../trace/record.ts';
import type { Claim, Subject, Window } from './claim.ts';
import { connectionOf, hostOf, type HostNames } from './fields.ts';
import type { Judge } from './judge.ts';
import { recordLine } from './record-line.ts';

/** Longer paths are shown, and compared, by their first states only. */
const MAX_PATH = 64;

/** The states a machine of a host passes through. */
export class PathOf {
  readonly #subject: Subject;
  readonly steps: { readonly state: string; readonly timeUs: number; readonly id: number }[] = [];
  last: string | undefined;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  take(record: TraceRecord): void {
    if (record.kind !== 'state' || !isOf(this.#subject, record)) return;
    const { machine } = this.#subject;
    if (record.machine !== machine && !record.machine.startsWith(`${machine} `)) return;
    const { timeUs, id } = record;
    if (this.steps.length === 0) this.steps.push({ state: record.before, timeUs, id });
    if (this.steps.length <= MAX_PATH) this.steps.push({ state: record.after, timeUs, id });
    this.last = record.after;
  }

  story(): string {
    const { text } = this.#subject;
    if (this.steps.length === 0) return `${text} never existed`;
    const steps = this.steps.map(
      (step, index) =>
        step.state +
        (index === 0 ? '' : ` (${formatMicros(step.timeUs as Micros)}, record ${step.id})`),
    );
    return `${text} went ${steps.join(' → ')}`;
  }
}

/** Whether the record is about this connection of this host. */
export function isOf(subject: Subject, record: TraceRecord): boolean {
  return hostOf(record) === subject.host && (connectionOf(record) ?? 0) === subject.index;
}

/** Judges `client.tcp[0] reaches ESTABLISHED within 2s`. */
export function reachesJudge(claim: Extract<Claim, { kind: 'reaches' }>): Judge {
  const path = new PathOf(claim.subject);
  let reached = false;
  return {
    take(record) {
      const before = path.steps.length;
      path.take(record);
      const arrived = path.steps.length > before || path.last === claim.state;
      reached ||= arrived && path.last === claim.state && within(claim.window, record.timeUs);
    },
    finish: () => ({ passed: reached, found: [path.story()] }),
  };
}

/** Judges `client.tcp[0] path == [CLOSED, SYN-SENT, ESTABLISHED]`. */
export function pathJudge(claim: Extract<Claim, { kind: 'path' }>): Judge {
  const path = new PathOf(claim.subject);
  return {
    take: (record) => path.take(record),
    finish() {
      const states = path.steps.map((step) => step.state);
      const passed =
        states.length === claim.path.length &&
        states.every((state, index) => state === claim.path[index]);
      return { passed, found: [path.story()] };
    },
  };
}

const FAILURES =
  /refused|reset|aborted|timed out|timeout|unreachable|not found|protocol error|failed/;

/** Judges `client.tcp[0] fails with "connection refused"`. */
export function failsJudge(claim: Extract<Claim, { kind: 'fails' }>, hosts: HostNames): Judge {
  const events: string[] = [];
  let failed = false;
  return {
    take(record) {
      if (record.kind !== 'event' || !isOf(claim.subject, record)) return;
      if (events.length < 5) events.push(recordLine(record, hosts));
      const told =
        claim.reason === undefined
          ? FAILURES.test(record.event)
          : record.event.includes(claim.reason);
      failed ||= told && within(claim.window, record.timeUs);
    },
    finish: () => ({
      passed: failed,
      found: events.length > 0 ? events : [`${claim.subject.text} told its program nothing`],
    }),
  };
}

function within(window: Window, timeUs: number): boolean {
  return timeUs >= window.fromUs && timeUs <= window.toUs;
}
