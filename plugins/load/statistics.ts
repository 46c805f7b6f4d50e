// Statistics of the comparison with base and of the limits, under the names of their field.

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Mean without the smallest and the largest tenth. */
export function trimmedMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 10);
  return mean(sorted.slice(cut, sorted.length - cut));
}

/** Hodges–Lehmann estimate of the centre: the median of all Walsh averages. */
export function hodgesLehmann(values: readonly number[]): number {
  return median(values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)));
}

/**
 * Exact one-sided sign-flip test that the centre is above 0: the share of all 2^n ways to flip signs whose sum is at least the one
 * that was seen. The smallest possible value is 2^-n. For at most 20 values.
 */
export function signFlip(values: readonly number[]): number {
  const seen = values.reduce((sum, value) => sum + value, 0);
  // Sums that are equal but for rounding count as reached.
  const slack = 1e-9 * values.reduce((sum, value) => sum + Math.abs(value), 0);
  const ways = 2 ** values.length;
  let reached = 0;
  for (let flips = 0; flips < ways; flips++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += ((flips >> i) & 1) === 1 ? -(values[i] ?? 0) : (values[i] ?? 0);
    if (sum >= seen - slack) reached += 1;
  }
  return reached / ways;
}

/** Holm's adjustment of p-values for the number of tests, in the order given. */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let highest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = highest;
  }
  return adjusted;
}

/** 99 % quantile of Student's t distribution for 1 to 30 degrees of freedom. */
const t99 = [
  31.821, 6.965, 4.541, 3.747, 3.365, 3.143, 2.998, 2.896, 2.821, 2.764, 2.7181, 2.681, 2.65, 2.624, 2.602, 2.583, 2.567, 2.552,
  2.539, 2.528, 2.518, 2.508, 2.5, 2.492, 2.485, 2.479, 2.473, 2.467, 2.462, 2.457,
] as const;
/** 90 % quantile. */
const t90 = [
  3.078, 1.886, 1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.35, 1.345, 1.341, 1.337, 1.333, 1.33,
  1.328, 1.325, 1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.31,
] as const;
/** 99.9 % quantile. */
const t999 = [
  318.309, 22.327, 10.215, 7.173, 5.893, 5.208, 4.785, 4.501, 4.297, 4.144, 4.025, 3.93, 3.852, 3.787, 3.733,
] as const;
const quantileOf = (table: readonly number[], degrees: number): number =>
  table[Math.min(degrees, table.length) - 1] ?? Number.NaN;

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

function tBounds(values: readonly number[], table: readonly number[]): Bounds {
  const half = (quantileOf(table, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  const centre = mean(values);
  return { low: centre - half, high: centre + half };
}

/** Bounds of the mean by Student's t, each with 99 % confidence: together an interval of 98 %. At least two values. */
export const meanBounds = (values: readonly number[]): Bounds => tBounds(values, t99);
/** The same, each with 99.9 % confidence. */
export const strictBounds = (values: readonly number[]): Bounds => tBounds(values, t999);

/**
 * How many of the outermost Walsh averages on one side lie beyond a bound of the centre with 99 % confidence: the largest r for which
 * the signed-rank statistic of n values is below r with a probability of at most 0.01. 0: too few values for such a bound.
 */
function beyondBound(n: number): number {
  // ways[s]: in how many of the 2^n ways of signs the ranks 1..n with a plus add up to s.
  let ways = [1];
  for (let rank = 1; rank <= n; rank++) {
    const next = [...ways, ...new Array<number>(rank).fill(0)];
    for (const [sum, count] of ways.entries()) next[sum + rank] = (next[sum + rank] ?? 0) + count;
    ways = next;
  }
  let below = 0;
  let r = 0;
  for (; r < ways.length; r++) {
    below += (ways[r] ?? 0) / 2 ** n;
    if (below > 0.01) break;
  }
  return r;
}

/**
 * Bounds of the centre, each with 99 % confidence. From seven values on by Wilcoxon's signed-rank test (Walsh averages), which one
 * value far out cannot widen; by Student's t before.
 */
export function centreBounds(values: readonly number[]): Bounds {
  const beyond = beyondBound(values.length);
  if (beyond === 0) return meanBounds(values);
  const walsh = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
  return { low: walsh[beyond - 1] ?? Number.NaN, high: walsh[walsh.length - beyond] ?? Number.NaN };
}

/** The smallest true mean above 0 that as many values with this spread tell from 0 in nine of ten cases, at 99 % confidence. */
export function minimalDetectable(values: readonly number[]): number {
  const degrees = values.length - 1;
  return ((quantileOf(t99, degrees) + quantileOf(t90, degrees)) * standardDeviation(values)) / Math.sqrt(values.length);
}

function logGamma(x: number): number {
  // Lanczos, g = 7, n = 9 (Numerical Recipes, 3rd edition, 6.1).
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012,
    9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  const t = shifted + 7.5;
  const sum = terms.reduce((total, term, i) => total + term / (shifted + i + 1), 0.9999999999998099);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Ranks, from 1, of the values that bound the `q` quantile of the population from below and from above, each with 99 % confidence
 * (order statistics; the number of values below the quantile is binomial). Undefined where there are too few values: a bound above
 * needs 90 values for q = 0.95 and 459 for q = 0.99.
 */
export function quantileRanks(count: number, q: number): { readonly low: number | undefined; readonly high: number | undefined } {
  const logP = (k: number) =>
    logGamma(count + 1) - logGamma(k + 1) - logGamma(count - k + 1) + k * Math.log(q) + (count - k) * Math.log(1 - q);
  let low: number | undefined;
  let high: number | undefined;
  let below = 0;
  // Far from the centre a term is 0 to double precision.
  const spread = 40 * Math.sqrt(count * q * (1 - q)) + 40;
  const from = Math.max(0, Math.floor(count * q - spread));
  const to = Math.min(count, Math.ceil(count * q + spread));
  for (let k = from; k <= to; k++) {
    // `below` is P(fewer than k values lie below the quantile).
    if (k >= 1 && 1 - below >= 0.99) low = k;
    if (k >= 1 && high === undefined && below >= 0.99) high = k;
    below += Math.exp(logP(k));
  }
  return { low, high: high !== undefined && high <= count ? high : undefined };
}

/** The fewest values with which the `q` quantile can be shown to be below a limit. */
export const fewestFor = (q: number): number => Math.ceil(Math.log(0.01) / Math.log(q));
