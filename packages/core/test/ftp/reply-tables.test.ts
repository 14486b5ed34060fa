/** The tables of RFC 959 §5.4: which codes may answer a command, and which answer this server gives. */
import { describe, expect, test } from 'vitest';
import { dialogue, speak, worldWith } from './world.ts';

/** Completion and error codes of §5.4, without those of a transfer that has begun. */
const TABLE: Readonly<Record<string, readonly number[]>> = {
  USER: [230, 530, 500, 501, 421, 331, 332],
  PASS: [230, 202, 530, 500, 501, 503, 421, 332],
  ACCT: [230, 202, 530, 500, 501, 503, 421],
  CWD: [250, 500, 501, 502, 421, 530, 550],
  // Deviation: §5.4 says 200, §4.1.1 says "identical to the reply codes of CWD", which all servers follow.
  CDUP: [200, 250, 500, 501, 502, 421, 530, 550],
  SMNT: [202, 250, 500, 501, 502, 421, 530, 550],
  REIN: [120, 220, 421, 500, 502],
  QUIT: [221, 500],
  // 504 is what RFC 2577 §3 asks for, where PORT names another host.
  PORT: [200, 500, 501, 421, 530, 504],
  PASV: [227, 500, 501, 502, 421, 530],
  MODE: [200, 500, 501, 504, 421, 530],
  TYPE: [200, 500, 501, 504, 421, 530],
  STRU: [200, 500, 501, 504, 421, 530],
  ALLO: [200, 202, 500, 501, 504, 421, 530],
  REST: [500, 501, 502, 421, 530, 350],
  STOR: [125, 150, 425, 532, 450, 452, 553, 500, 501, 421, 530],
  STOU: [125, 150, 425, 532, 450, 452, 553, 500, 501, 421, 530],
  RETR: [125, 150, 425, 450, 550, 500, 501, 421, 530],
  LIST: [125, 150, 425, 450, 500, 501, 502, 421, 530],
  NLST: [125, 150, 425, 450, 500, 501, 502, 421, 530],
  APPE: [125, 150, 425, 532, 450, 550, 452, 553, 500, 501, 502, 421, 530],
  RNFR: [450, 550, 500, 501, 502, 421, 530, 350],
  RNTO: [250, 532, 553, 500, 501, 502, 503, 421, 530],
  DELE: [250, 450, 550, 500, 501, 502, 421, 530],
  RMD: [250, 500, 501, 502, 421, 530, 550],
  MKD: [257, 500, 501, 502, 421, 530, 550],
  // 530 before the login is no answer of §5.4 to these two, but no other one says why.
  PWD: [257, 500, 501, 502, 421, 550, 530],
  ABOR: [225, 226, 500, 501, 502, 421, 530],
  SYST: [215, 500, 501, 502, 421],
  STAT: [211, 212, 213, 450, 500, 501, 502, 421, 530],
  HELP: [211, 214, 500, 501, 502, 421],
  SITE: [200, 202, 500, 501, 530],
  NOOP: [200, 500, 421],
};

/** What clients put behind a command, right and wrong. */
const ARGUMENTS = [
  '|x|hello.txt|docs|none|none/x|/|docs/new|-la|..|a b|"|HELP|CHMOD 644 x|RETR',
  'A|A N|A T|E|I|I N|L|L 8|L 36|X|S|B|F|R|  I|5|5 R 6|5 R|-1|99999999999999999999',
  '1,2,3|1,2,3,4,5,6|10,0,0,2,200,1|10,0,0,2,0,25|256,0,0,0,1,1',
  'x'.repeat(300),
].flatMap((line) => line.split('|'));

describe('RFC 959 §5.4: "these must be strictly adhered to"', () => {
  for (const [verb, allowed] of Object.entries(TABLE)) {
    test(`${verb} is answered with a code of its table, whatever stands behind it`, () => {
      for (const login of [true, false]) {
        const strays = speak(
          worldWith(),
          function* (talk, host) {
            const found: string[] = [];
            for (const argument of ARGUMENTS) {
              const line = `${verb} ${argument}`.trimEnd();
              // A dialogue of its own: QUIT ends one, and one that guesses passwords is ended.
              const own = yield* dialogue(host, login);
              const code = yield* own.ask(line);
              if (!allowed.includes(code)) found.push(`${line} → ${code}`);
              own.control.abort();
            }
            talk.control.abort();
            return found;
          },
          login,
        );
        expect(strays).toEqual([]);
      }
    });
  }

  const said: readonly (readonly [line: string, code: number])[] = [
    ['TYPE', 501],
    ['type a n', 200],
    ['TYPE A T', 504],
    ['TYPE A X', 501],
    ['TYPE E', 504],
    ['TYPE I N', 501],
    ['TYPE L', 501],
    ['TYPE L 8', 200],
    ['TYPE L 36', 504],
    ['TYPE X', 501],
    ['TYPE   I', 200],
    ['MODE B', 504],
    ['MODE Z', 501],
    ['MODE SB', 501],
    ['STRU R', 504],
    ['STRU X', 501],
    ['ALLO 10 R 5', 202],
    ['ALLO much', 501],
    ['EPSV 2', 522],
    ['EPSV x', 501],
    ['NOOP x', 500],
    ['QUIT x', 500],
    ['REIN x', 500],
    ['PWD x', 501],
    ['SITE', 501],
    ['SITE HELP', 200],
    ['SITE CHMOD 644 x', 500],
    ['STAT none', 450],
    ['SMNT x', 502],
  ];
  for (const [line, code] of said) {
    test(`${line} → ${code}`, () => {
      expect(speak(worldWith(), (talk) => talk.ask(line))).toBe(code);
    });
  }
});
