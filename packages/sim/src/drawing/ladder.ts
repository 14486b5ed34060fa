/**
 * The ladder: a run as text, time downwards, hosts as columns. It is what a person reads first, so
 * nothing is cut off that matters: what finds no room beside its arrow goes to the line below.
 */
import type { TraceHeader, TraceRecord } from '../trace/record.ts';
import type { Flight } from './flight.ts';
import { Arrow, MIN_ARROW } from './ladder-arrow.ts';
import { fitLabel } from './ladder-label.ts';
import {
  isRightmost,
  ladderLayout,
  laneWidth,
  STATE_WIDTH,
  type LadderLayout,
} from './ladder-layout.ts';
import { ladderRows, type LadderRow, type RowOptions } from './ladder-rows.ts';
import { PacketLabels, type LabelOptions } from './packet-label.ts';
import { plainPaint, type Paint, type PaintRole } from './paint.ts';
import { tellStory, type Story } from './story.ts';
import { clip, printable, textWidth, TextRow, wrap } from './text-row.ts';
import { timeScale, type TimeScale } from './time-scale.ts';
import { tlsLanes, type TlsLanes } from './tls-lane.ts';

export interface LadderOptions extends RowOptions, LabelOptions {
  /** Columns, at least 60. @default 80 */
  readonly width?: number;
  /** A sentence under each step that says why. @default false */
  readonly why?: boolean;
  /** Colours; none by default. */
  readonly paint?: Paint;
}

export const MIN_LADDER_WIDTH = 60;
export const DEFAULT_LADDER_WIDTH = 80;

const NONE: ReadonlySet<never> = new Set();

/** The whole drawing, lines ended by line feeds. */
export function drawLadder(
  header: TraceHeader,
  records: readonly TraceRecord[],
  options: LadderOptions = {},
): string {
  return new LadderDrawing(tellStory(header, records), options).draw();
}

class LadderDrawing {
  readonly #story: Story;
  readonly #rows: readonly LadderRow[];
  readonly #lanes: TlsLanes;
  readonly #labels: PacketLabels;
  readonly #options: LadderOptions;
  readonly #scale: TimeScale;
  readonly #layout: LadderLayout;
  readonly #lines: string[] = [];
  #lastTime = '';

