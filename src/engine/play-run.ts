// What a run and its resume do alike once they know their plan: open the powers, write the journal, play, close everything.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { readSecret } from '../host/secret-source.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalEvent } from '../model/event.ts';
import { type ExitCode, exitCodes } from '../model/exit.ts';
import type { Plan, SecretSource } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { RunBug } from '../model/run-bug.ts';
import { systemFault } from '../model/system-fault.ts';
import { isResumable } from '../model/verdict.ts';
import { isPluginError } from '../plugin-api.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot, Workspace } from '../workspace/contract.ts';
import { type Filler, fillersOf } from './actor.ts';
import type { Progress, RunFolders } from './context.ts';
import { play } from './finish.ts';
import type { Journal } from './journal.ts';
import { maskError } from './masked.ts';
import { openContext, openProvider } from './run-parts.ts';
import type { RunSurroundings } from './run-request.ts';
import { readSecrets } from './secrets.ts';
import { ServiceTemplates } from './services/templates.ts';
import type { LateSetUp } from './set-up.ts';

export interface RunParts {
  readonly id: string;
  readonly mode: 'run' | 'verify';
  readonly plan: Plan;
  readonly workspace: Workspace;
  readonly folders: RunFolders;
  /** Folder of set-up outputs that all runs share. */
  readonly store: string;
  readonly stateFolder: string;
  readonly setUp: LateSetUp;
  readonly registry: Registry;
  /** Opened last: a run that cannot start leaves no journal. */
  readonly openJournal: () => Promise<Journal>;
  readonly progress: Progress;
  readonly seed: number;
  /** Milliseconds that the run was alive before a resume. */
  readonly aliveMs: number;
  readonly surroundings: RunSurroundings;
  /** The first record of this process. */
  readonly opening: (facts: { readonly actor?: string; readonly sandbox: string }) => JournalEvent;
  readonly initial: Snapshot;
  readonly delivered: boolean;
}

/** Why a run cannot start although its playbook is right. */
export interface CannotStart {
  readonly exitCode: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
}

export async function playRun(parts: RunParts): Promise<Result<ExitCode, CannotStart>> {
  const { plan, surroundings, folders } = parts;
  const provider = await openProvider({ plan, mode: parts.mode, surroundings, stateFolder: parts.stateFolder });
  if (!provider.ok) return fail({ exitCode: exitCodes.environment, diagnostics: provider.error });
  await using opened = provider.value;
  const fillers = await whoActs(parts);
  if (!fillers.ok) return fail({ exitCode: exitCodes.environment, diagnostics: fillers.error });
  const { env, repo: folder, signal } = surroundings;
  const read = (source: SecretSource) => readSecret(source, { env, folder, signal });
  const secrets = await readSecrets({ plan, mode: parts.mode, read });
  if (!secrets.ok) return fail({ exitCode: exitCodes.environment, diagnostics: secrets.error });

  await using journal = await parts.openJournal();
  await using templates = new ServiceTemplates();
  const context = openContext({ ...parts, provider: opened, journal, templates, secrets: secrets.value });
  parts.setUp.bind(context, parts.store);
  const words = [...new Set([...fillers.value.values()].map((filler) => filler.words))].join('; ');
  await context.record(parts.opening({ sandbox: opened.name, ...(words === '' ? {} : { actor: words }) }));
  try {
    const { initial, delivered } = parts;
    const { status, exitCode } = await play({ context, fillers: fillers.value, initial, delivered, partial: false });
    // A resume finds the work tree as it was left.
    if (!isResumable(status)) await rm(path.join(folders.run, 'trees'), { recursive: true, force: true });
    return succeed(exitCode);
  } catch (error) {
    maskError(error, context.mask);
    if (isPluginError(error) || systemFault(error) !== undefined) throw error;
    throw new RunBug(error, path.join(folders.run, 'events.jsonl'));
  } finally {
    await rm(folders.scratch, { recursive: true, force: true });
  }
}

async function whoActs(parts: RunParts): Promise<Result<ReadonlyMap<string, Filler>, readonly Diagnostic[]>> {
  if (parts.mode === 'verify') return succeed(new Map());
  const { workspace, plan, surroundings } = parts;
  const scope = workspace.repository.scope;
  return fillersOf({
    plan,
    env: surroundings.env,
    readScript: async (file) => {
      const bytes = await workspace.readBase(scope === '' ? file : `${scope}/${file}`);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
    },
  });
}
