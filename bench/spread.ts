/** Quartiles of a sample. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly count: number;
}

/** Median and quartiles, interpolated between the neighbours (Hyndman and Fan, type 7). */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    const above = sorted[Math.ceil(place)] ?? Number.NaN;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75), count: sorted.length };
}

export type Samples<Name extends string, Value> = Readonly<Record<Name, readonly Value[]>>;

/**
 * Measures every competitor once a round, each round beginning with another one, so that what slows the machine down for a while
 * slows all of them. The first round warms up and is left out.
 */
export async function paired<Name extends string, Value>(
  rounds: number,
  competitors: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Samples<Name, Value>> {
  const names = Object.keys(competitors) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Value[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      if (name === undefined) continue;
      const value = await competitors[name]();
      if (round > 0) samples[name].push(value);
    }
  }
  return samples;
}

/** Round by round: how many times the first is the second. */
export function ratios(first: readonly number[], second: readonly number[]): readonly number[] {
  return first.map((value, round) => value / (second[round] ?? Number.NaN));
}
