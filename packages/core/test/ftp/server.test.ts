import {
  after,
  CallError,
  concatBytes,
  describeMachine,
  ms,
  patternPayload,
  seconds,
  utf8Text,
  type ByteStream,
  type Process,
} from '@tcplab/core';
import {
  FileTree,
  ftpServerMachine,
  hostPortOfPasv,
  portOfEpsv,
  serveFtp,
  type FtpServerOptions,
} from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';
import type { MemoryHost } from '../../../../test/support/memory-host.ts';
import { dialogue, speak, withClient, worldWith, type Dialogue } from './world.ts';

/** Enters passive mode and connects to the port that is told. */
function* passive(talk: Dialogue, host: MemoryHost): Process<ByteStream> {
  yield* talk.send('EPSV');
  const { lines } = yield* talk.reply();
  return yield* host.connect('server', portOfEpsv(lines[0] ?? '')!);
}

function* wholeOf(stream: ByteStream): Process<string> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* stream.receive();
    if (part.length === 0) return utf8Text(concatBytes(parts));
    parts.push(part);
  }
}

/** The codes of a dialogue of these lines. */
function codes(
  lines: readonly string[],
  options: Partial<FtpServerOptions> = {},
  login = true,
): number[] {
  return speak(worldWith(options), (talk) => talk.all(...lines), login);
}

describe('the login sequence (RFC 959 §6)', () => {
  test('FTP-05, FTP-09, FTP-10: greeted with 220; anonymous is asked for any password; before it only harmless commands', () => {
    const lines = [
      'PWD',
      'RETR x',
      'NOOP',
      'SYST',
      'FEAT',
      'HELP',
      'USER anonymous',
      'PASS x',
      'PWD',
    ];
    expect(codes(lines, {}, false)).toEqual([530, 530, 200, 215, 211, 214, 331, 230, 257]);
  });

  test('FTP-09: a user may need nothing, a password, or an account too', () => {
    const users = { free: {}, ann: { password: 'p' }, bob: { password: 'p', account: 'acct' } };
    expect(codes(['USER free', 'PASS x'], { users }, false)).toEqual([230, 202]);
    expect(codes(['USER ann', 'PASS p', 'ACCT x'], { users }, false)).toEqual([331, 230, 202]);
    expect(codes(['USER bob', 'PASS p', 'ACCT no'], { users }, false)).toEqual([331, 332, 530]);
    expect(codes(['USER bob', 'PASS p', 'PWD', 'ACCT acct', 'PWD'], { users }, false)).toEqual([
      331, 332, 530, 230, 257,
    ]);
    expect(codes(['USER anonymous', 'PASS x'], { users }, false)).toEqual([331, 530]);
  });

  test('FTP-08: PASS or ACCT without USER is out of sequence', () => {
    expect(codes(['PASS x', 'ACCT x', 'USER', 'USER a b'], {}, false)).toEqual([
      503, 503, 501, 331,
    ]);
  });

  test('FTP-11: unknown names are asked for a password like others, and guessing ends the connection', () => {
    const world = worldWith({ users: { ann: { password: 'p' } } });
    const heard = speak(
      world,
      function* (talk) {
        const lines = ['USER nobody', 'PASS 1', 'USER ann', 'PASS 2', 'USER ann', 'PASS 3'];
        const got = yield* talk.all(...lines);
        const end = yield* talk.control.receive();
        return [...got, end.length];
      },
      false,
    );
    expect(heard).toEqual([331, 530, 331, 530, 331, 421, 0]);
    const shown = world.net.notes
      .filter((note) => note.kind === 'command')
      .map((note) => note.text);
    expect(shown).toContain('PASS ***');
    expect(shown.join()).not.toContain('PASS 1');
  });

  test('REIN forgets the user; a home directory is where a user begins', () => {
    const users = { ann: { home: '/docs' } };
    const lines = ['USER ann', 'SIZE a.txt', 'TYPE I', 'SIZE a.txt', 'REIN', 'PWD'];
    expect(codes(lines, { users }, false)).toEqual([230, 550, 200, 213, 220, 530]);
  });
});

