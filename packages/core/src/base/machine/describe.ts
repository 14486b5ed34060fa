import type { AnyStateMachine } from 'xstate';

/** One arrow of a machine, read from the machine itself. */
export interface Arrow {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  /** The lower label of the arrow: what is done on the way. */
  readonly actions: readonly string[];
  readonly guard: string | undefined;
  /** Where the arrow stands when the figure lacks it, e.g. `9293 §3.10.7.4`. */
  readonly rfc: string | undefined;
}

/** A machine as data: what pictures, tables and path tests are made from. */
export interface MachineDescription {
  readonly id: string;
  readonly initial: string;
  readonly states: readonly string[];
  readonly arrows: readonly Arrow[];
}

/** Reads states and arrows, in the order in which the machine declares them. */
export function describeMachine(machine: AnyStateMachine): MachineDescription {
  const states = Object.keys(machine.states);
  const arrows: Arrow[] = [];
  for (const from of states) {
    const node = machine.states[from]!;
    for (const [event, transitions] of node.transitions) {
      for (const transition of transitions) {
        arrows.push({
          from,
          event,
          to: transition.target?.[0]?.key ?? from,
          actions: transition.actions.map(labelOf),
          guard: transition.guard === undefined ? undefined : labelOf(transition.guard),
          rfc: (transition.meta as { rfc?: string } | undefined)?.rfc,
        });
      }
    }
  }
  return { id: machine.id, initial: String(machine.config.initial), states, arrows };
}

function labelOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part === 'function') return part.name;
  return String((part as { type?: unknown }).type ?? 'unnamed');
}
