import type { AttemptSummary } from '../model/step-result.ts';

const green = (attempt: AttemptSummary): number =>
  Object.values(attempt.gates).filter(({ verdict, blocking }) => blocking && (verdict === 'pass' || verdict === 'waived')).length;
const errors = (attempt: AttemptSummary): number => Object.values(attempt.gates).reduce((sum, gate) => sum + gate.errors, 0);

/** The attempt to deliver when none is proven: most blocking gates green, then fewest error findings, then the earliest. */
export function bestAttempt(attempts: readonly AttemptSummary[]): AttemptSummary | undefined {
  return attempts.reduce<AttemptSummary | undefined>((best, attempt) => {
    if (best === undefined) return attempt;
    const more = green(attempt) - green(best);
    return more > 0 || (more === 0 && errors(attempt) < errors(best)) ? attempt : best;
  }, undefined);
}

/** The attempt whose tree is delivered and whose gates decide: the last, where nothing in it is red, else the best. */
export function countingAttempt(attempts: readonly AttemptSummary[]): AttemptSummary | undefined {
  const last = attempts.at(-1);
  if (last !== undefined && !Object.values(last.gates).some(({ verdict, blocking }) => blocking && verdict === 'fail'))
    return last;
  return bestAttempt(attempts);
}

/** Gates that were green in `before` and are red in `after`. */
export function regressions(before: AttemptSummary, after: AttemptSummary): readonly string[] {
  return Object.entries(before.gates)
    .filter(([gate, { verdict }]) => verdict === 'pass' && after.gates[gate]?.verdict === 'fail')
    .map(([gate]) => gate);
}
