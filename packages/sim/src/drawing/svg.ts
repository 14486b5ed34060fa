/** SVG as text: elements, escaping, numbers without needless digits. */
import { printable } from './text-row.ts';

export interface SvgAttributes {
  readonly [name: string]: string | number | undefined;
}

/** `<name …>children</name>`; attributes that are undefined are left out. Children are markup already. */
export function element(
  name: string,
  attributes: SvgAttributes,
  children: readonly string[] = [],
): string {
  let text = `<${name}`;
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    text += ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeXml(value)}"`;
  }
  return children.length === 0 ? `${text}/>` : `${text}>${children.join('')}</${name}>`;
}

/** Text for markup: from a trace that may come from anywhere. */
export function escapeXml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** At most one decimal. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
