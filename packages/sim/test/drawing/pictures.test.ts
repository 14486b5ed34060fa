import { describeMachine, type MachineDescription } from '@tcplab/core';
import { tcpMachine } from '@tcplab/core/tcp';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { fc } from '../../../../test/support/fast-check.ts';
import { HandMadeTrace } from '../../../../test/support/hand-made-trace.ts';
import { bulkRun, crossingRun, lostSynAckRun } from '../../../../test/support/sample-runs.ts';
import {
  describeStatePaths,
  drawMachineMermaid,
  drawMachineSvg,
  drawMachineTable,
  drawSequenceSvg,
  layoutMachine,
  statePaths,
  type LayoutEdge,
} from '../../src/drawing/index.ts';

const tcp = describeMachine(tcpMachine);

/** Fails unless the text is well-formed: every element closed in order, no bare `<` or `&`. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [tag, close, name, empty] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (close === '/') expect(open.pop(), tag).toBe(name);
    else if (empty !== '/') open.push(name!);
  }
  expect(open).toEqual([]);
  const words = svg.replace(/<[^<>]*>/g, '');
  expect(words).not.toMatch(/[<>]/);
  expect(words.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
}

describe('the sequence picture', () => {
  test('losses, repairs, states and links are in it, in both scales', () => {
    const { header, records } = lostSynAckRun();
    for (const scale of ['compact', 'time'] as const) {
      const svg = drawSequenceSvg(header, records, { scale });
      expectWellFormed(svg);
      expect(svg).toContain('lost: drop of SYN-ACK #1');
      expect(svg).toContain('= #1 again');
      expect(svg).toContain('stroke-dasharray="2 3"');
      for (const state of ['LISTEN', 'ESTABLISHED', 'TIME-WAIT', 'CLOSED']) {
        expect(svg).toContain(`>${state}<`);
      }
      expect(svg).toContain('prefers-color-scheme:dark');
      expect(svg).toContain('data-record="');
    }
  });

  test('a packet never arrives above the place from which it was sent', () => {
    for (const { header, records } of [lostSynAckRun(), crossingRun(), bulkRun(40, [5])]) {
      for (const scale of ['compact', 'time'] as const) {
        const svg = drawSequenceSvg(header, records, { scale, fold: false });
        const lines = [
          ...svg.matchAll(
            /<line x1="[^"]*" y1="([^"]*)" x2="[^"]*" y2="([^"]*)" class="s-(?:packet|again)"/g,
          ),
        ];
        expect(lines.length).toBeGreaterThan(3);
        for (const [, from, to] of lines) expect(Number(to)).toBeGreaterThan(Number(from));
      }
    }
  });

  test('in proportion to time, twice the time is twice the distance', () => {
    const run = new HandMadeTrace('scale');
    for (const at of [0, 100_000, 300_000]) {
      run.pass(at, 1_000, 'client', 'server', { flags: 'A', seq: 1 + at, ack: 1, len: 5 });
    }
    const { header, records } = run.build();
    const svg = drawSequenceSvg(header, records, { scale: 'time', timeHeight: 3_000 });
    const starts = [
      ...svg.matchAll(
        /<line x1="[^"]*" y1="([^"]*)"[^>]*class="s-packet" stroke="[^"]*" stroke-width="1.6"/g,
      ),
    ];
    const [a, b, c] = starts.map(([, y]) => Number(y));
    // Each packet needs a few points to fall, whatever the scale.
    expect((c! - b!) / (b! - a!)).toBeCloseTo(2, 1);
  });

  test('names and sentences from anywhere stay text', () => {
    const run = new HandMadeTrace('<script>alert(1)</script>', ['client"><script>', 'server']);
    run.pass(0, 10, 'client"><script>', 'server', { flags: 'S', why: '</title><script>' });
    run.note(5, 'server', '<b>', 'x', '& <i onload="x">\u0000');
    const { header, records } = run.build();
    const svg = drawSequenceSvg(header, records);
    expectWellFormed(svg);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
  });

  const canDraw = spawnSync('rsvg-convert', ['--version']).status === 0;

  test.skipIf(!canDraw)(
    'another program can draw it (skipped where rsvg-convert is absent)',
    () => {
      const { header, records } = lostSynAckRun();
      for (const input of [drawSequenceSvg(header, records), drawMachineSvg(tcp)]) {
        const drawn = spawnSync('rsvg-convert', ['-f', 'png'], { input });
        expect(drawn.status).toBe(0);
        expect(drawn.stdout.subarray(1, 4).toString()).toBe('PNG');
      }
    },
  );
});

describe('state paths', () => {
  test('each end goes its way, with times', () => {
    const { records } = lostSynAckRun();
    const paths = statePaths(records, 'tcp');
    expect(paths.map(({ host, states }) => [host, ...states.map(({ state }) => state)])).toEqual([
      [
        'server',
        'CLOSED',
        'LISTEN',
        'SYN-RECEIVED',
        'ESTABLISHED',
        'CLOSE-WAIT',
        'LAST-ACK',
        'CLOSED',
      ],
      [
        'client',
        'CLOSED',
        'SYN-SENT',
        'ESTABLISHED',
        'FIN-WAIT-1',
        'FIN-WAIT-2',
        'TIME-WAIT',
        'CLOSED',
      ],
    ]);
    expect(describeStatePaths(paths)).toContain('SYN-SENT (0 ms) → ESTABLISHED (1100 ms)');
  });
});

describe('machines as text and pictures', () => {
  test('Mermaid: every state has a legal identifier and every arrow its label', () => {
    const text = drawMachineMermaid(tcp);
    expect(text).toContain('state "SYN-RECEIVED" as s3');
    expect(text).toContain('s0 --> s2: active OPEN / create TCB, snd SYN');
    expect(text.match(/-->/g)).toHaveLength(tcp.arrows.length + 1);
    for (const line of text.split('\n').filter((line) => line.includes('-->'))) {
      expect(line).toMatch(/^ {2}(\[\*\]|s\d+) --> s\d+(: [^:"]+)?$/);
    }
  });

  test('a label with every character that Mermaid reads keeps the diagram whole', () => {
    const odd: MachineDescription = {
      id: 'odd',
      initial: 'a:"b";#<c>',
      states: ['a:"b";#<c>'],
      arrows: [
        {
          from: 'a:"b";#<c>',
          event: 'x: y; "z"\nw',
          to: 'a:"b";#<c>',
          actions: [],
          guard: 'is it?',
          rfc: undefined,
        },
      ],
    };
    expect(drawMachineMermaid(odd)).toBe(
      'stateDiagram-v2\n  state "a#58;#quot;b#quot;#59;#35;#lt;c#gt;" as s0\n  [*] --> s0\n' +
        '  s0 --> s0: x#58; y#59; #quot;z#quot;·w [is it?]\n',
    );
    expectWellFormed(drawMachineSvg(odd));
    expect(drawMachineTable(odd)).toContain('&lt;c>');
  });

  test('the table has a row for each arrow and says which the figure lacks', async () => {
    const table = drawMachineTable(tcp);
    expect(table.trim().split('\n')).toHaveLength(tcp.arrows.length + 2);
    expect(table).toMatch(
      /\| ESTABLISHED +\| rcv RST +\| delete TCB +\| CLOSED +\| RFC 9293 §3\.10\.7\.4 +\|/,
    );
    await expect(drawMachineTable(tcp, { arrows: 'figure' })).toMatchFileSnapshot(
      'golden/tcp-figure-table.md',
    );
  });

  test('the picture names every state and every arrow', () => {
    for (const arrows of ['figure', 'all'] as const) {
      const svg = drawMachineSvg(tcp, { arrows, current: 'ESTABLISHED' });
      expectWellFormed(svg);
      for (const state of tcp.states) expect(svg).toContain(`>${state}<`);
      for (const arrow of tcp.arrows) {
        if (arrows === 'all' || arrow.rfc === undefined) expect(svg).toContain(`>${arrow.event}`);
      }
    }
  });

  test('no box and no label lies on another, for the TCP machine and for any machine', () => {
    const edge = fc.tuple(
      fc.nat({ max: 7 }),
      fc.nat({ max: 7 }),
      fc.integer({ min: 10, max: 160 }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(edge, { maxLength: 16 }),
        (count, pairs) => {
          const boxes = Array.from({ length: count }, (_, index) => ({
            id: `s${index}`,
            width: 80,
            height: 34,
          }));
          const edges: LayoutEdge[] = pairs
            .map(([from, to, width]) => ({
              from: `s${from % count}`,
              to: `s${to % count}`,
              width,
              height: 18,
            }))
            .filter(({ from, to }) => from !== to);
          const layout = layoutMachine(boxes, edges);
          expectNoOverlap([
            ...layout.boxes,
            ...layout.edges.map(({ edge: { width, height }, label }) => ({
              width,
              height,
              ...label,
            })),
          ]);
          for (const { x, y, width, height } of layout.boxes) {
            expect(x - width / 2).toBeGreaterThanOrEqual(-0.01);
            expect(x + width / 2).toBeLessThanOrEqual(layout.width + 0.01);
            expect(y + height / 2).toBeLessThanOrEqual(layout.height + 0.01);
          }
        },
      ),
    );
  });
});

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function expectNoOverlap(rectangles: readonly Rectangle[]): void {
  rectangles.forEach((a, index) => {
    for (const b of rectangles.slice(index + 1)) {
      const apart =
        Math.abs(a.x - b.x) >= (a.width + b.width) / 2 - 0.01 ||
        Math.abs(a.y - b.y) >= (a.height + b.height) / 2 - 0.01;
      expect(apart, JSON.stringify([a, b])).toBe(true);
    }
  });
}
