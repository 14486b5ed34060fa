import type { Process } from '../../base/process.ts';
import type { ClientResponse } from './client-response.ts';

/** Content of a redirection that is read so that its connection can be used again. */
export const MAX_DRAINED_OCTETS = 65_536;

/** Reads a short rest, so that the connection can take the next request; gives up on a long one. */
export function* drain(response: ClientResponse): Process {
  let length = 0;
  while (length <= MAX_DRAINED_OCTETS) {
    const chunk = yield* response.readChunk();
    if (chunk === undefined) return;
    length += chunk.length;
  }
  response.close();
}
