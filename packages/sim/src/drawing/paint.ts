/** Colour for text drawings, given from outside, so that nothing here knows a terminal. */

/** What a piece of text is. */
export type PaintRole =
  | 'time'
  | 'host'
  | 'state'
  | 'line'
  | 'packet'
  | 'lost'
  | 'again'
  | 'timer'
  | 'call'
  | 'event'
  | 'note'
  | 'script'
  | 'why'
  | 'fold';

/** Gives the text in the colours of its role. It must not change the text's width. */
export type Paint = (role: PaintRole, text: string) => string;

/** No colour at all. */
export const plainPaint: Paint = (_role, text) => text;

const CODES: { readonly [role in PaintRole]: string } = {
  time: '2',
  host: '1',
  state: '36',
  line: '2',
  packet: '39',
  lost: '31',
  again: '33',
  timer: '35',
  call: '34',
  event: '32',
  note: '94',
  script: '95',
  why: '2;3',
  fold: '2',
};

/** The colours of a terminal by ANSI escape sequences: legible on dark and on light grounds. */
export const ansiPaint: Paint = (role, text) =>
  text.trim() === '' ? text : `\u001b[${CODES[role]}m${text}\u001b[0m`;
