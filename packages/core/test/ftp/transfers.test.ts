import { ms, patternPayload, seconds, utf8Text } from '@tcplab/core';
import { FileTree } from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';
import { codes, dialogue, passive, speak, wholeOf, worldWith } from './world.ts';

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
