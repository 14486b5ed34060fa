import { CallError, type Micros } from '@tcplab/core';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { LiveHost } from './live-host.ts';
import { SERVERS, type ServeProtocol } from './servers.ts';
import { stopSignal } from './stop-signal.ts';

export interface ServeOptions {
  readonly protocol: ServeProtocol;
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly caOut: string | undefined;
  /** E.g. `1.2,1.3`. */
  readonly tls: string | undefined;
  /** tls: application protocols, e.g. `h2,http/1.1`. */
  readonly alpn: string | undefined;
  /** Whether clients are asked for a certificate, and the file that says whose are taken. */
  readonly clientAuth: 'request' | 'require' | undefined;
  readonly cacert: string | undefined;
  /** tls: octets of early data that are taken with each session. */
  readonly earlyData: number;
  readonly traceDir: string | undefined;
  readonly verbose: boolean;
  readonly seed: number | undefined;
  /** tls: answer one HTTP request instead of echoing. */
  readonly www: boolean;
  /** ftp: who may log in, besides nobody else; absent: anonymous. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** ftp: how long a client may command nothing before 421. @default 300 s */
  readonly idle?: Micros | undefined;
  /** dns: a zone file and the zone's name. */
  readonly zone: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Serves until SIGTERM or SIGINT; says `{"listening":port}` on stdout when it is ready.
 * @param stopped what ends it. @default a signal to this process
 * @throws CliError when the port cannot be had or a file is wrong
 */
export async function serve(
  io: Io,
  options: ServeOptions,
  stopped: Promise<'SIGINT' | 'SIGTERM'> = stopSignal(),
): Promise<ExitCode> {
  const { protocol, address, seed, verbose, traceDir } = options;
  const name = `serve-${protocol}`;
  const live = new LiveHost(io, { name, address, seed, verbose, traceDir });
  const { host } = live;
  try {
    const port = await host.run(SERVERS[protocol](host, options, io));
    io.out(`${JSON.stringify({ listening: port })}\n`);
  } catch (error) {
    await live.end();
    if (!(error instanceof CallError)) throw error;
    throw new CliError(EXIT.invalid, `tcplab serve: ${error.message}`);
  }
  const signal = await stopped;
  await live.end();
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.ok;
}
