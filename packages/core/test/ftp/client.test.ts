import { fc, runs } from '../../../../test/support/fast-check.ts';
import {
  concatBytes,
  describeMachine,
  equalBytes,
  ms,
  patternPayload,
  seconds,
  utf8Text,
  type Process,
} from '@tcplab/core';
import { FileTree, FtpError, ftpClientMachine, openFtp } from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';
import { withClient, worldWith } from './world.ts';

/** A server that says its lines, one after each command, whatever the command was. */
function* parrot(host: MemoryHost, lines: readonly string[]): Process {
  const control = yield* host.listen(21).accept();
  for (const line of lines) {
    yield* control.sendAll(`${line}\r\n`);
    if ((yield* control.receive()).length === 0) break;
  }
  control.close();
}

/** Runs a program of a client whose server says these lines. */
function against<T>(lines: readonly string[], program: (host: MemoryHost) => Process<T>): T {
  const net = new MemoryNetwork({ latency: ms(10) });
  net.host('server').spawn(parrot(net.host('server'), lines));
  return net.runProcess(net.host('client'), program);
}

function* loginTo(host: MemoryHost): Process {
  const ftp = yield* openFtp(host, 'server', { timeout: seconds(5) });
  yield* ftp.login('me', 'secret', 'account');
}

function commandsOf(net: MemoryNetwork): string[] {
  const notes = net.notes.filter((note) => note.layer === 'ftp' && note.kind === 'command');
  return notes.filter((note) => note.host === 'client').map((note) => note.text);
}

describe.each([
  { mode: 'passive', extended: true, verbs: ['EPSV'] },
  { mode: 'passive', extended: false, verbs: ['PASV'] },
  { mode: 'active', extended: true, verbs: ['EPRT'] },
  { mode: 'active', extended: false, verbs: ['PORT'] },
] as const)('a client in $mode mode with $verbs', ({ mode, extended, verbs }) => {
  const options = { mode, extended } as const;

  test('lists, gets, puts, appends, resumes, renames and deletes', () => {
    const world = worldWith();
    const seen = withClient(
      world,
      function* (ftp) {
        const results: unknown[] = [yield* ftp.names('docs')];
        results.push(utf8Text(yield* ftp.get('hello.txt')));
        results.push(utf8Text(yield* ftp.get('hello.txt', { from: 6 })));
        yield* ftp.put('up.txt', 'one ');
        yield* ftp.put('up.txt', 'two', { append: true });
        yield* ftp.put('up.txt', 'TWO!', { from: 4 });
        results.push(utf8Text(yield* ftp.get('up.txt')), yield* ftp.size('up.txt'));
        yield* ftp.rename('up.txt', 'docs/c.txt');
        yield* ftp.remove('docs/a.txt');
        results.push(yield* ftp.names('docs'), yield* ftp.modified('docs/c.txt'));
        yield* ftp.quit();
        return results;
      },
      options,
    );
    expect(seen).toEqual([
      ['a.txt', 'b.txt'],
      'hello\nworld\n',
      'world\n',
      'one TWO!',
      8,
      ['b.txt', 'c.txt'],
      '20260101000000',
    ]);
    const setups = commandsOf(world.net).filter((text) => /^(EPSV|PASV|EPRT|PORT)/.test(text));
    expect(new Set(setups.map((text) => text.slice(0, 4)))).toEqual(new Set(verbs));
  });

  test('FTP-23: any file arrives as it is, in image and in ASCII type', () => {
    const world = worldWith();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 10, 13, 97, 255), { maxLength: 60 }), (list) => {
        const octets = Uint8Array.from(list);
        const back = withClient(
          world,
          function* (ftp) {
            yield* ftp.put('any', octets);
            return yield* ftp.get('any');
          },
          options,
        );
        expect(back).toEqual(octets);
      }),
      runs(20),
    );
    const text = withClient(
      world,
      function* (ftp) {
        yield* ftp.put('text', 'a\nb\n', { ascii: true });
        return utf8Text(yield* ftp.get('text', { ascii: true }));
      },
      options,
    );
    expect(text).toBe('a\nb\n');
    expect(world.tree.stat('/text')?.size).toBe(4);
  });

  test('a server that declines is an error with its reply, and the session goes on', () => {
    const seen = withClient(
      worldWith({ anonymous: 'read' }),
      function* (ftp) {
        const failures: unknown[] = [];
        for (const step of [
          () => ftp.get('none'),
          () => ftp.get('hello.txt', { from: 99 }),
          () => ftp.put('x', 'x'),
          () => ftp.changeDirectory('none'),
          () => ftp.list('none'),
        ]) {
          try {
            yield* step() as Process<unknown>;
          } catch (error) {
            if (error instanceof FtpError) failures.push([error.reply.code, error.isTransient]);
          }
        }
        return [...failures, (yield* ftp.get('docs/a.txt')).length];
      },
      options,
    );
    expect(seen).toEqual([[550, false], [554, false], [553, false], [550, false], [450, true], 1]);
  });
});

