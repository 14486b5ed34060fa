import { fc } from '../../../../test/support/fast-check.ts';
import { decodePacket, ms, us } from '@tcplab/core';
import {
  BernoulliLoss,
  Corruption,
  Duplication,
  FaultRule,
  GilbertElliottLoss,
  LINK_PRESETS,
  Reordering,
} from '@tcplab/sim';
import { describe, expect, test } from 'vitest';
import { WireBench } from '../support/wire-bench.ts';

describe('a wire', () => {
  test('delivers after its delay, in the order sent', () => {
    const bench = new WireBench();
    bench.send();
    bench.send();
    bench.drain();
    expect(bench.arrivals.map(({ at, id }) => [at, id])).toEqual([
      [10_000, 1],
      [10_000, 2],
    ]);
  });

  test('with a rate transmits one packet after the other', () => {
    const bench = new WireBench({ rate: 8_000_000 });
    for (let i = 0; i < 3; i += 1) bench.send(1_000);
    bench.drain();
    expect(bench.arrivals.map(({ at }) => at)).toEqual([11_000, 12_000, 13_000]);
  });

  test('does not lose time to rounding at a rate that microseconds do not divide', () => {
    const bench = new WireBench({ rate: 10_000_000_000 });
    for (let i = 0; i < 1_000; i += 1) bench.send(1_500);
    bench.drain();
    expect(bench.arrivals.at(-1)!.at).toBe(10_000 + 1_200);
  });

  test('drops what its queue cannot hold (drop-tail); the packet being sent does not count', () => {
    const bench = new WireBench({ rate: 8_000_000, queue: { bytes: 2_000 } });
    for (let i = 0; i < 5; i += 1) bench.send(1_000);
    expect(bench.link.queuedBytes).toBe(2_000);
    bench.drain();
    expect(bench.arrivals.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(bench.fates).toEqual(['lost 4 by full queue', 'lost 5 by full queue']);
  });

  test('a queue in packets counts packets', () => {
    const bench = new WireBench({ rate: 8_000, queue: { packets: 1 } });
    for (const size of [100, 1_400, 40]) bench.send(size);
    bench.drain();
    expect(bench.arrivals.map(({ id }) => id)).toEqual([1, 2]);
  });

  test('refuses what exceeds its MTU', () => {
    const bench = new WireBench({ mtu: 576 });
    bench.send(576);
    bench.send(577);
    bench.drain();
    expect(bench.arrivals).toHaveLength(1);
    expect(bench.fates).toEqual(['lost 2 by MTU']);
  });

  test('jitter keeps the order unless it is told not to', () => {
    const jitter = { delay: { kind: 'uniform', from: ms(1), to: ms(50) } } as const;
    const ordered = new WireBench(jitter);
    const loose = new WireBench({ ...jitter, keepOrder: false });
    for (const bench of [ordered, loose]) {
      for (let i = 0; i < 200; i += 1) bench.send();
      bench.drain();
    }
    const ids = (bench: WireBench): number[] => bench.arrivals.map(({ id }) => id);
    expect(ids(ordered)).toEqual([...ids(ordered)].sort((a, b) => a - b));
    expect(ids(loose)).not.toEqual([...ids(loose)].sort((a, b) => a - b));
    expect([...ids(loose)].sort((a, b) => a - b)).toEqual(ids(ordered));
  });

  test('a cut loses what is under way and what is sent, and heals', () => {
    const bench = new WireBench({ rate: 8_000_000 });
    bench.send();
    bench.send();
    bench.queue.at(us(5_000), () => bench.link.cut());
    bench.queue.at(us(6_000), () => bench.send());
    bench.queue.at(us(7_000), () => bench.link.heal());
    bench.queue.at(us(8_000), () => bench.send());
    bench.drain();
    expect(bench.arrivals.map(({ at, id }) => [at, id])).toEqual([[19_000, 4]]);
    expect(bench.conserved).toBe(true);
  });

  test('a change of rate or delay counts for what is sent afterwards', () => {
    const bench = new WireBench();
    bench.send();
    bench.link.change({ delay: { kind: 'fixed', delay: ms(30) } });
    bench.send();
    bench.drain();
    expect(bench.arrivals.map(({ at }) => at)).toEqual([10_000, 30_000]);
  });
});

describe('impairments', () => {
  test('Bernoulli loss loses about its share, and exactly none or all at the ends', () => {
    for (const [probability, low, high] of [
      [0, 0, 0],
      [0.1, 850, 1_150],
      [1, 10_000, 10_000],
    ] as const) {
      const bench = new WireBench();
      bench.link.impairments.push(new BernoulliLoss(probability, bench.stream('loss')));
      for (let i = 0; i < 10_000; i += 1) bench.send();
      expect(bench.link.counts.lost).toBeGreaterThanOrEqual(low);
      expect(bench.link.counts.lost).toBeLessThanOrEqual(high);
    }
  });

  test('Gilbert–Elliott loses in bursts of the length its chain says', () => {
    const bench = new WireBench();
    bench.link.impairments.push(
      new GilbertElliottLoss({ toBad: 0.01, toGood: 0.25 }, bench.stream('loss')),
    );
    const lost: boolean[] = [];
    for (let i = 0; i < 40_000; i += 1) {
      const before = bench.link.counts.lost;
      bench.send();
      lost.push(bench.link.counts.lost > before);
    }
    const bursts = lost.filter((one, i) => one && lost[i - 1] !== true).length;
    const mean = bench.link.counts.lost / bursts;
    expect(mean).toBeGreaterThan(3.5);
    expect(mean).toBeLessThan(4.5);
  });

  test('a duplicate is a packet of its own, right behind', () => {
    const bench = new WireBench();
    bench.link.impairments.push(new Duplication(1, bench.stream('duplicate')));
    bench.send();
    bench.drain();
    expect(bench.arrivals.map(({ at, id }) => [at, id])).toEqual([
      [10_000, 1],
      [10_001, 2],
    ]);
    expect(bench.conserved).toBe(true);
  });

  test('corruption flips one bit of the real octets, and the checksums find it', () => {
    const bench = new WireBench();
    bench.link.impairments.push(new Corruption(1, bench.stream('corrupt')));
    for (let i = 0; i < 300; i += 1) bench.send(60);
    bench.drain();
    for (const { bytes } of bench.arrivals) expect(decodePacket(bytes!).ok).toBe(false);
  });

  test('reordering lets later packets pass', () => {
    const bench = new WireBench();
    const rule = new Reordering(0.5, ms(5), bench.stream('reorder'));
    bench.link.impairments.push(rule);
    for (let i = 0; i < 20; i += 1) bench.send();
    bench.drain();
    expect(bench.arrivals.filter(({ at }) => at === 15_000)).toHaveLength(rule.hits);
    expect(rule.hits).toBeGreaterThan(0);
    expect(bench.arrivals).toHaveLength(20);
  });

  test('a rule touches the n-th, every k-th or the first matches, inside its window', () => {
    const hitsOf = (select: object, window?: { from: number; to: number }): number[] => {
      const bench = new WireBench();
      const rule = new FaultRule({
        name: 'rule',
        match: () => true,
        verdict: { kind: 'drop', why: 'chosen' },
        select,
        ...(window === undefined ? {} : { window: { from: us(window.from), to: us(window.to) } }),
      });
      bench.link.impairments.push(rule);
      for (let i = 0; i < 8; i += 1) bench.queue.at(us(i * 100), () => bench.send());
      bench.drain();
      return bench.fates.map((fate) => Number(fate.split(' ')[1]));
    };
    expect(hitsOf({ nth: [2, 5] })).toEqual([2, 5]);
    expect(hitsOf({ every: 3 })).toEqual([3, 6]);
    expect(hitsOf({ first: 2 })).toEqual([1, 2]);
    expect(hitsOf({}, { from: 200, to: 400 })).toEqual([3, 4]);
  });

  test('held packets wait for their release', () => {
    const bench = new WireBench();
    bench.link.impairments.push(
      new FaultRule({
        name: 'hold',
        match: () => true,
        verdict: { kind: 'hold', name: 'x', why: 'held' },
        select: { nth: [1] },
      }),
    );
    bench.send();
    bench.send();
    bench.queue.at(ms(100), (now) => bench.link.release('x', now));
    bench.drain();
    expect(bench.arrivals.map(({ at, id }) => [at, id])).toEqual([
      [10_000, 2],
      [110_000, 1],
    ]);
  });

  test('one fault never shifts what another draws', () => {
    const lossesWith = (extra: boolean): string[] => {
      const bench = new WireBench({}, 7);
      if (extra) bench.link.impairments.push(new Duplication(0.3, bench.stream('duplicate')));
      bench.link.impairments.push(new BernoulliLoss(0.2, bench.stream('loss')));
      const lost: string[] = [];
      for (let i = 0; i < 200; i += 1) {
        const before = bench.link.counts.lost;
        bench.send();
        lost.push(bench.link.counts.lost > before ? 'x' : '.');
      }
      return lost;
    };
    const without = lossesWith(false);
    // A duplicated packet's walk ends before the loss is asked, so compare streams, not positions.
    expect(lossesWith(false)).toEqual(without);
    expect(lossesWith(true).filter((mark) => mark === 'x').length).toBeGreaterThan(0);
  });
});

test('I-17: packets are conserved whatever the impairments and whenever one looks', () => {
  const chance = fc.constantFrom(0, 0.2, 0.9);
  fc.assert(
    fc.property(
      chance,
      chance,
      chance,
      fc.nat({ max: 1_000 }),
      fc.nat({ max: 60 }),
      (loss, twice, late, seed, cutAt) => {
        const bench = new WireBench(
          { rate: 1_000_000, queue: { packets: 5 }, keepOrder: seed % 2 === 0 },
          seed,
        );
        bench.link.impairments.push(
          new BernoulliLoss(loss, bench.stream('loss')),
          new Reordering(late, ms(7), bench.stream('late')),
          new Duplication(twice, bench.stream('twice')),
        );
        for (let i = 0; i < 30; i += 1) bench.queue.at(ms(i), () => bench.send(100 + i * 10));
        bench.queue.at(ms(cutAt), () => bench.link.cut());
        bench.queue.at(ms(cutAt + 5), () => bench.link.heal());
        do expect(bench.conserved).toBe(true);
        while (bench.queue.step());
        expect(bench.link.counts.inFlight).toBe(0);
      },
    ),
  );
});

test('every preset says its numbers and can be built', () => {
  for (const preset of LINK_PRESETS) {
    const bench = new WireBench(preset.direction);
    bench.send();
    bench.drain();
    expect(bench.arrivals, preset.name).toHaveLength(1);
    expect(preset.about).toMatch(/bit\/s/);
  }
});
