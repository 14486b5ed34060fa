import { CallError, ConnectionError, TimeoutError, type Process } from '@tcplab/core';
import {
  ClientPayloadError,
  ClientResponseError,
  ClientTimeoutError,
  type Secure,
} from '@tcplab/core/session';
import { FtpError } from '@tcplab/core/ftp';
import { tlsConnect, type TlsEstablished } from '@tcplab/core/tls';
import { NODE_CRYPTO, type NodeProgramHost } from '../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { keyLogOf } from './key-log-file.ts';
import { epochOf, LiveHost } from './live-host.ts';
import { identityFromFiles, tlsVersions, trustedRoots } from './tls-files.ts';

/** What every client command takes. */
export interface AskOptions {
  readonly url: string;
  readonly verbose: boolean;
  readonly json: boolean;
  readonly seed: number | undefined;
  readonly cacert: string | undefined;
  /** PEM files that prove who the client is, where a server asks; both or neither. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly insecure: boolean;
  readonly tls: string | undefined;
  readonly traceDir: string | undefined;
}

/**
 * Runs a client's program on real sockets. What the network or the peer did wrong is told on stderr
 * and gives exit code 1; a wrong URL gives 2.
 */
export async function ask(
  io: Io,
  options: AskOptions,
  command: { readonly name: string; run(host: NodeProgramHost): Process<ExitCode> },
): Promise<ExitCode> {
  const { seed, verbose, traceDir } = options;
  const live = new LiveHost(io, { name: command.name, seed, verbose, traceDir });
  try {
    return await live.host.run(command.run(live.host));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (error instanceof CallError && error.reason === 'invalid URL') {
      throw new CliError(EXIT.usage, said);
    }
    if (!isOutcome(error)) throw error;
    if (options.json) io.out(`${JSON.stringify({ url: options.url, error: said })}\n`);
    io.err(`tcplab ${command.name}: ${said}\n`);
    return EXIT.failed;
  } finally {
    await live.end();
  }
}

/** Something that a network or a peer does to a client. */
function isOutcome(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof ClientTimeoutError ||
    error instanceof ClientPayloadError ||
    error instanceof ClientResponseError ||
    error instanceof FtpError
  );
}

/** TLS for a client session: who is trusted, and what was agreed last. */
export function clientTls(
  host: NodeProgramHost,
  options: AskOptions,
  io: Io,
): { readonly secure: Secure; agreed: TlsEstablished | undefined } {
  const versions = tlsVersions(options.tls);
  const { insecure } = options;
  const trust = insecure ? [] : trustedRoots(options.cacert, io);
  const identity = identityFromFiles(options, io);
  const epochSeconds = epochOf(host);
  const secrets = keyLogOf(io);
  const state: { secure: Secure; agreed: TlsEstablished | undefined } = {
    agreed: undefined,
    *secure(stream, peer) {
      const secured = yield* tlsConnect(stream, {
        serverName: peer.host,
        protocols: peer.alpn,
        random: host.random('tls'),
        crypto: NODE_CRYPTO,
        now: () => host.now(),
        note: (note) => host.note(note),
        trust,
        insecure,
        epochSeconds,
        ...(identity === undefined ? {} : { identities: [identity] }),
        ...secrets,
        ...(versions === undefined ? {} : { versions }),
      });
      state.agreed = secured.established;
      return secured;
    },
  };
  return state;
}
