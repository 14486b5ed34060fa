/** curl and Python's ftplib, real clients, against our server; and our client against it, on loopback. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes, patternPayload, utf8Text, type Note } from '@tcplab/core';
import { FileTree, openFtp, serveFtp } from '@tcplab/core/ftp';
import { NodeProgramHost } from '@tcplab/sim/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const hasFtplib = spawnSync('python3', ['-c', 'import ftplib']).status === 0;
if (!hasCurl) console.log('curl is absent: its part of the FTP tests is skipped');
if (!hasFtplib) console.log('Python is absent: its part of the FTP tests is skipped');

const BIG = 3_000_000;
const notes: Note[] = [];
const host = new NodeProgramHost({ onNote: (note) => notes.push(note) });
const tree = new FileTree({ now: () => host.now() });
const folder = mkdtempSync(join(tmpdir(), 'tcplab-ftp-'));
let port = 0;

beforeAll(async () => {
  tree.write('/hello.txt', 'hello\nworld\n');
  tree.write('/big', patternPayload(0, BIG));
  tree.makeDirectory('/docs');
  tree.write('/docs/a b.txt', 'a');
  port = await new Promise<number>((resolve, reject) => {
    const users = { ann: { password: 's3cret' } };
    const options = { tree, port: 0, users, anonymous: 'write', onListening: resolve } as const;
    host.run(serveFtp(host, options), 'ftp').catch(reject);
  });
});

beforeEach(() => {
  notes.length = 0;
});

afterAll(() => {
  host.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 10_000_000 }, (error, stdout) => {
      const code = error === null ? 0 : Number(error.code ?? -1);
      resolve({ code, out: stdout });
    });
  });
}

function curl(...args: readonly string[]): Promise<Ended> {
  return run('curl', ['--silent', '--show-error', '--max-time', '20', ...args]);
}

function url(path: string, user = ''): string {
  return `ftp://${user}127.0.0.1:${port}${path}`;
}

/** The verbs that the server was sent since the test began. */
function verbs(): string[] {
  return notes.filter((note) => note.kind === 'command').map((note) => note.text.split(' ')[0]!);
}

function stored(path: string): string {
  const contents = tree.read(path);
  return typeof contents === 'string' ? contents : utf8Text(contents.toBytes());
}

describe.skipIf(!hasCurl)('curl against our server', () => {
  test('lists a directory, with facts and as names', async () => {
    const { out, code } = await curl(url('/'));
    expect(code).toBe(0);
    expect(out).toMatch(/^-rw-r--r-- 1 ftp ftp +12 \w{3} +\d+ \d\d:\d\d hello\.txt\r?$/m);
    expect(out).toMatch(/^drwxr-xr-x .* docs\r?$/m);
    expect((await curl('--list-only', url('/docs/'))).out.trim()).toBe('a b.txt');
    expect(verbs()).toContain('EPSV');
  });

  test('gets files through EPSV, PASV and, actively, EPRT and PORT', async () => {
    for (const [options, verb] of [
      [[], 'EPSV'],
      [['--disable-epsv'], 'PASV'],
      [['--ftp-port', '-'], 'EPRT'],
      [['--ftp-port', '-', '--disable-eprt'], 'PORT'],
    ] as const) {
      notes.length = 0;
      expect(await curl(...options, url('/hello.txt'))).toEqual({ code: 0, out: 'hello\nworld\n' });
      expect(verbs()).toContain(verb);
    }
  });

  test('gets a large file whole, actively too', async () => {
    for (const options of [[], ['--ftp-port', '-']]) {
      const file = join(folder, 'big');
      expect((await curl(...options, '-o', file, url('/big'))).code).toBe(0);
      expect(Buffer.compare(readFileSync(file), patternPayload(0, BIG).toBytes())).toBe(0);
    }
  });

  test('FTP-13: resumes a download and an upload', async () => {
    const file = join(folder, 'part');
    writeFileSync(file, patternPayload(0, 1_000_000).toBytes());
    expect((await curl('--continue-at', '-', '-o', file, url('/big'))).code).toBe(0);
    expect(Buffer.compare(readFileSync(file), patternPayload(0, BIG).toBytes())).toBe(0);
    expect(verbs()).toContain('REST');
    const upload = join(folder, 'up');
    writeFileSync(upload, '0123456789');
    tree.write('/resumed', '01234');
    expect((await curl('--continue-at', '-', '-T', upload, url('/resumed'))).code).toBe(0);
    expect(stored('/resumed')).toBe('0123456789');
  });

  test('puts, appends, makes directories, renames and deletes', async () => {
    const file = join(folder, 'text');
    writeFileSync(file, 'text');
    const made = await curl('--ftp-create-dirs', '-T', file, url('/new/dir/text'));
    expect([made.code, stored('/new/dir/text')]).toEqual([0, 'text']);
    expect((await curl('--append', '-T', file, url('/new/dir/text'))).code).toBe(0);
    expect(stored('/new/dir/text')).toBe('texttext');
    const quotes = ['RNFR /new/dir/text', 'RNTO /moved', 'RMD /new/dir', 'DELE /hello2'];
    await curl(...quotes.flatMap((line) => ['--quote', line]), url('/'));
    expect([stored('/moved'), tree.stat('/new/dir')]).toEqual(['texttext', undefined]);
    const gone = await curl('--quote', 'DELE /moved', url('/'));
    expect([gone.code, tree.stat('/moved')]).toEqual([0, undefined]);
  });

  test('FTP-15: in ASCII type text arrives with the line ends of this platform', async () => {
    expect((await curl('--use-ascii', url('/hello.txt'))).out).toBe('hello\nworld\n');
    expect(notes.some((note) => note.text.includes('TYPE A'))).toBe(true);
  });

  test('FTP-26, FTP-27: learns size and date without the file', async () => {
    const { out } = await curl('--head', url('/hello.txt'));
    expect(out).toContain('Content-Length: 12');
    expect(out).toContain('Last-Modified: Thu, 01 Jan 2026');
  });

  test('FTP-09: logs in with a password, or is told that it is wrong', async () => {
    expect((await curl(url('/docs/a%20b.txt', 'ann:s3cret@'))).out).toBe('a');
    expect((await curl(url('/hello.txt', 'ann:wrong@'))).code).toBe(67);
    expect((await curl(url('/none'))).code).toBe(78);
  });

  test('FTP-17: cannot make the server connect to another host', async () => {
    const elsewhere = await curl('--disable-eprt', '--quote', 'PORT 10,9,8,7,0,25', url('/'));
    expect(elsewhere.code).toBe(21);
    expect(notes.some((note) => note.cause?.rule.id === 'FTP-17')).toBe(true);
  });
});

