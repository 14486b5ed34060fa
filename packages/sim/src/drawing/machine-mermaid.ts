/** A state machine as a Mermaid state diagram. */
import type { Arrow, MachineDescription } from '@tcplab/core';
import { printable } from './text-row.ts';

export interface MachineDrawingOptions {
  /**
   * `figure` draws only the arrows of the protocol's own figure, `all` also those that its text gives.
   * @default 'all'
   */
  readonly arrows?: 'figure' | 'all';
}

/** Text for a fenced `mermaid` block. State names become legal identifiers with their names as labels. */
export function drawMachineMermaid(
  machine: MachineDescription,
  options: MachineDrawingOptions = {},
): string {
  const lines = ['stateDiagram-v2'];
  const identifiers = new Map(machine.states.map((state, index) => [state, `s${index}`]));
  for (const [state, identifier] of identifiers) {
    lines.push(`  state "${mermaidText(state)}" as ${identifier}`);
  }
  lines.push(`  [*] --> ${identifiers.get(machine.initial) ?? 's0'}`);
  for (const arrow of drawnArrows(machine, options)) {
    const from = identifiers.get(arrow.from);
    const to = identifiers.get(arrow.to);
    if (from === undefined || to === undefined) continue;
    lines.push(`  ${from} --> ${to}: ${mermaidText(arrowLabel(arrow))}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The arrows that the options ask for, in the machine's order. */
export function drawnArrows(
  machine: MachineDescription,
  options: MachineDrawingOptions,
): readonly Arrow[] {
  return options.arrows === 'figure'
    ? machine.arrows.filter(({ rfc }) => rfc === undefined)
    : machine.arrows;
}

/** `event [guard] / actions`, as figures of state machines write it. */
export function arrowLabel(arrow: Arrow): string {
  const guard = arrow.guard === undefined ? '' : ` [${arrow.guard}]`;
  const actions = arrow.actions.length === 0 ? '' : ` / ${arrow.actions.join(', ')}`;
  return `${arrow.event}${guard}${actions}`;
}

const ENTITIES: { readonly [character: string]: string } = {
  '#': '#35;',
  ';': '#59;',
  '"': '#quot;',
  ':': '#58;',
  '<': '#lt;',
  '>': '#gt;',
};

/** Colons and semicolons end a Mermaid label, quotation marks a name: they are written as entities. */
export function mermaidText(text: string): string {
  return printable(text).replace(/[#;":<>]/g, (character) => ENTITIES[character] ?? character);
}
