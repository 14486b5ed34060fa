/**
 * network: wires between hosts. A link is two directions; each has a rate, a finite queue, a delay and
 * an ordered list of impairments. Start reading at `link.ts`; presets with their numbers are in
 * `presets.ts`. Deliberately absent: routing; who wants a router makes a node with two links.
 */
export * from './impairments/index.ts';
export * from './link.ts';
export * from './link-direction.ts';
export * from './packet.ts';
export * from './presets.ts';
