import { createActor, type AnyStateMachine } from 'xstate';
import { InvariantViolation } from '../errors.ts';

/**
 * Runs one XState machine. The actor's value is the state; there is no second record of it.
 * `Context` is one mutable object: the machine's actions call its functions.
 */
export class MachineRunner<State extends string, Arrow extends string> {
  readonly #actor;
  readonly #name: string;
  #state: State;
  #failure: unknown;

  /** @param input what the machine's `context` factory receives. */
  constructor(machine: AnyStateMachine, name: string, input: unknown) {
    this.#name = name;
    this.#actor = createActor(machine, { input });
    // What an action throws must reach the caller: XState alone would report it from a timer.
    this.#actor.subscribe({ error: (failure) => (this.#failure = failure) });
    this.#actor.start();
    this.#state = this.#actor.getSnapshot().value as State;
  }

  /** The actor's current value. */
  get state(): State {
    return this.#state;
  }

  /** Whether the diagram has this arrow from the current state, its guards included. */
  can(arrow: Arrow): boolean {
    return this.#actor.getSnapshot().can({ type: arrow });
  }

  /**
   * Follows the arrow. `details` are merged into the event for guards and actions.
   * @throws InvariantViolation when the current state has no such arrow.
   */
  follow(arrow: Arrow, details?: object): State {
    const before = this.#actor.getSnapshot();
    const event = details === undefined ? { type: arrow } : { type: arrow, ...details };
    this.#actor.send(event);
    if (this.#failure !== undefined) throw this.#failure;
    const after = this.#actor.getSnapshot();
    // XState keeps the snapshot where there is no arrow, and where the arrow leads back to its state.
    if (after === before && !before.can(event)) {
      throw new InvariantViolation(`${this.#name}: no arrow '${arrow}' from ${this.#state}`);
    }
    this.#state = after.value as State;
    return this.#state;
  }
}
