import { fc } from '../../../../test/support/fast-check.ts';
import { concatBytes, latin1Bytes, utf8Bytes } from '@tcplab/core';
import {
  AsciiDecoder,
  AsciiEncoder,
  asciiPosition,
  civilTime,
  CommandReader,
  encodeCommand,
  encodeReply,
  factsLine,
  formatExtended,
  formatHostPort,
  FTP_RULES,
  hostPortOfPasv,
  listLine,
  MAX_COMMAND_LINE,
  MAX_REPLY_LINES,
  parseExtended,
  parseFactsLine,
  parseHostPort,
  portOfEpsv,
  ReplyReader,
  resolvePath,
  timeValue,
  type CommandLine,
} from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';

function commandsIn(parts: readonly Uint8Array[]): CommandLine[] {
  const reader = new CommandReader();
  const found: CommandLine[] = [];
  for (const part of parts) {
    reader.push(part);
    for (let line = reader.next(); line; line = reader.next()) found.push(line);
  }
  return found;
}

function repliesIn(parts: readonly Uint8Array[]): ReturnType<ReplyReader['next']>[] {
  const reader = new ReplyReader();
  const found: ReturnType<ReplyReader['next']>[] = [];
  for (const part of parts) {
    reader.push(part);
    for (let one = reader.next(); one; one = reader.next()) found.push(one);
  }
  return found;
}

