import { ms, type Process } from '@tcplab/core';
import { hostPortOfPasv, portOfEpsv, type FtpServerOptions } from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';
import { codes, speak, wholeOf, worldWith } from './world.ts';

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
