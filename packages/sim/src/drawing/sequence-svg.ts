/**
 * A run as a picture: hosts as lifelines with bars of their states, packets as slanted arrows, losses
 * ending in ×, repeated packets in a colour of their own and linked to the first sending.
 */
import type { TraceHeader, TraceRecord } from '../trace/record.ts';
import { cargoesOf, type Cargoes } from './cargo.ts';
import { ladderRows, type LadderRow, type RowOptions } from './ladder-rows.ts';
import { PacketLabels, type LabelOptions } from './packet-label.ts';
import { FlightPicture } from './sequence-flight.ts';
import { compactLayout, isBreak, timedLayout, type SequenceLayout } from './sequence-layout.ts';
import { stateBars } from './sequence-states.ts';
import { tellStory, type Story } from './story.ts';
import { CHARACTER, svgText } from './svg-text.ts';
import { filled, FONT, layerTone, stroked, themeStyle, type ToneName } from './svg-theme.ts';
import { coordinate, element, escapeXml } from './svg.ts';
import { clip, wrap } from './text-row.ts';
import { timeScale, type TimeScale } from './time-scale.ts';

export interface SequenceSvgOptions extends RowOptions, LabelOptions {
  /** Rows one under the other, or distances in proportion to time. @default 'compact' */
  readonly scale?: 'compact' | 'time';
  /** @default 960 */
  readonly width?: number;
  /** Of the part that is in proportion to time. @default 900 */
  readonly timeHeight?: number;
  /** @default the run's name and seed */
  readonly title?: string;
}

const TOP = 96;
const MARGIN = 252;
const TIME_X = 74;

/** The picture as a text that is a complete SVG file. */
export function drawSequenceSvg(
  header: TraceHeader,
  records: readonly TraceRecord[],
  options: SequenceSvgOptions = {},
): string {
  return new SequencePicture(tellStory(header, records), options).draw();
}

class SequencePicture {
  readonly #story: Story;
  readonly #options: SequenceSvgOptions;
  readonly #layout: SequenceLayout;
  readonly #cargoes: Cargoes;
  readonly #flights: FlightPicture;
  readonly #scale: TimeScale;
  readonly #width: number;
  readonly #columns: ReadonlyMap<string, number>;
  /** Where the last time stands, and what it says. */
  #lastTimeY = -100;
  #lastTime = '';

