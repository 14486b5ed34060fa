import type { Payload } from '@tcplab/core';
import { ALWAYS, PASS, type Impairment, type Verdict } from '../../network/impairments/index.ts';
import type { SimPacket } from '../../network/index.ts';

/** Hears what enters a link and changes nothing. */
export class Eavesdropper implements Impairment {
  readonly name = 'eavesdropper';
  readonly window = ALWAYS;
  readonly #heard: (payload: Payload) => void;
  #hits = 0;

  constructor(heard: (payload: Payload) => void) {
    this.#heard = heard;
  }

  get hits(): number {
    return this.#hits;
  }

  judge({ packet: { body } }: SimPacket): Verdict {
    if (body.kind === 'tcp' && body.payload.length > 0) {
      this.#hits += 1;
      this.#heard(body.payload);
    }
    return PASS;
  }
}
