/** What each layer adds to a run: the bytes of a run taken apart, from the outside to the inside. */
import type { FlowCosts, LayerCostName, RunCosts } from '../../costs/index.ts';
import { table } from './table.ts';

type Row = readonly string[];

/** @returns undefined where nothing above TCP and UDP has spoken */
export function layerTable(costs: RunCosts): string | undefined {
  const { total } = costs;
  const rows = [...tlsRows(total), ...httpRows(total), ...otherRows(total)];
  if (rows.length === 0) return undefined;
  const headings = ['layer', 'what it did', 'round trips', 'bytes'];
  return table([headings, transportRow(total), ...rows, ...restRow(total)], 2);
}

/** What TLS and HTTP add under several variations, side by side; a section for each that was spoken. */
export function layerComparison(
  runs: readonly { readonly label: string; readonly costs: RunCosts }[],
): readonly { readonly title: string; readonly text: string }[] {
  const sections: { readonly title: string; readonly text: string }[] = [];
  if (runs.some(({ costs }) => costs.total.layers.get('tls.bytes') > 0)) {
    const rows = runs.map(({ label, costs }) => [label, ...tlsCells(costs)]);
    const headings = ['handshakes', 'trips', 'bytes', 'last: trips', 'bytes'];
    const title = 'TLS: its round trips before data, and its bytes, in all and of the last';
    sections.push({ title, text: table([['variation', ...headings], ...rows]) });
  }
  if (runs.some(({ costs }) => costs.total.layers.get('http.bytes') > 0)) {
    const names = ['http.requests', 'http.roundTrips', 'http.headBytes', 'http.bodyBytes'] as const;
    const rows = runs.map(({ label, costs }) => [
      label,
      ...names.map((name) => String(costs.total.layers.get(name))),
    ]);
    const headings = ['requests', 'round trips', 'heads, bytes', 'content, bytes'];
    sections.push({ title: 'HTTP', text: table([['variation', ...headings], ...rows]) });
  }
  return sections.length === 0 ? [] : [tcpSection(runs), ...sections];
}

function tcpSection(runs: readonly { readonly label: string; readonly costs: RunCosts }[]): {
  readonly title: string;
  readonly text: string;
} {
  const rows = runs.map(({ label, costs: { total } }) => [
    label,
    String(total.layers.get('tcp.handshakes')),
    String(total.layers.get('tcp.roundTrips')),
    String(total.headerBytes),
  ]);
  const headings = ['handshakes', 'round trips', 'headers with IP, bytes'];
  return { title: 'TCP', text: table([['variation', ...headings], ...rows]) };
}

/** The sum of all handshakes, then the last alone: of several only the later ones are resumed. */
function tlsCells(costs: RunCosts): readonly string[] {
  const last = costs.lastWith('tls.handshakes')?.layers;
  const { layers } = costs.total;
  return [
    String(layers.get('tls.handshakes')),
    String(layers.get('tls.roundTrips')),
    String(layers.get('tls.bytes')),
    last === undefined ? '–' : String(last.get('tls.roundTrips')),
    last === undefined ? '–' : String(last.get('tls.bytes')),
  ];
}

function transportRow(total: FlowCosts): Row {
  const handshakes = total.layers.get('tcp.handshakes');
  const did = [counted(total.packets, 'packet')];
  if (handshakes > 0) did.push(counted(handshakes, 'handshake'));
  const waited = String(total.layers.get('tcp.roundTrips'));
  return ['headers of IP, TCP, UDP', did.join(', '), waited, String(total.headerBytes)];
}

function tlsRows({ layers }: FlowCosts): Row[] {
  if (layers.get('tls.bytes') === 0) return [];
  const kinds = [];
  for (const kind of ['full', 'resumed'] as const) {
    const count = layers.get(`tls.${kind}`);
    if (count > 0) kinds.push(`${count} ${kind}`);
  }
  const early = layers.get('tls.early');
  if (early > 0) kinds.push(`${early} early`);
  const did = counted(layers.get('tls.handshakes'), 'handshake');
  const which = kinds.length === 1 ? ` (${kinds.join()})` : '';
  return [
    ['TLS', `${did}${which}`, String(layers.get('tls.roundTrips')), ''],
    ...(kinds.length > 1 ? [['', kinds.join(', '), '', '']] : []),
    part(layers, 'messages of the handshake', 'tls.handshakeBytes'),
    part(layers, 'records around everything', 'tls.recordBytes'),
  ];
}

function httpRows({ layers }: FlowCosts): Row[] {
  if (layers.get('http.bytes') === 0) return [];
  const did = counted(layers.get('http.requests'), 'request');
  return [
    ['HTTP', did, String(layers.get('http.roundTrips')), ''],
    part(layers, 'heads and framing', 'http.headBytes'),
    part(layers, 'content', 'http.bodyBytes'),
  ];
}

function otherRows({ layers }: FlowCosts): Row[] {
  const rows: Row[] = [];
  const add = (layer: string, name: LayerCostName, what: string): void => {
    const count = layers.get(name);
    if (count > 0) rows.push([layer, counted(count, what), '', '']);
  };
  add('WebSocket', 'ws.frames', 'frame');
  add('FTP', 'ftp.commands', 'command');
  add('DNS', 'dns.queries', 'query');
  return rows;
}

/** What no layer has claimed: a program's own data, and what was sent again. */
function restRow(total: FlowCosts): Row[] {
  const rest = total.payloadBytes - total.layers.get('tls.bytes') - total.layers.get('http.bytes');
  return rest > 0 ? [['other payload', 'data, and what was sent again', '', String(rest)]] : [];
}

function part(layers: FlowCosts['layers'], what: string, name: LayerCostName): Row {
  return ['', what, '', String(layers.get(name))];
}

function counted(count: number, what: string): string {
  if (count === 1) return `1 ${what}`;
  return `${count} ${what.endsWith('y') ? `${what.slice(0, -1)}ies` : `${what}s`}`;
}
