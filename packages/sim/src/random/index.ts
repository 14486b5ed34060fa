/**
 * random: all chance of a run comes from one seed, split into named streams.
 *
 * Every consumer (a link's loss, a host's initial sequence numbers …) has a stream of its own, so that
 * adding a fault never shifts another's draws. Start reading at `streams.ts`.
 * Deliberately absent: floating-point transcendental functions; their last bits differ between platforms.
 */
export * from './distribution.ts';
export * from './hash.ts';
export * from './streams.ts';
