/**
 * Bytes out are bytes in, under every schedule of faults that heals (I-04, I-20): loss, duplication
 * and reordering by seed for a while, then a perfect wire. The pair checks the invariants I-01 … I-14
 * after every event.
 */
import { equalBytes, ms, patternPayload, seconds, type Micros, type TcpConfig } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { fc } from '../../../../test/support/fast-check.ts';
import { DELAY, Pair, transfer, type Wire } from '../../../../test/support/pair.ts';

/** A small generator: the draws of one schedule follow from its seed alone. */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

interface Faults {
  readonly seed: number;
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  /** The wire is perfect after so many segments of each side. */
  readonly heals: number;
}

function faultyWire(faults: Faults): Wire {
  const draw = draws(faults.seed);
  return (_segment, _from, index) => {
    const [lost, twice, late, how] = [draw(), draw(), draw(), draw()];
    if (index >= faults.heals) return [DELAY];
    if (lost < faults.loss) return [];
    const delay = (late < faults.reordering ? DELAY + Math.floor(how * 30_000) : DELAY) as Micros;
    return twice < faults.duplication ? [delay, (delay + 7_000) as Micros] : [delay];
  };
}

const faultsOf: fc.Arbitrary<Faults> = fc.record({
  seed: fc.nat(),
  loss: fc.double({ min: 0, max: 0.3, noNaN: true }),
  duplication: fc.double({ min: 0, max: 0.3, noNaN: true }),
  reordering: fc.double({ min: 0, max: 0.5, noNaN: true }),
  heals: fc.nat({ max: 300 }),
});

const configOf: fc.Arbitrary<Partial<TcpConfig>> = fc.record({
  mss: fc.constantFrom(1, 88, 536, 1_460),
  sendBuffer: fc.constantFrom(1, 100, 2_920, 131_072),
  receiveBuffer: fc.constantFrom(100, 1_460, 4_000, 65_535),
  nagle: fc.boolean(),
  limitedTransmit: fc.boolean(),
  delayedAck: fc.constantFrom(ms(0), ms(40), ms(200)),
});

const iss = fc.oneof(
  fc.nat({ max: 0xffff_ffff }),
  fc.integer({ min: 0xffff_f000, max: 0xffff_ffff }),
);
const FOREVER = {
  r2: seconds(1_000_000),
  synR2: seconds(1_000_000),
  userTimeout: seconds(1_000_000),
};

describe('bytes out are bytes in under any schedule of faults that heals', () => {
  test('I-04, I-20: both directions, then an orderly end on both sides', () => {
    fc.assert(
      fc.property(
        faultsOf,
        configOf,
        configOf,
        fc.tuple(iss, iss),
        fc.nat({ max: 4_000 }),
        (faults, client, server, [clientIss, serverIss], size) => {
          const pair = new Pair({
            wire: faultyWire(faults),
            client: { ...client, ...FOREVER },
            server: { ...server, ...FOREVER },
            clientIss,
            serverIss,
          });
          pair.connect();
          const data = patternPayload(17, size);
          expect(equalBytes(transfer(pair, 'client', data), data.toBytes())).toBe(true);
          expect(equalBytes(transfer(pair, 'server', data), data.toBytes())).toBe(true);
          pair.client.close(pair.now);
          pair.server.close(pair.now);
          const over = pair.runUntil(
            () => pair.client.state === 'CLOSED' && pair.server.state === 'CLOSED',
          );
          if (!over)
            throw new Error(
              `${pair.client.state} ${pair.server.state}\n${pair.story.slice(-30).join('\n')}`,
            );
          expect(pair.kinds('client').at(-1)).toBe('closed');
          expect(pair.kinds('server').at(-1)).toBe('closed');
        },
      ),
    );
  });

  test('I-04: a long transfer under loss keeps every byte and repairs most losses without a timeout', () => {
    const pair = new Pair({
      wire: faultyWire({ seed: 5, loss: 0.01, duplication: 0.01, reordering: 0, heals: 1e9 }),
    });
    pair.connect();
    const data = patternPayload(0, 3_000_000);
    expect(equalBytes(transfer(pair, 'client', data), data.toBytes())).toBe(true);
    expect(pair.now).toBeLessThan(seconds(30));
  });

  test('I-04: a reader that stops and starts sees every byte (zero windows on the way)', () => {
    const pair = new Pair({
      server: { receiveBuffer: 5_000 },
      wire: faultyWire({ seed: 9, loss: 0.1, duplication: 0.1, reordering: 0.2, heals: 400 }),
    });
    pair.connect();
    const data = patternPayload(3, 100_000).toBytes();
    let sent = 0;
    const got: number[] = [];
    pair.program = () => {
      if (sent < data.length) {
        sent += pair.client.send(patternPayload(3 + sent, data.length - sent), pair.now);
      }
    };
    for (let looks = 0; looks < 2_000 && got.length < data.length; looks += 1) {
      pair.runFor(ms(900));
      got.push(...pair.server.receive(1_700, pair.now).toBytes());
      pair.settle();
    }
    expect(pair.segments.some(({ segment }) => segment.wnd === 0)).toBe(true);
    expect(equalBytes(Uint8Array.from(got), data)).toBe(true);
  });
});