describe('commands without data', () => {
  test('FTP-06, FTP-07: unknown, not served, without or with a wrong argument', () => {
    expect(codes(['XYZZ', 'SMNT x', 'AUTH TLS', 'CWD', 'PWD x', 'TYPE', 'REST x'])).toEqual([
      500, 502, 502, 501, 501, 501, 501,
    ]);
  });

  test('FTP-14: types A and I, mode S, structure F; anything else is 504', () => {
    const lines = [
      'TYPE A',
      'TYPE I',
      'TYPE A N',
      'TYPE L 8',
      'TYPE E',
      'MODE S',
      'MODE B',
      'STRU F',
      'STRU R',
    ];
    expect(codes(lines)).toEqual([200, 200, 200, 200, 504, 200, 504, 200, 504]);
  });

  test('directories are made, entered, left and removed; quotation marks in names are doubled', () => {
    const said = speak(worldWith(), function* (talk) {
      const words: string[] = [];
      for (const line of [
        'MKD new "dir"',
        'CWD new "dir"',
        'PWD',
        'CDUP',
        'RMD docs',
        'XRMD new "dir"',
        'CWD hello.txt',
        'CWD ../../..',
      ]) {
        words.push(yield* talk.words(line));
      }
      return words;
    });
    expect(said).toEqual([
      '257 "/new ""dir""" created',
      '250 "/new ""dir""" is current',
      '257 "/new ""dir""" is current',
      '250 "/" is current',
      '550 /docs: not empty',
      '250 /new "dir" removed',
      '550 /hello.txt: not a directory',
      '250 "/" is current',
    ]);
  });

  test('FTP-12: RNTO follows RNFR at once, or not at all', () => {
    const lines = [
      'RNTO x',
      'RNFR none',
      'RNFR hello.txt',
      'NOOP',
      'RNTO x',
      'RNFR hello.txt',
      'RNTO docs',
      'RNFR hello.txt',
      'RNTO x',
      'DELE x',
    ];
    expect(codes(lines)).toEqual([503, 550, 350, 200, 503, 350, 553, 350, 250, 250]);
  });

  test('FTP-26, FTP-27, FTP-28: size, date and facts', () => {
    const said = speak(worldWith(), function* (talk) {
      yield* talk.ask('TYPE I');
      const words = [yield* talk.words('SIZE hello.txt'), yield* talk.words('MDTM hello.txt')];
      yield* talk.send('MLST docs/b.txt');
      return [...words, (yield* talk.reply()).lines[1]];
    });
    const fact = 'type=file;size=2;modify=20260101000000; /docs/b.txt';
    expect(said).toEqual(['213 12', '213 20260101000000', fact]);
    expect(codes(['SIZE hello.txt', 'SIZE docs', 'MDTM docs', 'MLST none'])).toEqual([
      550, 550, 550, 550,
    ]);
  });

  test('FTP-29: STAT, HELP, FEAT and OPTS tell what there is', () => {
    const features = speak(worldWith(), function* (talk) {
      yield* talk.send('FEAT');
      return (yield* talk.reply()).lines;
    });
    expect(features).toContain('REST STREAM');
    const lines = [
      'STAT',
      'STAT docs',
      'STAT hello.txt',
      'STAT none',
      'HELP RETR',
      'HELP XYZZ',
      'OPTS UTF8 ON',
      'OPTS MLST size;',
      'ALLO 5',
    ];
    expect(codes(lines)).toEqual([211, 212, 213, 450, 214, 501, 200, 200, 202]);
  });

  test('FTP-28, FTP-29: OPTS chooses the facts, FEAT marks those that are chosen', () => {
    const told = speak(worldWith(), function* (talk) {
      const words = [yield* talk.words('OPTS MLST size;nothing;type')];
      yield* talk.send('FEAT');
      words.push((yield* talk.reply()).lines.find((line) => line.startsWith('MLST'))!);
      yield* talk.send('MLST hello.txt');
      words.push((yield* talk.reply()).lines[1]!, yield* talk.words('OPTS MLST'));
      yield* talk.send('MLST hello.txt');
      words.push((yield* talk.reply()).lines[1]!);
      return words;
    });
    expect(told).toEqual([
      '200 MLST OPTS type;size;',
      'MLST type*;size*;modify;',
      'type=file;size=12; /hello.txt',
      '200 MLST OPTS',
      ' /hello.txt',
    ]);
  });

  test('who may only read changes nothing', () => {
    const lines = ['DELE hello.txt', 'MKD x', 'RMD docs', 'RNFR hello.txt', 'STOR x', 'APPE x'];
    expect(codes(lines, { anonymous: 'read' })).toEqual([550, 550, 550, 550, 553, 553]);
    expect(codes(['USER anonymous', 'PASS x'], { anonymous: 'no' }, false)).toEqual([331, 530]);
    expect(codes(['USER ann', 'MKD x'], { users: { ann: {} } }, false)).toEqual([230, 257]);
    const reader = { users: { ann: { writable: false } } };
    expect(codes(['USER ann', 'MKD x'], reader, false)).toEqual([230, 550]);
  });

  test('FTP-02: lines that are none, or too long, get 500', () => {
    expect(codes(['X', `CWD ${'x'.repeat(5_000)}`, 'NOOP'])).toEqual([500, 500, 200]);
  });
});

