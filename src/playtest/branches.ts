// Where a playbook may go one way or another, and which ways the cases went.
import type { JournalEvent } from '../model/event.ts';
import type { Place } from '../model/location.ts';
import type { PhasePlan, Plan, StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import { of, takenPath } from './taken.ts';

export interface Branch {
  readonly what: string;
  readonly place: Place;
  readonly covered: boolean;
}

interface Way {
  readonly what: string;
  readonly place: Place;
  /** Did this run go it? */
  readonly went: (events: readonly JournalEvent[]) => boolean;
}

type Skip = Extract<StepResult, { readonly kind: 'skipped' }>['because'];

const resultsOf = (events: readonly JournalEvent[], id: string): readonly StepResult[] =>
  of(events, 'step-finished').flatMap(({ step, result }) => (step === id ? [result] : []));
const skippedBy = (because: Skip, id: string) => (events: readonly JournalEvent[]) =>
  resultsOf(events, id).some((result) => result.kind === 'skipped' && result.because === because);
const ran = (id: string) => (events: readonly JournalEvent[]) => resultsOf(events, id).some(({ kind }) => kind !== 'skipped');

function ofStep(step: StepPlan): readonly Way[] {
  const { id } = step;
  const place = step.if?.place ?? step.place;
  const pair = (because: Skip, [no, yes]: readonly [string, string], at: Place): readonly Way[] => [
    { what: `${id}: ${yes}`, place: at, went: ran(id) },
    { what: `${id}: ${no}`, place: at, went: skippedBy(because, id) },
  ];
  return [
    ...(step.if === undefined ? [] : pair('if', ['`if` is false', '`if` is true'], place)),
    ...(step.whenChanged === undefined
      ? []
      : pair('when-changed', ['nothing of `when-changed` changed', 'something of `when-changed` changed'], step.place)),
    ...(step.requires.length === 0
      ? []
      : pair('needs', [`one of its \`needs\` is not green`, 'its `needs` are green'], step.place)),
    ...ofRetry(step),
    ...step.waive.map(
      (waiver): Way => ({
        what: `${id}: the waiver of ${waiver.findings.join(', ')} is used`,
        place: step.place,
        went: (events) =>
          resultsOf(events, id).some(
            (result) =>
              result.kind === 'gate' &&
              result.waivers?.some((use) => use.covered > 0 && use.findings.join() === waiver.findings.join()) === true,
          ),
      }),
    ),
  ];
}

/** Tries end well or are spent; a gate is tried again on base as well. */
function ofRetry({ id, place, retry }: StepPlan): readonly Way[] {
  if (retry === undefined || retry === 0) return [];
  const ended = (events: readonly JournalEvent[], failed: boolean): boolean => {
    const again = new Set(of(events, 'step-retried').flatMap(({ step, attempt }) => (step === id ? [attempt] : [])));
    return of(events, 'step-finished').some(
      ({ step, attempt, result }) => step === id && again.has(attempt) && isFailure(result) === failed,
    );
  };
  return [
    { what: `${id}: is tried again, and answers`, place, went: (events) => ended(events, false) },
    { what: `${id}: fails in all ${retry + 1} tries`, place, went: (events) => ended(events, true) },
  ];
}
const isFailure = (result: StepResult): boolean =>
  result.kind === 'failed' ||
  (result.kind === 'gate' && result.verdict === 'invalid') ||
  (result.kind === 'action' && result.outcome === 'infrastructure');

function ofPhase(phase: PhasePlan): readonly Way[] {
  const { id, place, onFailure } = phase;
  const ids = new Set(phase.steps.map((step) => step.id));
  const own = (events: readonly JournalEvent[]) => of(events, 'step-finished').filter((end) => end.phase === id);
  const skipped = (events: readonly JournalEvent[]): boolean =>
    own(events).some(({ result }) => result.kind === 'skipped' && result.because === 'phase');
  const red = (events: readonly JournalEvent[], attempt: number): boolean =>
    own(events).some((end) => end.attempt === attempt && end.result.kind === 'gate' && end.result.verdict === 'fail');
  const conditional: readonly Way[] =
    phase.if === undefined
      ? []
      : [
          {
            what: `the phase ${id}: \`if\` is true`,
            place: phase.if.place,
            went: (events) => own(events).length > 0 && !skipped(events),
          },
          { what: `the phase ${id}: \`if\` is false`, place: phase.if.place, went: skipped },
        ];
  const looping: readonly Way[] =
    onFailure === undefined
      ? []
      : [
          {
            what: `the phase ${id}: goes back to ${onFailure.retryFrom}`,
            place,
            went: (events) =>
              of(events, 'retrying').some(({ from, attempt }) => from === onFailure.retryFrom && red(events, attempt - 1)),
          },
          {
            what: `the phase ${id}: is green without going back`,
            place,
            went: (events) => own(events).length > 0 && takenPath(events).attempts === 1 && !red(events, 1),
          },
          ...(onFailure.attempts < 2
            ? []
            : [
                {
                  what: `the phase ${id}: is red when all ${onFailure.attempts} attempts are spent`,
                  place,
                  went: (events: readonly JournalEvent[]) => red(events, onFailure.attempts),
                },
              ]),
        ];
  return ids.size === 0 ? [...conditional, ...looping] : [...conditional, ...looping, ...phase.steps.flatMap(ofStep)];
}

/** All branches of the plans of one playbook, by what they say. */
export function branchesOf(
  runs: readonly { readonly plan: Plan; readonly events: readonly JournalEvent[] }[],
): readonly Branch[] {
  const branches = new Map<string, Branch>();
  for (const { plan, events } of runs) {
    for (const { what, place, went } of [...plan.phases.flatMap(ofPhase), ...(plan.finally ?? []).flatMap(ofStep)]) {
      const before = branches.get(what);
      branches.set(what, { what, place: before?.place ?? place, covered: before?.covered === true || went(events) });
    }
  }
  return [...branches.values()];
}
