/** The formats of `tcplab export`, each a function of a trace. */
import { drawLadder, drawSequenceSvg } from '../drawing/index.ts';
import {
  captureTruth,
  toCsv,
  toHtml,
  toJson,
  toKeyLog,
  toMermaidSequence,
  toPcap,
  toPcapng,
  type TapPlace,
} from '../export/index.ts';
import type { Trace } from './read-trace.ts';

export interface ExportOptions {
  /** Where a capture is taken; absent: at the host that sends most. */
  readonly tap: TapPlace | undefined;
}

export type ExportFormat = (trace: Trace, options: ExportOptions) => string | Uint8Array;

export type ExportName =
  | 'pcapng'
  | 'pcap'
  | 'truth'
  | 'keylog'
  | 'svg'
  | 'html'
  | 'json'
  | 'csv'
  | 'mermaid'
  | 'text';

export const EXPORTS: { readonly [name in ExportName]: ExportFormat } = {
  pcapng: ({ header, records }, { tap }) =>
    toPcapng(header, records, tap === undefined ? {} : { tap }),
  pcap: ({ header, records }, { tap }) => toPcap(header, records, tap),
  truth: ({ header, records }, { tap }) =>
    `${JSON.stringify(captureTruth(header, records, tap))}\n`,
  keylog: ({ records }) => toKeyLog(records),
  svg: ({ header, records }) => drawSequenceSvg(header, records),
  html: ({ header, records, footer }) =>
    toHtml(header, records, footer === undefined ? {} : { footer }),
  json: ({ header, records, footer }) => toJson(header, records, footer),
  csv: ({ records }) => toCsv(records),
  mermaid: ({ header, records }) => toMermaidSequence(header, records),
  text: ({ header, records }) => drawLadder(header, records),
};
