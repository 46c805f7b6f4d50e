import { nearest } from '../diagnostics/nearest.ts';
import { referencesOf } from '../expression/references.ts';
import type { PhasePlan, Plan, StepPlan } from '../model/plan.ts';
import { asksCandidate } from './candidate-made.ts';
import type { Complaints } from './complaints.ts';
import type { PhaseDraft } from './drafts.ts';
import type { Plugins } from './plugins.ts';
import { cyclesOf } from './services.ts';
import { readStep, type StepTools } from './steps.ts';
import { field, type MapNode, type Node, numberOf, placeOf, textOf } from './tree.ts';

export async function readPhases(drafts: readonly PhaseDraft[], tools: StepTools): Promise<readonly PhasePlan[]> {
  const plans: PhasePlan[] = [];
  for (const draft of drafts) {
    const { node, kind, id } = draft;
    const { expressions, scopes, complaints } = tools;
    expressions.acting = kind === 'action';
    const condition = await expressions.condition(field(node, 'if'), scopes.phase(draft.index));
    expressions.acting = false;
    const steps: StepPlan[] = [];
    for (const step of draft.steps) steps.push(await readStep(step, tools));
    if (kind === 'approve') steps.push(approvalStep(draft));
    checkPhaseKeys(draft, complaints);
    checkStepCycles(draft, steps, complaints);
    const parallel = numberOf(field(node, 'parallel'));
    const onFailure = readOnFailure(draft, drafts, complaints);
    plans.push({
      id,
      kind,
      place: placeOf(node, 'key'),
      steps,
      ...(parallel === undefined ? {} : { parallel }),
      ...(condition === undefined ? {} : { if: condition.expression }),
      ...(asksCandidate(condition?.references ?? [], tools.steps) ? { ifOfCandidate: true } : {}),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    await checkReachable({ draft, steps, tools, never: await expressions.neverTrue(condition) });
  }
  return plans;
}

/** The decision of a person as the one step of its phase. */
const approvalStep = ({ id, node }: PhaseDraft): StepPlan => ({
  id,
  name: id,
  place: placeOf(node, 'key'),
  body: { kind: 'approval' },
  needs: [],
  requires: [],
  env: {},
  services: [],
  timeoutMs: 0,
  exclusive: false,
  level: 'block',
  inconclusive: 'block',
  waive: [],
});

/** The steps of `finally`. */
export async function readFinally(draft: PhaseDraft | undefined, tools: StepTools): Promise<Pick<Plan, 'finally'>> {
  if (draft === undefined) return {};
  const steps: StepPlan[] = [];
  for (const step of draft.steps) steps.push(await readStep(step, tools));
  checkStepCycles(draft, steps, tools.complaints);
  return { finally: steps };
}

function checkPhaseKeys({ node, kind }: PhaseDraft, complaints: Complaints): void {
  const parallel = field(node, 'parallel');
  if (kind === 'action' && parallel !== undefined && numberOf(parallel) !== 1) {
    complaints.at(
      'phase/key-kind',
      { key: 'parallel', kind, allowed: 'Its steps run one after the other, always.' },
      parallel,
      'key',
    );
  }
  const onFailure = field(node, 'on-failure');
  if (kind !== 'verify' && kind !== 'approve' && onFailure !== undefined) {
    complaints.at(
      'phase/key-kind',
      { key: 'on-failure', kind, allowed: 'Only gates and people say no: it belongs to a verify or approve phase.' },
      onFailure,
      'key',
    );
  }
}

function readOnFailure(draft: PhaseDraft, drafts: readonly PhaseDraft[], complaints: Complaints): PhasePlan['onFailure'] {
  const node = field(draft.node, 'on-failure');
  const fromNode = field(node, 'retry-from');
  const from = textOf(fromNode);
  if (node === undefined || fromNode === undefined || from === undefined || (draft.kind !== 'verify' && draft.kind !== 'approve'))
    return undefined;
  const known = drafts.filter(({ kind, index }) => kind === 'action' && index < draft.index).map(({ id }) => id);
  if (!known.includes(from)) {
    const near = nearest(from, known);
    complaints.at(
      'phase/retry-from',
      { from, phase: draft.id, known, ...(near === undefined ? {} : { near }) },
      fromNode,
      'value',
    );
  }
  return { retryFrom: from, attempts: numberOf(field(node, 'attempts')) ?? 1 };
}

function checkStepCycles(draft: PhaseDraft, steps: readonly StepPlan[], complaints: Complaints): void {
  const ids = new Set(steps.map(({ id }) => id));
  const edges = new Map(steps.map(({ id, needs }) => [id, needs.filter((need) => ids.has(need))]));
  for (const cycle of cyclesOf(edges)) {
    const node = draft.steps.find(({ id }) => id === cycle[0])?.node;
    if (node !== undefined)
      complaints.at(
        'step/cycle',
        { ids: [...cycle, cycle[0] ?? ''] },
        field(node, 'needs') ?? node,
        field(node, 'needs') === undefined ? 'head' : 'key',
      );
  }
}

/** A condition that is always false, and steps that need such a step. */
async function checkReachable(options: {
  readonly draft: PhaseDraft;
  readonly steps: readonly StepPlan[];
  readonly tools: StepTools;
  readonly never: boolean;
}): Promise<void> {
  const { draft, steps, tools } = options;
  const { complaints, expressions } = tools;
  const condition = field(draft.node, 'if');
  if (options.never && condition !== undefined) {
    complaints.at(
      'step/never-runs',
      { what: `The phase \`${draft.id}\``, why: 'its condition is always false' },
      condition,
      'value',
    );
  }
  for (const step of steps) {
    const written = draft.steps.find(({ id }) => id === step.id)?.node;
    const own = written === undefined ? undefined : field(written, 'if');
    if (own === undefined || step.if === undefined) continue;
    if (await expressions.neverTrue({ expression: step.if, references: referencesOf(step.if.text) })) {
      complaints.at('step/never-runs', { what: `The step \`${step.id}\``, why: 'its condition is always false' }, own, 'value');
    }
  }
}

/** The cycle is not a matter of discipline: context before, verification after. */
export async function checkCycle(options: {
  readonly drafts: readonly PhaseDraft[];
  readonly root: MapNode;
  readonly plugins: Plugins;
  readonly complaints: Complaints;
}): Promise<void> {
  const { drafts, plugins, complaints } = options;
  const key = (node: Node) => [node, 'key'] as const;
  const verifies = drafts.filter(({ kind }) => kind === 'verify');
  for (const action of drafts.filter(({ kind }) => kind === 'action')) {
    const later = verifies.filter(({ index }) => index > action.index);
    if (!drafts.some(({ kind, index }) => kind === 'context' && index < action.index)) {
      complaints.at('phase/no-context', { phase: action.id }, ...key(action.node));
    }
    if (later.length === 0) complaints.at('phase/no-verify', { phase: action.id }, ...key(action.node));
    else if (
      !later
        .flatMap(({ steps }) => steps)
        .some(
          ({ plugin, uses, node }) =>
            (uses !== undefined && plugin === undefined) ||
            // What their reports hold are tests.
            ['junit', 'tap'].some((format) => field(field(node, 'findings'), format) !== undefined) ||
            (plugin?.manifest.kind === 'gate' && plugin.manifest.runsTests === true),
        )
    ) {
      const gates = await plugins.testGates();
      if (gates.length > 0) complaints.at('phase/no-tests', { phase: action.id, gates }, ...key(later[0]?.node ?? action.node));
    }
  }
  for (const { id, index, kind, node } of drafts) {
    if (kind !== 'approve') continue;
    const action = drafts.findLast((other) => other.kind === 'action' && other.index < index);
    const verified = verifies.some((other) => other.index < index && other.index > (action?.index ?? index));
    if (action === undefined) complaints.at('phase/approve-early', { phase: id, before: 'action' }, ...key(node));
    else if (!verified) complaints.at('phase/approve-early', { phase: id, before: 'verify', action: action.id }, ...key(node));
    const later = drafts.findLast((other) => other.kind === 'action' && other.index > index);
    // A person who is asked only at times does not stand in for one who is always asked.
    const again = drafts.some(
      (other) =>
        other.kind === 'approve' &&
        other.index > (later?.index ?? index) &&
        [undefined, textOf(field(node, 'if'))].includes(textOf(field(other.node, 'if'))),
    );
    if (later !== undefined && !again) complaints.at('phase/unapproved', { phase: later.id, approve: id }, ...key(later.node));
  }
  const phases = field(options.root, 'phases');
  if (phases !== undefined && drafts.length > 0 && drafts.every(({ kind }) => kind === 'context')) {
    complaints.at('phase/nothing-to-prove', {}, phases, 'key');
  }
}
