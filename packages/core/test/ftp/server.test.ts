import { after, CallError, describeMachine, ms, utf8Text } from '@tcplab/core';
import { ftpServerMachine, serveFtp } from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';
import { codes, dialogue, speak, withClient, worldWith } from './world.ts';

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
