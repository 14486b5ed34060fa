/**
 * The contract of every layer (sans-IO): no layer reads a clock, opens a socket or calls back.
 *
 * A driver hands in what arrived and what time it is, and takes out what is to be sent, what
 * happened, and when the layer wants to be woken. After any call the driver drains `pollOutput`,
 * then `pollEvent`, then re-reads `pollTimeout`. Time never goes back.
 */
import type { Micros } from './time.ts';

export interface SansIo<Input, Output, Event> {
  /** Something arrived from below. Never throws, whatever the peer sent. */
  handleInput(input: Input, now: Micros): void;
  /** The moment that `pollTimeout` named has come. Harmless when called early. */
  handleTimeout(now: Micros): void;
  /** The next thing to hand to the layer below, or undefined when there is none now. */
  pollOutput(now: Micros): Output | undefined;
  /** The next thing the layer above should know, or undefined. */
  pollEvent(): Event | undefined;
  /** When to call `handleTimeout`, or NEVER. */
  pollTimeout(): Micros;
}
