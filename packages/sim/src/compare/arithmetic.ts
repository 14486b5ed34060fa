/** The round trips that a run waited for, written as a sum, and whether the clock agrees. */
import { formatMicros, us } from '@tcplab/core';
import type { RunFigures } from './run-figures.ts';
import type { Wait, WaitKind } from './waits.ts';

export interface Arithmetic {
  /** E.g. `3 × (1 RTT handshake + 1 RTT request) = 6 RTT = 480 ms`. */
  readonly text: string;
  readonly roundTrips: number;
  readonly predictedUs: number;
  /** For how long somebody waited, by the clock; waits at the same time count once. */
  readonly measuredUs: number;
  readonly agrees: boolean;
}

/** Sending takes its time too: so much may the clock differ from whole round trips. */
const TOLERANCE_PERCENT = 5;
const TOLERANCE_US = 2_000;

/** @param rttUs the round trip without anything in the way; undefined when the run had no waits */
export function arithmeticOf({ waits }: RunFigures, rttUs: number): Arithmetic | undefined {
  if (waits.length === 0 || rttUs <= 0) return undefined;
  const measuredUs = lengthOfUnion(waits);
  const alone = sum(waits, (wait) => wait.endUs - wait.startUs);
  const sumOfAll = sum(waits, (wait) => roundTripsOf(wait, rttUs));
  // Waits at the same time: together they last as long as their union does.
  const roundTrips = alone > measuredUs ? Math.round(measuredUs / rttUs) : sumOfAll;
  const predictedUs = roundTrips * rttUs;
  const terms = termsOf(waits, rttUs);
  const together = alone > measuredUs ? `${terms}, partly at once: ` : `${terms} = `;
  const tolerance = Math.max(TOLERANCE_US, (predictedUs * TOLERANCE_PERCENT) / 100);
  return {
    text: `${together}${roundTrips} RTT = ${formatMicros(us(predictedUs))}`,
    roundTrips,
    predictedUs,
    measuredUs,
    agrees: Math.abs(measuredUs - predictedUs) <= tolerance,
  };
}

function roundTripsOf(wait: Wait, rttUs: number): number {
  return Math.round((wait.endUs - wait.startUs) / rttUs);
}

const ORDER: readonly WaitKind[] = ['handshake', 'TLS', 'request'];

/** Connections of the same shape are written once: `3 × (…)`. */
function termsOf(waits: readonly Wait[], rttUs: number): string {
  const shapes = new Map<string, number>();
  for (const connection of new Set(waits.map((wait) => wait.connection))) {
    const own = waits.filter((wait) => wait.connection === connection);
    const shape = shapeOf(own, rttUs);
    if (shape !== '') shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  if (shapes.size > 3) return shapeOf(waits, rttUs);
  const terms = [...shapes].map(([shape, times]) =>
    times === 1 ? shape : `${times} × (${shape})`,
  );
  return terms.join(' + ');
}

/**
 * `1 RTT handshake + 1 RTT TLS + 3 × 1 RTT request`. What takes no round trip is left out, but for a
 * TLS handshake: that its early data waited for nothing is worth seeing.
 */
function shapeOf(waits: readonly Wait[], rttUs: number): string {
  const parts: string[] = [];
  for (const kind of ORDER) {
    const trips = waits
      .filter((wait) => wait.kind === kind)
      .map((wait) => roundTripsOf(wait, rttUs));
    const total = trips.reduce((a, b) => a + b, 0);
    if (total === 0 && (kind !== 'TLS' || trips.length === 0)) continue;
    const same = trips.every((each) => each === trips[0]);
    const times = same && trips.length > 1 ? `${trips.length} × ${trips[0]!}` : String(total);
    parts.push(`${times} RTT ${kind}`);
  }
  return parts.join(' + ');
}

function lengthOfUnion(waits: readonly Wait[]): number {
  const ordered = [...waits].sort((a, b) => a.startUs - b.startUs);
  let length = 0;
  let reached = 0;
  for (const { startUs, endUs } of ordered) {
    length += Math.max(0, endUs - Math.max(startUs, reached));
    reached = Math.max(reached, endUs);
  }
  return length;
}

function sum(waits: readonly Wait[], value: (wait: Wait) => number): number {
  return waits.reduce((total, wait) => total + value(wait), 0);
}
