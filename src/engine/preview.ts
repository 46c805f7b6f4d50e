// A change of the playbook does not judge itself (LANGUAGE rule 12): base's playbook decides, and the gates of the changed one run
// beside it as a preview that does not count.
import { secretNames } from '../expression/secret-names.ts';
import type { PhasePlan, Plan, StepPlan } from '../model/plan.ts';

export interface Previewed {
  readonly plan: Plan;
  /** What a person should know about it. */
  readonly notes: readonly string[];
}

/** What a step means; where it stands, and what it is called, is no part of that. */
const meaning = (value: unknown): string => JSON.stringify(value, (key, inner) => (key === 'place' ? undefined : inner));
const previewId = (id: string): string => `preview-${id}`;
const list = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(', ');

/** `head`: the plan that the files on disk make; undefined where they make none. */
export function withPreview(plan: Plan, head: Plan | undefined): Previewed {
  if (head === undefined) {
    return { plan, notes: ['preview: the playbook on disk makes no plan, so nothing of it runs; `bexpert validate` says why'] };
  }
  const before = gatesOf(plan);
  const after = gatesOf(head);
  const changed = [...after]
    .filter(([id, step]) => before.has(id) && meaning(before.get(id)) !== meaning(step))
    .map(([id]) => id);
  const added = [...after.keys()].filter((id) => !before.has(id));
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const wanted = new Set([...changed, ...added]);
  const unfit = new Set([...wanted].filter((id) => !fits(after.get(id), { plan, head, wanted })));
  // Whoever needs one that cannot run cannot run either.
  for (let size = -1; size !== unfit.size; ) {
    size = unfit.size;
    for (const id of wanted) if (after.get(id)?.needs.some((need) => unfit.has(need)) === true) unfit.add(id);
  }
  const runs = new Set([...wanted].filter((id) => !unfit.has(id)));
  const notes = [
    ...(changed.length === 0 ? [] : [`the playbook on disk changes ${list(changed)}`]),
    ...(added.length === 0 ? [] : [`the playbook on disk adds ${list(added)}`]),
    ...(removed.length === 0 ? [] : [`the playbook on disk has no ${list(removed)} any more`]),
    ...(runs.size === 0
      ? []
      : [
          `${list([...runs].map(previewId))} ${runs.size === 1 ? 'runs' : 'run'} beside base's gates and ${runs.size === 1 ? 'does' : 'do'} not count`,
        ]),
    ...(unfit.size === 0
      ? []
      : [`${list([...unfit])} cannot be tried beside base's gates: what they need is a secret, or other than in base`]),
  ].map((note) => `preview: ${note}`);
  return runs.size === 0 ? { plan, notes } : { plan: joined({ plan, head, runs }), notes };
}

function gatesOf(plan: Plan): ReadonlyMap<string, StepPlan> {
  return new Map(
    plan.phases.filter(({ kind }) => kind === 'verify').flatMap(({ steps }) => steps.map((step) => [step.id, step] as const)),
  );
}

/** Services, plugins and steps that a gate needs must be those that this run has. */
function fits(
  step: StepPlan | undefined,
  { plan, head, wanted }: { readonly plan: Plan; readonly head: Plan; readonly wanted: ReadonlySet<string> },
): boolean {
  // Whoever changed the playbook wrote it: no secret of this machine is given to what nobody has looked at.
  if (step === undefined || secretNames(Object.values(step.env), ['any']).size > 0) return false;
  const steps = new Set(plan.phases.flatMap((phase) => phase.steps.map(({ id }) => id)));
  const started = [...step.services];
  for (const name of started) {
    if (meaning(plan.services[name]) !== meaning(head.services[name])) return false;
    for (const other of plan.services[name]?.dependencies ?? []) if (!started.includes(other)) started.push(other);
  }
  const plugin = step.body.kind === 'plugin' ? step.body.plugin : undefined;
  const known = plugin === undefined ? undefined : plan.plugins[plugin];
  // Of a plugin that is in base, the code of base is what is loaded.
  if (plugin !== undefined && known !== undefined && known.digest !== head.plugins[plugin]?.digest) return false;
  return step.needs.every((need) => steps.has(need) || wanted.has(need));
}

function joined({ plan, head, runs }: { readonly plan: Plan; readonly head: Plan; readonly runs: ReadonlySet<string> }): Plan {
  const named = (ids: readonly string[]): readonly string[] => ids.map((id) => (runs.has(id) ? previewId(id) : id));
  const previewsOf = (phase: PhasePlan): readonly StepPlan[] =>
    phase.steps
      .filter(({ id }) => runs.has(id))
      .map((step) => ({
        ...step,
        id: previewId(step.id),
        name: `Preview: ${step.name}`,
        needs: named(step.needs),
        requires: named(step.requires),
        level: 'warn',
        inconclusive: 'warn',
      }));
  const proofs = head.phases.filter(({ kind }) => kind === 'verify');
  const own = plan.phases.map((phase): PhasePlan => {
    const twin = proofs.find(({ id }) => id === phase.id);
    return twin === undefined || phase.kind !== 'verify' ? phase : { ...phase, steps: [...phase.steps, ...previewsOf(twin)] };
  });
  const taken = new Set(plan.phases.filter(({ kind }) => kind === 'verify').map(({ id }) => id));
  const more = proofs
    .filter(({ id }) => !taken.has(id))
    .map((phase): PhasePlan => {
      const { onFailure: _, ...rest } = phase;
      return { ...rest, id: previewId(phase.id), steps: previewsOf(phase) };
    })
    .filter(({ steps }) => steps.length > 0);
  return {
    ...plan,
    inputs: { ...head.inputs, ...plan.inputs },
    plugins: { ...head.plugins, ...plan.plugins },
    phases: [...own, ...more],
  };
}
