// What is left to say when a run is over: the last word of every gate on what is delivered, or was judged last.
import type { StepPlan } from '../model/plan.ts';
import type { JudgedFinding } from '../model/step-result.ts';
import type { Location } from '../plugin-api.ts';
import { type RunView, type StepView, stepPlan } from './run-view.ts';

export interface LastWord {
  readonly view: StepView;
  readonly plan: StepPlan | undefined;
}

/** The gates in the order of the playbook, each as it ended last, up to the attempt that was delivered. */
export function lastWords(run: RunView): readonly LastWord[] {
  const last = run.delivered?.attempt ?? Number.POSITIVE_INFINITY;
  const words = new Map<string, StepView>();
  for (const attempt of run.attempts) {
    if (attempt.attempt > last) continue;
    for (const step of attempt.steps)
      if (step.kind === 'verify' || step.kind === 'approve') words.set(`${step.phase}/${step.step}`, step);
  }
  const order = run.started.plan.phases.flatMap((phase) => phase.steps.map(({ id }) => `${phase.id}/${id}`));
  return [...words]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([, view]) => ({ view, plan: stepPlan(run.started.plan, view) }));
}

export interface PlacedFinding {
  readonly word: LastWord;
  readonly finding: JudgedFinding;
  /** In the repository, not in the scope. */
  readonly location: Location | undefined;
}

/** Their findings; those that count first, errors before warnings. */
export function lastFindings(run: RunView): readonly PlacedFinding[] {
  const { scope } = run.started;
  const weight = ({ finding }: PlacedFinding): number =>
    (finding.standing === 'counts' ? 0 : 2) + (finding.severity === 'error' ? 0 : 1);
  return lastWords(run)
    .flatMap((word) => (word.view.result?.kind === 'gate' ? word.view.result.findings.map((finding) => ({ word, finding })) : []))
    .map(({ word, finding }) => ({ word, finding, location: inRepository(finding.location, scope) }))
    .sort((a, b) => weight(a) - weight(b));
}

const inRepository = (location: Location | undefined, scope: string): Location | undefined =>
  location === undefined || scope === '' ? location : { ...location, file: `${scope}/${location.file}` };

/** Gates that said nothing about the work, with why. */
export function troubles(
  run: RunView,
): readonly { readonly word: LastWord; readonly code: string; readonly message: string; readonly hint?: string }[] {
  return lastWords(run).flatMap((word) => {
    const { result } = word.view;
    if (result === undefined) return [];
    if (result.kind === 'failed') return [{ word, ...result.failure }];
    if (result.kind !== 'gate' || (result.verdict !== 'invalid' && result.verdict !== 'inconclusive')) return [];
    if (result.failure !== undefined) return [{ word, ...result.failure }];
    return [{ word, code: `${word.view.step}/${result.verdict}`, message: result.reason ?? `The gate is ${result.verdict}.` }];
  });
}
