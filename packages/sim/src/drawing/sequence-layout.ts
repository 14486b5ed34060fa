/** Where the rows of a sequence picture stand, in order of steps or by time. */
import type { LadderRow } from './ladder-rows.ts';
import type { Flight } from './flight.ts';

export interface PlacedRow {
  readonly row: LadderRow;
  readonly y: number;
}

export interface SequenceLayout {
  readonly rows: readonly PlacedRow[];
  readonly height: number;
  /** Where a flight begins and ends; undefined for an end that is not drawn. */
  startOf(flight: Flight): number | undefined;
  endOf(flight: Flight): number | undefined;
}

/** Height of a row, and how far a packet falls that is drawn in one row. */
const ROW = 24;
const FALL = 18;

/** Height of the name of a state. */
export const STATE_NAME = 15;

/** Height of what a host says, where time decides the rest. */
const LINE = 18;

/** The height that quiet time takes, however long it was. */
const BREAK = 34;

/** One row under the other, whatever the time between them. */
export function compactLayout(rows: readonly LadderRow[], top: number): SequenceLayout {
  const placed: PlacedRow[] = [];
  const starts = new Map<Flight, number>();
  const ends = new Map<Flight, number>();
  let y = top;
  for (const row of rows) {
    placed.push({ row, y });
    if (row.body.kind === 'flight') {
      const { flight, part } = row.body;
      if (part === 'whole' || part === 'send') starts.set(flight, y);
      if (part === 'whole') ends.set(flight, y + FALL);
      if (part === 'arrive' || part === 'lose') ends.set(flight, y);
      y += part === 'whole' ? ROW + FALL / 2 : ROW;
    } else if (isBreak(row)) y += BREAK;
    else y += isTall(row) ? ROW + STATE_NAME : ROW;
  }
  return layoutOf(placed, y, starts, ends);
}

/** Whether the name of a new state needs room under what its host says. */
function isTall(row: LadderRow): boolean {
  return row.body.kind === 'text' && row.states.has(row.body.host);
}

/** Distances in proportion to time; quiet stretches are cut short, and what is said at one moment gets room. */
export function timedLayout(
  rows: readonly LadderRow[],
  top: number,
  height: number,
): SequenceLayout {
  const breaks = breaksOf(rows);
  const busyUs = [...breaks.values()].reduce((sum, lengthUs) => sum - lengthUs, spanOf(rows));
  const room = Math.max(100, height - top - breaks.size * BREAK);
  const perUs = busyUs <= 0 ? 0 : room / busyUs;
  const moments = momentsOf(rows);
  const named = flightsThatChangeState(rows);
  const placed: PlacedRow[] = [];
  const starts = new Map<Flight, number>();
  const ends = new Map<Flight, number>();
  let y = top;
  let bottom = top;
  let before: Moment | undefined;
  for (const moment of moments) {
    const quiet = breaks.get(moment.timeUs) ?? 0;
    const passed = moment.timeUs - (before?.timeUs ?? moment.timeUs) - quiet;
    y = Math.max(y + passed * perUs, bottom) + (quiet > 0 ? BREAK : 0);
    for (const flight of moment.endings) y = Math.max(y, (starts.get(flight) ?? y) + FALL);
    bottom = y + (moment.endings.some((flight) => named.has(flight)) ? STATE_NAME + 7 : 0);
    for (const flight of moment.endings) ends.set(flight, y);
    for (const row of moment.rows) {
      const at = isBreak(row) ? y - BREAK / 2 : bottom;
      placed.push({ row, y: at });
      if (row.body.kind === 'flight' && row.body.part !== 'arrive') starts.set(row.body.flight, at);
      bottom += neededBy(row);
    }
    before = moment;
  }
  return layoutOf(placed, Math.max(bottom, y) + ROW, starts, ends);
}

/** Packets beside whose arrival the name of a state stands. */
function flightsThatChangeState(rows: readonly LadderRow[]): ReadonlySet<Flight> {
  const flights = new Set<Flight>();
  for (const { body, states } of rows) {
    if (body.kind === 'flight' && states.has(body.flight.to)) flights.add(body.flight);
  }
  return flights;
}

/** Everything that happens at one time. */
interface Moment {
  readonly timeUs: number;
  readonly rows: LadderRow[];
  readonly endings: Flight[];
}

function momentsOf(rows: readonly LadderRow[]): readonly Moment[] {
  const moments = new Map<number, Moment>();
  const at = (timeUs: number): Moment => {
    let moment = moments.get(timeUs);
    if (moment === undefined) moments.set(timeUs, (moment = { timeUs, rows: [], endings: [] }));
    return moment;
  };
  for (const row of rows) {
    at(row.timeUs).rows.push(row);
    if (row.body.kind !== 'flight' || row.body.part === 'send') continue;
    const { flight } = row.body;
    if (flight.endUs > flight.sentUs) at(flight.endUs).endings.push(flight);
  }
  return [...moments.values()].sort((a, b) => a.timeUs - b.timeUs);
}

/** Words need a line; packets may leave as close together as they did. */
function neededBy(row: LadderRow): number {
  if (row.body.kind === 'flight' || isBreak(row)) return 0;
  return isTall(row) ? 2 * LINE : LINE;
}

function layoutOf(
  rows: readonly PlacedRow[],
  height: number,
  starts: ReadonlyMap<Flight, number>,
  ends: ReadonlyMap<Flight, number>,
): SequenceLayout {
  return {
    rows,
    height,
    startOf: (flight) => starts.get(flight),
    endOf: (flight) => ends.get(flight),
  };
}

/** Quiet time, as the rows tell it. */
export function isBreak(row: LadderRow): boolean {
  return row.body.kind === 'banner' && row.body.role === 'fold' && row.body.text.endsWith(' later');
}

/** How long the quiet was, by the time at which it ended. */
function breaksOf(rows: readonly LadderRow[]): ReadonlyMap<number, number> {
  const breaks = new Map<number, number>();
  let lastUs = rows[0]?.timeUs ?? 0;
  for (const row of rows) {
    if (isBreak(row) && row.timeUs > lastUs) breaks.set(row.timeUs, row.timeUs - lastUs);
    lastUs = Math.max(lastUs, row.body.kind === 'flight' ? flightEnd(row.body.flight) : row.timeUs);
  }
  return breaks;
}

function flightEnd(flight: Flight): number {
  return Math.max(flight.sentUs, flight.endUs);
}

function spanOf(rows: readonly LadderRow[]): number {
  let last = 0;
  for (const row of rows) {
    last = Math.max(last, row.timeUs, row.body.kind === 'flight' ? flightEnd(row.body.flight) : 0);
  }
  return last - (rows[0]?.timeUs ?? 0);
}