/** The octets cut at the given places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  sorted.sort((a, b) => a - b);
  let from = 0;
  return sorted.map((to) => {
    const part = bytes.slice(from, to);
    from = to;
    return part;
  });
}

describe('commands (RFC 959 §5.3)', () => {
  test('FTP-01: verb and argument, CRLF or a bare line feed, any case', () => {
    expect(commandsIn([latin1Bytes('user me\r\nPWD\nRETR  a b \r\n')])).toEqual([
      { verb: 'USER', argument: 'me' },
      { verb: 'PWD', argument: '' },
      { verb: 'RETR', argument: ' a b ' },
    ]);
  });

  test('FTP-01: what is no command says why', () => {
    const lines = ['', 'X', 'TOOLONG', '12', 'PWD\tx', 'USER a\rb', 'USER a\r\0b'];
    for (const line of lines) {
      expect(commandsIn([latin1Bytes(`${line}\r\n`)])[0]).toHaveProperty('problem');
    }
  });

  test('FTP-07: an argument that is none gets 501, the command being one', () => {
    for (const line of ['USER \xc3', 'USER a\rb', 'USER a\r\0b', 'CWD a\0']) {
      expect(commandsIn([latin1Bytes(`${line}\r\n`)])[0]).toHaveProperty('code', 501);
    }
    for (const line of ['\xc3 x', 'USER\0 x', '']) {
      expect(commandsIn([latin1Bytes(`${line}\r\n`)])[0]).toHaveProperty('code', 500);
    }
  });

  test('FTP-02: a line over the limit is skipped whole, and the next one counts', () => {
    const long = `RETR ${'x'.repeat(MAX_COMMAND_LINE)}\r\nNOOP\r\n`;
    expect(commandsIn([latin1Bytes(long)])).toEqual([
      { code: 500, problem: `line longer than ${MAX_COMMAND_LINE} octets` },
      { verb: 'NOOP', argument: '' },
    ]);
  });

  test('FTP-03: Telnet commands are taken out and options refused; IAC IAC is data', () => {
    const reader = new CommandReader();
    // ABOR as Telnet clients send it: IAC IP, IAC DM. Then DO 1, WILL 3, WONT 5 and a subnegotiation.
    const octets = [255, 244, 255, 242, 65, 66, 255, 253, 1, 79, 255, 251, 3, 82, 255, 252, 5];
    reader.push(Uint8Array.of(...octets, 255, 250, 31, 0, 80, 255, 255, 1, 255, 240, 13, 10));
    expect(reader.next()).toEqual({ verb: 'ABOR', argument: '' });
    expect([...reader.takeRefusals()]).toEqual([255, 252, 1, 255, 254, 3]);
    expect([...reader.takeRefusals()]).toEqual([]);
  });

  test('FTP-03: ABOR is understood where the urgent octet of a Synch went another way', () => {
    // Sent as urgent data: IAC IP IAC [DM] ABOR, and the whole of ABOR CR [LF].
    const noop = latin1Bytes('NOOP\r\n');
    const lost = [Uint8Array.of(255, 244, 255), latin1Bytes('ABOR\r\n'), noop];
    const urgent = [latin1Bytes('abor\r'), noop];
    const whole = [latin1Bytes('ABOR\r\n'), noop];
    for (const octets of [lost, urgent, whole]) {
      const found = commandsIn(octets);
      expect(found.map((line) => 'verb' in line && line.verb)).toEqual(['ABOR', 'NOOP']);
    }
    expect(commandsIn([latin1Bytes('ABORT\rx\r\n')])).toHaveLength(1);
  });

  test('FTP-03: a subnegotiation without an end does not swallow what follows for ever', () => {
    const octets = concatBytes([Uint8Array.of(255, 250), new Uint8Array(400).fill(65)]);
    const found = commandsIn([octets, latin1Bytes('\r\nNOOP\r\n')]);
    expect(found).toHaveLength(2);
    expect(found[1]).toEqual({ verb: 'NOOP', argument: '' });
  });

  test('any command comes back, however its octets are cut', () => {
    const argument = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((text) => !/[\0\r\n]/.test(text));
    const places = fc.array(fc.nat(), { maxLength: 6 });
    fc.assert(
      fc.property(argument, places, (text, cuts) => {
        const bytes = encodeCommand('RETR', text);
        expect(commandsIn(cutAt(bytes, cuts))).toEqual([{ verb: 'RETR', argument: text }]);
      }),
    );
    expect(() => encodeCommand('RETR', 'a\r\nDELE b')).toThrow('invalid argument');
  });

  test('any octets never throw and never make a line longer than the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (parts) => {
        for (const line of commandsIn(parts)) {
          if ('verb' in line) expect(line.verb).toMatch(/^[A-Z]{3,4}$/);
        }
        repliesIn(parts);
      }),
    );
  });
});

describe('replies (RFC 959 §4.2)', () => {
  test('FTP-04: one line, many lines, and lines that look like an end but are not', () => {
    const text =
      '220 ready\r\n211-Features:\r\n SIZE\r\n211-still\r\n2112 not the end\r\n 211 indented\r\n211 end\r\n';
    expect(repliesIn([latin1Bytes(text)])).toEqual([
      { code: 220, lines: ['ready'] },
      {
        code: 211,
        lines: ['Features:', 'SIZE', 'still', '2112 not the end', '211 indented', 'end'],
      },
    ]);
    expect(repliesIn([latin1Bytes('200\r\n')])).toEqual([{ code: 200, lines: [''] }]);
  });

  test('FTP-04: any reply comes back, however its octets are cut', () => {
    const line = fc.string({ maxLength: 20 }).filter((one) => !/[\r\n\0]/.test(one));
    const one = fc.record({
      code: fc.integer({ min: 100, max: 599 }),
      lines: fc.array(line, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(one, fc.array(fc.nat(), { maxLength: 6 }), (reply, cuts) => {
        expect(repliesIn(cutAt(encodeReply(reply), cuts))).toEqual([reply]);
      }),
    );
  });

  test('octets that are no reply say so, and endless replies end', () => {
    expect(repliesIn([latin1Bytes('hello\r\n')])).toMatchObject([{ problem: /no reply code/ }]);
    expect(repliesIn([latin1Bytes('600 x\r\n')])).toHaveLength(1);
    const endless = `211-a\r\n${' b\r\n'.repeat(MAX_REPLY_LINES)}`;
    expect(repliesIn([latin1Bytes(endless)])[0]).toHaveProperty('problem');
  });

  test('a reply cannot be split by what it quotes', () => {
    const bytes = encodeReply({ code: 550, lines: ['no\r\n226 such file'] });
    expect(repliesIn([bytes])).toEqual([{ code: 550, lines: ['no 226 such file'] }]);
  });
});

describe('where data connections go (RFC 959 §5.3.2, RFC 2428)', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  const address = fc
    .uint8Array({ minLength: 4, maxLength: 4 })
    .map((octets) => [...octets].join('.'));

  test('FTP-16, FTP-18, FTP-19: addresses and ports go both ways', () => {
    fc.assert(
      fc.property(address, port, (host, number) => {
        const end = { address: host, port: number };
        expect(parseHostPort(formatHostPort(end))).toEqual(end);
        expect(hostPortOfPasv(`=${formatHostPort(end)}`)).toEqual(end);
        expect(parseExtended(formatExtended(end))).toEqual(end);
        expect(portOfEpsv(`ok (|||${number}|)`)).toBe(number);
      }),
    );
    expect(parseExtended('!2!1080::8:800:200C:417A!5282!')).toEqual({
      address: '1080::8:800:200C:417A',
      port: 5_282,
    });
    expect(parseExtended('|3|x|80|')).toBe('protocol');
  });

  test('FTP-07: anything else is refused', () => {
    for (const text of ['1,2,3,4,5', '1,2,3,4,256,1', '1,2,3,4,0,0', '1,2,3,4,5,6,7', 'a', '']) {
      expect(parseHostPort(text)).toBeUndefined();
    }
    for (const text of ['|1|1.2.3|80|', '|1|1.2.3.4|0|', '|1|1.2.3.4|80', '|1|::1|80|', '1', '']) {
      expect(parseExtended(text)).toBeUndefined();
    }
    for (const text of ['(|||65536|)', '(||80|)', '|||80|', '(|!|80|)']) {
      expect(portOfEpsv(text)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseHostPort(text);
        parseExtended(text);
        portOfEpsv(text);
        hostPortOfPasv(text);
      }),
    );
  });
});

describe('paths', () => {
  test('FTP-32: no path leads above the root', () => {
    expect(resolvePath('/a/b', '../c')).toBe('/a/c');
    expect(resolvePath('/a', '../../../../etc/passwd')).toBe('/etc/passwd');
    expect(resolvePath('/a', '/./b//c/')).toBe('/b/c');
    expect(resolvePath('/', '')).toBe('/');
    expect(resolvePath('/', 'x'.repeat(256))).toBeUndefined();
    expect(resolvePath('/', 'a\u0007')).toBeUndefined();
    expect(resolvePath('/', 'd/'.repeat(65))).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), fc.string(), (from, to) => {
        const path = resolvePath(resolvePath('/', from) ?? '/', to) ?? '/';
        const names = new Set(path.split('/').slice(1));
        expect(path.startsWith('/')).toBe(true);
        expect(names.has('..') || names.has('.')).toBe(false);
      }),
    );
  });
});

describe('line ends (RFC 959 §3.1.1.1)', () => {
  test('FTP-15: text goes out with CR LF and comes back with LF, however it is cut', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '\n'), { maxLength: 40 })
      .map((one) => one.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 4 }), (one, cuts) => {
        const encoder = new AsciiEncoder();
        const decoder = new AsciiDecoder();
        const sent = concatBytes(cutAt(utf8Bytes(one), cuts).map((part) => encoder.push(part)));
        expect(String.fromCharCode(...sent)).toBe(one.replaceAll('\n', '\r\n'));
        const back = concatBytes(cutAt(sent, cuts).map((part) => decoder.push(part)));
        expect(String.fromCharCode(...back, ...decoder.finish())).toBe(one);
      }),
    );
    const decoder = new AsciiDecoder();
    expect([...decoder.push(latin1Bytes('a\rb\r')), ...decoder.finish()]).toEqual([97, 13, 98, 13]);
  });
});

describe('dates and listings', () => {
  test('FTP-13: a place in the text of the network is a place in the file, however line ends are stored', () => {
    const texts = fc.array(fc.constantFrom('a', '\n', '\r', '\r\n'), { maxLength: 30 });
    fc.assert(
      fc.property(texts, fc.nat(40), (parts, count) => {
        const file = latin1Bytes(parts.join(''));
        const whole = new AsciiEncoder().push(file);
        const place = asciiPosition(file, count);
        if (place === undefined) {
          expect(count).toBeGreaterThan(whole.length);
          return;
        }
        const rest = new AsciiEncoder(place.insideLineEnd || file[place.at - 1] === 13);
        expect(rest.push(file.subarray(place.at))).toEqual(whole.subarray(count));
      }),
    );
  });

  test('FTP-27: the calendar agrees with the platform', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2_000_000_000 }), fc.nat({ max: 40 }), (seconds, factor) => {
        const moment = seconds * factor;
        const iso = new Date(moment * 1_000).toISOString().replace(/[-T:]|\..*/g, '');
        expect(timeValue(moment)).toBe(iso);
      }),
    );
    expect(civilTime(951_782_400)).toMatchObject({ year: 2000, month: 2, day: 29 });
  });

  test('FTP-28: facts go both ways; lines for people look as ls prints them', () => {
    const facts = { name: 'a b=c;d', kind: 'file', size: 12, modified: 1_767_225_600 } as const;
    expect(factsLine(facts)).toBe('type=file;size=12;modify=20260101000000; a b=c;d');
    expect(parseFactsLine(factsLine(facts))).toEqual({
      name: 'a b=c;d',
      type: 'file',
      size: 12,
      modified: '20260101000000',
    });
    expect(parseFactsLine('no facts')).toBeUndefined();
    const now = 1_767_225_600 + 3_600;
    expect(listLine(facts, now)).toBe('-rw-r--r-- 1 ftp ftp           12 Jan  1 00:00 a b=c;d');
    const old = { ...facts, kind: 'directory', size: 0, modified: 86_400 * 40 } as const;
    expect(listLine(old, now)).toBe('drwxr-xr-x 1 ftp ftp            0 Feb 10  1970 a b=c;d');
  });
});

test('every rule has its own id', () => {
  const ids = Object.values(FTP_RULES).map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
});
