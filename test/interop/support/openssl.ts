/** OpenSSL's own command line tool, over real sockets. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  pemText,
  privateKeyPem,
  TlsClient,
  TlsServer,
  type Identity,
  type TlsClientOptions,
  type TlsServerOptions,
} from '@tcplab/core/tls';
import {
  clientOptions,
  ROOT,
  serverOptions,
} from '../../../packages/core/test/tls/support/world.ts';
import { EndpointDriver } from './endpoint-driver.ts';

export const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;
if (!HAS_OPENSSL) console.log('skipped: openssl is not installed');

let folder: string | undefined;
let children: ChildProcess[] = [];

/** To be called by each file of tests: its processes and files go when its tests are done. */
export function useOpenssl(): void {
  afterAll(() => {
    for (const child of children) child.kill();
    children = [];
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });
}

/** The path of a file with this name that goes with the tests. */
export function pathOf(name: string): string {
  folder ??= mkdtempSync(join(tmpdir(), 'tls-openssl-'));
  return join(folder, name);
}

export function file(name: string, text: string): string {
  writeFileSync(pathOf(name), text);
  return pathOf(name);
}

export function identityFiles(
  name: string,
  { chain, key }: Identity,
): { cert: string; key: string } {
  const cert = chain.map((der) => pemText('CERTIFICATE', der)).join('');
  return { cert: file(`${name}.pem`, cert), key: file(`${name}.key`, privateKeyPem(key)) };
}

/** A process of openssl; what it says on both of its outputs is collected. */
export function openssl(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; said: () => string } {
  const child = spawn('openssl', args, { stdio: 'pipe', env: { ...process.env, ...env } });
  children.push(child);
  let text = '';
  child.stdout!.on('data', (chunk) => (text += String(chunk)));
  child.stderr!.on('data', (chunk) => (text += String(chunk)));
  return { child, said: () => text };
}

export async function until(condition: () => boolean, story: () => string): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited in vain:\n${story()}`);
}

/** Our server on a port of the loopback; every connection gets an endpoint. */
export async function listen(options: Partial<TlsServerOptions>) {
  const drivers: EndpointDriver[] = [];
  const server = net.createServer((socket) => {
    drivers.push(new EndpointDriver(new TlsServer(serverOptions(options)), socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, drivers, close: () => server.close() };
}

/** What every s_client is told. */
export function clientArguments(): string[] {
  const root = file('root.pem', pemText('CERTIFICATE', ROOT.certificate));
  const verify = ['-CAfile', root, '-verify_return_error', '-servername', 'server.example'];
  return ['s_client', ...verify];
}

/** An openssl s_server on a port of the loopback, and our client at it. */
export async function serve(
  identity: Identity,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { cert, key } = identityFiles('server', identity);
  const all = ['s_server', '-accept', '0', '-cert', cert, '-key', key, ...args];
  const { child, said } = openssl(all, env);
  await until(() => /ACCEPT \S+:\d+/.test(said()), said);
  const port = Number(/ACCEPT \S+:(\d+)/.exec(said())![1]);
  const connect = (options: Partial<TlsClientOptions> = {}): EndpointDriver =>
    new EndpointDriver(new TlsClient(clientOptions(options)), net.connect(port, '127.0.0.1'));
  return { child, said, connect };
}
