/** A run as a Mermaid sequence diagram, for documents that are drawn by others. */
import {
  ladderRows,
  mermaidText,
  PacketLabels,
  tellStory,
  timeScale,
  type Flight,
  type LabelOptions,
  type LadderRow,
  type RowOptions,
  type TimeScale,
} from '../drawing/index.ts';
import type { TraceHeader, TraceRecord } from '../trace/record.ts';

export interface MermaidSequenceOptions extends RowOptions, LabelOptions {}

/**
 * Text for a fenced `mermaid` block. Mermaid knows no slanted arrows: a packet stands where it was
 * sent, with the time of its arrival. Long runs are folded as in the ladder.
 */
export function toMermaidSequence(
  header: TraceHeader,
  records: readonly TraceRecord[],
  options: MermaidSequenceOptions = {},
): string {
  const story = tellStory(header, records);
  const rows = ladderRows(story, options);
  const hosts = new Map(story.hosts.map((name, index) => [name, `h${index}`]));
  const drawing: Drawing = {
    hosts,
    labels: new PacketLabels(story, options),
    scale: timeScale(rows.map((row) => row.timeUs)),
  };
  const lines = ['sequenceDiagram'];
  for (const [name, identifier] of hosts) {
    lines.push(`  participant ${identifier} as ${mermaidText(name)}`);
  }
  for (const row of rows) lines.push(...rowLines(row, drawing));
  return `${lines.join('\n')}\n`;
}

interface Drawing {
  readonly hosts: ReadonlyMap<string, string>;
  readonly labels: PacketLabels;
  readonly scale: TimeScale;
}

function rowLines(row: LadderRow, drawing: Drawing): readonly string[] {
  const { hosts } = drawing;
  const lines: string[] = [];
  const { body } = row;
  if (body.kind === 'flight' && (body.part === 'whole' || body.part === 'send')) {
    lines.push(...flightLines(body.flight, drawing));
  } else if (body.kind === 'text') {
    const host = hosts.get(body.host);
    if (host !== undefined) lines.push(`  Note over ${host}: ${messageText(body.text)}`);
  } else if (body.kind === 'banner' && hosts.size > 0) {
    const ends = hosts.size > 1 ? `h0,h${hosts.size - 1}` : 'h0';
    lines.push(`  Note over ${ends}: ${messageText(body.text)}`);
  }
  for (const [name, state] of row.states) {
    const host = hosts.get(name);
    const side = host === 'h0' ? 'left of' : 'right of';
    if (host !== undefined) lines.push(`  Note ${side} ${host}: ${mermaidText(state)}`);
  }
  return lines;
}

function flightLines(flight: Flight, drawing: Drawing): readonly string[] {
  const from = drawing.hosts.get(flight.from);
  const to = drawing.hosts.get(flight.to);
  if (from === undefined || to === undefined) return [];
  const { main, parts } = drawing.labels.of(flight);
  const { unit } = drawing.scale;
  const sent = drawing.scale.text(flight.sentUs);
  const isLost = flight.fate === 'lost';
  const arrival = flight.fate === 'arrived' ? ` → ${drawing.scale.text(flight.endUs)}` : '';
  const fate = isLost ? `, lost: ${flight.lostBy}` : '';
  const text = [main, ...parts.filter(({ must }) => must).map((part) => part.text)].join(' ');
  const said = messageText(`${text} (${sent}${arrival} ${unit}${fate})`);
  return [`  ${from}${isLost ? '-x' : '->>'}${to}: ${said}`];
}

/** In messages and notes a colon is a colon. */
function messageText(text: string): string {
  return mermaidText(text).replaceAll('#58;', ':');
}
