/**
 * A run as a picture: hosts as lifelines with bars of their states, packets as slanted arrows, losses
 * ending in ×, repeated packets in a colour of their own and linked to the first sending.
 */
import type { TraceHeader, TraceRecord } from '../trace/record.ts';
import { cargoesOf, type Cargo, type Cargoes } from './cargo.ts';
import type { Flight } from './flight.ts';
import { ladderRows, type LadderRow, type RowOptions } from './ladder-rows.ts';
import { PacketLabels, type LabelOptions, type PacketLabel } from './packet-label.ts';
import { compactLayout, isBreak, timedLayout, type SequenceLayout } from './sequence-layout.ts';
import { stateBars } from './sequence-states.ts';
import { tellStory, type Story } from './story.ts';
import { coordinate, element, escapeXml } from './svg.ts';
import { filled, FONT, HALO, layerTone, stroked, themeStyle, type ToneName } from './svg-theme.ts';
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

/** Rough width of a character at the size of labels; browsers differ, so it is generous. */
const CHARACTER = 6.3;

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
  readonly #labels: PacketLabels;
  readonly #scale: TimeScale;
  readonly #width: number;
  readonly #columns: ReadonlyMap<string, number>;
  /** Where each packet number was first sent, for links to it. */
  readonly #starts = new Map<number, { readonly x: number; readonly y: number }>();
  /** Where the last time and each host's last label stand. */
  #lastTimeY = -100;
  #lastTime = '';
  readonly #lastLabelY = new Map<string, number>();

  constructor(story: Story, options: SequenceSvgOptions) {
    this.#story = story;
    this.#options = options;
    this.#cargoes = cargoesOf(story);
    const rows = ladderRows(story, options, this.#cargoes);
    this.#layout =
      options.scale === 'time'
        ? timedLayout(rows, TOP, TOP + (options.timeHeight ?? 900))
        : compactLayout(rows, TOP);
    this.#labels = new PacketLabels(story, options);
    this.#scale = timeScale(rows.map((row) => row.timeUs));
    this.#width = Math.max(640, options.width ?? 960);
    this.#columns = columnsOf(story.hosts, this.#width);
  }

  draw(): string {
    const height = this.#layout.height + 70;
    const title = this.#options.title ?? `${this.#story.name} (seed ${this.#story.seed})`;
    const parts = [
      element('title', {}, [escapeXml(title)]),
      themeStyle(),
      element('rect', { width: this.#width, height, ...filled('ground') }),
      this.#text(24, 30, title, { tone: 'ink', size: 17, weight: 600 }),
      this.#text(TIME_X, TOP - 22, this.#scale.unit, { tone: 'quiet', anchor: 'end' }),
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
      this.#text(x, TOP - 26, name, { tone: 'ink', size: 14, weight: 600, anchor: 'middle' }),
    ]);
  }

  #row(row: LadderRow, y: number): readonly string[] {
    const { body } = row;
    const parts: string[] = [];
    switch (body.kind) {
      case 'flight':
        if (body.part === 'whole' || body.part === 'send') parts.push(this.#flight(body.flight));
        else if (this.#layout.startOf(body.flight) === undefined) {
          parts.push(this.#arrival(body.flight, y));
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
      parts.push(this.#text(TIME_X, y + 4, time, { tone: 'quiet', anchor: 'end', size: 11 }));
      this.#lastTimeY = y;
      this.#lastTime = time;
    }
    return row.record === 0 ? parts : [element('g', { 'data-record': row.record }, parts)];
  }

  #flight(flight: Flight): string {
    const from = this.#columns.get(flight.from);
    const to = this.#columns.get(flight.to);
    const start = this.#layout.startOf(flight);
    if (from === undefined || to === undefined || start === undefined) return '';
    const tone = toneOfFlight(flight);
    const isLost = flight.fate === 'lost';
    const end = this.#layout.endOf(flight) ?? start + 12;
    const direction = from <= to ? 1 : -1;
    const x1 = from + 3 * direction;
    const full = Math.abs(to - from) - 3;
    const label = labelText(this.#labels.of(flight), (full - 24) / CHARACTER);
    const drawn = isLost || flight.fate === 'on its way';
    const reach = Math.max(full * 0.62, Math.min(full * 0.92, label.length * CHARACTER + 22));
    const length = drawn ? reach : full;
    const x2 = from + length * direction;
    const y2 = isLost && end === start ? start + 11 : start + ((end - start) * length) / full;
    const line = { x1, y1: start, x2, y2 };
    this.#starts.set(flight.packet.id, { x: from, y: start });
    const parts = [
      ...this.#cargo(flight, line),
      element('line', { ...line, ...stroked(tone, 1.6) }),
      isLost ? cross(x2, y2) : arrowHead(line, tone),
      this.#label(flight, line, label),
      this.#link(flight, from, start),
    ];
    const said = `${flight.why}${flight.rule === undefined ? '' : ` [${flight.rule}]`}`;
    const fate = isLost ? ` Lost by ${flight.lostBy}: ${flight.lostWhy}` : '';
    return element('g', {}, [element('title', {}, [escapeXml(said + fate)]), ...parts]);
  }

  /** The last part of the way of a packet whose sending is folded away. */
  #arrival(flight: Flight, y: number): string {
    const from = this.#columns.get(flight.from);
    const to = this.#columns.get(flight.to);
    if (from === undefined || to === undefined) return '';
    const tone = toneOfFlight(flight);
    const direction = from <= to ? 1 : -1;
    const line = { x1: to - 150 * direction, y1: y - 6, x2: to - 3 * direction, y2: y };
    const text = clipped(this.#labels.of(flight).main, 148 / CHARACTER);
    return (
      element('line', { ...line, 'stroke-dasharray': '5 3', ...stroked(tone, 1.6) }) +
      arrowHead(line, tone) +
      this.#text(line.x1, y - 8, text, {
        tone,
        anchor: direction > 0 ? 'start' : 'end',
        halo: true,
      })
    );
  }

  /** What the packet carries: a broad lane along the arrow, and under it, near the receiver, the words. */
  #cargo(flight: Flight, line: Line): readonly string[] {
    const cargoes = this.#cargoes.of.get(flight);
    if (cargoes === undefined) return [];
    const direction = line.x2 >= line.x1 ? 1 : -1;
    const slope = (line.y2 - line.y1) / Math.max(1, Math.abs(line.x2 - line.x1));
    const room = (Math.abs(line.x2 - line.x1) - 24) / CHARACTER;
    const whole = cargoes.map(({ layer, words }) => `${layer}: ${words.join(', ')}`).join(' · ');
    const tone = layerTone(cargoes.at(-1)!.layer);
    const x = line.x2 - 14 * direction;
    const y = line.y2 - slope * 14 + 12;
    const lane = { ...line, ...stroked(tone, 7), 'stroke-opacity': '0.3' };
    const words = this.#text(
      x,
      y,
      clipped(whole.length <= room ? whole : shortCargo(cargoes), room),
      {
        tone,
        anchor: direction > 0 ? 'end' : 'start',
        size: 10.5,
        halo: true,
        rotate: Math.abs(slope) < 0.01 ? 0 : angleOf(slope) * direction,
        full: whole,
      },
    );
    return [element('line', lane), words];
  }

  /** The label lies on the arrow, near its sender. */
  #label(flight: Flight, line: Line, text: string): string {
    const tone = toneOfFlight(flight);
    const isCrowded = line.y1 - (this.#lastLabelY.get(flight.from) ?? -100) < 11;
    if (isCrowded && tone === 'packet') return '';
    this.#lastLabelY.set(flight.from, line.y1);
    const rightwards = line.x2 >= line.x1;
    const slope = (line.y2 - line.y1) / Math.max(1, Math.abs(line.x2 - line.x1));
    const anchor = rightwards ? 'start' : 'end';
    const x = line.x1 + (rightwards ? 9 : -9);
    const degrees = angleOf(slope) * (rightwards ? 1 : -1);
    const y = line.y1 + slope * 9 - 4;
    const label = this.#text(x, y, text, {
      tone,
      anchor,
      halo: true,
      rotate: Math.abs(degrees) < 0.5 ? 0 : degrees,
    });
    if (flight.fate !== 'lost') return label;
    const words = `lost: ${flight.lostBy}`;
    const beyond = Math.abs(this.#laneOf(flight)) - Math.abs(line.x2 - line.x1) - 20;
    const isBeside = words.length * CHARACTER <= beyond;
    const side = (rightwards ? 1 : -1) * (isBeside ? 1 : -1);
    const reason = this.#text(line.x2 + side * 9, line.y2 + (isBeside ? 4 : 13), words, {
      tone: 'lost',
      anchor: side > 0 ? 'start' : 'end',
      size: 11,
      halo: true,
    });
    return label + reason;
  }

  #laneOf(flight: Flight): number {
    return (this.#columns.get(flight.to) ?? 0) - (this.#columns.get(flight.from) ?? 0);
  }

  /** A dotted curve from the first sending to this one, on the inner side of the lifeline. */
  #link(flight: Flight, x: number, y: number): string {
    const first = flight.again === undefined ? undefined : this.#starts.get(flight.again);
    if (first === undefined) return '';
    const bulge = (this.#laneOf(flight) >= 0 ? 1 : -1) * Math.min(34, 10 + (y - first.y) / 12);
    const path = `M${coordinate(first.x)} ${coordinate(first.y + 3)} C${coordinate(first.x + bulge)} ${coordinate(first.y + 18)} ${coordinate(x + bulge)} ${coordinate(y - 18)} ${coordinate(x)} ${coordinate(y - 3)}`;
    return element('path', { d: path, 'stroke-dasharray': '2 3', ...stroked('again', 1.2) });
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
    if (second === undefined) return dot + this.#text(at, y + 4, first, style);
    const rest = lines.length > 2 ? clip(`${second} …`, room) : second;
    const small = { ...style, size: 10.5 };
    return dot + this.#text(at, y - 2, first, small) + this.#text(at, y + 9, rest, small);
  }

  #banner(text: string, y: number, tone: ToneName): string {
    const xs = [...this.#columns.values()];
    const middle = ((xs[0] ?? 0) + (xs.at(-1) ?? 0)) / 2;
    return this.#text(middle, y + 4, `⋯ ${text} ⋯`, {
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
        this.#text(x + 21, y, text, { tone: 'quiet', size: 11 });
      x += 36 + text.length * CHARACTER;
      return key;
    });
  }

  #text(x: number, y: number, text: string, style: TextStyle): string {
    const attributes = {
      x,
      y,
      ...filled(style.tone),
      ...(style.halo === true ? HALO : {}),
      class: `f-${style.tone}${style.halo === true ? ' halo' : ''}`,
      'text-anchor': style.anchor,
      'font-size': style.size,
      'font-weight': style.weight,
      transform:
        style.rotate === undefined || style.rotate === 0
          ? undefined
          : `rotate(${coordinate(style.rotate)} ${coordinate(x)} ${coordinate(y)})`,
    };
    const whole =
      style.full === undefined || style.full === text
        ? []
        : [element('title', {}, [escapeXml(style.full)])];
    return element('text', attributes, [...whole, escapeXml(text)]);
  }
}

interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface TextStyle {
  readonly tone: ToneName;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly weight?: number;
  readonly halo?: boolean;
  readonly rotate?: number;
  /** What a reader sees who waits with the pointer, where `text` was cut. */
  readonly full?: string;
}

function columnsOf(hosts: readonly string[], width: number): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  hosts.forEach((host, index) => {
    const share = hosts.length < 2 ? 0 : index / (hosts.length - 1);
    columns.set(host, MARGIN + TIME_X / 2 + (width - 2 * MARGIN - TIME_X / 2) * share);
  });
  return columns;
}

function toneOfFlight(flight: Flight): ToneName {
  if (flight.fate === 'lost') return 'lost';
  return flight.packet.resent === true ? 'again' : 'packet';
}

function toneOfRole(role: string): ToneName {
  return role === 'fold' ? 'quiet' : (role as ToneName);
}

/** As many parts as there is room for; what must be said comes first. */
function labelText(label: PacketLabel, room: number): string {
  let text = label.main;
  const parts = [...label.parts].sort((a, b) => Number(b.must) - Number(a.must));
  for (const part of parts) {
    if (text.length + part.text.length + 2 <= room) text += `  ${part.text}`;
  }
  return clipped(text, room);
}

/** Of many messages the first and the last, and how many they are. */
function shortCargo(cargoes: readonly Cargo[]): string {
  const parts = cargoes.map(({ layer, words }) =>
    words.length < 3
      ? `${layer}: ${words.join(', ')}`
      : `${layer}: ${words[0]} … ${words.at(-1)} (${words.length} messages)`,
  );
  return parts.join(' · ');
}

