/** What a NAT without a helper makes of FTP: passive mode works, active mode does not. */
import { ms, utf8Text, type Process } from '@tcplab/core';
import { FileTree, openFtp, serveFtp, type FtpClientOptions } from '@tcplab/core/ftp';
import { fixedDelay, Simulation, TraceMemory } from '@tcplab/sim';
import { expect, test } from 'vitest';

/** Fetches a file from behind a NAT. @returns its text, or the message of the error */
function fetchWith(options: FtpClientOptions): {
  readonly got: string;
  readonly replies: string[];
} {
  const trace = new TraceMemory();
  const sim = new Simulation({ seed: 1, checkInvariants: true, sinks: [trace] });
  const home = sim.host('home', { address: '192.168.1.2' });
  const server = sim.host('server', { address: '198.51.100.7' });
  const nat = sim.nat('router', { address: '203.0.113.1', inside: ['home'] });
  sim.link(home, nat, { delay: fixedDelay(ms(1)) });
  sim.link(nat, server, { delay: fixedDelay(ms(20)) });
  const tree = new FileTree({ now: () => sim.now });
  tree.write('/hello.txt', 'hello');
  server.spawn(serveFtp(server, { tree }));
  let got = 'nothing';
  home.run(function* fetch(host): Process {
    try {
      const ftp = yield* openFtp(host, 'server', options);
      yield* ftp.login();
      got = utf8Text(yield* ftp.get('hello.txt'));
      yield* ftp.quit();
    } catch (error) {
      got = (error as Error).message;
    }
  });
  sim.run();
  expect(sim.failures).toEqual([]);
  const replies = trace.records.flatMap((record) =>
    record.kind === 'note' && record.host === 'server' && record.rule !== undefined
      ? [record.rule]
      : [],
  );
  return { got, replies };
}

test('FTP-18, FTP-19: in passive mode both connections go out, and the file comes in', () => {
  expect(fetchWith({}).got).toBe('hello');
  expect(fetchWith({ extended: false }).got).toBe('hello');
});

test('FTP-16, FTP-17: in active mode the address in the text is a private one, which the server declines', () => {
  for (const extended of [true, false]) {
    const { got, replies } = fetchWith({ mode: 'active', extended });
    expect(got).toContain('504 only to the host of the control connection');
    expect(replies).toContain('FTP-17');
  }
});
