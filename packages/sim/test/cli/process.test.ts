import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workplace } from './memory-io.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
// Two folders below the package, where the bundle finds the library as the sources do.
const folder = `${root}packages/sim/dist/test-${process.pid}/`;
const cli = `${folder}cli.js`;
const place = new Workplace();

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const scripts = (await import(pathToFileURL(`${root}scripts/bundle-cli.mjs`).href)) as {
    bundleCli(outfile: string): Promise<string>;
  };
  await scripts.bundleCli(cli);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tcplab(args: readonly string[], input?: string) {
  return spawnSync(process.execPath, [cli, ...args], {
    cwd: place.folder,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    env: { ...process.env, NO_COLOR: '', FORCE_COLOR: '' },
    ...(input === undefined ? {} : { input }),
  });
}

describe('the command as a process', () => {
  test('runs a scenario of the library: data on stdout, the seed on stderr, exit code 0', () => {
    const { status, stdout, stderr } = tcplab(['run', 'handshake']);
    expect(stdout).toContain('SYN,ACK');
    expect(stderr).toMatch(/^seed 1 · hash [0-9a-f]{16}\n$/);
    expect(status).toBe(0);
  });

  test('gives the same trace as the library does in process', async () => {
    const inProcess = await place.tcplab('run', 'lossy-request', '--ndjson');
    expect(tcplab(['run', 'lossy-request', '--ndjson']).stdout).toBe(inProcess.out);
  });

  test('exit codes reach the shell', () => {
    expect(tcplab(['fly']).status).toBe(2);
    expect(tcplab(['run', '-'], 'tcplab: 1\n').status).toBe(3);
    expect(tcplab(['run', 'bulk-with-loss', '-q', '--max-events', '9']).status).toBe(4);
  });

  test('a scenario and a trace may come through pipes', () => {
    const scenario = 'tcplab: 1\nname: piped\nhosts: { a: {} }\n';
    const { stdout } = tcplab(['run', '-', '--ndjson'], scenario);
    expect(tcplab(['show', '-', '--json'], stdout).status).toBe(0);
    expect(tcplab(['replay', '-'], stdout).stdout).toContain('the same: 0 records');
  });

  test('a file of 50 MB is refused at once, unread', () => {
    writeFileSync(place.path('huge.yaml'), 'tcplab: 1\n');
    truncateSync(place.path('huge.yaml'), 50_000_000);
    for (const command of ['run', 'check']) {
      const { status, stdout, stderr } = tcplab([command, 'huge.yaml']);
      expect(status).toBe(3);
      expect(stdout + stderr).toContain(
        'huge.yaml:1:1: error: the file is too large: 50000000 bytes',
      );
    }
  });

  test('a closed pipe is silent', async () => {
    const child = spawn(process.execPath, [cli, 'run', 'bulk-with-loss', '--ndjson'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('--watch runs again when the file changes, and Ctrl-C ends it with exit code 130', async () => {
    const scenario = 'tcplab: 1\nname: watched\nhosts: { a: {} }\n';
    place.write('watched.yaml', scenario);
    const child = execFile(process.execPath, [cli, 'run', 'watched.yaml', '--watch', '--json'], {
      cwd: place.folder,
    });
    const names: string[] = [];
    child.stdout!.on('data', (text: string) => {
      for (const line of text.trim().split('\n')) names.push(JSON.parse(line).name);
    });
    let rounds = 0;
    child.stderr!.on('data', (text: string) => {
      if (!text.includes('watching')) return;
      rounds += 1;
      if (rounds === 1) place.write('watched.yaml', scenario.replace('watched', 'changed'));
      else child.kill('SIGINT');
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(names).toEqual(['watched', 'changed']);
    expect(status).toBe(130);
  });
});
