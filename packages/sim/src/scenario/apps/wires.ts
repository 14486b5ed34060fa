/** What a program can overhear that is not its own business: the wire between two hosts. */
import type { Payload } from '@tcplab/core';

export interface Wires {
  /** Calls `heard` for every segment with content that enters the link between two hosts. */
  overhear(between: readonly [string, string], heard: (payload: Payload) => void): void;
}
