import type { Micros } from '@tcplab/core';
import type { DirectionOptions, LinkDirection } from './link-direction.ts';

/** A wire between two hosts: its two directions, which may differ in everything. */
export class Link {
  readonly forward: LinkDirection;
  readonly backward: LinkDirection;

  constructor(forward: LinkDirection, backward: LinkDirection) {
    this.forward = forward;
    this.backward = backward;
  }

  /** `client↔server`. */
  get name(): string {
    return `${this.forward.from.name}↔${this.forward.to.name}`;
  }

  /** Both directions, forward first. */
  get directions(): readonly [LinkDirection, LinkDirection] {
    return [this.forward, this.backward];
  }

  /** Cuts both directions; what is on the wire is lost. */
  cut(): void {
    for (const direction of this.directions) direction.cut();
  }

  heal(): void {
    for (const direction of this.directions) direction.heal();
  }

  /** Changes both directions from now on. */
  change(options: Partial<DirectionOptions>): void {
    for (const direction of this.directions) direction.change(options);
  }

  /** Releases held packets in both directions. @returns how many there were */
  release(name: string, now: Micros): number {
    return this.forward.release(name, now) + this.backward.release(name, now);
  }
}