describe('transfers (RFC 959 §5.4)', () => {
  test('FTP-22, FTP-23: 150, the octets, the end of the data connection, 226', () => {
    const heard = speak(worldWith(), function* (talk, host) {
      yield* talk.ask('TYPE I');
      const data = yield* passive(talk, host);
      const begin = yield* talk.words('RETR hello.txt');
      const text = yield* wholeOf(data);
      data.close();
      return [begin, text, (yield* talk.reply()).code];
    });
    expect(heard).toEqual(['150 here comes /hello.txt (12 octets)', 'hello\nworld\n', 226]);
  });

  test('FTP-15: in ASCII type line ends travel as CR LF, both ways', () => {
    const world = worldWith();
    const heard = speak(world, function* (talk, host) {
      const down = yield* passive(talk, host);
      yield* talk.ask('RETR hello.txt');
      const text = yield* wholeOf(down);
      yield* talk.reply();
      const up = yield* passive(talk, host);
      yield* talk.ask('STOR up.txt');
      yield* up.sendAll('one\r\ntwo\r');
      up.close();
      return [text, (yield* talk.reply()).code];
    });
    expect(heard).toEqual(['hello\r\nworld\r\n', 226]);
    const stored = world.tree.read('/up.txt');
    expect(typeof stored === 'string' || utf8Text(stored.toBytes())).toBe('one\ntwo\r');
  });

  test('what cannot be transferred is said before any data connection', () => {
    const lines = [
      'RETR hello.txt',
      'EPSV',
      'RETR none',
      'RETR docs',
      'STOR docs',
      'STOR none/x',
      'LIST none',
      'MLSD none',
      'MLSD hello.txt',
    ];
    expect(codes(lines)).toEqual([425, 229, 550, 550, 553, 553, 450, 550, 501]);
  });

  test('FTP-13: REST skips the beginning of the next transfer only', () => {
    const heard = speak(worldWith(), function* (talk, host) {
      yield* talk.all('REST 4', 'TYPE I', 'REST 6');
      const first = yield* passive(talk, host);
      yield* talk.ask('RETR hello.txt');
      const rest = yield* wholeOf(first);
      yield* talk.reply();
      const second = yield* passive(talk, host);
      yield* talk.ask('RETR hello.txt');
      const whole = yield* wholeOf(second);
      yield* talk.reply();
      const lost = yield* talk.all('REST 6', 'NOOP');
      const third = yield* passive(talk, host);
      lost.push(...(yield* talk.all('REST 99', 'RETR hello.txt', 'RETR hello.txt')));
      return [rest, whole, ...lost, yield* wholeOf(third)];
    });
    expect(heard).toEqual(['world\n', 'hello\nworld\n', 350, 200, 350, 554, 150, 'hello\nworld\n']);
  });

  test('FTP-24: ABOR ends a transfer with 426 and 226, and the session goes on', () => {
    const tree = new FileTree({ now: () => ms(0) });
    tree.write('/big', patternPayload(0, 50_000_000));
    const heard = speak(worldWith({ tree }), function* (talk, host) {
      yield* talk.ask('TYPE I');
      const data = yield* passive(talk, host);
      yield* talk.ask('RETR big');
      yield* data.receive();
      const status = yield* talk.ask('STAT');
      // As RFC 959 §4.1.3 asks: IAC IP, IAC DM before the command.
      yield* talk.control.sendAll(Uint8Array.of(255, 244, 255, 242));
      const replies = [yield* talk.ask('ABOR'), (yield* talk.reply()).code];
      yield* host.sleep(ms(100));
      return [
        status,
        ...replies,
        data.failure?.reason,
        yield* talk.ask('NOOP'),
        yield* talk.ask('ABOR'),
      ];
    });
    expect(heard).toEqual([211, 426, 226, 'connection reset', 200, 226]);
  });

  test('FTP-25: commands during a transfer wait for its end, QUIT too', () => {
    const heard = speak(worldWith(), function* (talk, host) {
      const data = yield* passive(talk, host);
      yield* talk.ask('STOR up.txt');
      yield* talk.send('PWD');
      yield* talk.send('QUIT');
      yield* host.sleep(seconds(1));
      yield* data.sendAll('x');
      data.close();
      const replies = [yield* talk.reply(), yield* talk.reply(), yield* talk.reply()];
      return replies.map((reply) => reply.code);
    });
    expect(heard).toEqual([226, 257, 221]);
  });

  test('FTP-25: a client that said QUIT may end its side at once and still gets its file', () => {
    const heard = speak(worldWith(), function* (talk, host) {
      yield* talk.ask('TYPE I');
      const data = yield* passive(talk, host);
      yield* talk.send('RETR hello.txt');
      yield* talk.send('QUIT');
      talk.control.shutdown();
      const replies = [(yield* talk.reply()).code];
      const text = yield* wholeOf(data);
      replies.push((yield* talk.reply()).code, (yield* talk.reply()).code);
      return [text, ...replies];
    });
    expect(heard).toEqual(['hello\nworld\n', 150, 226, 221]);
  });

  test('FTP-13: REST counts the octets of the network in ASCII type too', () => {
    // hello CR LF world CR LF: the eighth octet is the w, the seventh the line feed.
    const rest = (at: number): unknown =>
      speak(worldWith(), function* (talk, host) {
        const data = yield* passive(talk, host);
        const codes = yield* talk.all(`REST ${at}`, 'RETR hello.txt');
        return codes.includes(554) ? codes : yield* wholeOf(data);
      });
    expect([rest(7), rest(6), rest(14), rest(15)]).toEqual([
      'world\r\n',
      '\nworld\r\n',
      '',
      [350, 554],
    ]);
  });

  test('FTP-36: STOU finds a name, tells it in the 150, and two at one time get two', () => {
    const world = worldWith();
    const told = speak(world, function* (talk, host) {
      const other = yield* dialogue(host);
      const first = yield* passive(talk, host);
      const second = yield* passive(other, host);
      const words = [yield* talk.words('STOU'), yield* other.words('STOU')];
      yield* first.sendAll('one');
      yield* second.sendAll('two');
      first.close();
      second.close();
      words.push(String((yield* talk.reply()).code), String((yield* other.reply()).code));
      const third = yield* passive(talk, host);
      words.push(yield* talk.words('STOU hello.txt'));
      third.close();
      yield* talk.reply();
      return words;
    });
    expect(told).toEqual([
      '150 FILE: /unique.1',
      '150 FILE: /unique.2',
      '226',
      '226',
      '150 FILE: /hello.txt.2',
    ]);
    expect(world.tree.stat('/unique.1')?.size).toBe(3);
    expect(codes(['STOU', 'STOU none/x'])).toEqual([425, 553]);
    expect(codes(['STOU'], { anonymous: 'read' })).toEqual([553]);
  });

  test('FTP-36: a name for which no data connection came is free again', () => {
    const world = worldWith({ dataTimeout: seconds(5) });
    const heard = speak(world, function* (talk) {
      const first = yield* talk.all('EPSV', 'STOU');
      return [...first, (yield* talk.reply()).code];
    });
    expect(heard).toEqual([229, 150, 425]);
    expect(world.tree.stat('/unique.1')).toBeUndefined();
  });

  test('FTP-33: an upload that exceeds the storage is refused with 552; what fitted is kept', () => {
    const tree = new FileTree({ now: () => ms(0), maxBytes: 100 });
    const heard = speak(worldWith({ tree }), function* (talk, host) {
      yield* talk.ask('TYPE I');
      const data = yield* passive(talk, host);
      yield* talk.ask('STOR up');
      yield* data.sendAll(new Uint8Array(50));
      yield* host.sleep(ms(50));
      yield* data.sendAll(new Uint8Array(60));
      return (yield* talk.reply()).code;
    });
    expect(heard).toBe(552);
    expect(tree.stat('/up')?.size).toBe(50);
  });

  test('FTP-35: when the control connection is lost, so is the transfer', () => {
    const tree = new FileTree({ now: () => ms(0) });
    tree.write('/big', patternPayload(0, 50_000_000));
    const failure = speak(worldWith({ tree }), function* (talk, host) {
      const data = yield* passive(talk, host);
      yield* talk.ask('RETR big');
      talk.control.abort();
      yield* host.sleep(seconds(1));
      return data.failure?.reason;
    });
    expect(failure).toBe('connection reset');
  });

  test('FTP-30, FTP-31: silence ends the session; data that never come end the transfer', () => {
    const world = worldWith({ idleTimeout: seconds(60), dataTimeout: seconds(5) });
    const heard = speak(world, function* (talk, host) {
      const start = host.now();
      const never = yield* talk.all('EPSV', 'RETR hello.txt');
      never.push((yield* talk.reply()).code);
      const data = yield* passive(talk, host);
      never.push(yield* talk.ask('STOR x'));
      yield* data.sendAll('some');
      never.push((yield* talk.reply()).code, (yield* talk.reply()).code);
      return [never, host.now() - start > seconds(70)];
    });
    expect(heard).toEqual([[229, 150, 425, 150, 426, 421], true]);
    expect(world.tree.stat('/x')?.size).toBe(4);
  });
});

