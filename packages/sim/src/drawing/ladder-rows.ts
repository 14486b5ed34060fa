/**
 * The rows of a ladder, before anybody knows how wide it is: which steps share a row, where packets
 * cross, which states change beside which row, and what is folded away.
 */
import type { Flight } from './flight.ts';
import { foldSteps, grouped, type Fold } from './ladder-fold.ts';
import type { PaintRole } from './paint.ts';
import { stepText } from './step-text.ts';
import type { Story, StoryStep, ToldRecord } from './story.ts';

export type LadderBody =
  /** `whole`: sending and arrival in one row. The other parts are rows of their own, because something happened in between. */
  | {
      readonly kind: 'flight';
      readonly part: 'whole' | 'send' | 'arrive' | 'lose';
      readonly flight: Flight;
    }
  | {
      readonly kind: 'text';
      readonly host: string;
      readonly role: PaintRole;
      readonly mark: string;
      readonly text: string;
    }
  /** Across all lanes: script actions, folded runs, quiet time. */
  | { readonly kind: 'banner'; readonly role: PaintRole; readonly text: string }
  /** States alone. */
  | { readonly kind: 'states' };

export interface LadderRow {
  readonly timeUs: number;
  /** Number of the record it shows; 0 for folded runs and quiet time. */
  record: number;
  body: LadderBody;
  /** New states by host, drawn beside the row. */
  readonly states: Map<string, string>;
  /** Sentences that say why, with their rules, each at its host. */
  readonly reasons: { readonly host: string; readonly text: string }[];
}

export interface RowOptions {
  /** Whether long runs of ordinary segments are folded into one row. @default true */
  readonly fold?: boolean;
  /** Also variables, limits, timers that only start and stop, and the inner life of TLS. @default false */
  readonly detail?: boolean;
  /** Beyond this many rows, losses and repairs inside of long runs are folded too. @default 200 */
  readonly maxRows?: number;
}

/** How long nothing must happen to be worth a row of its own. */
const QUIET_US = 1_000_000;

/** What a drawing shows in another way than by rows. */
export interface SaidElsewhere {
  /** Records that need no row. */
  readonly told: ReadonlySet<ToldRecord>;
  /** Packets that say something, and so are not folded away with ordinary ones. */
  speaks(flight: Flight): boolean;
}

const NOTHING_SAID: SaidElsewhere = { told: new Set(), speaks: () => false };

/** The rows of a story in order of time. */
export function ladderRows(
  story: Story,
  options: RowOptions = {},
  elsewhere: SaidElsewhere = NOTHING_SAID,
): readonly LadderRow[] {
  const wanted = story.steps.filter(
    (step) =>
      isWanted(step, options.detail === true) &&
      !(step.kind === 'told' && elsewhere.told.has(step.record)),
  );
  const maxRows = options.maxRows ?? 200;
  const all =
    options.fold === false
      ? wanted
      : foldSteps(wanted, maxRows, (flight) => elsewhere.speaks(flight));
  return new Composer(story, all).compose();
}

function isWanted(step: StoryStep, detail: boolean): boolean {
  if (step.kind !== 'told' || detail) return true;
  const { record } = step;
  if (record.kind === 'variable' || record.kind === 'limit') return false;
  if (record.kind === 'note') return !(record.layer === 'tls' && INNER_TLS.has(record.name));
  return record.kind !== 'timer' || record.action === 'fire';
}

const SELF_EXPLAINING: ReadonlySet<string> = new Set(['note', 'discard', 'call']);

/** What TLS does by itself: messages, alerts and agreements say enough. */
const INNER_TLS: ReadonlySet<string> = new Set(['state', 'records', 'key log', 'key installed']);

type Item = StoryStep | Fold;

