// The path that a run took, as its events tell it.
import type { JournalEvent } from '../model/event.ts';
import type { StepResult } from '../model/step-result.ts';

type Of<T extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: T }>;
export const of = <T extends JournalEvent['type']>(events: readonly JournalEvent[], type: T): readonly Of<T>[] =>
  events.filter((event): event is Of<T> => event.type === type);

/** `PASS`, `ok`, `skipped`: what a case calls a result. */
export function wordOf(result: StepResult): string {
  switch (result.kind) {
    case 'gate':
      return result.verdict.toUpperCase();
    case 'action':
      return result.outcome;
    case 'context':
      return 'ok';
    case 'skipped':
      return 'SKIPPED';
    case 'failed':
      return 'failed';
  }
}

export interface Taken {
  readonly ends: readonly Of<'step-finished'>[];
  readonly attempts: number;
  readonly finished: Of<'run-finished'> | undefined;
  readonly delivered: number | undefined;
  readonly retries: readonly Of<'retrying'>[];
  /** One for each time that a step was tried again. */
  readonly retried: readonly Of<'step-retried'>[];
  /** By step id, in order. */
  readonly results: ReadonlyMap<string, readonly StepResult[]>;
  readonly ran: readonly string[];
  readonly skipped: readonly string[];
}

export function takenPath(events: readonly JournalEvent[]): Taken {
  const ends = of(events, 'step-finished');
  const results = new Map<string, StepResult[]>();
  for (const { step, result } of ends) results.set(step, [...(results.get(step) ?? []), result]);
  const ids = [...results.keys()];
  const everRan = (id: string): boolean => results.get(id)?.some(({ kind }) => kind !== 'skipped') ?? false;
  return {
    ends,
    attempts: Math.max(1, ...ends.map(({ attempt }) => attempt)),
    finished: of(events, 'run-finished').at(-1),
    delivered: of(events, 'delivered').at(-1)?.attempt,
    retries: of(events, 'retrying'),
    retried: of(events, 'step-retried'),
    results,
    ran: ids.filter(everRan),
    skipped: ids.filter((id) => !everRan(id)),
  };
}

/** `schema-map ok at try 2, implement ok, tests FAIL; attempt 2: implement ok, tests PASS`. */
export function pathWords({ ends, retried, finished }: Taken): string {
  if (ends.length === 0) return `none: ${finished?.reason ?? 'no step was asked'}`;
  const attempts = new Map<number, string[]>();
  for (const { attempt, step, result } of ends) {
    const tries = retried.filter((each) => each.step === step && each.attempt === attempt).length + 1;
    const words = `${step} ${wordOf(result)}${tries > 1 ? ` at try ${tries}` : ''}`;
    attempts.set(attempt, [...(attempts.get(attempt) ?? []), words]);
  }
  return [...attempts].map(([attempt, steps]) => `${attempt === 1 ? '' : `attempt ${attempt}: `}${steps.join(', ')}`).join('; ');
}
