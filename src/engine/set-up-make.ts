// Runs one set-up step in a copy of a tree.
import { cp, stat } from 'node:fs/promises';
import path from 'node:path';
import { stepCommands } from '../host/commands.ts';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import { shellArgv } from '../host/shell.ts';
import { treeView } from '../host/tree-view.ts';
import type { SetupPlan } from '../model/plan.ts';
import { pluginError } from '../plugin-api.ts';
import type { SetUpOutput } from '../workspace/contract.ts';
import { copyAll } from '../workspace/files.ts';
import { makeMountPoint } from '../workspace/outputs.ts';
import type { RunContext } from './context.ts';
import { packageManagerSettings } from './package-manager.ts';
import { mountsOf } from './scratch.ts';
import { copiesIn } from './set-up-copies.ts';
import { environmentOf, filesBelow, sortByKey } from './set-up-key.ts';
import { madeOutputs } from './set-up-outputs.ts';
import type { Made } from './set-up-store.ts';

const timeoutMs = 15 * 60_000;

/** Runs the step in a copy of the tree, and says what it made there. `making`: an empty folder for the copy. */
export async function makeOutputs(options: {
  readonly context: RunContext;
  readonly plan: SetupPlan;
  /** Root of the tree. */
  readonly root: string;
  readonly making: string;
  /** Outputs of the steps before. */
  readonly before: readonly SetUpOutput[];
}): Promise<Made & { readonly copy: string }> {
  const { context, plan, root, before } = options;
  const { scope } = context.workspace.repository;
  const copy = path.join(options.making, 'tree');
  await cp(root, copy, { recursive: true, verbatimSymlinks: true, filter: (source) => path.basename(source) !== '.git' });
  await run({ context, plan, copy, before });
  const outputs = await madeOutputs({ plan, copy, tree: root, scope, before: before.map((output) => output.path) });
  // Without a key nothing is shared, and a copy is of the tree that uses it.
  const files = plan.cacheKey.length === 0 ? [] : await filesBelow(root, context.plan.setup, scope);
  const { other } = sortByKey({ plan, scope, files });
  return { copy, outputs, copies: await copiesIn({ tree: root, files: other, copy, outputs }) };
}

async function run(options: {
  readonly context: RunContext;
  readonly plan: SetupPlan;
  readonly copy: string;
  readonly before: readonly SetUpOutput[];
}): Promise<void> {
  const { context, plan, copy, before } = options;
  const { provider } = context;
  const { scope } = context.workspace.repository;
  if (!provider.isolates) for (const output of before) await copyAll(output.folder, path.join(copy, output.path));
  else for (const output of before) await makeMountPoint(path.join(copy, output.path), (await stat(output.folder)).isDirectory());
  const treeMounts: readonly Mount[] = [
    { from: copy, at: insidePaths.tree, mode: 'read-write' },
    ...(provider.isolates
      ? before.map(
          (output): Mount => ({ from: output.folder, at: path.posix.join(insidePaths.tree, output.path), mode: 'read-only' }),
        )
      : []),
  ];
  await using mounts = await mountsOf(context, 'setup');
  const settings = await packageManagerSettings({
    env: context.env,
    home: path.join(mounts.scratch, 'home'),
    inside: path.posix.join(provider.inside(insidePaths.scratch, mounts.mounts), 'home'),
  });
  const tree = treeView({
    id: 'work',
    hash: '',
    folder: path.join(copy, scope),
    path: path.posix.join(provider.inside(insidePaths.tree, treeMounts), scope),
    files: async () => [],
  });
  await using commands = stepCommands({
    provider,
    profile: 'setup',
    mounts: mounts.mounts,
    tree,
    treeMounts: () => treeMounts,
    network: { kind: 'hosts', hosts: plan.network.length === 0 ? ['*'] : plan.network },
    limits: { diskBytes: 16 * 1024 ** 3 },
    signal: context.signal,
  });
  const [file, ...args] = shellArgv(plan.run);
  const result = await commands.run(file, args, {
    env: { ...settings, ...environmentOf(plan, context) },
    timeoutMs,
    ...(plan.workingDirectory === undefined ? {} : { cwd: plan.workingDirectory }),
  });
  context.signal.throwIfAborted();
  if (result.status === 'exited' && result.exitCode === 0) return;
  throw pluginError({
    code: 'setup/failed',
    message: `\`setup: ${plan.run}\` ended with ${result.exitCode ?? result.status}: ${failureWords(`${result.stdout}\n${result.stderr}`)}`,
    hint: 'It runs in a copy of the repository, without your home folder and without what lies beside the repository; `network:` of the step limits the hosts that it reaches.',
  });
}

/** The end of what a command said, led by the first line that calls itself an error: package managers warn and retry before it. */
export function failureWords(said: string): string {
  const text = said.trim().slice(-2000);
  const telling = text.split('\n').find((line) => /\b(error|fatal)\b(?! code\b)|\bERR!(?! code\b)/i.test(line));
  return telling === undefined || text.startsWith(telling) ? text : `${telling.trim()}\n${text}`;
}
