import picomatch from 'picomatch';
import type { StepRef } from '../model/event.ts';
import type { PhasePlan, StepPlan } from '../model/plan.ts';
import { fail, succeed } from '../model/result.ts';
import type { StepResult } from '../model/step-result.ts';
import type { Artifact, Finding, GateManifest, GateResult } from '../plugin-api.ts';
import type { TreeFolder } from '../workspace/contract.ts';
import type { Candidate, RunContext } from './context.ts';
import { withinTime } from './deadline.ts';
import { asFailure, type Failed } from './failure.ts';
import { looking, startsCommands } from './integrity.ts';
import { maskedValue } from './masked.ts';
import { missingTests } from './missing-tests.ts';
import { withRetries } from './retry.ts';
import type { GateBody } from './step-body.ts';
import { fromScope } from './step-view.ts';
import { type BaseLook, judge, needsBase } from './verdict.ts';
import { isOneOfSeveral, waiverUse } from './waiver.ts';

type GateStepResult = Extract<StepResult, { readonly kind: 'gate' }>;
type Looked =
  | { readonly ok: true; readonly result: Awaited<ReturnType<GateBody['run']>> }
  | { readonly ok: false; readonly failure: Failed; readonly artifacts: readonly Artifact[] };

/** One gate on the candidate, on base where that can change the verdict, and what both mean. */
export async function runGate(options: {
  readonly context: RunContext;
  readonly phase: PhasePlan;
  readonly step: StepPlan;
  readonly ref: StepRef;
  readonly body: GateBody;
  readonly candidate: Candidate;
}): Promise<GateStepResult> {
  const { context, step, ref, body, candidate } = options;
  const { manifest } = body;
  const same = candidate.snapshot.tree === context.workspace.base.tree;
  const first = await look(options, candidate.folder, 'candidate');

  const lookAtBase = async (): Promise<BaseLook> => {
    if (same) return { kind: 'same' };
    const known = context.progress.onBase.get(step.id);
    if (known !== undefined) return { kind: 'found', findings: known, examinedEnough: true };
    if (!manifest.runsOnBase) return { kind: 'missing', reason: 'this gate does not run on base' };
    const tree = await context.workspace.baseTree().then(succeed, (error: unknown) => fail(asFailure(error)));
    context.signal.throwIfAborted();
    if (!tree.ok) return { kind: 'missing', reason: tree.error.message };
    const base = await look(options, tree.value, 'base');
    if (!base.ok) {
      await context.record({ type: 'base-finished', ...ref, findings: [], failure: base.failure });
      return { kind: 'missing', reason: base.failure.message };
    }
    const examinedEnough = base.result.examined.count >= Math.max(1, base.result.examined.min);
    if (examinedEnough) {
      context.progress.onBase.set(step.id, base.result.findings);
      await context.record({ type: 'base-finished', ...ref, findings: base.result.findings });
    }
    return { kind: 'found', findings: base.result.findings, examinedEnough };
  };

  if (!first.ok)
    return { ...broken({ ...first, manifest, step, context, base: await lookAtBase() }), artifacts: first.artifacts };
  const { tests } = first.result;
  const base =
    (tests !== undefined && !same) || needsBase(first.result, manifest, step)
      ? await lookAtBase()
      : same
        ? ({ kind: 'same' } as const)
        : ({ kind: 'not-needed' } as const);
  const missing =
    tests === undefined || base.kind !== 'found' ? [] : missingTests({ step: step.id, onBase: base.findings, names: tests });
  const result = { ...first.result, findings: [...first.result.findings, ...missing] };
  const judgement = judge({ result, manifest, step, base, today: context.clock.date() });
  return {
    kind: 'gate',
    ...judgement,
    outputs: (first.result.outputs ?? {}) as GateStepResult['outputs'],
    examined: first.result.examined,
    measurements: first.result.measurements ?? [],
    artifacts: first.result.artifacts ?? [],
    ...waiverUse(judgement.findings, step.waive, { today: context.clock.date(), shared: isOneOfSeveral(step, context.plan) }),
    evidence: first.result.evidence ?? body.evidence,
  };
}

/** Without the new files that the step says its command makes. */
async function undeclared(
  touched: readonly string[],
  where: { readonly step: StepPlan; readonly tree: TreeFolder; readonly scope: string },
): Promise<readonly string[]> {
  const { step, tree, scope } = where;
  const globs = [...(step.findings === undefined ? [] : [step.findings.from]), ...(step.artifacts ?? [])];
  if (touched.length === 0 || globs.length === 0) return touched;
  const made = picomatch(
    globs.filter((glob) => !glob.startsWith('!')),
    { dot: true },
  );
  const before = await tree.manifest();
  return touched.filter((file) => before.has(file) || !made(fromScope(file, scope)));
}