describe('who may open data connections (RFC 2577)', () => {
  const port = (address: string, number: number): string =>
    `PORT ${address.replaceAll('.', ',')},${number >> 8},${number & 255}`;

  test('FTP-16: PORT makes the server connect from its port 20', () => {
    const from = speak(worldWith(), function* (talk, host) {
      const listener = host.listen(5_000);
      yield* talk.all(port(host.address, 5_000), 'RETR hello.txt');
      const data = yield* listener.accept();
      yield* wholeOf(data);
      yield* talk.reply();
      return data.remote;
    });
    expect(from).toEqual({ address: '10.0.0.1', port: 20 });
  });

  test('FTP-17: neither to another host nor to a privileged port', () => {
    const world = worldWith();
    world.net.host('victim');
    const heard = speak(world, function* (talk, host) {
      return yield* talk.all(
        port('10.0.0.2', 25),
        port('10.0.0.2', 5_000),
        port(host.address, 25),
        `EPRT |1|10.0.0.2|5000|`,
        `EPRT |2|::1|5000|`,
        `EPRT |9|x|5000|`,
        'PORT 1,2,3',
        port(host.address, 5_000),
      );
    });
    expect(heard).toEqual([504, 504, 504, 504, 522, 522, 501, 200]);
  });

  test('FTP-17: without the rule an upload can be thrown at any port of any host', () => {
    const world = worldWith({ allowBounce: true });
    const victim = world.net.host('victim');
    const received = victim.spawn(
      (function* (): Process<string> {
        return yield* wholeOf(yield* victim.listen(25).accept());
      })(),
    );
    speak(world, (talk) => talk.all(port(victim.address, 25), 'RETR hello.txt'));
    world.net.run();
    expect(received.result()).toBe('hello\r\nworld\r\n');
  });

  test('FTP-21: a stranger who is faster gets nothing, and the client still gets its file', () => {
    const world = worldWith();
    const thief = world.net.host('thief');
    const heard = speak(world, function* (talk, host) {
      yield* talk.send('EPSV');
      const number = portOfEpsv((yield* talk.reply()).lines[0] ?? '')!;
      const stolen = yield* thief.connect('server', number);
      yield* talk.ask('RETR hello.txt');
      const text = yield* wholeOf(yield* host.connect('server', number));
      yield* host.sleep(ms(50));
      return [text, stolen.failure?.reason];
    });
    expect(heard).toEqual(['hello\r\nworld\r\n', 'connection reset']);
    expect(world.net.notes.some((note) => note.cause?.rule.id === 'FTP-21')).toBe(true);
  });

  test('FTP-20: after EPSV ALL nothing else is accepted', () => {
    expect(
      codes([
        'EPSV ALL',
        'PASV',
        port('10.0.0.2', 5_000),
        'EPRT |1|1.1.1.1|5000|',
        'EPSV',
        'EPSV 1',
        'EPSV 2',
      ]),
    ).toEqual([200, 503, 503, 503, 229, 229, 522]);
  });

  test('FTP-18: PASV tells an address; a server behind a translator may tell another', () => {
    const told = (options: Partial<FtpServerOptions>): string | undefined => {
      const words = speak(worldWith(options), (talk) => talk.words('PASV'));
      return hostPortOfPasv(words)?.address;
    };
    expect([told({}), told({ passiveAddress: '203.0.113.5' })]).toEqual([
      '10.0.0.1',
      '203.0.113.5',
    ]);
    expect(codes(['PASV', 'EPSV'], { passive: false })).toEqual([502, 502]);
    expect(codes([port('10.0.0.2', 5_000)], { active: false })).toEqual([502]);
  });
});

