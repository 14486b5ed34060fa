/** Every state machine of the core by a name for the command line. */
import { describeMachine, type MachineDescription } from '@tcplab/core';
import { CORE_MODULES } from './core-modules.ts';

export interface NamedMachine {
  /** E.g. `tcp`, `http-client`. */
  readonly name: string;
  readonly description: MachineDescription;
}

type AnyMachine = Parameters<typeof describeMachine>[0];

/** All machines that the protocols' entries export, in the order of the protocols. */
export function allMachines(): readonly NamedMachine[] {
  const machines: NamedMachine[] = [];
  for (const exports of CORE_MODULES.values()) {
    for (const value of Object.values(exports)) {
      if (!isMachine(value)) continue;
      const description = describeMachine(value);
      machines.push({ name: nameOf(description.id), description });
    }
  }
  return machines;
}

function isMachine(value: unknown): value is AnyMachine {
  const { states, config, transition } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof states === 'object' && typeof config === 'object' && typeof transition === 'function'
  );
}

/** `TLS 1.3 client` is `tls-1.3-client`. */
function nameOf(id: string): string {
  return id.toLowerCase().replaceAll(' ', '-');
}
