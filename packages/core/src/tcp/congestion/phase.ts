import { MachineRunner } from '../../base/index.ts';
import { phaseMachine, type CongestionPhase, type PhaseArrow } from './phase.machine.ts';

/** The phase one connection is in. The actor is made at the first arrow: most connections never need it. */
export class PhaseTracker {
  #machine: MachineRunner<CongestionPhase, PhaseArrow> | undefined;

  get phase(): CongestionPhase {
    return this.#machine === undefined ? 'slow start' : this.#machine.state;
  }

  follow(arrow: PhaseArrow): void {
    this.#machine ??= new MachineRunner(phaseMachine, 'congestion', undefined);
    this.#machine.follow(arrow);
  }
}