  constructor(story: Story, options: LadderOptions) {
    this.#story = story;
    this.#options = options;
    this.#lanes = tlsLanes(story);
    // With details TLS tells when it takes which key: its messages stand between, as they happened.
    const elsewhere = options.detail === true ? { ...this.#lanes, told: NONE } : this.#lanes;
    this.#rows = ladderRows(story, options, elsewhere);
    this.#labels = new PacketLabels(story, options);
    this.#scale = timeScale(this.#rows.flatMap(timesOf));
    const width = Math.max(MIN_LADDER_WIDTH, options.width ?? DEFAULT_LADDER_WIDTH);
    const longest = this.#rows.flatMap(timesOf).reduce((a, b) => Math.max(a, b), 0);
    const timeEnd = Math.max(4, this.#scale.text(longest).length);
    this.#layout = ladderLayout(story, width, timeEnd);
  }

  draw(): string {
    this.#title();
    for (const row of this.#rows) this.#row(row);
    return `${this.#lines.join('\n')}\n`;
  }

  #title(): void {
    const { width, timeEnd, lifelines, margins } = this.#layout;
    const names = new TextRow(width);
    names.putBefore(timeEnd, this.#scale.unit, 'time');
    for (const [name, at] of lifelines) {
      const shown = clip(name, margins ? STATE_WIDTH + 12 : 24);
      const start = Math.round(at - textWidth(shown) / 2);
      const from = Math.min(Math.max(start, timeEnd + 2), width - textWidth(shown));
      names.put(from, shown, 'host');
    }
    const { name, seed } = this.#story;
    this.#lines.push(this.#paint('host', clip(printable(`${name} (seed ${seed})`), width)), '');
    this.#push(names);
    const rule = new TextRow(width);
    rule.line(0, width, '─', '─');
    for (const at of lifelines.values()) rule.put(at, '┬', 'line');
    this.#push(rule);
  }

  #row(row: LadderRow): void {
    const text = this.#begin(row);
    const below: { readonly text: string; readonly role: PaintRole; readonly host: string }[] = [];
    const { body } = row;
    switch (body.kind) {
      case 'flight':
        for (const line of this.#flight(text, row)) {
          below.push({ ...line, host: body.flight.from });
        }
        break;
      case 'text':
        for (const line of this.#text(text, body)) {
          below.push({ text: line, role: body.role, host: body.host });
        }
        break;
      case 'banner':
        for (const line of this.#banner(text, body.text, body.role)) this.#push(line);
        return;
      case 'states':
        break;
    }
    if (this.#layout.margins) this.#states(text, row);
    const inLane = this.#layout.margins ? [] : [...row.states];
    if (body.kind === 'states') {
      const [first] = inLane.splice(0, 1);
      if (first !== undefined) this.#putBeside(text, first[0], `→ ${first[1]}`, 'state');
    }
    this.#push(text);
    for (const line of below) this.#beside(line.host, line.text, line.role);
    if (body.kind === 'flight' && (body.part === 'whole' || body.part === 'send')) {
      this.#lane(body.flight);
    }
    for (const [host, state] of inLane) this.#beside(host, `→ ${state}`, 'state');
    if (this.#options.why === true) this.#why(row);
  }

  #begin(row: LadderRow): TextRow {
    const text = this.#blank();
    const time = this.#scale.text(row.timeUs);
    const isQuiet = row.body.kind === 'banner' && row.body.role === 'fold';
    if (time !== this.#lastTime && !isQuiet) {
      text.putBefore(this.#layout.timeEnd, time, 'time');
      this.#lastTime = time;
    }
    return text;
  }

  #blank(): TextRow {
    const text = new TextRow(this.#layout.width);
    for (const at of this.#layout.lifelines.values()) text.put(at, '│', 'line');
    return text;
  }

  #states(text: TextRow, row: LadderRow): void {
    const hosts = [...this.#layout.lifelines];
    for (const [host, state] of row.states) {
      const index = hosts.findIndex(([name]) => name === host);
      const at = hosts[index]?.[1] ?? 0;
      const shown = clip(state, STATE_WIDTH + 2);
      if (index === 0) text.putBefore(at - 1, shown, 'state');
      else text.put(at + 2, shown, 'state');
    }
  }

  /** Draws an arrow with its label. @returns what found no room */
  #flight(
    text: TextRow,
    row: LadderRow,
  ): readonly { readonly text: string; readonly role: PaintRole }[] {
    if (row.body.kind !== 'flight') return [];
    const { flight, part } = row.body;
    const from = this.#layout.lifelines.get(flight.from);
    const to = this.#layout.lifelines.get(flight.to);
    if (from === undefined || to === undefined || from === to) {
      const where = from ?? to ?? this.#layout.timeEnd + 1;
      text.put(where + 2, this.#labels.of(flight).main, roleOf(flight));
      return [];
    }
    const arrow = new Arrow(text, from, to);
    if (part === 'arrive') {
      const { main, short } = this.#labels.of(flight);
      const room = arrow.room - MIN_ARROW - 3;
      const said = textWidth(main) <= room - 3 ? main : clip(short, room);
      arrow.arrival(said, roleOf(flight));
      return [];
    }
    if (part === 'lose') {
      arrow.loss(`#${flight.packet.id}`);
      return [{ text: `lost: ${flight.lostBy}`, role: 'lost' }];
    }
    const label = this.#labels.of(flight);
    const arrival =
      part === 'whole' && flight.fate === 'arrived' && flight.endUs !== flight.sentUs
        ? this.#scale.text(flight.endUs)
        : '';
    const isLost = part === 'whole' && flight.fate === 'lost';
    const loss = isLost ? `lost: ${flight.lostBy}` : '';
    const reserved = MIN_ARROW + 1 + (arrival === '' ? 0 : arrival.length + 2) + (isLost ? 2 : 0);
    const { shown, rest } = fitLabel(label, arrow.room - reserved);
    const role = roleOf(flight);
    const below = rest.map((line) => ({ text: line, role }));
    if (part === 'send') {
      arrow.departure(shown, role);
      return this.#wrapped(below);
    }
    if (!isLost) {
      arrow.whole(shown, role, arrival);
      return this.#wrapped(below);
    }
    const said = arrow.lost(shown, role, loss);
    return this.#wrapped(said ? below : [...below, { text: loss, role: 'lost' }]);
  }

  /** Under the arrow what the segment carries of TLS, as a band between the two hosts. */
  #lane(flight: Flight): void {
    const words = this.#lanes.of.get(flight)?.filter(({ isData, isRest }) => !(isData && isRest));
    const from = this.#layout.lifelines.get(flight.from);
    const to = this.#layout.lifelines.get(flight.to);
    if (words === undefined || words.length === 0 || from === undefined || to === undefined) return;
    const left = Math.min(from, to) + 1;
    const right = Math.max(from, to);
    const isAgain = flight.again !== undefined;
    const said = `tls: ${words.map((each) => (isAgain ? each.word : each.said)).join(', ')}`;
    for (const line of wrap(said, right - left - 4)) {
      const text = this.#blank();
      text.put(left, `╞ ${line} `, 'note');
      text.put(right - 1, '╡', 'note');
      text.line(left, right, '═', '╪');
      this.#push(text);
    }
  }

  #wrapped(
    lines: readonly { readonly text: string; readonly role: PaintRole }[],
  ): readonly { readonly text: string; readonly role: PaintRole }[] {
    const width = laneWidth(this.#layout);
    return lines.flatMap(({ text, role }) =>
      wrap(text, width).map((line) => ({ text: line, role })),
    );
  }

  /** @returns the lines that follow the first */
  #text(text: TextRow, body: Extract<LadderRow['body'], { kind: 'text' }>): readonly string[] {
    const [first = '', ...rest] = wrap(body.text, laneWidth(this.#layout));
    const at = this.#layout.lifelines.get(body.host) ?? this.#layout.timeEnd + 1;
    if (isRightmost(this.#layout, body.host)) {
      text.putBefore(at - 1, `${first} ${mirrored(body.mark)}`, body.role);
    } else text.put(at + 2, `${body.mark} ${first}`, body.role);
    return rest;
  }

  /** A line of its own beside a host's lifeline, under something that began there. */
  #beside(host: string, words: string, role: PaintRole): void {
    const text = this.#blank();
    this.#putBeside(text, host, words, role);
    this.#push(text);
  }

  #putBeside(text: TextRow, host: string, words: string, role: PaintRole): void {
    const at = this.#layout.lifelines.get(host) ?? this.#layout.timeEnd + 1;
    if (isRightmost(this.#layout, host)) text.putBefore(at - 3, words, role);
    else text.put(at + 4, words, role);
  }

  /** @returns the rows that follow the first */
  #banner(first: TextRow, words: string, role: PaintRole): readonly TextRow[] {
    const columns = [...this.#layout.lifelines.values()];
    const left = Math.min(...columns);
    const right = Math.max(...columns);
    const room = columns.length < 2 ? this.#layout.width - left - 4 : right - left - 3;
    const marked = role === 'script' ? `╌╌ ${words} ╌╌` : words;
    const lines = wrap(marked, room);
    return lines.map((line, index) => {
      const text = index === 0 ? first : this.#blank();
      if (role === 'fold') for (const at of columns) text.put(at, '⋮', 'line');
      const middle =
        columns.length < 2 ? left + 2 : Math.floor((left + right - textWidth(line) + 1) / 2);
      text.put(middle, line, role);
      return text;
    });
  }

  #why(row: LadderRow): void {
    for (const { host, text } of row.reasons) {
      for (const line of wrap(text, laneWidth(this.#layout) - 2)) this.#beside(host, line, 'why');
    }
  }

  #push(row: TextRow): void {
    this.#lines.push(row.render((role, text) => this.#paint(role, text)));
  }

  #paint(role: PaintRole, text: string): string {
    return (this.#options.paint ?? plainPaint)(role, text);
  }
}

function roleOf(flight: Flight): PaintRole {
  if (flight.fate === 'lost') return 'lost';
  return flight.packet.resent === true ? 'again' : 'packet';
}

/** A mark on the other side points the other way. */
function mirrored(mark: string): string {
  if (mark === '»') return '«';
  return mark === '«' ? '»' : mark;
}

function timesOf(row: LadderRow): readonly number[] {
  if (row.body.kind !== 'flight') return [row.timeUs];
  const { flight } = row.body;
  return flight.fate === 'arrived' ? [row.timeUs, flight.endUs] : [row.timeUs];
}
