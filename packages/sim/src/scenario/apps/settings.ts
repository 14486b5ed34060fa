/** Settings that several kinds of app share. */
import * as z from 'zod';
import { duration, size } from '../schema/quantities.ts';
import { hostReference, port } from '../schema/words.ts';

/** Programs keep real bytes for what they send; more than this is no request but a bulk transfer. */
const MAX_MESSAGE = 16_777_216;

export const listenPort = { port: port.describe('The port it listens on.') };

export const peer = {
  to: hostReference.describe('The host it connects to.'),
  port: port.describe('The port it connects to.'),
  localPort: port.optional().describe('Its own port; the host chooses by default.'),
  noDelay: z.boolean().optional().describe('Send small segments at once (Nagle off).'),
};

export const messageSize = size.refine(
  (bytes) => bytes >= 1 && bytes <= MAX_MESSAGE,
  `expected 1 B … ${MAX_MESSAGE} B`,
);

/** A bulk size: the bytes are a described pattern and cost no memory. */
export const bulkSize = size.refine((bytes) => bytes >= 1, 'expected at least 1 B');

export const thinkTime = duration.optional().describe('How long it thinks before it answers.');

export interface PeerSettings {
  readonly to: string;
  readonly port: number;
  readonly localPort?: number | undefined;
  readonly noDelay?: boolean | undefined;
}

/** The options of `connect` that are set. */
export function connectOptions(settings: PeerSettings): {
  readonly localPort?: number;
  readonly noDelay?: boolean;
} {
  const { localPort, noDelay } = settings;
  return {
    ...(localPort === undefined ? {} : { localPort }),
    ...(noDelay === undefined ? {} : { noDelay }),
  };
}
