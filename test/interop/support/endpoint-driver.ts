import type { Duplex } from 'node:stream';
import { utf8Bytes, utf8Text, ZERO_TIME } from '@tcplab/core';
import type { TlsEndpoint, TlsEvent } from '@tcplab/core/tls';

/** Turns of Node's event loop until a test gives up. */
const MAX_TURNS = 20_000;

/** Drives a sans-IO endpoint over a Node stream and keeps what it tells. */
export class EndpointDriver {
  readonly endpoint: TlsEndpoint;
  readonly events: TlsEvent[] = [];
  received = '';
  ended = false;
  readonly #stream: Duplex;

  constructor(endpoint: TlsEndpoint, stream: Duplex) {
    this.endpoint = endpoint;
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      endpoint.handleInput(new Uint8Array(chunk), ZERO_TIME);
      this.pump();
    });
    stream.on('end', () => {
      endpoint.handleEnd(ZERO_TIME);
      this.ended = true;
      this.pump();
    });
    stream.on('error', () => undefined);
    this.pump();
  }

  send(text: string): void {
    this.endpoint.send(utf8Bytes(text));
    this.pump();
  }

  close(): void {
    this.endpoint.close();
    this.pump();
    this.#stream.end();
  }

  pump(): void {
    for (let out = this.endpoint.pollOutput(ZERO_TIME); out;) {
      if (this.#stream.writable) this.#stream.write(out);
      out = this.endpoint.pollOutput(ZERO_TIME);
    }
    for (let event = this.endpoint.pollEvent(); event; event = this.endpoint.pollEvent()) {
      this.events.push(event);
      if (event.kind === 'application data') this.received += utf8Text(event.data);
      if (event.kind !== 'alert' || event.direction !== 'sent') continue;
      if (event.level === 'fatal') this.#stream.end();
    }
  }

  /** Lets the streams work until `condition` holds; says what had happened when it never does. */
  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      if (condition()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`waited in vain in ${this.endpoint.state}:\n${this.story()}`);
  }

  /** Messages and alerts so far, one a line. */
  story(): string {
    return this.events
      .map((event) => {
        if (event.kind === 'message') return `${event.direction} ${event.name} ${event.summary}`;
        if (event.kind === 'alert')
          return `${event.direction} ${event.description}: ${event.cause.why}`;
        return event.kind;
      })
      .join('\n');
  }

  /** Descriptions of the alerts, e.g. `received certificate_expired`. */
  get alerts(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'alert' ? [`${event.direction} ${event.description}`] : [],
    );
  }

  get sessions() {
    return this.events.flatMap((event) => (event.kind === 'ticket' ? [event.session] : []));
  }
}
