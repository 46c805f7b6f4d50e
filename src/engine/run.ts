// `run` and `verify`: from a playbook to the end of its run. A resume goes on in resume.ts.
import { randomInt } from 'node:crypto';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../model/exit.ts';
import type { Plan } from '../model/plan.ts';
import { type Prepared, type PrepareRequest, prepare } from '../playbook/prepare.ts';
import { openRegistry } from '../registry/registry.ts';
import { version } from '../version.ts';
import type { Workspace } from '../workspace/contract.ts';
import { openRepository } from '../workspace/open.ts';
import { stateFolders } from '../workspace/state.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import { type Filler, fillersOf } from './actor.ts';
import { Ledger } from './budget.ts';
import { play } from './finish.ts';
import { Journal } from './journal.ts';
import { newRunId, openRunFolders } from './run-folders.ts';
import { openContext, openProvider } from './run-parts.ts';
import type { RunEnd, RunRequest } from './run-request.ts';
import { type LateSetUp, lateSetUp } from './set-up.ts';

const refused = (diagnostics: readonly Diagnostic[], sources: Prepared['sources'] = [], exitCode?: ExitCode): RunEnd => ({
  exitCode: exitCode ?? exitCodes.badPlaybook,
  diagnostics,
  sources,
});
const errorsOf = (list: readonly Diagnostic[]) => list.filter(({ severity }) => severity === 'error');

/** Plays a playbook. Everything that is wrong with it, the call or the repository is known before anything runs. */
export async function startRun(request: RunRequest): Promise<RunEnd> {
  const state = stateFolders({ env: request.env, ...(request.state === undefined ? {} : { state: request.state }) });
  // Which commit is base depends on whether the playbook acts; what counts is what base's own files say, read below.
  const ahead = await prepare(prepareRequest(request, state.plugins, request.repo, fromDisk(request.repo)));
  const acts = request.mode === 'run' && (ahead.plan?.phases.some(({ kind }) => kind === 'action') ?? false);
  const opened = await openRepository({
    folder: request.repo,
    stateHome: state.home,
    choice: {
      hasAction: acts,
      includeDirty: request.includeDirty,
      committed: request.committed,
      ...(request.base === undefined ? {} : { base: request.base }),
    },
  });
  if (!opened.ok) return refused([...opened.error, ...errorsOf(ahead.diagnostics)], ahead.sources);
  const { repository, base, candidate } = opened.value;
  const id = newRunId(new Date());
  const own = state.of(repository.id);
  const folders = await openRunFolders(path.join(own.runs, id), state.machine);
  const setUp = lateSetUp();
}