const FTPLIB = `
import ftplib, io, sys
ftp = ftplib.FTP(timeout=20)
ftp.connect('127.0.0.1', int(sys.argv[1]))
ftp.login('ann', 's3cret')
ftp.set_pasv(sys.argv[2] == 'passive')
ftp.storbinary('STOR py.bin', io.BytesIO(b'abc' * 1000))
parts = []
ftp.retrbinary('RETR py.bin', parts.append, rest=1500)
size = ftp.size('py.bin')
lines = []
ftp.retrlines('RETR hello.txt', lines.append)
print(len(b''.join(parts)), size, '|'.join(lines))
print(sorted(name for name, facts in ftp.mlsd('/') if facts['type'] == 'file'))
ftp.mkd('pydir'); ftp.cwd('pydir'); print(ftp.pwd()); ftp.cwd('..'); ftp.rmd('pydir')
ftp.rename('py.bin', 'py2.bin'); ftp.delete('py2.bin')
print(ftp.quit()[:3])
`;

describe.skipIf(!hasFtplib)("Python's ftplib against our server", () => {
  test.each(['passive', 'active'])('puts, gets, lists and tidies up, %s', async (mode) => {
    tree.removeFile('/resumed');
    const { out, code } = await run('python3', ['-c', FTPLIB, String(port), mode]);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toEqual([
      '1500 3000 hello|world',
      "['big', 'hello.txt', 'py.bin']",
      '/pydir',
      '221',
    ]);
  });
});

describe('our client on real sockets', () => {
  test.each([
    ['passive', true],
    ['passive', false],
    ['active', true],
    ['active', false],
  ] as const)('%s, extended commands %s', async (mode, extended) => {
    const client = new NodeProgramHost();
    try {
      const seen = await client.run(
        (function* () {
          const ftp = yield* openFtp(client, '127.0.0.1', { port, mode, extended });
          yield* ftp.login('ann', 's3cret');
          const parts: Uint8Array[] = [];
          const length = yield* ftp.getParts('big', (part) => void parts.push(part));
          yield* ftp.put('ours', patternPayload(0, BIG));
          const same = tree.stat('/ours')?.size === BIG;
          yield* ftp.remove('ours');
          yield* ftp.quit();
          return [length, same, concatBytes(parts)] as const;
        })(),
      );
      expect(seen.slice(0, 2)).toEqual([BIG, true]);
      expect(Buffer.compare(seen[2], patternPayload(0, BIG).toBytes())).toBe(0);
    } finally {
      client.close();
    }
  });
});
