/**
 * A run as one HTML file that needs no network: the picture, the list of events, and for each event
 * why it happened. Light and dark by the reader's preference; everything works from the keyboard.
 */
import {
  drawSequenceSvg,
  escapeXml,
  timeScale,
  type SequenceSvgOptions,
} from '../drawing/index.ts';
import type { TraceFooter, TraceHeader, TraceRecord } from '../trace/record.ts';
import { describeRecord, placeOfRecord } from './describe-record.ts';
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH, PAGE_STYLE } from './html-page.ts';

/** The list shows this many events at most; more would make a page that no browser scrolls. */
export const MAX_HTML_EVENTS = 20_000;

/** The whole file. */
export function toHtml(
  header: TraceHeader,
  records: readonly TraceRecord[],
  options: SequenceSvgOptions & { readonly footer?: TraceFooter } = {},
): string {
  const title = escapeXml(`${header.name} (seed ${header.seed})`);
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${PAGE_SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>${title}</h1><p>${summary(header, records, options.footer)}</p></header>
<main>
<section aria-label="Sequence diagram" class="picture">
${drawSequenceSvg(header, records, options)}</section>
<section aria-label="Events" class="events">
<p class="why" role="status" id="why">Choose an event or a packet to see why it happened.</p>
${table(records)}
</section>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function summary(
  header: TraceHeader,
  records: readonly TraceRecord[],
  footer: TraceFooter | undefined,
): string {
  let packets = 0;
  let lost = 0;
  for (const { kind } of records) {
    if (kind === 'send') packets += 1;
    if (kind === 'lost') lost += 1;
  }
  const parts = [
    `${packets} packets, ${lost} lost`,
    `${records.length} events`,
    `engine ${header.engine}`,
    ...(footer === undefined ? [] : [`hash ${footer.hash}`]),
  ];
  return escapeXml(parts.join(' · '));
}

function table(records: readonly TraceRecord[]): string {
  const shown = records.slice(0, MAX_HTML_EVENTS);
  const scale = timeScale(shown.map(({ timeUs }) => timeUs));
  const rows = shown.map((record) => eventRow(record, scale.text(record.timeUs)));
  const rest = records.length - shown.length;
  const more = rest === 0 ? '' : `<p>${rest} more events are not listed.</p>`;
  return `<table><thead><tr><th>#</th><th>${scale.unit}</th><th>where</th><th>what</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>${more}`;
}

function eventRow(record: TraceRecord, time: string): string {
  const why = 'why' in record ? record.why : '';
  const rule = 'rule' in record && record.rule !== undefined ? ` [${record.rule}]` : '';
  const reason = why === '' ? 'It arrived.' : `${why}${rule}`;
  const cells = [String(record.id), time, placeOfRecord(record), describeRecord(record)];
  const columns = cells.map((cell) => `<td>${escapeXml(cell)}</td>`).join('');
  return `<tr tabindex="0" class="k-${record.kind}" data-event="${record.id}" data-why="${escapeXml(reason)}">${columns}</tr>`;
}
