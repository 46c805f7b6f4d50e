import path from 'node:path';
import { foldRun } from '../engine/state.ts';
import type { AskPerson } from '../model/approval.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { scopeFolder } from './call.ts';
import type { Io } from './io.ts';
import { namedRun, type ResumeCall, resume } from './resume.ts';
import { refuse } from './run.ts';
import { listRuns, readRun } from './runs.ts';
import { runsFolder } from './state-folder.ts';

export interface ApproveCall extends ResumeCall {
  readonly approved: boolean;
  /** Beginning of the hash of the tree that was looked at. */
  readonly tree?: string;
  readonly by?: string;
  readonly reason?: string;
}

/** `bexpert approve` and `bexpert reject`: answers a run that waits for a person, and goes on with it. */
export async function approve(typed: ApproveCall, io: Io): Promise<number> {
  const waiting = typed.run === 'latest' ? await waitingRuns(typed, io) : [];
  // The newest run may be another one, such as a verification in between.
  const call = waiting.length === 1 && waiting[0] !== undefined ? { ...typed, run: waiting[0] } : typed;
  const named = await namedRun(call, io);
  if (!named.ok) return named.error;
  const run = foldRun(named.value.records);
  const asked = [...(run?.asked.values() ?? [])].at(-1);
  if (run?.finished?.status !== 'waiting' || asked === undefined) {
    return await refuse([notWaiting(call, { reason: run?.finished?.reason, waiting })], [], call.reporter, io);
  }
  if (call.tree !== undefined && !asked.tree.startsWith(call.tree.toLowerCase())) {
    return await refuse([otherTree(call, { asked: asked.tree, run: run.started.run })], [], call.reporter, io);
  }
  const { approved, reason } = call;
  const by = call.by ?? io.env.GITHUB_ACTOR ?? io.env.GITLAB_USER_LOGIN ?? io.env.USER ?? io.env.LOGNAME ?? 'somebody';
  let answered = false;
  // One answer: what is asked after it, once a rejection was acted on, is another question.
  const ask: AskPerson = async ({ digest }) => {
    if (answered || digest !== asked.digest) return undefined;
    answered = true;
    return { digest, approved, by, ...(reason === undefined ? {} : { reason }) };
  };
  return resume(call, io, ask);
}

const verb = ({ approved }: ApproveCall): string => (approved ? 'approve' : 'reject');

/** Of the newest 50 runs of the repository. */
async function waitingRuns(call: ApproveCall, io: Io): Promise<readonly string[]> {
  const repo = await scopeFolder(call.repo, io.cwd);
  if (!repo.ok) return [];
  const folder = await runsFolder({ ...call, repo: repo.value }, io);
  const waiting: string[] = [];
  for (const name of (await listRuns(folder)).slice(0, 50)) {
    const records = await readRun(path.join(folder, name));
    if (records.ok && foldRun(records.value)?.finished?.status === 'waiting') waiting.push(name);
  }
  return waiting;
}

function notWaiting(
  call: ApproveCall,
  { reason, waiting }: { readonly reason: string | undefined; readonly waiting: readonly string[] },
): Diagnostic {
  const which = call.run === 'latest' ? 'the newest run' : `the run ${call.run}`;
  return {
    code: 'approve/not-waiting',
    severity: 'error',
    message: `There is nothing to ${verb(call)}: ${which} ${reason === undefined ? 'has not ended' : `has ended (${reason})`} and waits for nobody.`,
    hint:
      waiting.length === 0
        ? '`bexpert report` lists the runs; one that waits says so.'
        : `Name the one that is meant; these wait: ${waiting.map((name) => `\`${name}\``).join(', ')}.`,
  };
}

const otherTree = (call: ApproveCall, of: { readonly asked: string; readonly run: string }): Diagnostic => ({
  code: 'approve/other-tree',
  severity: 'error',
  message: `The run ${of.run} waits with the tree ${of.asked.slice(0, 12)}, and not with ${call.tree}.`,
  hint: `Look at it with \`bexpert report ${of.run}\`; then \`bexpert ${verb(call)} ${of.run} --tree ${of.asked.slice(0, 12)}\`.`,
});
