/** Folds long runs of ordinary segments into one line, so that a bulk transfer can be read. */
import type { Flight } from './flight.ts';
import type { StoryStep } from './story.ts';
import { NO_BREAK } from './text-row.ts';

export interface Fold {
  readonly kind: 'fold';
  readonly timeUs: number;
  readonly untilUs: number;
  readonly text: string;
}

/** Shorter runs than this are shown. */
const MIN_STEPS = 26;

/** Steps that stay visible at both ends of a run. */
const KEEP = 4;

/**
 * Folds what is ordinary; if more than `maxSteps` are left, also losses and repairs between them.
 * @param speaking packets that are not ordinary because of what they carry
 */
export function foldSteps(
  steps: readonly StoryStep[],
  maxSteps: number,
  speaking: (flight: Flight) => boolean = () => false,
): readonly (StoryStep | Fold)[] {
  const isSilent = (step: StoryStep): boolean => step.kind === 'told' || !speaking(step.flight);
  const folded = foldRuns(steps, (step) => isOrdinary(step) && isSilent(step));
  return folded.length <= maxSteps ? folded : foldRuns(steps, isBulk);
}

function foldRuns(
  steps: readonly StoryStep[],
  belongs: (step: StoryStep) => boolean,
): readonly (StoryStep | Fold)[] {
  const shown: (StoryStep | Fold)[] = [];
  let run: StoryStep[] = [];
  const close = (): void => {
    if (run.length < MIN_STEPS) shown.push(...run);
    else {
      const inner = run.slice(KEEP, -KEEP);
      shown.push(...run.slice(0, KEEP), foldOf(inner), ...run.slice(-KEEP));
    }
    run = [];
  };
  for (const step of steps) {
    if (belongs(step)) run.push(step);
    else {
      close();
      shown.push(step);
    }
  }
  close();
  return shown;
}

/** Data and ACKs that arrive as they were sent, and a program's sending and receiving. */
function isOrdinary(step: StoryStep): boolean {
  if (step.kind === 'told') return isTransfer(step);
  const { flight } = step;
  return isBulk(step) && flight.fate === 'arrived' && !isRepair(flight);
}

/** Data and ACKs whatever became of them, and what goes with them. */
function isBulk(step: StoryStep): boolean {
  if (step.kind !== 'told') {
    const { packet } = step.flight;
    return packet.proto === 'udp' || (packet.proto === 'tcp' && !/[SFR]/.test(packet.flags ?? ''));
  }
  const { record } = step;
  if (record.kind === 'timer' || record.kind === 'discard' || record.kind === 'variable')
    return true;
  return isTransfer(step) || (record.kind === 'state' && record.machine !== 'tcp');
}

function isTransfer(step: Extract<StoryStep, { readonly kind: 'told' }>): boolean {
  const { record } = step;
  return record.kind === 'call' && (record.call === 'send' || record.call === 'receive');
}

function isRepair(flight: Flight): boolean {
  return flight.packet.resent === true || flight.marks.length > 0;
}

function foldOf(steps: readonly StoryStep[]): Fold {
  let data = 0;
  let bytes = 0;
  let acks = 0;
  let lost = 0;
  let again = 0;
  for (const step of steps) {
    if (step.kind !== 'send') continue;
    const { packet, fate } = step.flight;
    if (packet.len > 0) data += 1;
    else acks += 1;
    bytes += packet.len;
    if (fate === 'lost') lost += 1;
    if (packet.resent === true) again += 1;
  }
  const parts = [
    data > 0 ? `${counted(data, 'data segment')} (${grouped(bytes)}${NO_BREAK}bytes)` : '',
    acks > 0 ? counted(acks, 'ACK') : '',
  ].filter((part) => part !== '');
  const ends = [lost > 0 ? `${lost} lost` : '', again > 0 ? `${again} sent again` : ''];
  const text = [parts.join(' and '), ...ends].filter((part) => part !== '').join(', ');
  const untilUs = steps.at(-1)?.timeUs ?? 0;
  return { kind: 'fold', timeUs: steps[0]?.timeUs ?? 0, untilUs, text };
}

function counted(count: number, noun: string): string {
  return `${grouped(count)}${NO_BREAK}${noun.replaceAll(' ', NO_BREAK)}${count === 1 ? '' : 's'}`;
}

/** 1,234,567 without a platform's idea of a locale. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