/** The same, tried again as often as the playbook says while the gate's means fail it. */
function look(...args: Parameters<typeof lookOnce>): Promise<Looked> {
  return withRetries(
    args[0],
    () => lookOnce(...args),
    (looked) => (looked.ok ? undefined : looked.failure),
  );
}

/** Runs the gate once, in its own copy of a tree where it starts commands; what it touched there is an error of the gate. */
async function lookOnce(
  options: { readonly context: RunContext; readonly step: StepPlan; readonly ref: StepRef; readonly body: GateBody },
  tree: TreeFolder,
  as: 'candidate' | 'base',
): Promise<Looked> {
  const { body, step, context } = options;
  const artifacts = new Map<string, Artifact>();
  const onArtifact = (artifact: Artifact): void => {
    artifacts.set(artifact.path, artifact);
  };
  const failed = (failure: Failed): Looked => ({ ok: false, failure, artifacts: [...artifacts.values()] });
  try {
    const own = startsCommands(context.plan, step);
    const { value, touched: all } = await looking({ tree, own }, async (candidate) => {
      // A look at base, and a command, see one tree only: no second copy is made for them.
      const one = as === 'base' || body.trees === 'one';
      const shared = one ? candidate : await context.workspace.baseTree();
      await using copy = one || !own ? undefined : await shared.copy();
      return await withinTime({ milliseconds: step.timeoutMs, signal: context.signal }, (signal) =>
        body.run({ ...options, candidate, base: copy ?? shared, as, signal, onArtifact }),
      );
    });
    const touched = await undeclared(all, { step, tree, scope: context.workspace.repository.scope });
    // As the journal keeps it: after a resume a finding of base must still be the one that the candidate has.
    if (touched.length === 0) return { ok: true, result: { ...value, findings: maskedValue(value.findings, context.mask) } };
    return failed({
      code: 'step/touched-tree',
      message: `Only action steps change the tree; this gate touched ${touched.slice(0, 10).join(', ')}.`,
      hint: 'Let it write to a folder that git ignores, or outside the tree.',
    });
  } catch (error) {
    context.signal.throwIfAborted();
    return failed(asFailure(error));
  }
}

const empty = {
  kind: 'gate',
  outputs: {},
  examined: { unit: 'nothing', count: 0, min: 1 },
  measurements: [],
  artifacts: [],
  evidence: 'examined',
} as const;

/** A gate whose means are broken, whatever the tree holds. */
export function invalidGate(failure: Failed): GateStepResult {
  return { ...empty, verdict: 'invalid', reason: `${failure.code}: ${failure.message}`, failure, findings: [] };
}

/** A gate that did not get to look. */
export const undecidedGate = (failure: Failed): GateStepResult => ({
  ...empty,
  verdict: 'inconclusive',
  reason: failure.message,
  findings: [],
});

/** The candidate's tree could not be made, its set-up failed say. Where base's can be made, that is a fault of the work. */
export async function treeless(options: {
  readonly context: RunContext;
  readonly step: StepPlan;
  readonly body: GateBody;
  readonly failure: Failed;
}): Promise<GateStepResult> {
  const { context, step, body, failure } = options;
  const base: BaseLook = await context.workspace.baseTree().then(
    () => ({ kind: 'found', findings: [], examinedEnough: true }),
    (error: unknown) => ({ kind: 'missing', reason: asFailure(error).message }),
  );
  return broken({ failure, manifest: body.manifest, step, context, base });
}

/** A full disk, a missing sandbox or a `cache-key` that names too little says nothing about the work, also where base's turn went well. */
const ofMachine = /^(?:(?:git|sandbox|state|system|journal)\/|setup\/stale-copy$)/;

/** Its means were broken. Where base is fine the candidate broke them, and that is a fault of the work. */
function broken(options: {
  readonly failure: Failed;
  readonly manifest: GateManifest;
  readonly step: StepPlan;
  readonly context: RunContext;
  readonly base: BaseLook;
}): GateStepResult {
  const { failure, manifest, step, base } = options;
  if (base.kind !== 'found' || !base.examinedEnough || ofMachine.test(failure.code)) return invalidGate(failure);
  const finding: Finding = {
    code: `${manifest.name}/nothing-examined`,
    severity: 'error',
    subject: failure.code,
    message: `The gate could not examine the candidate, and it can examine base: ${failure.message}`,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  };
  const nothing: GateResult = { outputs: {}, examined: { unit: 'looks', count: 1, min: 1 }, findings: [finding] };
  const judgement = judge({
    result: nothing,
    manifest,
    // Nothing examined is never green: no waiver covers it.
    step: { ...step, report: 'all', waive: [] },
    base,
    today: options.context.clock.date(),
  });
  return { ...empty, ...judgement, reason: failure.code };
}
