// A phase of kind `approve`: a gate whose judge is a person. What is approved is one tree with what the gates said of it.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApprovalAnswer, ApprovalQuestion } from '../model/approval.ts';
import type { StepRef } from '../model/event.ts';
import type { StepResult } from '../model/step-result.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Finding } from '../plugin-api.ts';
import type { RunContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { safe } from './scratch.ts';
import { keyOf } from './state.ts';

/** Nobody answered: the run ends here and goes on with `bexpert approve` or `bexpert reject`. */
export class WaitsForPerson extends Error {
  readonly question: ApprovalQuestion;
  constructor(question: ApprovalQuestion) {
    super(`the phase ${question.phase} waits for a person`);
    this.question = question;
  }
}

const patchLimit = 16 * 1024 * 1024;

/** Asks, and gives the answer as the result of a gate. Throws `WaitsForPerson` when there is none. */
export async function askPerson(options: {
  readonly context: RunContext;
  readonly ref: StepRef;
  readonly tree: string;
  readonly gates: Readonly<Record<string, Verdict>>;
}): Promise<StepResult> {
  const { context, ref } = options;
  const question = await questionOf(options);
  const asked = context.progress.asked;
  if (asked.get(keyOf(ref)) !== question.digest) {
    const { run: _, ...shown } = question;
    await context.record({ type: 'approval-asked', ...ref, ...shown });
    asked.set(keyOf(ref), question.digest);
  }
  const answer = await context.ask?.(question);
  context.signal.throwIfAborted();
  // An answer to what was shown before is no answer to what is there now.
  if (answer === undefined || answer.digest !== question.digest) throw new WaitsForPerson(question);
  return resultOf(question, answer);
}

async function questionOf(options: Parameters<typeof askPerson>[0]): Promise<ApprovalQuestion> {
  const { context, ref, tree } = options;
  const { workspace, folders } = context;
  const gates = Object.fromEntries(Object.entries(options.gates).sort(([a], [b]) => (a < b ? -1 : 1)));
  const patch = path.join(folders.artifacts, `${ref.attempt}-${safe(ref.phase)}.patch`);
  await writeFile(patch, context.mask(await workspace.diff(workspace.base.tree, tree, patchLimit)));
  return {
    run: context.id,
    phase: ref.phase,
    attempt: ref.attempt,
    tree,
    gates,
    changed: (await workspace.changed(workspace.base.tree, tree)).length,
    patch,
    digest: createHash('sha256')
      .update(JSON.stringify([tree, gates]))
      .digest('hex'),
  };
}

function resultOf(question: ApprovalQuestion, answer: ApprovalAnswer): StepResult {
  const { approved, by, reason } = answer;
  const rejection: Finding = {
    code: 'approve/rejected',
    severity: 'error',
    subject: question.phase,
    message: reason ?? `${by} rejected the result and gave no reason.`,
  };
  return {
    kind: 'gate',
    verdict: approved ? 'pass' : 'fail',
    reason: `${approved ? 'approved' : 'rejected'} by ${by}`,
    outputs: { approved, by, tree: question.tree, digest: question.digest, ...(reason === undefined ? {} : { reason }) },
    examined: { unit: 'decisions', count: 1, min: 1 },
    findings: approved ? [] : [{ ...rejection, fingerprint: fingerprint(rejection), standing: 'counts' }],
    measurements: [],
    artifacts: [],
    evidence: 'examined',
  };
}
