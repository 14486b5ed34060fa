/** A command line in memory: what goes in, what comes out, in a folder of its own. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, type Io } from '../../src/cli/index.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly bytes: Uint8Array;
}

export interface Surroundings {
  readonly stdin?: string | Uint8Array;
  readonly env?: Record<string, string>;
  readonly terminal?: boolean;
  readonly columns?: number;
}

/** A fresh folder for the files of a test. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'tcplab-test-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string | Uint8Array): string {
    writeFileSync(this.path(name), text);
    return name;
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** `tcplab('run', 'handshake')` */
  async tcplab(...args: readonly (string | Surroundings)[]): Promise<Outcome> {
    const last = args.at(-1);
    const around = typeof last === 'object' ? last : {};
    const argv = args.filter((arg) => typeof arg === 'string');
    const out: Uint8Array[] = [];
    let err = '';
    let now = 0;
    const encoder = new TextEncoder();
    const io: Io = {
      cwd: this.folder,
      env: around.env ?? {},
      stdoutIsTerminal: around.terminal === true,
      stderrIsTerminal: around.terminal === true,
      columns: around.columns,
      out: (data) => void out.push(typeof data === 'string' ? encoder.encode(data) : data),
      err(text) {
        err += text;
      },
      readStdin: (limit) => {
        const given = around.stdin ?? '';
        const bytes = typeof given === 'string' ? encoder.encode(given) : given;
        return bytes.subarray(0, limit + 1);
      },
      onInterrupt: () => {},
      clock: () => (now += 400),
    };
    const code = await runCli(argv, io);
    const bytes = Buffer.concat(out);
    return { code, out: bytes.toString('utf8'), err, bytes };
  }
}
