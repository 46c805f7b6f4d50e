// `resume`: everything that a run knows is a fold over its journal; it goes on where that ends.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../model/exit.ts';
import type { StepResult } from '../model/step-result.ts';
import { isResumable } from '../model/verdict.ts';
import { openRegistry } from '../registry/registry.ts';
import { version } from '../version.ts';
import { openRepository } from '../workspace/open.ts';
import { makeStateHome, stateFolders } from '../workspace/state.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import { Journal } from './journal.ts';
import { removeContainers, removeLeftovers, removeTemporary } from './leftovers.ts';
import { baseFiles } from './plan-files.ts';
import { playRun } from './play-run.ts';
import { lockRun, openRunFolders } from './run-folders.ts';
import { journalFile, readRunJournal } from './run-journal.ts';
import type { ResumeRequest, RunEnd } from './run-request.ts';
import { lateSetUp } from './set-up.ts';
import { foldRun, type RunState } from './state.ts';
import { shareState } from './state-use.ts';

const refused = (diagnostic: Diagnostic, exitCode: ExitCode = exitCodes.badPlaybook): RunEnd => ({
  exitCode,
  diagnostics: [diagnostic],
  sources: [],
});

/** Goes on with a run that was interrupted or killed. Its plan is the journal's; the files of the tree are not asked again. */
export async function resumeRun(request: ResumeRequest): Promise<RunEnd> {
  const state = stateFolders({ env: request.env, ...(request.state === undefined ? {} : { state: request.state }) });
  const unusable = await makeStateHome(state.home);
  if (unusable !== undefined) return refused(unusable, exitCodes.environment);
  await using _inUse = await shareState(state.machine, request.signal);
  await using lock = await lockRun(request.folder, request.signal);
  if (lock === undefined) {
    return refused({
      code: 'resume/running',
      severity: 'error',
      message: `The run ${request.run} is going on in another process.`,
      hint: 'Wait for it, or end that process first.',
    });
  }
  const records = await readRunJournal(request.folder, { repair: true });
  if (!records.ok) return refused(records.error, exitCodes.environment);
  const run = foldRun(records.value);
  const last = records.value.at(-1);
  if (run === undefined || last === undefined) throw new Error('unreachable: a journal that was read starts a run');
  const problem = notResumable(run);
  if (problem !== undefined) {
    return refused({
      code: 'resume/nothing',
      severity: 'error',
      message: `There is nothing to go on with in run ${request.run}: ${problem}.`,
      hint: `\`bexpert report ${request.run}\` shows it; \`bexpert run\` starts a new one.`,
    });
  }
  return goOn({ request, run, state, openJournal: () => Journal.open({ path: journalFile(request.folder), last }) });
}

/** A step that the environment stopped is what a resume is for. */
function triedAgain(result: StepResult): boolean {
  if (result.kind === 'failed') return true;
  return result.kind === 'action' && ['infrastructure', 'truncated', 'refused'].includes(result.outcome);
}

/** Why a run is over for good, if it is. */
function notResumable(run: RunState): string | undefined {
  const { finished } = run;
  if (finished === undefined) return undefined;
  return isResumable(finished.status) ? undefined : `it has ended (${finished.status}: ${finished.reason})`;
}

async function goOn(options: {
  readonly request: ResumeRequest;
  readonly run: RunState;
  readonly state: ReturnType<typeof stateFolders>;
  readonly openJournal: () => Promise<Journal>;
}): Promise<RunEnd> {
  const { request, run, state } = options;
  const { started } = run;
  const scopeFolder = path.join(started.repository, started.scope);
  const opened = await openRepository({
    folder: scopeFolder,
    stateHome: state.home,
    env: request.env,
    choice: { hasAction: true, includeDirty: false, committed: true },
  });
  if (!opened.ok) return { exitCode: exitCodes.badPlaybook, diagnostics: opened.error, sources: [] };
  const { repository } = opened.value;
  const own = state.of(repository.id);
  await removeTemporary(request.run);
  // What cannot be removed is in nobody's way; its note stays.
  await removeContainers(request.folder, request.env).catch(() => undefined);
  const folders = await openRunFolders(request.folder, state.machine);
  const setUp = lateSetUp();
  await using workspace = await openWorkspace({
    repository,
    base: started.base,
    ...(started.candidate === undefined ? {} : { candidate: started.candidate }),
    gitFolder: own.git,
    runFolder: request.folder,
    setUp: setUp.setUp,
    env: request.env,
  });
  const files = baseFiles({ workspace, disk: scopeFolder });
  const ended = await playRun({
    id: started.run,
    mode: started.mode,
    plan: started.plan,
    workspace,
    folders,
    store: state.store,
    stateFolder: state.home,
    setUp,
    registry: openRegistry({
      pluginFolder: files.pluginFolder,
      packages: { folder: scopeFolder, readScope: files.readScope },
      cacheFolder: state.plugins,
    }),
    openJournal: options.openJournal,
    progress: {
      results: new Map([...run.results].filter(([, result]) => !triedAgain(result))),
      traces: new Map(run.traces),
      checkpoints: new Map(run.checkpoints),
      onBase: new Map(run.onBase),
      attempts: [...run.attempts],
      asked: new Map([...run.asked].map(([key, { digest }]) => [key, digest])),
      retries: new Set(run.retries.map(({ attempt }) => attempt)),
      ledger: run.ledger,
      acted: new Map(run.acted),
    },
    seed: started.seed,
    aliveMs: run.aliveMs,
    surroundings: request,
    opening: () => ({ type: 'run-resumed', bexpert: version }),
    initial: started.candidate ?? started.base,
    delivered: run.delivered !== undefined,
  });
  await removeLeftovers(own.runs, request.env);
  if (ended.ok) return { exitCode: ended.value, diagnostics: [], sources: [] };
  return { ...ended.error, sources: [] };
}
