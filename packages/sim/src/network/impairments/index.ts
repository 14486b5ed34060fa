/**
 * impairments: the ways in which a wire can be bad. Each is a small verdict with a name, an activation
 * window, its own random stream and a hit counter; a link asks its list in order.
 *
 * Deliberately absent: anything that knows TCP. Who wants to drop "the SYN-ACK" writes a predicate.
 */
export * from './impairment.ts';
export { percent } from './by-chance.ts';
export * from './corrupt.ts';
export * from './duplicate.ts';
export * from './gilbert-elliott.ts';
export * from './loss.ts';
export * from './reorder.ts';
export * from './rule.ts';
