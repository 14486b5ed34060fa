/** The bars beside the lifelines of a sequence picture: which state each host's connection was in. */
import { STATE_NAME, type SequenceLayout } from './sequence-layout.ts';
import { element, escapeXml } from './svg.ts';
import { filled, HALO, stateTone } from './svg-theme.ts';

const BAR = 7;

interface Span {
  readonly state: string;
  readonly from: number;
  to: number;
  /** Where its name stands: lower where the host says something in the same row. */
  readonly nameAt: number;
}

/** One bar per host, a piece per state, its name where it begins. */
export function stateBars(
  layout: SequenceLayout,
  columns: ReadonlyMap<string, number>,
  width: number,
): readonly string[] {
  const hosts = [...columns.keys()];
  return hosts.flatMap((host, index) => {
    const x = columns.get(host)!;
    const outwards = index === 0 ? -1 : 1;
    return spansOf(layout, host).flatMap((span) => draw(span, x, outwards, width));
  });
}

/** The last named state's lowest point is the end of the picture, unless it is CLOSED. */
function spansOf(layout: SequenceLayout, host: string): readonly Span[] {
  const spans: Span[] = [];
  for (const { row, y } of layout.rows) {
    const state = row.states.get(host);
    if (state === undefined) continue;
    const { body } = row;
    const isArrival = body.kind === 'flight' && body.flight.to === host && body.part === 'whole';
    const at = isArrival ? (layout.endOf(body.flight) ?? y) : y;
    const last = spans.at(-1);
    if (last !== undefined) last.to = at;
    const speaks = body.kind === 'text' && body.host === host;
    spans.push({
      state,
      from: at,
      to: layout.height,
      nameAt: at + (speaks ? 10 + STATE_NAME : 10),
    });
  }
  return spans;
}

function draw(span: Span, x: number, outwards: number, width: number): readonly string[] {
  const tone = stateTone(span.state);
  const left = outwards < 0 ? x - BAR - 4 : x + 4;
  const bar = element('rect', {
    x: left,
    y: span.from,
    width: BAR,
    height: Math.max(2, span.to - span.from - 1),
    rx: 2,
    ...filled(tone),
  });
  const anchor = outwards < 0 ? 'end' : 'start';
  const at = x + outwards * 16;
  const name = element(
    'text',
    {
      x: Math.min(width - 4, Math.max(4, at)),
      y: span.nameAt,
      'text-anchor': anchor,
      'font-size': 11,
      'font-weight': 600,
      ...filled('state'),
      ...HALO,
      class: 'f-state halo',
    },
    [escapeXml(span.state)],
  );
  return [bar, name];
}
