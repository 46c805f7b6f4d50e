// When a comparison with base has decided: from one value a round, the logarithm of candidate by base.
import { centreBounds, hodgesLehmann, holm, signFlip, strictBounds } from './statistics.ts';

export type Verdict = 'slower' | 'fine' | 'open';

const alpha = 0.01;
/** Rounds after which a clear case is over. */
export const firstLook = 4;

/** The smallest p-value of K rounds is 2^-K, and Holm's adjustment multiplies it by the number of series. */
export const roundsFor = (series: number): number => Math.ceil(Math.log2(series / alpha));

/** Few rounds decide only what is beyond doubt: slower by more than is allowed in each of them, and on the whole with 99.9 % confidence. */
function early(ratios: readonly number[], limit: number): Verdict {
  if (centreBounds(ratios).high < limit) return 'fine';
  return Math.min(...ratios) > limit && strictBounds(ratios).low > limit ? 'slower' : 'open';
}

/** `slower`: certainly slower, and by more than is allowed as estimated. `fine`: certainly not by more than is allowed. */
function late(ratios: readonly number[], o: { readonly limit: number; readonly p: number }): Verdict {
  if (centreBounds(ratios).high < o.limit) return 'fine';
  return o.p <= alpha && hodgesLehmann(ratios) > o.limit ? 'slower' : 'open';
}

/** One verdict for each series; all have as many rounds. `tolerance` is in percent. */
export function verdicts(series: readonly (readonly number[])[], tolerance: number): readonly Verdict[] {
  const limit = Math.log(1 + tolerance / 100);
  if ((series[0]?.length ?? 0) <= firstLook) return series.map((ratios) => early(ratios, limit));
  const pValues = holm(series.map(signFlip));
  return series.map((ratios, index) => late(ratios, { limit, p: pValues[index] ?? 1 }));
}
