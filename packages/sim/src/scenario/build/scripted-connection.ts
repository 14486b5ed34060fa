import {
  bytesPayload,
  patternPayload,
  us,
  utf8Bytes,
  type Payload,
  type Process,
} from '@tcplab/core';
import { enduring } from '../apps/serve-each.ts';
import type { SimHost, SimSocket } from '../../host/index.ts';
import type { Action } from '../schema/index.ts';

export type ConnectionAction = Extract<
  Action,
  {
    do: 'connect' | 'listen' | 'send' | 'receive' | 'receive-all' | 'shutdown' | 'close' | 'abort';
  }
>;

/**
 * One connection that the script works with. Its actions happen one after the other, each not before
 * its time; only `abort` does not wait for those before it.
 */
export class ScriptedConnection {
  readonly #host: SimHost;
  readonly #actions: readonly ConnectionAction[];
  #socket: SimSocket | undefined;

  constructor(host: SimHost, actions: readonly ConnectionAction[]) {
    this.#host = host;
    this.#actions = actions;
  }

  /** A connection that fails is the network's doing and stands in the trace; its other actions fall away. */
  run(): Process {
    return enduring(this.#performAll());
  }

  abort(): void {
    this.#socket?.abort();
  }

  *#performAll(): Process {
    for (const action of this.#actions) {
      if (action.at > this.#host.now()) yield* this.#host.sleep(us(action.at - this.#host.now()));
      yield* this.#perform(action);
    }
  }

  *#perform(action: ConnectionAction): Process {
    if (action.do === 'connect') {
      const { localPort, noDelay } = action;
      this.#socket = this.#host.open(action.to, action.port, {
        ...(localPort === undefined ? {} : { localPort }),
        ...(noDelay === undefined ? {} : { noDelay }),
      });
      yield* this.#socket.established();
      return;
    }
    if (action.do === 'listen') {
      this.#socket = yield* this.#host.listen(action.port).accept();
      return;
    }
    const socket = this.#socket;
    if (socket === undefined) return;
    switch (action.do) {
      case 'send':
        yield* socket.sendAll(contentOf(action));
        break;
      case 'receive':
        yield* socket.receiveExactly(action.size);
        break;
      case 'receive-all':
        // Reading to the end goes on beside whatever the script does next.
        this.#host.spawn(enduring(readAll(socket)), `receive-all of ${action.on}`);
        break;
      case 'shutdown':
        socket.shutdown();
        break;
      case 'close':
        socket.close();
        break;
      default:
    }
  }
}

function contentOf(action: Extract<ConnectionAction, { do: 'send' }>): Payload {
  return action.text === undefined
    ? patternPayload(0, action.size ?? 0)
    : bytesPayload(utf8Bytes(action.text));
}

function* readAll(socket: SimSocket): Process {
  while ((yield* socket.receive()).length > 0);
}
