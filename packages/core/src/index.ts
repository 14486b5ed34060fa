/**
 * @tcplab/core: sans-IO protocols as real bytes and XState machines.
 *
 * Lower folders never import higher ones: `base` ← `wire` ← `tcp` ← `stack`. No folder knows a clock,
 * a socket or a platform. Start reading at `tcp/machine.ts`; `docs/tour.md` has the whole path.
 */
export * from './base/index.ts';
export * from './wire/index.ts';
export * from './tcp/index.ts';
export * from './udp/index.ts';
export * from './stack/index.ts';
