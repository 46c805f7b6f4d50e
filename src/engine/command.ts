// The command of a `run:` or `argv:` step.
import path from 'node:path';
import { shellArgv } from '../host/shell.ts';
import type { StepPlan } from '../model/plan.ts';
import {
  type Artifact,
  type ExecResult,
  type GateManifest,
  type Host,
  type Json,
  pluginError,
  type ServiceInstance,
} from '../plugin-api.ts';
import { keepArtifacts } from './command-files.ts';
import { readOutputs } from './command-outputs.ts';
import type { Setting } from './step-body.ts';
import { type OpenedHost, openHost } from './step-host.ts';

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
export const commandManifest = {
  kind: 'gate',
  name: 'run',
  api: 1,
  summary: 'A command whose exit code is the verdict.',
  inputs: nothing,
  outputs: nothing,
  powers: ['exec'],
  runsOnBase: false,
  findings: { 'run/exit-code': { means: 'The command ended with another exit code than 0.', baseline: 'absolute' } },
} as const satisfies GateManifest;

/** A command that came to its end, while its scratch folder is still there. */
export interface Ran {
  readonly result: ExecResult;
  readonly host: Host<typeof commandManifest>;
  readonly outputs: { readonly [name: string]: Json };
  readonly artifacts: readonly Artifact[];
}

function argvOf(step: StepPlan): readonly [string, ...string[]] {
  if (step.body.kind === 'shell') return shellArgv(step.body.command);
  const [file, ...args] = step.body.kind === 'argv' ? step.body.argv : [];
  if (file === undefined) throw new Error(`step ${step.id} has no command`);
  return [file, ...args];
}

export async function startAll({ step }: Setting, opened: OpenedHost): Promise<readonly ServiceInstance[]> {
  const instances: ServiceInstance[] = [];
  for (const name of step.services) instances.push(await opened.services.start(name));
  return instances;
}

const outputFile = 'output';

/** The folder of the scope in the tree that a command of the setting works in. */
export const scopeFolder = ({ candidate, context }: Setting): string =>
  path.join(candidate.root, context.workspace.repository.scope);

/** Runs the command in the tree of its setting, then `work` on what it left. Its artifacts are kept however it ends. */
export async function withCommand<T>(
  setting: Setting,
  options: { readonly keepBytes?: number },
  work: (ran: Ran) => Promise<T>,
): Promise<T> {
  const { step } = setting;
  const aside = setting.as === 'base' && step.findings !== undefined;
  await using opened = await openHost(setting, commandManifest);
  const host = opened.host as Host<typeof commandManifest>;
  const [file, ...args] = argvOf(step);
  if (step.outputs !== undefined) await host.scratch.write(outputFile, '');
  // Base is only looked at to tell what is new.
  const globs = setting.as === 'base' ? undefined : step.artifacts;
  const keep = async () => (globs === undefined ? [] : keepArtifacts(host, scopeFolder(setting), globs));
  const services = await startAll(setting, opened);
  let result: ExecResult;
  try {
    result = await opened.commands.run(file, args, {
      ...options,
      services,
      ...(step.outputs === undefined ? {} : { env: { BEXPERT_OUTPUT: `${host.scratch.path}/${outputFile}` } }),
      ...(step.workingDirectory === undefined ? {} : { cwd: step.workingDirectory }),
    });
  } catch (error) {
    // What hung has most to tell; a person who ends the run waits for nothing.
    if (setting.signal.aborted && !setting.context.signal.aborted) await keep();
    throw error;
  }
  const artifacts = result.status === 'not-found' ? [] : await keep();
  endedWell(step, result);
  const outputs =
    step.outputs === undefined
      ? {}
      : readOutputs({
          text: await host.scratch.read(outputFile),
          declared: step.outputs,
          step: step.id,
          // A command that failed may not have come to its outputs, and those of a look at base are for nobody.
          complete: !aside && result.status === 'exited' && result.exitCode === 0,
        });
  return await work({ result, host, outputs, artifacts });
}

/** The command alone. */
export const runCommand = (setting: Setting): Promise<ExecResult> => withCommand(setting, {}, async ({ result }) => result);

/** What ended for reasons of the environment is no verdict on the work. */
function endedWell(step: StepPlan, result: ExecResult): void {
  // A shell answers 127 where the command is not there: the environment is wrong, not the work.
  if (result.status === 'not-found' || (step.body.kind === 'shell' && result.exitCode === 127)) {
    const named = step.body.kind === 'argv' ? step.body.argv[0] : undefined;
    throw pluginError({
      code: 'command/not-found',
      message: `The command of step ${step.id} was not found: ${(result.stderr.trim().split('\n').at(-1) ?? '') || (named ?? 'sh')}`,
      hint: 'Install it in `setup:`, or give its path. Commands see the tree, the set-up outputs and the system folders, not your home folder.',
    });
  }
  if (result.status === 'denied' || result.status === 'limit') {
    throw pluginError({
      code: `command/${result.status}`,
      message: `The command of step ${step.id} was ended: ${result.limit ?? 'the sandbox denied it'}.`,
    });
  }
}
