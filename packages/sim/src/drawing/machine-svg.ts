/** A state machine as a picture, laid out from the machine itself. */
import type { Arrow, MachineDescription } from '@tcplab/core';
import {
  layoutMachine,
  type LayoutEdge,
  type PlacedBox,
  type PlacedEdge,
} from './machine-layout.ts';
import { arrowLabel, drawnArrows, type MachineDrawingOptions } from './machine-mermaid.ts';
import { coordinate, element, escapeXml } from './svg.ts';
import { filled, FONT, stateTone, stroked, themeStyle } from './svg-theme.ts';

export interface MachineSvgOptions extends MachineDrawingOptions {
  /** A state to mark, e.g. the one in which a connection is now. */
  readonly current?: string;
  /** @default the machine's id */
  readonly title?: string;
}

/** Several arrows between the same two states are one line with several labels. */
interface Bundle extends LayoutEdge {
  readonly lines: readonly { readonly text: string; readonly inFigure: boolean }[];
}

const CHARACTER = 6.1;
const LINE = 14;
const PADDING = 28;

/** Marks the second box of the first state, at the end of the ways that lead back to it. */
const AGAIN = '\u0000again';

/** The picture as a text that is a complete SVG file. */
export function drawMachineSvg(
  machine: MachineDescription,
  options: MachineSvgOptions = {},
): string {
  const arrows = drawnArrows(machine, options);
  const { bundles, hasAgain } = bundlesOf(machine, arrows);
  const loops = loopsOf(arrows);
  const boxes = [...machine.states, ...(hasAgain ? [AGAIN] : [])].map((id) => ({
    id,
    width: nameOf(machine, id).length * 8 + 30,
    height: 34 + (loops.get(id)?.length ?? 0) * LINE,
  }));
  const first = boxes.findIndex(({ id }) => id === machine.initial);
  if (first > 0) boxes.unshift(...boxes.splice(first, 1));
  const layout = layoutMachine(boxes, bundles);
  const width = layout.width + 2 * PADDING;
  const height = layout.height + 2 * PADDING + 34;
  const title = options.title ?? machine.id;
  const parts = [
    element('title', {}, [escapeXml(title)]),
    themeStyle(),
    element('rect', { width, height, ...filled('ground') }),
    text(PADDING, 28, title, { 'font-size': 17, 'font-weight': 600, ...filled('ink') }),
    element('g', { transform: `translate(${PADDING} ${PADDING + 26})` }, [
      ...layout.edges.map(line),
      ...layout.edges.map(label),
      ...layout.boxes.map((box) => state(machine, box, { loops, current: options.current })),
    ]),
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'tcplab',
    viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
    width,
    height,
    'font-family': FONT,
    'font-size': 11,
    role: 'img',
    'aria-label': `State machine ${title}`,
  };
  return `${element('svg', attributes, parts)}\n`;
}

/** Long ways back to the first state end at a second box of it below, as the RFC's figure draws them. */
function bundlesOf(
  machine: MachineDescription,
  arrows: readonly Arrow[],
): { readonly bundles: readonly Bundle[]; readonly hasAgain: boolean } {
  const near = new Set(arrows.filter(({ from }) => from === machine.initial).map(({ to }) => to));
  const lines = new Map<string, { text: string; inFigure: boolean }[]>();
  let hasAgain = false;
  for (const arrow of arrows) {
    if (arrow.from === arrow.to) continue;
    const isBack = arrow.to === machine.initial && !near.has(arrow.from);
    if (isBack) hasAgain = true;
    const key = `${arrow.from}\n${isBack ? AGAIN : arrow.to}`;
    const line = { text: arrowLabel(arrow), inFigure: arrow.rfc === undefined };
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [line]);
    else known.push(line);
  }
  const bundles = [...lines].map(([key, texts]) => {
    const [from = '', to = ''] = key.split('\n');
    const longest = texts.reduce((most, { text }) => Math.max(most, text.length), 0);
    const height = texts.length * LINE + 4;
    return { from, to, lines: texts, width: longest * CHARACTER + 8, height };
  });
  return { bundles, hasAgain };
}

function loopsOf(arrows: readonly Arrow[]): ReadonlyMap<string, readonly string[]> {
  const loops = new Map<string, string[]>();
  for (const arrow of arrows) {
    if (arrow.from !== arrow.to) continue;
    const known = loops.get(arrow.from);
    if (known === undefined) loops.set(arrow.from, [arrowLabel(arrow)]);
    else known.push(arrowLabel(arrow));
  }
  return loops;
}