describe('the client', () => {
  test('knows directories, features, facts and lists', () => {
    const seen = withClient(worldWith(), function* (ftp) {
      yield* ftp.makeDirectory('new "one"');
      yield* ftp.changeDirectory('new "one"');
      const where = yield* ftp.workingDirectory();
      yield* ftp.changeDirectory('..');
      yield* ftp.removeDirectory('new "one"');
      const entries = yield* ftp.entries();
      return [where, yield* ftp.features(), entries, yield* ftp.list('docs')];
    });
    expect(seen).toMatchObject([
      '/new "one"',
      ['EPRT', 'EPSV', 'MDTM', 'MLST type*;size*;modify*;', 'REST STREAM', 'SIZE', 'TVFS', 'UTF8'],
      [
        { name: 'docs', type: 'dir', size: undefined },
        { name: 'hello.txt', type: 'file', size: 12, modified: '20260101000000' },
      ],
      [
        '-rw-r--r-- 1 ftp ftp            1 Jan  1 00:00 a.txt',
        '-rw-r--r-- 1 ftp ftp            2 Jan  1 00:00 b.txt',
      ],
    ]);
  });

  test('FTP-19: falls back from EPSV to PASV once and for all', () => {
    const net = new MemoryNetwork({ latency: ms(10) });
    const server = net.host('server');
    const asked: string[] = [];
    server.spawn(
      (function* (): Process {
        const control = yield* server.listen(21).accept();
        const data = server.listen(5_000);
        yield* control.sendAll('220 hello\r\n');
        for (;;) {
          const line = utf8Text(yield* control.receive());
          if (line === '') return;
          const verb = line.slice(0, 4);
          asked.push(verb);
          if (verb === 'EPSV') yield* control.sendAll('500 what?\r\n');
          else if (verb === 'PASV') yield* control.sendAll('227 ok 192,168,0,1,19,136\r\n');
          else if (verb === 'RETR') {
            yield* control.sendAll('150 go\r\n');
            const stream = yield* data.accept();
            yield* stream.sendAll('data');
            stream.close();
            yield* control.sendAll('226 done\r\n');
          } else yield* control.sendAll('200 ok\r\n');
        }
      })(),
    );
    const got = net.runProcess(net.host('client'), function* (host) {
      const ftp = yield* openFtp(host, 'server');
      return [utf8Text(yield* ftp.get('a')), utf8Text(yield* ftp.get('b'))];
    });
    // The private address that PASV told is not followed: the server's own is.
    expect(got).toEqual(['data', 'data']);
    expect(asked).toEqual(['TYPE', 'EPSV', 'PASV', 'RETR', 'PASV', 'RETR']);
    expect(net.notes.some((note) => note.kind === 'address ignored')).toBe(true);
  });

  test('resumes a download that broke off, and gets the same octets', () => {
    const tree = new FileTree({ now: () => ms(0) });
    tree.write('/big', patternPayload(7, 300_000));
    const world = worldWith({ tree });
    const parts: Uint8Array[] = [];
    let received = 0;
    const broken = (): unknown =>
      withClient(world, (ftp) =>
        ftp.getParts('big', (part) => {
          parts.push(part);
          received += part.length;
          if (received > 100_000) world.net.connections.at(-1)!.server.abort();
        }),
      );
    expect(broken).toThrow('RETR: 426');
    const sofar = concatBytes(parts).length;
    expect(sofar).toBeGreaterThan(0);
    expect(sofar).toBeLessThan(300_000);
    const rest = withClient(world, (ftp) => ftp.get('big', { from: sofar }));
    const whole = concatBytes([...parts, rest]);
    expect(equalBytes(whole, patternPayload(7, 300_000).toBytes())).toBe(true);
  });

  test('FTP-33: an upload that is refused half-way says why', () => {
    const tree = new FileTree({ now: () => ms(0), maxBytes: 1_000 });
    const upload = (): void =>
      withClient(worldWith({ tree }), (ftp) => ftp.put('big', patternPayload(0, 500_000)));
    expect(upload).toThrow('STOR: 552');
  });

  test('in active mode a server that never connects is waited for no longer than the timeout', () => {
    const get = (host: MemoryHost): Process<unknown> =>
      (function* () {
        const ftp = yield* openFtp(host, 'server', { mode: 'active', timeout: seconds(3) });
        yield* ftp.login();
        return yield* ftp.get('x');
      })();
    const lines = ['220 hi', '331 ?', '230 in', '200 type', '200 eprt', '150 soon'];
    expect(() => against([...lines, '425 cannot'], get)).toThrow('does not answer');
  });
});

