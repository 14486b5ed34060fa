import type { Story } from './story.ts';

/** `SYN-RECEIVED` is the longest state. */
export const STATE_WIDTH = 12;

/** With less than this between them, two hosts' states leave the margins for the lane. */
const MIN_LANE = 34;

/** Where everything stands in a row of a ladder. */
export interface LadderLayout {
  readonly width: number;
  /** Where times end. */
  readonly timeEnd: number;
  /** Column of each host's lifeline. */
  readonly lifelines: ReadonlyMap<string, number>;
  /** With two hosts their states stand in the margins, otherwise beside the lifelines. */
  readonly margins: boolean;
}

/** @param timeEnd where times end, as the longest of them needs */
export function ladderLayout(story: Story, width: number, timeEnd: number): LadderLayout {
  const { hosts } = story;
  const extra = story.connections > 1 ? 2 : 0;
  const besides = timeEnd + 2 * (STATE_WIDTH + extra) + 6;
  const margins = hosts.length === 2 && width - besides >= MIN_LANE;
  const left = margins ? timeEnd + STATE_WIDTH + extra + 3 : timeEnd + 3;
  const right = margins ? width - STATE_WIDTH - extra - 2 : width - 2;
  const lifelines = new Map<string, number>();
  hosts.forEach((host, index) => {
    const share = hosts.length === 1 ? 0 : index / (hosts.length - 1);
    lifelines.set(host, Math.round(left + (right - left) * share));
  });
  return { width, timeEnd, lifelines, margins };
}

/** Columns for words beside a lifeline. */
export function laneWidth({ width, lifelines }: LadderLayout): number {
  const columns = [...lifelines.values()];
  if (columns.length < 2) return width - (columns[0] ?? 0) - 6;
  return columns[1]! - columns[0]! - 8;
}

/** Whether words about this host stand on the left of its lifeline. */
export function isRightmost({ lifelines }: LadderLayout, host: string): boolean {
  const hosts = [...lifelines.keys()];
  return hosts.length > 1 && hosts.at(-1) === host;
}
