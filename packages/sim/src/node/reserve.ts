/**
 * Sockets that are bound already.
 *
 * A program asks `listen(0)` and reads the port in its next statement (FTP announces it at once),
 * but the platform binds later, in its own time. So a few bound sockets are kept ready.
 */
export class Reserve<T> {
  readonly #size: number;
  readonly #make: () => Promise<T>;
  readonly #dispose: (item: T) => void;
  #ready: T[] = [];
  #making = 0;
  #closed = false;

  /** @param size how many to keep ready; 0 keeps none. */
  constructor(size: number, make: () => Promise<T>, dispose: (item: T) => void) {
    this.#size = size;
    this.#make = make;
    this.#dispose = dispose;
  }

  /** Waits until as many as wanted are ready. @throws what making one threw */
  async fill(): Promise<void> {
    const missing = this.#size - this.#ready.length - this.#making;
    const jobs = [];
    for (let i = 0; i < missing; i += 1) jobs.push(this.#makeOne());
    await Promise.all(jobs);
  }

  /** One of them, or undefined when none is ready; another is made in its place. */
  take(): T | undefined {
    const item = this.#ready.shift();
    if (!this.#closed) this.fill().catch(() => undefined);
    return item;
  }

  close(): void {
    this.#closed = true;
    for (const item of this.#ready) this.#dispose(item);
    this.#ready = [];
  }

  async #makeOne(): Promise<void> {
    this.#making += 1;
    try {
      const item = await this.#make();
      if (this.#closed) this.#dispose(item);
      else this.#ready.push(item);
    } finally {
      this.#making -= 1;
    }
  }
}