describe('replies out of turn (RFC 959 §6)', () => {
  test('FTP-09: the login may end after each of its commands', () => {
    const endings = [
      ['220 hi', '230 in'],
      ['220 hi', '331 ?', '230 in'],
      ['120 wait\r\n220 hi', '331 ?', '332 ?', '230 in'],
    ];
    for (const lines of endings) expect(() => against(lines, loginTo)).not.toThrow();
    // USER may ask for the account at once; then no PASS is sent, which a second 230 would answer.
    expect(() => against(['220 hi', '332 ?', '230 in'], loginTo)).not.toThrow();
    expect(() => against(['220 hi', '332 ?', '530 no'], loginTo)).toThrow('ACCT: 530 no');
    expect(() => against(['220 hi', '331 ?', '332 ?', '332 ?'], loginTo)).toThrow('has no end');
    expect(() => against(['220 hi', '331 ?', '530 no'], loginTo)).toThrow('PASS: 530 no');
  });

  test('FTP-34: a mark before a reply that has none, or after another, is a protocol error', () => {
    expect(() => against(['220 hi', '150 what'], loginTo)).toThrow('came out of turn');
    expect(() => against(['350 hi'], loginTo)).toThrow('came out of turn');
    expect(() => against(['421 closed'], loginTo)).toThrow('greeting: 421 closed');
    expect(() => against(['nonsense'], loginTo)).toThrow('no reply code');
    expect(() => against(['220 hi', '331-never\r\nending'], loginTo)).toThrow('does not answer');
    expect(() => against(['220 hi'], loginTo)).toThrow('before the reply was whole');
  });

  test('whatever a server says, the client neither hangs nor throws anything unexpected', () => {
    const line = fc.oneof(
      fc.integer({ min: 100, max: 599 }).map((code) => `${code} x`),
      fc.constantFrom('227 1,2,3,4,5,6', '229 (|||7|)', '227 x', '229 x', '250-a\r\n250 b'),
      fc.string({ maxLength: 12 }),
    );
    const expected = new Set(['FtpError', 'ConnectionError', 'TimeoutError']);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        try {
          against(['220 hi', ...lines], function* (host) {
            const ftp = yield* openFtp(host, 'server', { timeout: seconds(5) });
            yield* ftp.login();
            yield* ftp.get('x');
            yield* ftp.put('y', 'y');
          });
        } catch (error) {
          expect(expected).toContain((error as Error).name);
        }
      }),
    );
  });
});

test('every state of the client is reached by an arrow', () => {
  const { states, arrows, initial } = describeMachine(ftpClientMachine);
  const reached = new Set([initial, ...arrows.map((arrow) => arrow.to)]);
  expect([...reached].sort()).toEqual([...states].sort());
});
