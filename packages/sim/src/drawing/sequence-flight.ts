import type { Cargo, Cargoes } from './cargo.ts';
import type { Flight } from './flight.ts';
import type { PacketLabel, PacketLabels } from './packet-label.ts';
import type { SequenceLayout } from './sequence-layout.ts';
import { angleOf, arrowHead, cross, slopeOf, type Line } from './svg-arrow.ts';
import { CHARACTER, clipped, svgText } from './svg-text.ts';
import { layerTone, stroked, type ToneName } from './svg-theme.ts';
import { coordinate, element, escapeXml } from './svg.ts';

/** What flights are drawn from. */
export interface FlightSurroundings {
  readonly layout: SequenceLayout;
  readonly cargoes: Cargoes;
  readonly labels: PacketLabels;
  /** Where each host's lifeline stands. */
  readonly columns: ReadonlyMap<string, number>;
}

/** Draws packets as arrows between lifelines, with their labels, what they carry, and links to first sendings. */
export class FlightPicture {
  readonly #layout: SequenceLayout;
  readonly #cargoes: Cargoes;
  readonly #labels: PacketLabels;
  readonly #columns: ReadonlyMap<string, number>;
  /** Where each packet number was first sent, for links to it. */
  readonly #starts = new Map<number, { readonly x: number; readonly y: number }>();
  /** Where each host's last label stands. */
  readonly #lastLabelY = new Map<string, number>();

  constructor({ layout, cargoes, labels, columns }: FlightSurroundings) {
    this.#layout = layout;
    this.#cargoes = cargoes;
    this.#labels = labels;
    this.#columns = columns;
  }

  /** The whole way of a packet, or as much of it as there is. */
  whole(flight: Flight): string {
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
  arrival(flight: Flight, y: number): string {
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
      svgText(line.x1, y - 8, text, {
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
    const slope = slopeOf(line);
    const room = (Math.abs(line.x2 - line.x1) - 24) / CHARACTER;
    const whole = cargoes.map(({ layer, words }) => `${layer}: ${words.join(', ')}`).join(' · ');
    const tone = layerTone(cargoes.at(-1)!.layer);
    const x = line.x2 - 14 * direction;
    const y = line.y2 - slope * 14 + 12;
    const lane = { ...line, ...stroked(tone, 7), 'stroke-opacity': '0.3' };
    const words = svgText(x, y, clipped(whole.length <= room ? whole : shortCargo(cargoes), room), {
      tone,
      anchor: direction > 0 ? 'end' : 'start',
      size: 10.5,
      halo: true,
      rotate: Math.abs(slope) < 0.01 ? 0 : angleOf(slope) * direction,
      full: whole,
    });
    return [element('line', lane), words];
  }

  /** The label lies on the arrow, near its sender. */
  #label(flight: Flight, line: Line, text: string): string {
    const tone = toneOfFlight(flight);
    const isCrowded = line.y1 - (this.#lastLabelY.get(flight.from) ?? -100) < 11;
    if (isCrowded && tone === 'packet') return '';
    this.#lastLabelY.set(flight.from, line.y1);
    const rightwards = line.x2 >= line.x1;
    const slope = slopeOf(line);
    const anchor = rightwards ? 'start' : 'end';
    const x = line.x1 + (rightwards ? 9 : -9);
    const degrees = angleOf(slope) * (rightwards ? 1 : -1);
    const y = line.y1 + slope * 9 - 4;
    const label = svgText(x, y, text, {
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
    const reason = svgText(line.x2 + side * 9, line.y2 + (isBeside ? 4 : 13), words, {
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
}

function toneOfFlight(flight: Flight): ToneName {
  if (flight.fate === 'lost') return 'lost';
  return flight.packet.resent === true ? 'again' : 'packet';
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