function clipped(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, Math.floor(room) - 1))}…`;
}

function arrowHead(line: Line, tone: ToneName): string {
  const dx = line.x2 - line.x1;
  const dy = line.y2 - line.y1;
  const length = Math.max(1, Math.sqrt(dx * dx + dy * dy));
  const ux = dx / length;
  const uy = dy / length;
  const corner = (side: number): string =>
    `${coordinate(line.x2 - ux * 9 - uy * 4 * side)},${coordinate(line.y2 - uy * 9 + ux * 4 * side)}`;
  const points = `${coordinate(line.x2)},${coordinate(line.y2)} ${corner(1)} ${corner(-1)}`;
  return element('polygon', { points, ...filled(tone) });
}

function cross(x: number, y: number): string {
  const size = 5;
  const d = `M${coordinate(x - size)} ${coordinate(y - size)}L${coordinate(x + size)} ${coordinate(y + size)}M${coordinate(x - size)} ${coordinate(y + size)}L${coordinate(x + size)} ${coordinate(y - size)}`;
  return element('path', { d, ...stroked('lost', 2.2) });
}

/** Degrees in a unit of arc. */
const DEGREES = 57.295_779_513_082_32;

/** The arc tangent in degrees by its first terms: slopes here are gentle, and no library function is exact everywhere. */
function angleOf(slope: number): number {
  const s = Math.min(1, Math.max(-1, slope));
  return (s - (s * s * s) / 3 + (s * s * s * s * s) / 5) * DEGREES;
}
