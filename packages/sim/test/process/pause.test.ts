import { describe, expect, test } from 'vitest';
import { loadScenario, runScenario } from '../../src/scenario/index.ts';

/** An echo whose host's programs are paused from 100 ms to 2 s. */
const PAUSED = `
tcplab: 1
name: a paused program
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
apps:
  - { on: server, echo: { port: 7 } }
script:
  - { at: 0ms, on: client, do: connect, to: server, port: 7 }
  - { at: 100ms, on: server, do: pause }
  - { at: 200ms, on: client, do: send, text: hello }
  - { at: 2s, on: server, do: resume }
  - { at: 2s, on: client, do: receive, size: 5B }
until: 5s
expect:
  - eventually receive where host == server and len == 5 within 300ms
  - never call where host == server and call == receive between 100ms and 1999ms
  - eventually call where host == server and call == receive between 2s and 2s
  - client received 5 bytes
`;

describe('a host whose programs are paused', () => {
  test('its TCP goes on, and what woke the programs meanwhile is not lost', () => {
    const loaded = loadScenario(PAUSED, 'paused.yaml');
    if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join('\n'));
    const result = runScenario(loaded.loaded);
    const failed = result.verdicts.filter((verdict) => !verdict.passed);
    expect(failed).toEqual([]);
  });
});
