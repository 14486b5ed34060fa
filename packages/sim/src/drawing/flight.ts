/** A packet's way from one host to another, put together from the records that mention it. */
import type { TracePacket } from '../trace/record.ts';
import type { ShownNumbers } from './relative-numbers.ts';

export interface Flight {
  readonly packet: TracePacket;
  /** Names of the hosts; `to` is the one for which it was meant. */
  readonly from: string;
  readonly to: string;
  readonly sentUs: number;
  /** Number of the record that began it. */
  readonly record: number;
  /** Which connection of the run it belongs to, from 1; 0 for none. */
  readonly connection: number;
  /** Sequence numbers counted from each side's first; zeros for other protocols. */
  readonly numbers: ShownNumbers;
  /** Why it was sent, and by which rule. */
  readonly why: string;
  readonly rule?: string;
  /** The packet number of the first one that carried these sequence numbers. */
  readonly again?: number;
  fate: 'on its way' | 'arrived' | 'lost';
  /** When it arrived or was lost. */
  endUs: number;
  /** Who lost it, and why. */
  lostBy: string;
  lostWhy: string;
  /** What happened to it on its way: `delayed by …`, `damaged by …`. */
  readonly marks: string[];
}
