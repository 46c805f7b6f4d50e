import type { Loaded } from './order.ts';
import { quantileRanks } from './statistics.ts';

export interface Percentile {
  readonly name: 'p50' | 'p90' | 'p95' | 'p99';
  /** Microseconds. */
  readonly value: number;
  /** Bounds with 99 % confidence each; undefined: too few requests to have one. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Values of a histogram at ranks from 1. */
function atRank(histogram: Loaded['histogram'], rank: number): number {
  let below = 0;
  for (const [value, count] of histogram) {
    below += count;
    if (below >= rank) return value;
  }
  return histogram.at(-1)?.[0] ?? 0;
}

export function percentilesOf({ histogram }: Loaded): readonly Percentile[] {
  const count = histogram.reduce((sum, [, times]) => sum + times, 0);
  if (count === 0) return [];
  return (['p50', 'p90', 'p95', 'p99'] as const).map((name) => {
    const q = Number(name.slice(1)) / 100;
    const { low, high } = quantileRanks(count, q);
    return {
      name,
      value: atRank(histogram, Math.max(1, Math.ceil(q * count))),
      low: low === undefined ? undefined : atRank(histogram, low),
      high: high === undefined ? undefined : atRank(histogram, high),
    };
  });
}