  constructor(story: Story, options: SequenceSvgOptions) {
    this.#story = story;
    this.#options = options;
    this.#cargoes = cargoesOf(story);
    const rows = ladderRows(story, options, this.#cargoes);
    this.#layout =
      options.scale === 'time'
        ? timedLayout(rows, TOP, TOP + (options.timeHeight ?? 900))
        : compactLayout(rows, TOP);
    this.#scale = timeScale(rows.map((row) => row.timeUs));
    this.#width = Math.max(640, options.width ?? 960);
    this.#columns = columnsOf(story.hosts, this.#width);
    this.#flights = new FlightPicture({
      layout: this.#layout,
      cargoes: this.#cargoes,
      labels: new PacketLabels(story, options),
      columns: this.#columns,
    });
  }

  draw(): string {
    const height = this.#layout.height + 70;
    const title = this.#options.title ?? `${this.#story.name} (seed ${this.#story.seed})`;
    const parts = [
      element('title', {}, [escapeXml(title)]),
      themeStyle(),
      element('rect', { width: this.#width, height, ...filled('ground') }),
      svgText(24, 30, title, { tone: 'ink', size: 17, weight: 600 }),
      svgText(TIME_X, TOP - 22, this.#scale.unit, { tone: 'quiet', anchor: 'end' }),
      ...this.#lifelines(),
      ...stateBars(this.#layout, this.#columns, this.#width),
      ...this.#layout.rows.flatMap(({ row, y }) => this.#row(row, y)),
      ...this.#legend(height - 26),
    ];
    const attributes = {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'tcplab',
      viewBox: `0 0 ${this.#width} ${coordinate(height)}`,
      width: this.#width,
      height,
      'font-family': FONT,
      'font-size': 12,
      role: 'img',
      'aria-label': title,
    };
    return `${element('svg', attributes, parts)}\n`;
  }

  #lifelines(): readonly string[] {
    const bottom = this.#layout.height + 8;
    return [...this.#columns].flatMap(([name, x]) => [
      element('line', { x1: x, x2: x, y1: TOP - 16, y2: bottom, ...stroked('faint', 2) }),
      svgText(x, TOP - 26, name, { tone: 'ink', size: 14, weight: 600, anchor: 'middle' }),
    ]);
  }

  #row(row: LadderRow, y: number): readonly string[] {
    const { body } = row;
    const parts: string[] = [];
    switch (body.kind) {
      case 'flight':
        if (body.part === 'whole' || body.part === 'send')
          parts.push(this.#flights.whole(body.flight));
        else if (this.#layout.startOf(body.flight) === undefined) {
          parts.push(this.#flights.arrival(body.flight, y));
        }
        break;
      case 'text':
        parts.push(this.#hostText(body.host, y, `${body.text}`, body.role as ToneName));
        break;
      case 'banner':
        parts.push(this.#banner(body.text, y, isBreak(row) ? 'quiet' : toneOfRole(body.role)));
        break;
      case 'states':
        break;
    }
    const time = this.#scale.text(row.timeUs);
    if (y - this.#lastTimeY >= 12 && !isBreak(row) && time !== this.#lastTime) {
      parts.push(svgText(TIME_X, y + 4, time, { tone: 'quiet', anchor: 'end', size: 11 }));
      this.#lastTimeY = y;
      this.#lastTime = time;
    }
    return row.record === 0 ? parts : [element('g', { 'data-record': row.record }, parts)];
  }

  /** Beside the lifeline, on its outer side where there is one. */
  #hostText(host: string, y: number, text: string, tone: ToneName): string {
    const x = this.#columns.get(host);
    if (x === undefined) return '';
    const hosts = [...this.#columns.keys()];
    const isFirst = hosts[0] === host;
    const isLast = hosts.at(-1) === host && hosts.length > 1;
    const dot = element('circle', { cx: x, cy: y, r: 3.5, ...filled(tone) });
    const side = isFirst ? -1 : 1;
    const room = Math.floor((isFirst || isLast ? MARGIN - TIME_X : MARGIN) / CHARACTER);
    const lines = wrap(text, room);
    const [first = '', second] = lines;
    const style = { tone, anchor: isFirst ? 'end' : 'start', halo: true, full: text } as const;
    const at = x + side * 18;
    if (second === undefined) return dot + svgText(at, y + 4, first, style);
    const rest = lines.length > 2 ? clip(`${second} …`, room) : second;
    const small = { ...style, size: 10.5 };
    return dot + svgText(at, y - 2, first, small) + svgText(at, y + 9, rest, small);
  }

  #banner(text: string, y: number, tone: ToneName): string {
    const xs = [...this.#columns.values()];
    const middle = ((xs[0] ?? 0) + (xs.at(-1) ?? 0)) / 2;
    return svgText(middle, y + 4, `⋯ ${text} ⋯`, {
      tone,
      anchor: 'middle',
      halo: true,
      size: 12,
    });
  }

  #legend(y: number): readonly string[] {
    const entries: (readonly [string, ToneName])[] = [
      ['packet', 'packet'],
      ['sent again', 'again'],
      ['× lost', 'lost'],
      ['timer', 'timer'],
      ['program calls', 'call'],
      ['program is told', 'event'],
      ['layer above', 'note'],
    ];
    const carried = new Set<string>();
    for (const cargoes of this.#cargoes.of.values()) {
      for (const { layer } of cargoes) carried.add(layer);
    }
    for (const layer of carried) entries.push([`carries ${layer}`, layerTone(layer)]);
    let x = 24;
    return entries.map(([text, tone]) => {
      const key =
        element('line', { x1: x, x2: x + 16, y1: y - 4, y2: y - 4, ...stroked(tone, 3) }) +
        svgText(x + 21, y, text, { tone: 'quiet', size: 11 });
      x += 36 + text.length * CHARACTER;
      return key;
    });
  }
}

function columnsOf(hosts: readonly string[], width: number): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  hosts.forEach((host, index) => {
    const share = hosts.length < 2 ? 0 : index / (hosts.length - 1);
    columns.set(host, MARGIN + TIME_X / 2 + (width - 2 * MARGIN - TIME_X / 2) * share);
  });
  return columns;
}

function toneOfRole(role: string): ToneName {
  return role === 'fold' ? 'quiet' : (role as ToneName);
}
