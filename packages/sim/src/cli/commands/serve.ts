import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Micros } from '@tcplab/core';
import { parseDuration } from '../../scenario/index.ts';
import { serve as serveLive } from '../live/index.ts';
import { SERVE_PROTOCOLS, type ServeProtocol } from '../live/servers.ts';
import type { CliCommand } from '../run-cli.ts';

export const serve: CliCommand = {
  usage: 'serve',
  about: 'the protocols above TCP on real sockets, so that real clients can talk to them',
  examples: [
    'tcplab serve http --port 8080',
    'tcplab serve https --port 8443 --ca-out ca.pem',
    'tcplab serve tls --port 8443 --client-auth require --cacert clients.pem',
    'tcplab serve tls --port 4433 --www --tls 1.2      # as openssl s_server -www',
    'SSLKEYLOGFILE=keys.log tcplab serve https         # secrets for Wireshark',
    'tcplab serve ws --port 9001 -v',
    'tcplab serve ftp --port 2121 --user ann --password secret',
  ],
  declare(command) {
    command
      .addArgument(new Argument('<protocol>').choices(SERVE_PROTOCOLS))
      .addOption(
        new Option('-p, --port <n>', '0 lets the system choose').argParser(port).default(0),
      )
      .option('--host <address>', 'where to listen', '127.0.0.1')
      .option('--cert <file>', "PEM file with the certificate's chain (with --key)")
      .option('--key <file>', 'PEM file with its private key')
      .option('--ca-out <file>', 'write the certificate of the authority that is made otherwise')
      .option('--tls <versions>', '1.2, 1.3 or 1.2,1.3')
      .option('--alpn <names>', 'tls: application protocols, the preferred first, e.g. h2,http/1.1')
      .addOption(
        new Option(
          '--client-auth <how>',
          "ask for the client's certificate (with --cacert)",
        ).choices(['request', 'require']),
      )
      .option('--cacert <file>', "PEM file with the authorities of clients' certificates")
      .addOption(
        new Option('--early-data <octets>', 'tls: how much early data a session may bring (1.3)')
          .argParser(octets)
          .default(0),
      )
      .option('--trace-dir <folder>', 'write a trace of what the protocols noted')
      .option('--www', 'tls: one HTTP answer for each connection; otherwise an echo')
      .option('--user <name>', 'ftp: who may log in; otherwise anonymous')
      .option('--password <password>', 'ftp: with this password')
      .addOption(
        new Option(
          '--idle <time>',
          'ftp: a client that commands nothing for this long gets 421 (default: 300s)',
        ).argParser(duration),
      )
      .option('--zone <file>', 'dns: a zone file; otherwise a small zone for trying')
      .option('--origin <name>', "dns: the zone's name", 'tcplab.test');
  },
  run({ io, globals, args, options }) {
    const text = (name: string): string | undefined => options[name] as string | undefined;
    return serveLive(io, {
      protocol: args[0] as ServeProtocol,
      address: text('host')!,
      port: options['port'] as number,
      cert: text('cert'),
      key: text('key'),
      caOut: text('caOut'),
      tls: text('tls'),
      alpn: text('alpn'),
      clientAuth: options['clientAuth'] as 'request' | 'require' | undefined,
      cacert: text('cacert'),
      earlyData: options['earlyData'] as number,
      traceDir: text('traceDir'),
      verbose: globals.verbose,
      seed: globals.seed,
      www: options['www'] === true,
      user: text('user'),
      password: text('password'),
      idle: options['idle'] as Micros | undefined,
      zone: text('zone'),
      origin: text('origin'),
    });
  },
};

function port(text: string): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

function duration(text: string): Micros {
  const result = parseDuration(text);
  if (!result.ok || result.value === 0) {
    throw new InvalidArgumentError('Expected a time, e.g. 30s or 500ms.');
  }
  return result.value as Micros;
}

function octets(text: string): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value < 2 ** 32) return value;
  throw new InvalidArgumentError('Expected a number of octets below 2^32.');
}