describe('many clients', () => {
  test('FTP-18: when ports are short for a moment PASV waits; when they stay short it says 425', () => {
    const asked = (missing: number): unknown => {
      const world = worldWith();
      const listen = world.server.listen.bind(world.server);
      let left = missing;
      world.server.listen = (port, options) => {
        if (port === 0 && left > 0) {
          left -= 1;
          throw new CallError('address in use', 'none is bound yet');
        }
        return listen(port, options);
      };
      return speak(world, (talk) => talk.all('PASV', 'EPSV', 'NOOP'));
    };
    expect(asked(3)).toEqual([227, 229, 200]);
    expect(asked(1_000)).toEqual([425, 425, 200]);
  });

  test('more sessions than the limit are turned away with 421', () => {
    const world = worldWith({ maxSessions: 2 });
    const heard = world.net.runProcess(world.net.host('client'), function* (host) {
      yield* dialogue(host);
      const second = yield* dialogue(host);
      const refused = yield* host.connect('server', 21);
      const greeting = utf8Text(yield* refused.receive());
      yield* second.ask('QUIT');
      yield* host.sleep(ms(100));
      yield* dialogue(host);
      return greeting;
    });
    expect(heard).toBe('421 too many sessions, try again later\r\n');
  });

  test('a cancelled server ends its sessions and frees its port', () => {
    const { net, server, tree } = worldWith({ port: 2_121 });
    const other = server.spawn(serveFtp(server, { tree, port: 2_122 }));
    net.run();
    const ended = net.runProcess(net.host('client'), function* (host) {
      const talk = yield* dialogue(host, true, 2_122);
      other.cancel();
      return [(yield* talk.reply()).code, (yield* talk.control.receive()).length];
    });
    expect(ended).toEqual([421, 0]);
    server.spawn(serveFtp(server, { tree, port: 2_122 }));
    net.run(after(net.now, ms(1)));
  });

  test('octets that come one at a time change nothing', () => {
    const world = worldWith({}, 1);
    expect(withClient(world, (ftp) => ftp.names())).toEqual(['docs', 'hello.txt']);
  });
});

test('a trace shows the way of both machines through a session', () => {
  const world = worldWith();
  withClient(world, (ftp) => ftp.rename('hello.txt', 'moved.txt'));
  const wayOf = (host: string): string[] =>
    world.net.notes
      .filter((note) => note.host === host && note.kind === 'state')
      .map((note) => String(note.data?.['after']));
  world.net.run();
  expect(wayOf('server')).toEqual([
    'not logged in',
    'need password',
    'logged in',
    'rename from',
    'logged in',
    'closed',
  ]);
  expect(wayOf('client').slice(0, 5)).toEqual([
    'begin',
    'wait for intermediate',
    'sequence',
    'wait for intermediate',
    'begin',
  ]);
});

test('every state of the server is reached by an arrow', () => {
  const { states, arrows, initial } = describeMachine(ftpServerMachine);
  const reached = new Set([initial, ...arrows.map((arrow) => arrow.to)]);
  expect([...reached].sort()).toEqual([...states].sort());
});
