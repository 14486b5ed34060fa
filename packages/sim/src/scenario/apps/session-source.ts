/** The client sessions of a scenario's programs. */
import type { ProgramHost } from '@tcplab/core';
import { ClientSession, Connector } from '@tcplab/core/session';
import { ClientSecurity } from './tls/index.ts';
import { connectorOptions, sessionOptions, type SessionSettings } from './session-settings.ts';

/**
 * A session as the scenario describes it, with a connector of its own.
 * @param security remembers TLS sessions; one program's client sessions may share it
 */
export function newSession(
  host: ProgramHost,
  given: Omit<SessionSettings, 'requests'>,
  security = new ClientSecurity(host, given.tls ?? {}),
): ClientSession {
  const connector = new Connector(host, {
    ...connectorOptions(given),
    secure: (stream, peer) => security.secure(stream, peer),
  });
  return new ClientSession(host, { ...sessionOptions(given), connector });
}

const named = new WeakMap<ProgramHost, Map<string, ClientSession>>();

/**
 * The session with this name on this host: the app and the script that name it share it. It is made
 * on first use and stays what it is after `close`.
 * Simplified: it outlives a crash of the host, as if its cookies were on disk; its connections do not.
 */
export function namedSession(
  host: ProgramHost,
  name: string,
  given: Omit<SessionSettings, 'requests'>,
): ClientSession {
  const sessions = named.get(host) ?? new Map<string, ClientSession>();
  named.set(host, sessions);
  const session = sessions.get(name) ?? newSession(host, given);
  sessions.set(name, session);
  return session;
}

/** Gives the session for each request of an app. */
export class SessionSource {
  readonly #host: ProgramHost;
  readonly #given: SessionSettings;
  readonly #security: ClientSecurity;
  #shared: ClientSession | undefined;

  constructor(host: ProgramHost, given: SessionSettings) {
    this.#host = host;
    this.#given = given;
    this.#security = new ClientSecurity(host, given.tls ?? {});
  }

  take(): ClientSession {
    const { sessions, name } = this.#given;
    if (sessions === 'each') return newSession(this.#host, this.#given, this.#security);
    this.#shared ??=
      name === undefined
        ? newSession(this.#host, this.#given, this.#security)
        : namedSession(this.#host, name, this.#given);
    return this.#shared;
  }

  /** The request is over: a session of its own is closed. */
  done(session: ClientSession): void {
    if (this.#given.sessions === 'each') session.close();
  }

  /** The app is over: its session is closed, unless it has a name and the script may still use it. */
  close(): void {
    if (this.#given.name === undefined) this.#shared?.close();
  }
}
