/**
 * machine: the one door to XState. Every protocol's machine runs as a real actor behind a
 * `MachineRunner`, which keeps the arrow rule: an event is sent only where the diagram has an arrow
 * for it, and an event without an arrow is a bug.
 *
 * Only this folder and files named `machine.ts` / `*.machine.ts` import `xstate`.
 */
export * from './describe.ts';
export * from './runner.ts';
