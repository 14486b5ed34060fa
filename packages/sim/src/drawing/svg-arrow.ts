import { coordinate, element } from './svg.ts';
import { filled, stroked, type ToneName } from './svg-theme.ts';

/** From where to where an arrow goes. */
export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** How much an arrow falls for each unit it goes sideways. */
export function slopeOf(line: Line): number {
  return (line.y2 - line.y1) / Math.max(1, Math.abs(line.x2 - line.x1));
}

export function arrowHead(line: Line, tone: ToneName): string {
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

/** What becomes of an arrow that does not arrive. */
export function cross(x: number, y: number): string {
  const size = 5;
  const d = `M${coordinate(x - size)} ${coordinate(y - size)}L${coordinate(x + size)} ${coordinate(y + size)}M${coordinate(x - size)} ${coordinate(y + size)}L${coordinate(x + size)} ${coordinate(y - size)}`;
  return element('path', { d, ...stroked('lost', 2.2) });
}

/** Degrees in a unit of arc. */
const DEGREES = 57.295_779_513_082_32;

/** The arc tangent in degrees by its first terms: slopes here are gentle, and no library function is exact everywhere. */
export function angleOf(slope: number): number {
  const s = Math.min(1, Math.max(-1, slope));
  return (s - (s * s * s) / 3 + (s * s * s * s * s) / 5) * DEGREES;
}
