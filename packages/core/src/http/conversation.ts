/**
 * Everything that changes the state of an HTTP connection is in this file.
 *
 * Each end keeps the machines of both sides, its own and what it knows of the peer's, and couples
 * them: what one side does can force the other. Two things are no state of a side but of the
 * conversation: whether the connection may be kept alive, and which switch of protocol the client
 * has proposed.
 */
import { MachineRunner } from '../base/machine/index.ts';
import { clientMachine, type ClientArrow, type ClientState } from './client.machine.ts';
import { serverMachine, type ServerArrow, type ServerState } from './server.machine.ts';

/** How the client offered to leave HTTP: an Upgrade field, or the CONNECT method. */
export type SwitchProposal = 'upgrade' | 'connect';

export class Conversation {
  readonly #client = new MachineRunner<ClientState, ClientArrow>(
    clientMachine,
    'http client',
    undefined,
  );
  readonly #server = new MachineRunner<ServerState, ServerArrow>(
    serverMachine,
    'http server',
    undefined,
  );
  #keepAlive = true;
  #proposal: SwitchProposal | undefined;
  /** Requests begun whose final responses have not ended. */
  #outstanding = 0;

  get client(): ClientState {
    return this.#client.state;
  }

  get server(): ServerState {
    return this.#server.state;
  }

  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  get proposal(): SwitchProposal | undefined {
    return this.#proposal;
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  /** A request goes out or comes in. */
  request(proposal: SwitchProposal | undefined): void {
    this.#client.follow('request');
    this.#outstanding += 1;
    this.#proposal = proposal;
    if (this.#server.can('request')) this.#server.follow('request');
    this.#couple();
  }

  /** The client goes on to its next request before the response has come (pipelining). */
  pipeline(): void {
    this.#client.follow('next request');
  }

  /** The client's message, or its side of the connection, ended. */
  clientDid(arrow: 'end of message' | 'connection closed' | 'protocol error'): void {
    this.#client.follow(arrow);
    this.#couple();
  }

  /** The server sent something that ends or changes its side. */
  serverDid(
    arrow:
      | 'informational response'
      | 'response'
      | 'end of message'
      | 'connection closed'
      | 'protocol error',
  ): void {
    this.#server.follow(arrow);
    // Whoever answers the request with anything final has not accepted what it proposed.
    if (arrow === 'response' && this.#outstanding <= 1) this.#proposal = undefined;
    if (arrow === 'end of message' && this.#outstanding > 0) this.#outstanding -= 1;
    this.#couple();
  }

  /** The server accepts the client's proposal: 101, or 2xx to CONNECT. */
  switch(): void {
    this.#server.follow('switch');
    this.#couple();
  }

  /** A message said that the connection ends with this exchange. */
  dropKeepAlive(): void {
    this.#keepAlive = false;
    this.#couple();
  }

  /** Follows couplings until none applies. */
  #couple(): void {
    while (this.#coupleClient() || this.#coupleServer() || this.#nextCycle());
  }

  #coupleClient(): boolean {
    const server = this.#server.state;
    const gone = server === 'closed' || server === 'error' || server === 'must close';
    if (this.#client.state === 'done') {
      if (this.#proposal !== undefined) return this.#clientFollows('switch proposed');
      if (!this.#keepAlive) return this.#clientFollows('no keep-alive');
      if (gone) return this.#clientFollows('server closed');
    }
    if (this.#client.state === 'might switch protocol') {
      if (this.#proposal === undefined) return this.#clientFollows('switch refused');
      if (server === 'switched protocol') return this.#clientFollows('switch accepted');
    }
    if (this.#client.state === 'idle' && gone) return this.#clientFollows('server closed');
    return false;
  }

  #coupleServer(): boolean {
    const client = this.#client.state;
    if (this.#server.state === 'done') {
      if (!this.#keepAlive) return this.#serverFollows('no keep-alive');
      if (this.#outstanding > 0) return this.#serverFollows('next request');
      if (client === 'closed' || client === 'error') return this.#serverFollows('client closed');
    }
    if (this.#server.state === 'idle' && client === 'closed') {
      return this.#serverFollows('client closed');
    }
    return false;
  }

  #nextCycle(): boolean {
    if (this.#client.state !== 'done' || this.#server.state !== 'done') return false;
    this.#client.follow('next cycle');
    this.#server.follow('next cycle');
    return true;
  }

  #clientFollows(arrow: ClientArrow): boolean {
    this.#client.follow(arrow);
    return true;
  }

  #serverFollows(arrow: ServerArrow): boolean {
    this.#server.follow(arrow);
    return true;
  }
}
