/** A comparison as a picture: bars for each measure, the first variation on top. */
import { formatMicros, us } from '@tcplab/core';
import { element, escapeXml, filled, FONT, themeStyle } from '../drawing/index.ts';
import type { Comparison } from './compare-scenario.ts';
import { measuresFor, saving, written, type Measure } from './measures.ts';

const WIDTH = 720;
const LEFT = 240;
const BAR = 16;
const GAP = 4;
const GROUP_GAP = 22;
const TOP = 64;
/** Room for the figure behind the longest bar. */
const FIGURE_ROOM = 150;

/** The measures that a picture shows; a table shows all. */
const SHOWN: ReadonlySet<Measure['key']> = new Set([
  'packets',
  'bytes',
  'roundTrips',
  'answeredUs',
  'timeUs',
]);

/** @param comparisons the same scenario at several distances, one below the other */
export function comparisonSvg(comparisons: readonly Comparison[]): string {
  const parts: string[] = [];
  let y = 0;
  for (const comparison of comparisons) {
    const block = blockOf(comparison, y);
    parts.push(...block.parts);
    y = block.bottom;
  }
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'tcplab',
    viewBox: `0 0 ${WIDTH} ${y}`,
    width: WIDTH,
    height: y,
    'font-family': FONT,
    'font-size': 13,
    role: 'img',
  };
  const title = element('title', {}, [escapeXml(comparisons[0]!.name)]);
  const ground = element('rect', { width: WIDTH, height: y, ...filled('ground') });
  return `${element('svg', attributes, [title, themeStyle(), ground, ...parts])}\n`;
}

function blockOf(
  comparison: Comparison,
  top: number,
): { readonly parts: readonly string[]; readonly bottom: number } {
  const { name, rttUs, rows } = comparison;
  const rtt = rttUs === undefined ? '' : `, RTT ${formatMicros(us(rttUs))}`;
  const parts = [text(16, top + 28, `${name}${rtt}`, { 'font-weight': 'bold' })];
  let y = top + TOP;
  const figures = rows.map((row) => row.figures);
  for (const measure of measuresFor(figures).filter(({ key }) => SHOWN.has(key))) {
    parts.push(text(16, y - 8, measure.title.trim(), { 'font-weight': 'bold' }));
    const largest = Math.max(1, ...figures.map((each) => each[measure.key] ?? 0));
    for (const { label, figures: own, baseline } of rows) {
      const value = own[measure.key] ?? 0;
      const length = ((WIDTH - LEFT - FIGURE_ROOM) * value) / largest;
      const tone = filled(own === baseline ? 'idle' : 'packet');
      const bar = { x: LEFT, y, width: Math.max(1, length), height: BAR, rx: 2 };
      parts.push(element('rect', { ...bar, ...tone }));
      const less = saving(measure, baseline, own);
      const figure = `${written(measure, own)}${less === '' ? '' : `  (${less})`}`;
      parts.push(text(LEFT + length + 8, y + BAR - 4, figure));
      parts.push(text(LEFT - 8, y + BAR - 4, shortened(label), { 'text-anchor': 'end' }));
      y += BAR + GAP;
    }
    y += GROUP_GAP;
  }
  return { parts, bottom: y };
}

function text(
  x: number,
  y: number,
  content: string,
  more: Readonly<Record<string, string>> = {},
): string {
  return element('text', { x, y, ...filled('ink'), ...more }, [escapeXml(content)]);
}

const LONGEST_LABEL = 32;

function shortened(label: string): string {
  const characters = [...label];
  if (characters.length <= LONGEST_LABEL) return label;
  return `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}