class Composer {
  readonly #story: Story;
  readonly #items: readonly Item[];
  readonly #whole: ReadonlySet<Flight>;
  readonly #rows: LadderRow[] = [];
  /** The row in which a host last did something, and when. */
  readonly #touched = new Map<string, { readonly row: LadderRow; readonly timeUs: number }>();
  readonly #rowOf = new Map<Flight, LadderRow>();
  #calls:
    | {
        readonly row: LadderRow;
        readonly host: string;
        readonly call: string;
        bytes: number;
        count: number;
      }
    | undefined;
  #lastUs = 0;

  constructor(story: Story, items: readonly Item[]) {
    this.#story = story;
    this.#items = items;
    this.#whole = wholeFlights(items);
  }

  compose(): readonly LadderRow[] {
    for (const item of this.#items) {
      this.#tellQuiet(item.timeUs);
      if (item.kind === 'fold') this.#add(item.timeUs, banner('fold', item.text));
      else if (item.kind === 'told') this.#tell(item);
      else this.#fly(item);
      this.#lastUs = item.kind === 'fold' ? item.untilUs : item.timeUs;
    }
    return this.#rows;
  }

  #tellQuiet(timeUs: number): void {
    if (this.#rows.length === 0 || timeUs - this.#lastUs < QUIET_US) return;
    this.#add(timeUs, banner('fold', `${inSeconds(timeUs - this.#lastUs)} later`));
  }

  #fly(step: Extract<StoryStep, { readonly flight: Flight }>): void {
    const { flight } = step;
    if (step.kind === 'send') {
      const part = this.#whole.has(flight) || flight.endUs === flight.sentUs ? 'whole' : 'send';
      const row = this.#claim(flight.from, step.timeUs, { kind: 'flight', part, flight });
      row.record = flight.record;
      addReason(row, flight.from, flight);
      this.#rowOf.set(flight, row);
      return;
    }
    if (this.#whole.has(flight)) {
      const row = this.#rowOf.get(flight)!;
      this.#touched.set(flight.to, { row, timeUs: step.timeUs });
      return;
    }
    const part = step.kind === 'arrive' ? 'arrive' : 'lose';
    const row = this.#add(step.timeUs, { kind: 'flight', part, flight });
    row.record = flight.record;
    this.#touched.set(flight.to, { row, timeUs: step.timeUs });
  }

  #tell(step: Extract<StoryStep, { readonly kind: 'told' }>): void {
    const { record } = step;
    if (record.kind === 'script') {
      const row = this.#add(step.timeUs, banner('script', `${record.target} ${record.action}`));
      row.record = record.id;
      return;
    }
    if (record.kind === 'state' && record.machine === 'tcp') {
      const { connections } = this.#story;
      const number = connections > 1 ? this.#story.connectionOf(record.ends ?? '') : undefined;
      const name = number === undefined ? record.after : `[${number}] ${record.after}`;
      addReason(this.#changeState(record, name), record.host, record);
      return;
    }
    if (this.#joinCalls(record)) return;
    const body: LadderBody = { kind: 'text', host: record.host, ...stepText(record) };
    const row = this.#claim(record.host, step.timeUs, body);
    row.record = record.id;
    // The row of these says already all that there is to say.
    const why = SELF_EXPLAINING.has(record.kind) ? '' : record.why;
    addReason(row, record.host, { why, rule: record.rule });
  }

  /** A program that sends or receives again at the same moment goes on in the row of the first time. */
  #joinCalls(record: ToldRecord): boolean {
    if (record.kind !== 'call' || record.bytes === undefined || record.result !== 'ok')
      return false;
    const { host, call, timeUs, bytes } = record;
    const open = this.#calls;
    const goesOn =
      open !== undefined && open.row === this.#rows.at(-1) && open.row.timeUs === timeUs;
    if (goesOn && open.host === host && open.call === call) {
      open.bytes += bytes;
      open.count += 1;
      const text = `${call} ${grouped(open.bytes)} bytes in ${open.count} calls`;
      open.row.body = { kind: 'text', host, role: 'call', mark: stepText(record).mark, text };
      return true;
    }
    const body: LadderBody = { kind: 'text', host, ...stepText(record) };
    const row = this.#claim(host, timeUs, body);
    row.record = record.id;
    this.#calls = { row, host, call, bytes, count: 1 };
    return true;
  }

  #changeState(
    record: { readonly id: number; readonly host: string; readonly timeUs: number },
    name: string,
  ): LadderRow {
    const { host, timeUs } = record;
    const touched = this.#touched.get(host);
    const isCause = touched !== undefined && causesState(touched.row, host);
    if (isCause && touched.timeUs === timeUs && !touched.row.states.has(host)) {
      touched.row.states.set(host, name);
      return touched.row;
    }
    const row = this.#add(timeUs, { kind: 'states' });
    row.record = record.id;
    row.states.set(host, name);
    this.#touched.set(host, { row, timeUs });
    return row;
  }

  /** A row for what a host does: the last row, if that only says which state the host has just now entered. */
  #claim(host: string, timeUs: number, body: LadderBody): LadderRow {
    const last = this.#rows.at(-1);
    const isFree = last?.body.kind === 'states' && last.timeUs === timeUs && last.states.has(host);
    if (isFree) last.body = body;
    const row = isFree ? last : this.#add(timeUs, body);
    this.#touched.set(host, { row, timeUs });
    return row;
  }

  #add(timeUs: number, body: LadderBody): LadderRow {
    const row: LadderRow = { timeUs, record: 0, body, states: new Map(), reasons: [] };
    this.#rows.push(row);
    return row;
  }
}

