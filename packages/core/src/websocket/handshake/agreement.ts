import type { DeflateAgreement } from './deflate-parameters.ts';

/** What the opening handshake has settled. */
export interface Agreement {
  /** The chosen subprotocol; undefined when there is none. */
  readonly protocol: string | undefined;
  /** permessage-deflate's parameters; undefined when it is not used. */
  readonly deflate: DeflateAgreement | undefined;
}

export const PLAIN_AGREEMENT: Agreement = { protocol: undefined, deflate: undefined };
