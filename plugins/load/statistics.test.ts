import { describe, expect, it } from 'vitest';
import { randomOf } from '../../src/plugin-api.ts';
import {
  centreBounds,
  fewestFor,
  hodgesLehmann,
  holm,
  meanBounds,
  minimalDetectable,
  quantileRanks,
  signFlip,
  trimmedMean,
} from './statistics.ts';
import { roundsFor, verdicts } from './verdict.ts';

/** Normal deviates by the polar method, from a seed. */
function normals(seed: number): () => number {
  const random = randomOf(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('the statistics', () => {
  it('leave out the outer tenths of a mean', () => {
    expect(trimmedMean([0, 1, 1, 1, 1, 1, 1, 1, 1, 1000])).toBe(1);
  });
  it('take the median of all Walsh averages as Hodges and Lehmann do', () => {
    // Walsh averages of 1, 2, 9: 1, 1.5, 2, 5, 5.5, 9.
    expect(hodgesLehmann([1, 2, 9])).toBe(3.5);
  });
  it('count the ways of signs exactly', () => {
    expect(signFlip([1, 1, 1])).toBe(1 / 8);
    expect(signFlip([0.1, 0.2, 0.3])).toBe(1 / 8);
    expect(signFlip([1, -1])).toBe(3 / 4);
    expect(signFlip(new Array(8).fill(0.05))).toBe(1 / 256);
    expect(signFlip([-1, -1])).toBe(1);
  });
  it('adjust for the number of tests as Holm does', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.9, 0.9])).toEqual([1, 1]);
  });
  it("bound a mean with Student's t", () => {
    // n = 4, mean 2, s = 1.1547: 2 ± 4.541 · 1.1547 / 2.
    const { low, high } = meanBounds([1, 1, 3, 3]);
    expect(high - 2).toBeCloseTo(2.6217, 3);
    expect(2 - low).toBeCloseTo(2.6217, 3);
    expect(minimalDetectable([1, 1, 3, 3])).toBeCloseTo(3.5674, 3);
  });
  it('bound a centre by ranks from seven values on, so that one value far out changes nothing', () => {
    const usual = [0.01, -0.01, 0.02, 0, 0.01, -0.02, 0.01];
    expect(centreBounds([...usual, 0]).high).toBeLessThan(0.03);
    expect(centreBounds([...usual, -5]).high).toBeLessThan(0.03);
    expect(meanBounds([...usual, -5]).high).toBeGreaterThan(1);
    // Seven values: the smallest and the largest Walsh average, with a confidence of 1 - 1/128.
    expect(centreBounds([1, 2, 3, 4, 5, 6, 7])).toEqual({ low: 1, high: 7 });
    // Eight values: the second ones, with 1 - 2/256.
    expect(centreBounds([1, 2, 3, 4, 5, 6, 7, 8])).toEqual({ low: 1.5, high: 7.5 });
  });
  it('need 90 values to bound the 95th percentile from above, and 459 for the 99th', () => {
    expect(quantileRanks(89, 0.95).high).toBeUndefined();
    expect(quantileRanks(90, 0.95).high).toBe(90);
    expect(quantileRanks(458, 0.99).high).toBeUndefined();
    expect(quantileRanks(459, 0.99).high).toBe(459);
    expect([fewestFor(0.95), fewestFor(0.99)]).toEqual([90, 459]);
  });
  it('bound percentiles that hold what they promise', () => {
    // The true 95th percentile of even numbers from 0 to 1 is 0.95; either bound may miss it in 1 of 100 cases.
    const random = randomOf(7);
    let missed = 0;
    for (let run = 0; run < 1000; run++) {
      const sample = Array.from({ length: 200 }, random).sort((a, b) => a - b);
      const { low = 0, high = 201 } = quantileRanks(200, 0.95);
      if ((sample[low - 1] ?? 0) > 0.95 || (sample[high - 1] ?? 1) < 0.95) missed += 1;
    }
    expect(missed).toBeLessThanOrEqual(30);
    expect(missed).toBeGreaterThan(0);
  });
  it('find the ranks of many values too', () => {
    const { low = 0, high = 0 } = quantileRanks(200_000, 0.99);
    expect(low).toBeGreaterThan(197_800);
    expect(low).toBeLessThan(198_000);
    expect(high).toBeGreaterThan(198_000);
    expect(high).toBeLessThan(198_200);
  });
});

describe('the verdict of rounds against base', () => {
  const rounds = (o: { readonly shift: number; readonly spread: number; readonly count: number; readonly seed: number }) => {
    const normal = normals(o.seed);
    return Array.from({ length: o.count }, () => o.shift + o.spread * normal());
  };
  const share = (wanted: string, o: { readonly shift: number; readonly spread: number; readonly count: number }) =>
    Array.from({ length: 1000 }, (_, seed) => verdicts([rounds({ ...o, seed })], 10)[0]).filter((verdict) => verdict === wanted)
      .length;

  it('needs eight rounds for two series, and more for more', () => {
    expect([roundsFor(1), roundsFor(2), roundsFor(10)]).toEqual([7, 8, 10]);
  });
  it('hardly ever calls equal code slower, however noisy the machine', () => {
    for (const spread of [0.02, 0.1, 0.3]) {
      expect(share('slower', { shift: 0, spread, count: 8 })).toBeLessThanOrEqual(15);
      expect(share('slower', { shift: 0, spread, count: 4 })).toBeLessThanOrEqual(3);
    }
    expect(share('fine', { shift: 0, spread: 0.03, count: 8 })).toBeGreaterThan(970);
  });
  it('finds twice the work after four rounds, and a fifth more after eight', () => {
    expect(share('slower', { shift: Math.log(2), spread: 0.04, count: 4 })).toBeGreaterThan(950);
    expect(share('slower', { shift: Math.log(1.2), spread: 0.03, count: 8 })).toBeGreaterThan(950);
  });
  it('never calls it fine what is well beyond the tolerance', () => {
    expect(share('fine', { shift: Math.log(1.2), spread: 0.05, count: 4 })).toBeLessThanOrEqual(5);
    expect(share('fine', { shift: Math.log(1.2), spread: 0.05, count: 8 })).toBeLessThanOrEqual(5);
  });
  it('stays open when noise decides', () => {
    expect(verdicts([[0.3, -0.25, 0.4, -0.3, 0.2, -0.1, 0.3, -0.2]], 10)).toEqual(['open']);
  });
  it('does not call a change within the tolerance slower, however certain it is', () => {
    expect(verdicts([new Array(8).fill(Math.log(1.05))], 10)).toEqual(['fine']);
  });
});
