/**
 * Colours of the pictures, light and dark. Every element carries its light colour as an attribute, for
 * programs that know no style sheet, and a class whose rule follows the reader's preference. A page
 * may set the custom properties itself: `--tcplab-packet` and so on.
 */
import { element, type SvgAttributes } from './svg.ts';

interface Tone {
  readonly light: string;
  readonly dark: string;
}

const TONES = {
  ground: { light: '#ffffff', dark: '#14181d' },
  ink: { light: '#1c2128', dark: '#e6e9ec' },
  quiet: { light: '#656d76', dark: '#9aa4ae' },
  faint: { light: '#d0d5da', dark: '#3a424b' },
  packet: { light: '#0b57c2', dark: '#6cb0ff' },
  lost: { light: '#c62828', dark: '#ff8078' },
  again: { light: '#a65300', dark: '#ffb35c' },
  timer: { light: '#7b3fb5', dark: '#c79bf2' },
  call: { light: '#0b57c2', dark: '#6cb0ff' },
  event: { light: '#1f7a33', dark: '#6fd18a' },
  note: { light: '#00707a', dark: '#5ccbd6' },
  script: { light: '#a1195b', dark: '#ff8cc0' },
  state: { light: '#00707a', dark: '#5ccbd6' },
  tls: { light: '#7a6f00', dark: '#d8cf5a' },
  http: { light: '#2e7d32', dark: '#7bd389' },
  above: { light: '#6a4fb3', dark: '#b7a1f0' },
  idle: { light: '#e3e7eb', dark: '#2a313a' },
  opening: { light: '#f3d48a', dark: '#7a5a10' },
  open: { light: '#a8dcb2', dark: '#235f34' },
  closing: { light: '#f2bba5', dark: '#7a3c25' },
  waiting: { light: '#d3c3ec', dark: '#503a77' },
} as const satisfies { readonly [name: string]: Tone };

export type ToneName = keyof typeof TONES;

/** Attributes that fill an element in a tone. */
export function filled(tone: ToneName): SvgAttributes {
  return { class: `f-${tone}`, fill: TONES[tone].light };
}

/** Attributes that draw an element's outline in a tone, without filling it. */
export function stroked(tone: ToneName, width = 1): SvgAttributes {
  return { class: `s-${tone}`, stroke: TONES[tone].light, 'stroke-width': width, fill: 'none' };
}

/** Attributes that set text off from lines behind it. */
export const HALO: SvgAttributes = {
  stroke: TONES.ground.light,
  'stroke-width': 3,
  'paint-order': 'stroke',
  'stroke-linejoin': 'round',
};

export const FONT = "ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";

/** The style sheet of one picture. */
export function themeStyle(): string {
  const names = Object.keys(TONES) as ToneName[];
  const custom = (side: keyof Tone): string =>
    names.map((name) => `--${name}:var(--tcplab-${name},${TONES[name][side]});`).join('');
  const rules = names
    .map(
      (name) => `.tcplab .f-${name}{fill:var(--${name})}.tcplab .s-${name}{stroke:var(--${name})}`,
    )
    .join('');
  const dark = `@media (prefers-color-scheme:dark){svg.tcplab{${custom('dark')}}}`;
  const halo = '.tcplab text.halo{stroke:var(--ground)}';
  return element('style', {}, [`svg.tcplab{${custom('light')}}${dark}${rules}${halo}`]);
}

/** The tone of what a layer above TCP or UDP says inside a packet. */
export function layerTone(layer: string): 'tls' | 'http' | 'above' {
  return layer === 'tls' || layer === 'http' ? layer : 'above';
}

/** Which tone fills the bar of a TCP state. */
export function stateTone(state: string): ToneName {
  switch (state.replace(/^\[\d+\] /, '')) {
    case 'SYN-SENT':
    case 'SYN-RECEIVED':
      return 'opening';
    case 'ESTABLISHED':
      return 'open';
    case 'FIN-WAIT-1':
    case 'FIN-WAIT-2':
    case 'CLOSE-WAIT':
    case 'CLOSING':
    case 'LAST-ACK':
      return 'closing';
    case 'TIME-WAIT':
      return 'waiting';
    default:
      return 'idle';
  }
}