/** A state stands beside the arrival or the timer that led to it. What a program does is told after it, and claims its row then. */
function causesState(row: LadderRow, host: string): boolean {
  const { body } = row;
  return body.kind === 'flight'
    ? body.flight.to === host
    : body.kind === 'text' && body.role === 'timer';
}

function addReason(
  row: LadderRow,
  host: string,
  cause: { readonly why: string; readonly rule?: string | undefined },
): void {
  const rule = cause.rule === undefined ? '' : `[${cause.rule}]`;
  const text = [cause.why, rule].filter((part) => part !== '').join(' ');
  const told = row.reasons.some((reason) => reason.host === host && reason.text === text);
  if (text !== '' && !told) row.reasons.push({ host, text });
}

function banner(role: PaintRole, text: string): LadderBody {
  return { kind: 'banner', role, text };
}

/**
 * Flights whose arrival can be drawn in the row of their sending: until they arrive, nothing happens
 * but the same host sending on and the other receiving from it.
 */
function wholeFlights(items: readonly Item[]): ReadonlySet<Flight> {
  const whole = new Set<Flight>();
  const open = new Set<Flight>();
  for (const item of items) {
    if (item.kind === 'fold') {
      open.clear();
      continue;
    }
    if (item.kind === 'told') {
      keepOnly(open, (flight) => !disturbs(item, flight));
      continue;
    }
    const { flight } = item;
    if (item.kind === 'arrive' && open.delete(flight)) whole.add(flight);
    keepOnly(open, (other) => other.from === flight.from && other.to === flight.to);
    if (item.kind === 'send' && flight.fate === 'arrived') open.add(flight);
  }
  return whole;
}

/** What the sender does at the moment of sending, and what happens at the moment of arrival, keep their rows. */
function disturbs(step: Extract<StoryStep, { readonly kind: 'told' }>, flight: Flight): boolean {
  const { record, timeUs } = step;
  if (record.kind === 'script') return true;
  if (record.host === flight.from) return timeUs !== flight.sentUs;
  const isState = record.kind === 'state' && record.machine === 'tcp';
  return !isState || timeUs < flight.endUs;
}

function keepOnly(flights: Set<Flight>, keeps: (flight: Flight) => boolean): void {
  for (const flight of flights) if (!keeps(flight)) flights.delete(flight);
}

function inSeconds(durationUs: number): string {
  const tenths = Math.round(durationUs / 100_000);
  return tenths % 10 === 0 ? `${tenths / 10} s` : `${Math.floor(tenths / 10)}.${tenths % 10} s`;
}
