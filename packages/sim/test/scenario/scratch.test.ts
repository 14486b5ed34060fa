import { it } from 'vitest';
import { loadScenario } from '../../src/scenario/load.ts';
import { formatProblem } from '../../src/scenario/problem.ts';
import { schemaOfScenario } from '../../src/scenario/schema/index.ts';
const show = (text: string | Uint8Array) => {
  const t0 = performance.now();
  const r = loadScenario(text, 'a.yaml');
  const dt = performance.now() - t0;
  console.log(
    (r.ok ? ['OK', ...r.warnings.map(formatProblem)] : r.problems.map(formatProblem))
      .slice(0, 30)
      .join('\n'),
    `\n   -- ${dt.toFixed(1)} ms`,
  );
};
it('x', () => {
  show(`tcplab: 1
name: lost SYN-ACK
seed: 42
hosts: { client: {}, server: { tcp: { delayedAck: 0ms } } }
links: [ { between: [client, server], delay: 50ms, rate: 10Mbit, queue: 64KB } ]
apps:
  - { on: server, echo: { port: 80 } }
script:
  - { at: 0ms, on: client, do: connect, to: server, port: 80 }
faults:
  - { drop: { from: server, flags: SA, nth: 1 } }
expect:
  - client.tcp[0] reaches ESTABLISHED within 2s
  - count(segment where flags == S) == 2
vary: [ { set: "links[0].delay", to: [10ms, 20ms] } ]
`);
  show(`tcplab: 2
nme: x
hosts: { client: {tpc: {}}, "1server": { tcp: { delayedAck: 5, mss: 0B } }, __proto__: {} }
links:
 - { between: [client, sever], delay: 50, rate: 10mbit, queue: 64, loss: -2% }
 - { between: [client, server], delay: { uniform: [5ms, 1] }, loss: 101% }
 - { between: [client], delay: { unifrom: [5ms, 1ms] }, loss: { nth: 0 } , preset: wify}
apps:
  - { on: server, ehco: { port: 80 } }
  - { on: server, echo: { port: 0 } , discard: {port: 5}}
script:
  - { at: 0, on: client, do: conect, to: server, port: 80 }
  - { at: 0ms, on: client, to: server, port: 80 }
  - { at: 0ms, do: send, on: client }
faults:
  - { drop: { from: server, flags: sa, nth: 0 } }
  - { drp: { from: server, flags: SA, nth: 0 } }
  - { drop: { match: "flags = S" } }
expect:
  - client.tcp[0] reachs ESTABLISHED within 2s
  - count(segment where flag == S) == 2
  - { that: "duration < 3" }
  - 5
`);
  show(`tcplab: 1
name: x
hosts: { client: , server: }
links:
 - { between: [client, sever], delay: 50ms }
 - { between: [client, client], delay: 50ms }
 - { between: [client, server] }
 - { between: [server, client] }
apps:
  - { on: server, echo: { port: 80 } }
  - { on: serve, echo: { port: 80 } }
  - { on: server, discard: { port: 80 } }
script:
  - { at: 0ms, do: send, on: client, text: x }
  - { at: 0ms, do: release, hold: y }
expect:
  - clint.tcp[0] reaches ESTABLISHED
  - count(segment where from == servr) == 2
`);
  show('');
  show('a: [');
  show('a: 1\na: 2\n b: 3\n');
  show('\tfoo: bar: baz');
  show('['.repeat(900_000));
  show('- '.repeat(400_000));
  show('a'.repeat(900_000));
  show('{a: '.repeat(200_000));
  show('&a '.repeat(200_000));
  show('*a '.repeat(200_000));
  show('!a '.repeat(200_000));
  show('? '.repeat(200_000));
  show('"'.repeat(400_000));
  show('a:\n'.repeat(200_000));
  show(Array.from({ length: 300 }, (_, i) => ' '.repeat(i) + 'a:\n').join(''));
  show('x'.repeat(50_000_000));
  show(new Uint8Array([0, 1, 2, 0xff]));
  let bomb = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
  for (let i = 1; i < 9; i++)
    bomb += `a${i}: &a${i} [${Array(9)
      .fill('*a' + (i - 1))
      .join(',')}]\n`;
  show(bomb);
  console.log(JSON.stringify(schemaOfScenario()).length);
});