function state(
  machine: MachineDescription,
  box: PlacedBox,
  marks: {
    readonly loops: ReadonlyMap<string, readonly string[]>;
    readonly current: string | undefined;
  },
): string {
  const name = nameOf(machine, box.id);
  const isAgain = box.id === AGAIN;
  const isCurrent = marks.current === name && !isAgain;
  const outline = isCurrent ? stroked('packet', 3.5) : stroked('quiet', 1.4);
  const shape = {
    x: box.x - box.width / 2,
    y: box.y - box.height / 2,
    width: box.width,
    height: box.height,
    rx: 9,
  };
  const loops = marks.loops.get(box.id) ?? [];
  const top = box.y - box.height / 2 + 22;
  return element('g', { 'data-state': name }, [
    element('rect', { ...shape, ...filled(stateTone(name)) }),
    element('rect', { ...shape, ...outline, ...(isAgain ? { 'stroke-dasharray': '5 4' } : {}) }),
    text(box.x, top, name, {
      'text-anchor': 'middle',
      'font-size': 13,
      'font-weight': 600,
      ...filled('ink'),
    }),
    ...loops.map((words, index) =>
      text(box.x, top + (index + 1) * LINE, `↺ ${words}`, {
        'text-anchor': 'middle',
        'font-size': 10,
        ...filled('ink'),
      }),
    ),
  ]);
}

function nameOf(machine: MachineDescription, id: string): string {
  return id === AGAIN ? machine.initial : id;
}

function line(placed: PlacedEdge<Bundle>): string {
  const { points } = placed;
  const [start] = points;
  let path = `M${coordinate(start!.x)} ${coordinate(start!.y)}`;
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const [leave, enter] = [tangent(points, i - 1), tangent(points, i)];
    path += ` C${coordinate(a.x + leave.x / 3)} ${coordinate(a.y + leave.y / 3)} ${coordinate(b.x - enter.x / 3)} ${coordinate(b.y - enter.y / 3)} ${coordinate(b.x)} ${coordinate(b.y)}`;
  }
  const end = points.at(-1)!;
  const side = end.y >= points.at(-2)!.y ? 1 : -1;
  const head = `${coordinate(end.x)},${coordinate(end.y)} ${coordinate(end.x - 4.5)},${coordinate(end.y - 9 * side)} ${coordinate(end.x + 4.5)},${coordinate(end.y - 9 * side)}`;
  const isDashed = placed.edge.lines.every(({ inFigure }) => !inFigure);
  const dash = isDashed ? { 'stroke-dasharray': '4 3' } : {};
  return (
    element('path', { d: path, ...stroked('quiet', 1.3), ...dash }) +
    element('polygon', { points: head, ...filled('quiet') })
  );
}

/** Upright at the boxes, towards the next but one in between. */
function tangent(
  points: readonly { readonly x: number; readonly y: number }[],
  index: number,
): { readonly x: number; readonly y: number } {
  const before = points[index - 1];
  const after = points[index + 1];
  const here = points[index]!;
  if (before !== undefined && after !== undefined) {
    return { x: (after.x - before.x) / 2, y: (after.y - before.y) / 2 };
  }
  const other = before ?? after ?? here;
  const down = before === undefined ? other.y - here.y : here.y - other.y;
  return { x: 0, y: down * 1.6 };
}

function label(placed: PlacedEdge<Bundle>): string {
  const { lines, width, height } = placed.edge;
  const top = placed.label.y - ((lines.length - 1) * LINE) / 2 + 4;
  const ground = element('rect', {
    x: placed.label.x - width / 2,
    y: placed.label.y - height / 2,
    width,
    height,
    rx: 4,
    'fill-opacity': 0.88,
    ...filled('ground'),
  });
  const words = lines
    .map((said, index) =>
      text(placed.label.x, top + index * LINE, said.text, {
        'text-anchor': 'middle',
        ...filled(said.inFigure ? 'ink' : 'quiet'),
      }),
    )
    .join('');
  return ground + words;
}

function text(
  x: number,
  y: number,
  words: string,
  attributes: { readonly [name: string]: string | number | undefined },
): string {
  return element('text', { x, y, ...attributes }, [escapeXml(words)]);
}
