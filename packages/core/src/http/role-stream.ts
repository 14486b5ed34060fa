import type { ByteStream } from '../base/byte-stream.ts';
import { TimeoutError } from '../base/errors.ts';
import { bytesPayload, type Payload } from '../base/payload.ts';
import { waitFor, type Process } from '../base/process.ts';
import { after, NEVER, type Micros } from '../base/time.ts';
import type { HttpNeedData } from './events.ts';

/** What a driver needs of a role, client's or server's. */
interface DrivenRole<Event extends { readonly kind: string }> {
  receiveData(bytes: Uint8Array): void;
  receiveEnd(): void;
  nextEvent(): Event | HttpNeedData;
}

/** Octets taken from the stream at once: also what a paused role may hold unread. */
const READ_AT_ONCE = 65_536;

/** Joins a role and the stream it speaks over: reads when the role needs data, and only then. */
export class RoleStream<Event extends { readonly kind: string }> {
  readonly stream: ByteStream;
  readonly #role: DrivenRole<Event>;
  readonly #now: () => Micros;

  constructor(role: DrivenRole<Event>, stream: ByteStream, now: () => Micros) {
    this.#role = role;
    this.stream = stream;
    this.#now = now;
  }

  /**
   * The next event, `need data` excluded.
   * @throws TimeoutError when `deadline` came first; ConnectionError when the connection failed
   */
  *next(deadline: Micros = NEVER): Process<Exclude<Event, HttpNeedData>> {
    for (;;) {
      const event = this.#role.nextEvent();
      if (!isNeedData(event)) return event as Exclude<Event, HttpNeedData>;
      while (!this.feed()) {
        if (this.#now() >= deadline) throw new TimeoutError('the peer sends nothing');
        yield* waitFor([this.stream.readable], deadline);
      }
    }
  }

  /**
   * Gives the role what has arrived, without waiting.
   * @returns false when nothing has
   * @throws ConnectionError when the connection failed
   */
  feed(): boolean {
    const bytes = this.stream.tryReceive(READ_AT_ONCE);
    if (bytes === undefined) {
      if (this.stream.failure !== undefined) throw this.stream.failure;
      return false;
    }
    if (bytes.length === 0) this.#role.receiveEnd();
    else this.#role.receiveData(bytes);
    return true;
  }

  /**
   * Sends everything.
   * @param patience how long to wait without any progress
   * @throws TimeoutError, ConnectionError
   */
  *send(data: Uint8Array | Payload, patience: Micros = NEVER): Process {
    let rest = data instanceof Uint8Array ? bytesPayload(data) : data;
    while (rest.length > 0) {
      if (this.stream.failure !== undefined) throw this.stream.failure;
      const count = this.stream.trySend(rest);
      rest = rest.slice(count, rest.length);
      if (count > 0 || rest.length === 0) continue;
      const deadline = after(this.#now(), patience);
      yield* waitFor([this.stream.writable], deadline);
      if (this.#now() >= deadline) throw new TimeoutError('the peer does not read');
    }
  }
}

function isNeedData(event: { readonly kind: string }): event is HttpNeedData {
  return event.kind === 'need data';
}
