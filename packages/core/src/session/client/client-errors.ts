/** What can go wrong for the program that asked, beyond a ConnectionError or a timeout. */
import { ConnectionError } from '../../base/errors.ts';

/** The server sent no response, or not all of it. */
export class ServerDisconnectedError extends ConnectionError {
  constructor(detail: string) {
    super('connection closed', `server disconnected, ${detail}`);
  }
}

/** The server answered something that is no HTTP, or that the session does not take for an answer. */
export class ClientPayloadError extends Error {
  override readonly name = 'ClientPayloadError';
}

/** A response that the program asked to be treated as an error. */
export class ClientResponseError extends Error {
  override readonly name: string = 'ClientResponseError';
  readonly status: number;
  readonly url: string;

  constructor(status: number, message: string, url: string) {
    super(`${status}, ${message}, ${url}`);
    this.status = status;
    this.url = url;
  }
}

/** More redirections than the session follows. */
export class TooManyRedirects extends ClientResponseError {
  override readonly name = 'TooManyRedirects';
}

/** A redirection to something that cannot be followed. */
export class InvalidRedirect extends ClientResponseError {
  override readonly name = 'InvalidRedirect';
}

/** The proxy refused the tunnel, or wants credentials. */
export class ProxyError extends ClientResponseError {
  override readonly name = 'ProxyError';
}
