import type { ByteStream } from '../../base/byte-stream.ts';
import { waitFor, type Process } from '../../base/process.ts';
import type { ProgramHost } from '../../base/program-host.ts';
import { after, type Micros } from '../../base/time.ts';

/**
 * Octets that are read and thrown away while lingering: so much that a client which first sends all
 * and then reads gets to read why its content was not wanted. Time is the limit that counts.
 */
const MAX_LINGER_BYTES = 67_108_864;

/**
 * Closes a connection so that the last response arrives (RFC 9112 §9.6): our side first, then the
 * rest is read and ignored until the client has closed too. A full close at once would answer the
 * client's late octets with a reset, which can erase what the client has not read yet.
 */
export function* linger(stream: ByteStream, host: ProgramHost, timeout: Micros): Process {
  stream.shutdown();
  const deadline = after(host.now(), timeout);
  let discarded = 0;
  while (!stream.ended && stream.failure === undefined && discarded <= MAX_LINGER_BYTES) {
    const bytes = stream.tryReceive();
    if (bytes !== undefined) {
      discarded += bytes.length;
      if (bytes.length === 0) break;
    } else if (host.now() >= deadline) break;
    else yield* waitFor([stream.readable], deadline);
  }
  stream.close();
}
