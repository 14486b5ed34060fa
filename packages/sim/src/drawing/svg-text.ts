import { coordinate, element, escapeXml } from './svg.ts';
import { filled, HALO, type ToneName } from './svg-theme.ts';

/** Rough width of a character at the size of labels; browsers differ, so it is generous. */
export const CHARACTER = 6.3;

export interface TextStyle {
  readonly tone: ToneName;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly weight?: number;
  readonly halo?: boolean;
  readonly rotate?: number;
  /** What a reader sees who waits with the pointer, where `text` was cut. */
  readonly full?: string;
}

/** A text, and its whole as a tooltip where it was cut. */
export function svgText(x: number, y: number, text: string, style: TextStyle): string {
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

/** At most as many characters as there is room for; the last tells that there were more. */
export function clipped(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, Math.floor(room) - 1))}…`;
}
