// What a run proved, and with which exit code it ends.
import { type ExitCode, exitCodes, worstExit } from '../model/exit.ts';
import type { PhasePlan, StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import type { RunStatus, RunVerdict } from '../model/verdict.ts';

/** How a run came to its end. */
export type Ending =
  /** `note`: why it did not go on. */
  | { readonly kind: 'completed'; readonly note?: string }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'budget'; readonly reason: string }
  | { readonly kind: 'integrity'; readonly reason: string }
  | { readonly kind: 'environment'; readonly reason: string }
  | { readonly kind: 'interrupted' };

export interface Conclusion {
  readonly status: RunStatus;
  readonly verdict: RunVerdict;
  readonly exitCode: ExitCode;
  readonly reason: string;
}

export interface GateEnd {
  readonly phase: PhasePlan;
  readonly step: StepPlan;
  readonly result: StepResult;
}

const gates = (ends: readonly GateEnd[]) => ends.filter(({ step }) => step.level === 'block');
const named = (ends: readonly GateEnd[]): string => ends.map(({ step }) => step.id).join(', ');

/** What kept a blocking gate from being green, if anything. */
export function standing({ phase, step, result }: GateEnd): 'green' | 'red' | 'undecided' | 'not-run' {
  switch (result.kind) {
    case 'gate':
      switch (result.verdict) {
        case 'pass':
        case 'waived':
          return 'green';
        case 'fail':
          return 'red';
        case 'inconclusive':
          return step.inconclusive === 'warn' ? 'green' : 'undecided';
        case 'invalid':
          return 'undecided';
        case 'skipped':
          return 'not-run';
      }
      break;
    case 'skipped':
      switch (result.because) {
        case 'needs':
          return 'undecided';
        // What the candidate says of itself does not decide whether it is judged.
        case 'if':
          return step.ifOfCandidate === true ? 'undecided' : 'not-run';
        case 'phase':
          return phase.ifOfCandidate === true ? 'undecided' : 'not-run';
        case 'when-changed':
          return 'not-run';
      }
      break;
    case 'failed':
      return 'undecided';
    case 'context':
    case 'action':
      return 'not-run';
  }
}

/** Did this gate pass on something that it examined, rather than by an exit code alone? */
function onEvidence({ phase, step, result }: GateEnd): boolean {
  // A person approves what was proven, and proves nothing.
  if (phase.kind === 'approve') return false;
  // `allow-empty` lets a gate pass on nothing; it proves nothing then.
  if (result.kind !== 'gate' || result.verdict !== 'pass' || result.examined.count < 1) return false;
  return result.evidence === 'examined' || step.evidence === 'exit-code';
}

function judged(ends: readonly GateEnd[]): {
  readonly verdict: RunVerdict;
  readonly exitCode: ExitCode;
  readonly reason: string;
} {
  const blocking = gates(ends);
  const red = blocking.filter((end) => standing(end) === 'red');
  const undecided = blocking.filter((end) => standing(end) === 'undecided');
  if (red.length > 0) return { verdict: 'not-proven', exitCode: exitCodes.gateFailed, reason: `red: ${named(red)}` };
  if (undecided.length > 0) {
    return { verdict: 'inconclusive', exitCode: exitCodes.environment, reason: `could not decide: ${named(undecided)}` };
  }
  if (!blocking.some(onEvidence)) {
    const why = blocking.length === 0 ? 'no blocking gate ran' : 'no blocking gate passed on evidence';
    return { verdict: 'unverified', exitCode: exitCodes.environment, reason: why };
  }
  return { verdict: 'proven', exitCode: exitCodes.proven, reason: 'every blocking gate is green' };
}

/** The end of a run from how it ended and what its last gates said. A partial run is never proven. */
export function conclude(options: {
  readonly ending: Ending;
  readonly ends: readonly GateEnd[];
  readonly partial: boolean;
  /** False when nothing was judged after the last change. */
  readonly verified: boolean;
}): Conclusion {
  const { ending, partial } = options;
  const judgement = options.verified
    ? judged(options.ends)
    : ({ verdict: 'unverified', exitCode: exitCodes.environment, reason: 'nothing was verified' } as const);
  const stopped = (status: RunStatus, exitCode: ExitCode, reason: string): Conclusion => ({
    status,
    verdict: judgement.verdict === 'proven' ? 'unverified' : judgement.verdict,
    exitCode: worstExit([exitCode, judgement.exitCode]),
    reason: judgement.verdict === 'not-proven' ? `${reason.replace(/\.$/, '')}; ${judgement.reason}` : reason,
  });
  switch (ending.kind) {
    case 'blocked':
      return stopped('blocked', exitCodes.blocked, ending.reason);
    case 'waiting':
      return stopped('waiting', exitCodes.blocked, ending.reason);
    case 'budget':
      return stopped('budget', exitCodes.budget, ending.reason);
    case 'integrity':
      return stopped('integrity', exitCodes.integrity, ending.reason);
    case 'environment':
      return stopped('environment', exitCodes.environment, ending.reason);
    case 'interrupted':
      return stopped('interrupted', exitCodes.interrupted, 'what was done is kept, and a resume goes on from there');
    case 'completed':
      if (partial && judgement.verdict === 'proven') {
        return {
          status: 'partial',
          verdict: 'unverified',
          exitCode: exitCodes.environment,
          reason: 'only a part of the playbook ran',
        };
      }
      return {
        status: partial ? 'partial' : 'completed',
        ...judgement,
        ...(ending.note === undefined || judgement.verdict === 'proven' ? {} : { reason: `${judgement.reason}; ${ending.note}` }),
      };
  }
}
