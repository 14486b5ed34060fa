/** Counts what carries nothing, so that no peer can keep us busy with it for ever. */
import { MAX_COMPATIBILITY_CCS, MAX_EMPTY_RECORDS } from '../limits.ts';
import { CONTENT, type OpenedRecord } from '../record/record.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';

export class FloodGuard {
  #empty = 0;
  #changeCipherSpecs = 0;

  checkRecord({ type, fragment }: OpenedRecord): Refusal | undefined {
    if (fragment.length > 0 || type !== CONTENT.application_data) {
      if (fragment.length > 0) this.#empty = 0;
      return undefined;
    }
    this.#empty += 1;
    if (this.#empty <= MAX_EMPTY_RECORDS) return undefined;
    const why = `${this.#empty} empty records came in a row`;
    return refuse('unexpected_message', RULES.floodLimit, why);
  }

  checkCompatibility(): Refusal | undefined {
    this.#changeCipherSpecs += 1;
    if (this.#changeCipherSpecs <= MAX_COMPATIBILITY_CCS) return undefined;
    const why = `${this.#changeCipherSpecs} change_cipher_spec records came`;
    return refuse('unexpected_message', RULES.floodLimit, why);
  }
}
