// `run` and `verify`: from a playbook to the end of its run. A resume goes on in resume.ts.
import { randomInt } from 'node:crypto';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import type { Plan } from '../model/plan.ts';
import { type Prepared, prepare } from '../playbook/prepare.ts';
import { openRegistry } from '../registry/registry.ts';
import { version } from '../version.ts';
import { readFetched } from '../workspace/fetched-file.ts';
import { exists, removeAll } from '../workspace/files.ts';
import { openRepository } from '../workspace/open.ts';
import { makeStateHome, stateFolders } from '../workspace/state.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import { asInBase } from './as-in-base.ts';
import { noProgress } from './context.ts';
import { Journal } from './journal.ts';
import { removeLeftovers } from './leftovers.ts';
import { baseFiles, diskFiles, type PlanFiles } from './plan-files.ts';
import { playRun } from './play-run.ts';
import { withPreview } from './preview.ts';
import { lockRun, newRunId, openRunFolders } from './run-folders.ts';
import { journalFile } from './run-journal.ts';
import type { RunEnd, RunRequest } from './run-request.ts';
import { lateSetUp } from './set-up.ts';
import { shareState } from './state-use.ts';

/** Git is missing or too old: the call is right, and so is the repository. */
const isOfMachine = ({ code }: Diagnostic): boolean => code === 'repository/no-git' || code === 'repository/git-too-old';
/** The folder is another one than was meant: what it lacks is no mistake of the playbook. */
const isNoRepository = ({ code }: Diagnostic): boolean => code === 'repository/none' || code === 'repository/bare';
const ofFile = ({ code }: Diagnostic): boolean => /^(?:yaml\/|playbook\/(?:not-found|unreadable)$)/.test(code);
const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** Plays a playbook. Everything that is wrong with it, the call or the repository is known before anything runs. */
export async function startRun(request: RunRequest): Promise<RunEnd> {
  const state = stateFolders({ env: request.env, ...(request.state === undefined ? {} : { state: request.state }) });
  // Which commit is base depends on whether the playbook acts; what counts is what base's own files say, read below.
  const ahead = await prepared(request, state.plugins, diskFiles(request.repo));
  const unusable = await makeStateHome(state.home);
  if (unusable !== undefined) return { exitCode: exitCodes.environment, diagnostics: [unusable], sources: [] };
  await using _inUse = await shareState(state.machine, request.signal);
  const opened = await openRepository({
    folder: request.repo,
    stateHome: state.home,
    env: request.env,
    choice: {
      hasAction: request.mode === 'run' && acts(ahead.plan),
      includeDirty: request.includeDirty,
      committed: request.committed,
      ...(request.base === undefined ? {} : { base: request.base }),
    },
  });
  if (!opened.ok) {
    const diagnostics = [
      ...opened.error,
      ...ahead.diagnostics.filter(isError).filter(opened.error.some(isNoRepository) ? ofFile : () => true),
    ];
    const exitCode = opened.error.some(isOfMachine) ? exitCodes.environment : exitCodes.badPlaybook;
    return { exitCode, diagnostics, sources: ahead.sources };
  }
  const { repository, base, candidate } = opened.value;
  const id = newRunId(new Date());
  const own = state.of(repository.id);
  const setUp = lateSetUp();
  await using workspace = await openWorkspace({
    repository,
    base,
    ...(candidate === undefined ? {} : { candidate }),
    gitFolder: own.git,
    runFolder: path.join(own.runs, id),
    setUp: setUp.setUp,
    env: request.env,
  });
  const files = baseFiles({ workspace, disk: request.repo });
  const { plan: judging, diagnostics, sources } = await prepared(request, state.plugins, files);
  if (judging === undefined) return { exitCode: exitCodes.badPlaybook, diagnostics, sources };
  const changed = request.mode === 'verify' && files.differs();
  const { plan, notes } = changed ? withPreview(judging, ahead.plan) : { plan: judging, notes: [] };

  await request.warn?.(diagnostics, sources);
  const kept = await asInBase({ workspace, plan, candidate });
  const folders = await openRunFolders(path.join(own.runs, id), state.machine);
  await using _begun = {
    // What did not begin leaves nothing, also where it was interrupted before.
    [Symbol.asyncDispose]: async () => {
      if (!(await exists(journalFile(folders.run)))) await removeAll(folders.run);
    },
  };
  // Held to the end, so that a resume knows that this run is going on.
  await using _lock = await lockRun(folders.run, request.signal);
  const seed = randomInt(2 ** 31);
  const started = await playRun({
    id,
    mode: request.mode,
    plan,
    workspace,
    folders,
    store: state.store,
    stateFolder: state.home,
    setUp,
    registry: openRegistry({
      pluginFolder: files.pluginFolder,
      packages: { folder: request.repo, readScope: files.readScope },
      cacheFolder: state.plugins,
    }),
    openJournal: () => Journal.open({ path: path.join(folders.run, 'events.jsonl') }),
    progress: noProgress(),
    seed,
    aliveMs: 0,
    surroundings: request,
    opening: (facts) => ({
      type: 'run-started',
      run: id,
      format: 1,
      bexpert: version,
      mode: request.mode,
      plan,
      repository: repository.root,
      scope: repository.scope,
      base,
      ...(candidate === undefined ? {} : { candidate }),
      seed,
      ...facts,
      notes: [...repository.warnings.map(({ message }) => message), ...files.notes(), ...notes, ...kept],
      partial: false,
    }),
    initial: candidate ?? base,
    delivered: false,
  });
  await removeLeftovers(own.runs, request.env);
  if (started.ok) return { exitCode: started.value, diagnostics: [], sources };
  return { exitCode: started.error.exitCode, diagnostics: started.error.diagnostics, sources };
}

const acts = (plan: Plan | undefined): boolean => plan?.phases.some(({ kind }) => kind === 'action') ?? false;

function prepared(request: RunRequest, cacheFolder: string, files: PlanFiles): Promise<Prepared> {
  return prepare({
    playbook: request.playbook,
    cwd: request.cwd,
    scopeFolder: request.repo,
    mode: request.mode,
    readScope: files.readScope,
    readPlaybook: files.readPlaybook,
    pluginFolder: files.pluginFolder,
    cacheFolder,
    readGit: (address) => readFetched(address, { folder: path.join(path.dirname(cacheFolder), 'playbooks'), env: request.env }),
    inputs: request.inputs,
    ...(request.inputsFile === undefined ? {} : { inputsFile: request.inputsFile }),
    env: request.env,
    overrides: {
      ...(request.model === undefined ? {} : { model: request.model }),
      ...(request.sandbox === undefined ? {} : { sandbox: request.sandbox }),
    },
  });
}
