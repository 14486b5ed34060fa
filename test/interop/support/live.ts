/** The command line on real sockets: in this process, or as one of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runCli, type Io } from '../../../packages/sim/src/cli/index.ts';
import { serve, type ServeOptions } from '../../../packages/sim/src/cli/live/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningServer {
  readonly port: number;
  /** Asks it to end, and tells how it ended. */
  stop(): Promise<Ended>;
}

const QUIET: Omit<ServeOptions, 'protocol'> = {
  address: '127.0.0.1',
  port: 0,
  cert: undefined,
  key: undefined,
  caOut: undefined,
  tls: undefined,
  alpn: undefined,
  clientAuth: undefined,
  cacert: undefined,
  earlyData: 0,
  traceDir: undefined,
  verbose: false,
  seed: undefined,
  www: false,
  user: undefined,
  password: undefined,
  zone: undefined,
  origin: undefined,
};

export class Live {
  /** A folder for the files of the test. */
  readonly folder = mkdtempSync(join(tmpdir(), 'tcplab-live-'));
  /** What the commands of this process see of the environment. */
  env: Readonly<Record<string, string>> = { NO_COLOR: '1' };
  // Two folders below the package, where the bundle finds its files as the sources do.
  readonly #bundles = `${root}packages/sim/dist/live-${process.pid}/`;

  path(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.#bundles, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command of the command line to its end, in this process. */
  async run(args: readonly string[], stdin = ''): Promise<Ended> {
    const { io, said } = this.#surroundings(stdin);
    const code = await runCli(args, io);
    return { code, ...said() };
  }

  /** Starts a server in this process and waits until it listens. */
  async serve(
    protocol: ServeOptions['protocol'],
    options: Partial<ServeOptions> = {},
  ): Promise<RunningServer> {
    let stop: (signal: 'SIGTERM') => void;
    const stopped = new Promise<'SIGTERM'>((resolve) => (stop = resolve));
    let listening: (port: number) => void;
    const port = new Promise<number>((resolve) => (listening = resolve));
    const { io, said } = this.#surroundings('', (text) => {
      listening((JSON.parse(text) as { listening: number }).listening);
    });
    const ending = serve(io, { ...QUIET, ...options, protocol }, stopped);
    const failed = ending.then((code) => Promise.reject(new Error(`ended with ${code}`)));
    return {
      port: await Promise.race([port, failed]),
      stop: async () => {
        failed.catch(() => undefined);
        stop('SIGTERM');
        return { code: await ending, ...said() };
      },
    };
  }

  /** `tcplab serve …` as a process, which is sent SIGTERM once it listens and `talk` has ended. */
  async serveAsProcess(
    args: readonly string[],
    talk: (port: number) => Promise<void>,
  ): Promise<Ended> {
    mkdirSync(this.#bundles, { recursive: true });
    const scripts = (await import(pathToFileURL(`${root}scripts/bundle-cli.mjs`).href)) as {
      bundleCli(outfile: string): Promise<string>;
    };
    const cli = await scripts.bundleCli(`${this.#bundles}cli.js`);
    const child = spawn(process.execPath, [cli, 'serve', ...args], { cwd: this.folder });
    let err = '';
    let out = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => resolve({ code, out, err }));
    });
    const port = await new Promise<number>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out.endsWith('\n')) resolve((JSON.parse(out) as { listening: number }).listening);
      });
    });
    await talk(port);
    child.kill('SIGTERM');
    return ended;
  }

  /** Runs another program to its end, without blocking the servers of this process. */
  other(program: string, args: readonly string[]): Promise<Ended> {
    const child = spawn(program, args, { cwd: this.folder });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, err }));
    });
  }

  #surroundings(
    stdin: string,
    onOut: (text: string) => void = () => undefined,
  ): { readonly io: Io; said(): { readonly out: string; readonly err: string } } {
    let out = '';
    let err = '';
    const io: Io = {
      cwd: this.folder,
      env: this.env,
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      columns: undefined,
      out(data) {
        const text = typeof data === 'string' ? data : Buffer.from(data).toString();
        out += text;
        onOut(text);
      },
      err: (text) => void (err += text),
      readStdin: () => new TextEncoder().encode(stdin),
      onInterrupt: () => undefined,
      clock: () => 0,
    };
    return { io, said: () => ({ out, err }) };
  }
}
