/** The lines of a comparison: what is measured, and how it is written. */
import { formatMicros, us } from '@tcplab/core';
import type { RunFigures } from './run-figures.ts';

export interface Measure {
  readonly key: keyof Omit<RunFigures, 'waits' | 'serverTable'>;
  readonly title: string;
  readonly unit: 'count' | 'time';
  /** Left out where all runs have nothing of it. */
  readonly optional?: true;
}

export const MEASURES: readonly Measure[] = [
  { key: 'packets', title: 'packets', unit: 'count' },
  { key: 'bytes', title: 'bytes', unit: 'count' },
  { key: 'payloadBytes', title: '  payload', unit: 'count' },
  { key: 'headerBytes', title: '  headers of IP and TCP', unit: 'count' },
  { key: 'roundTrips', title: 'round trips', unit: 'count' },
  { key: 'lost', title: 'lost', unit: 'count', optional: true },
  { key: 'resent', title: 'sent again', unit: 'count', optional: true },
  { key: 'tcpHandshakes', title: 'TCP handshakes', unit: 'count', optional: true },
  { key: 'tlsHandshakes', title: 'TLS handshakes', unit: 'count', optional: true },
  { key: 'tlsRoundTrips', title: '  round trips before data', unit: 'count', optional: true },
  { key: 'tlsBytes', title: '  bytes of TLS', unit: 'count', optional: true },
  { key: 'lastTlsRoundTrips', title: '  last one: round trips', unit: 'count', optional: true },
  { key: 'lastTlsBytes', title: '  last one: bytes of TLS', unit: 'count', optional: true },
  { key: 'lastTlsUs', title: '  last one: answered in', unit: 'time', optional: true },
  { key: 'requests', title: 'requests answered', unit: 'count', optional: true },
  { key: 'httpHeadBytes', title: '  bytes of heads', unit: 'count', optional: true },
  { key: 'httpBodyBytes', title: '  bytes of content', unit: 'count', optional: true },
  { key: 'answeredUs', title: 'until the last answer', unit: 'time', optional: true },
  { key: 'timeUs', title: 'until the last packet', unit: 'time' },
  { key: 'serverPeak', title: 'most server connections', unit: 'count', optional: true },
  { key: 'serverEntryUs', title: '  connections × time', unit: 'time', optional: true },
  { key: 'serverBuffered', title: '  most bytes buffered', unit: 'count', optional: true },
];

/** The measures that say something about these runs. */
export function measuresFor(all: readonly RunFigures[]): readonly Measure[] {
  return MEASURES.filter(
    ({ key, optional }) => optional !== true || all.some((figures) => (figures[key] ?? 0) > 0),
  );
}

export function written(measure: Measure, figures: RunFigures): string {
  const value = figures[measure.key];
  if (value === undefined) return '–';
  return measure.unit === 'time' ? shortTime(value) : String(value);
}

/** At most one decimal: a table is for comparing. */
function shortTime(micros: number): string {
  const step = micros >= 1_000_000 ? 10_000 : 100;
  return formatMicros(us(Math.round(micros / step) * step));
}

/** `−61 %` against the baseline, `× 16` for what has grown beyond percents; empty where there is nothing to compare or no difference. */
export function saving(measure: Measure, first: RunFigures, figures: RunFigures): string {
  const before = first[measure.key];
  const after = figures[measure.key];
  if (before === undefined || after === undefined || before === 0 || before === after) return '';
  const percent = Math.round(((after - before) * 100) / before);
  if (percent === 0) return '';
  if (percent >= 1_000) return `× ${Math.round(after / before)}`;
  return percent < 0 ? `−${-percent} %` : `+${percent} %`;
}
