import type { ByteStream, Payload, Process } from '@tcplab/core';

/** What an eavesdropper near the client has heard it send. */
export interface Recording {
  readonly parts: Uint8Array[];
}

/** The same stream; everything that is sent over it is written down too. */
export function recordingStream(stream: ByteStream, recording: Recording): ByteStream {
  return new RecordingStream(stream, recording);
}

class RecordingStream implements ByteStream {
  readonly #below: ByteStream;
  readonly #recording: Recording;

  constructor(below: ByteStream, recording: Recording) {
    this.#below = below;
    this.#recording = recording;
  }

  get label(): string {
    return this.#below.label;
  }

  get readable(): ByteStream['readable'] {
    return this.#below.readable;
  }

  get writable(): ByteStream['writable'] {
    return this.#below.writable;
  }

  get failure(): ByteStream['failure'] {
    return this.#below.failure;
  }

  get ended(): boolean {
    return this.#below.ended;
  }

  trySend(data: Payload): number {
    const sent = this.#below.trySend(data);
    if (sent > 0) this.#recording.parts.push(data.slice(0, sent).toBytes().slice());
    return sent;
  }

  tryReceive(max?: number): Uint8Array | undefined {
    return this.#below.tryReceive(max);
  }

  sendAll(data: Payload | Uint8Array | string): Process {
    return this.#below.sendAll(data);
  }

  receive(max?: number): Process<Uint8Array> {
    return this.#below.receive(max);
  }

  receiveExactly(length: number): Process<Uint8Array> {
    return this.#below.receiveExactly(length);
  }

  shutdown(): void {
    this.#below.shutdown();
  }

  close(): void {
    this.#below.close();
  }

  abort(): void {
    this.#below.abort();
  }

  closed(): Process {
    return this.#below.closed();
  }
}
