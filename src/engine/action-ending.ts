import type { PhasePlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import type { Ending } from './conclude.ts';

/** How an action step's result ends the run, if it does. */
export function endingOf(result: StepResult, phase: PhasePlan): Ending | undefined {
  if (result.kind === 'failed') return { kind: 'environment', reason: `${result.failure.code}: ${result.failure.message}` };
  if (result.kind !== 'action') return undefined;
  switch (result.outcome) {
    case 'ok':
      return undefined;
    case 'blocked':
      return { kind: 'blocked', reason: result.summary };
    case 'budget':
      return { kind: 'budget', reason: result.summary };
    case 'integrity':
      return { kind: 'integrity', reason: result.summary };
    case 'looping':
      return { kind: 'completed', note: `no further attempt: ${result.summary}` };
    case 'refused':
    case 'truncated':
    case 'infrastructure':
      return { kind: 'environment', reason: `${phase.id} ended ${result.outcome}: ${result.summary}` };
  }
}
