import { describe, expect, test } from 'vitest';
import { Workplace } from './memory-io.ts';

const UNTRUE = `
tcplab: 1
name: one claim too many
hosts: { client: {}, server: {} }
links: [ { between: [client, server], delay: 10ms } ]
apps:
  - { on: server, http: {} }
  - { on: client, session: { requests: [ { url: "http://server/" } ] } }
compare:
  - { name: near, set: {}, expect: [ cost.lost == 0 ] }
  - { name: far, set: { "links[0].delay": 50ms }, expect: [ duration < 1ms ] }
`;

describe('tcplab compare', () => {
  const place = new Workplace();

  test('prints what one session saves, with the sum beside it', async () => {
    const { code, out, err } = await place.tcplab('compare', 'http-one-session');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain('3 × (1 RTT handshake + 1 RTT request) = 6 RTT = 480 ms');
    expect(out).toContain('1 RTT handshake + 3 × 1 RTT request = 4 RTT = 320 ms');
    expect(out).toContain('1 RTT handshake + 1 RTT TLS + 3 × 1 RTT request = 5 RTT = 400 ms');
    expect(out.match(/: agrees$/gm)).toHaveLength(4);
  });

  test('--rtt runs it at other distances, --json gives data', async () => {
    const asked = ['compare', 'http-one-session', '--rtt', '10ms,200ms', '--json'];
    const { out } = await place.tcplab(...asked);
    const { comparisons } = JSON.parse(out) as { comparisons: { rttUs: number }[] };
    expect(comparisons.map(({ rttUs }) => rttUs)).toEqual([10_000, 200_000]);
  });

  test('--svg draws it', async () => {
    await place.tcplab('compare', 'http-one-session', '--svg', 'bars.svg', '-q');
    expect(place.read('bars.svg')).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  test('a claim of one variation that fails is told with its name, and the exit code is 1', async () => {
    place.write('untrue.yaml', UNTRUE);
    const { code, err } = await place.tcplab('compare', 'untrue.yaml');
    expect(code).toBe(1);
    expect(err).toContain('far:\n');
    expect(err).toContain('duration < 1ms');
    expect(err).not.toContain('near:');
  });

  test.each(['80', '0ms', '3us', '10ms,x'])('--rtt %s is wrong usage', async (rtt) => {
    const { code, err } = await place.tcplab('compare', 'http-one-session', '--rtt', rtt);
    expect(code).toBe(2);
    expect(err).toContain('--rtt');
  });
});
