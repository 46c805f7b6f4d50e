// What `setup:` makes of a tree: dependencies, generated code. Kept in a store by the content that it depends on, never linked.
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { evaluateTemplate } from '../expression/evaluate.ts';
import { stepCommands } from '../host/commands.ts';
import { nodePath } from '../host/machine.ts';
import { acquireMachineLock } from '../host/machine-lock.ts';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import { shellArgv } from '../host/shell.ts';
import { treeView } from '../host/tree-view.ts';
import type { SetupPlan } from '../model/plan.ts';
import { pluginError } from '../plugin-api.ts';
import type { SetUp, SetUpOutput } from '../workspace/contract.ts';
import { cacheFolders } from '../workspace/outputs.ts';
import type { RunContext } from './context.ts';
import { contextsOf } from './inputs.ts';
import { packageManagerSettings } from './package-manager.ts';
import { mountsOf } from './scratch.ts';

const timeoutMs = 15 * 60_000;
const lockPatienceMs = 20 * 60_000;

/** The workspace asks for set-up before the run's context exists; `bind` gives it one. */
export interface LateSetUp {
  readonly setUp: SetUp;
  bind(context: RunContext, store: string): void;
}

export function lateSetUp(): LateSetUp {
  let bound: { readonly context: RunContext; readonly store: string; readonly base: string[] } | undefined;
  return {
    bind(context, store) {
      bound = { context, store, base: [] };
    },
    async setUp(tree) {
      if (bound === undefined) throw new Error('a tree was set up before the run had its context');
      // Base fills its places of the store first; that it cannot be set up is said by whoever needs it.
      if (tree.id !== 'base' && bound.context.plan.setup.length > 0)
        await bound.context.workspace.baseTree().catch(() => undefined);
      return setUpTree({ ...bound, root: tree.root, id: tree.id, hash: tree.tree });
    },
  };
}

interface TreeSetUp {
  readonly context: RunContext;
  readonly store: string;
  readonly root: string;
  readonly id: 'base' | 'candidate' | 'work';
  readonly hash: string;
  /** Keys of what base's own set-up made in this run. */
  readonly base: string[];
}

/** Fills the store as far as needed and says what belongs into the tree. */
async function setUpTree(options: TreeSetUp): Promise<Awaited<ReturnType<SetUp>>> {
  const { context, root } = options;
  const started = context.clock.now();
  const outputs: SetUpOutput[] = [];
  let setup: 'run' | 'stored' | 'none' = 'none';
  let before = '';
  for (const plan of context.plan.setup) {
    const scope = path.join(root, context.workspace.repository.scope);
    const own = await keyOf({ plan, context, root: scope, tree: options.hash, before });
    // A command may run any file of the tree, not only those of its key: what another tree than base made is for that tree alone.
    const key = options.id === 'base' || options.base.includes(own) ? own : ofTree(own, options.hash);
    const made = await fromStore({ ...options, plan, key, before: outputs });
    outputs.push(...made.outputs);
    setup = made.ran ? 'run' : setup === 'none' ? 'stored' : setup;
    if (options.id === 'base') options.base.push(own);
    before = own;
  }
  await context.record({
    type: 'tree-ready',
    tree: options.id === 'candidate' ? 'gate' : options.id,
    hash: options.hash,
    setup,
    durationMs: Math.round(context.clock.now() - started),
  });
  return { outputs, place: context.provider.isolates ? 'mount' : 'copy' };
}

const ofTree = (key: string, tree: string): string => createHash('sha256').update(`${key} ${tree}`).digest('hex').slice(0, 32);

/**
 * Everything that decides what a set-up step makes: its text, the files that it names, the steps before it, this machine's Node. Never
 * shared by repositories: another one's code made it.
 */
async function keyOf(options: {
  readonly plan: SetupPlan;
  readonly context: RunContext;
  readonly root: string;
  readonly tree: string;
  readonly before: string;
}): Promise<string> {
  const { plan, root, context } = options;
  const { id } = context.workspace.repository;
  const hash = createHash('sha256');
  const values = [plan, environmentOf(plan, context)];
  hash.update(JSON.stringify(['set-up 3', id, options.before, values, nodePath(), (await stat(nodePath())).mtimeMs]));
  // A step that names no files may depend on any of them.
  if (plan.cacheKey.length === 0) hash.update(`\0${options.tree}`);
  const matches = plan.cacheKey.length === 0 ? undefined : picomatch([...plan.cacheKey], { dot: true });
  for (const file of matches === undefined ? [] : (await filesBelow(root, context.plan.setup)).filter((name) => matches(name))) {
    hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

function environmentOf(plan: SetupPlan, context: RunContext): Readonly<Record<string, string>> {
  const contexts = contextsOf(context, 1);
  return Object.fromEntries(
    Object.entries(plan.env).map(([name, template]) => [name, String(evaluateTemplate(template, contexts))]),
  );
}

/** Files of a tree, without what set-up makes of it and without the git folder of a work tree. */
async function filesBelow(root: string, setup: readonly SetupPlan[]): Promise<readonly string[]> {
  const made = setup.flatMap(({ outputs, workingDirectory }) =>
    outputs.map((output) => path.join(workingDirectory ?? '', output)),
  );
  const leave = new Set(['.git', ...made].map((name) => path.join(root, name)));
  const visit = async (folder: string): Promise<string[]> => {
    const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !leave.has(path.join(folder, name)));
    const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => visit(path.join(folder, name)));
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name));
    return [...files, ...(await Promise.all(below)).flat()];
  };
  return (await visit(root)).map((file) => path.relative(root, file).split(path.sep).join('/')).sort();
}

async function fromStore(
  options: TreeSetUp & { readonly plan: SetupPlan; readonly key: string; readonly before: readonly SetUpOutput[] },
): Promise<{ readonly outputs: readonly SetUpOutput[]; readonly ran: boolean }> {
  const { context, plan, store, key } = options;
  const folder = path.join(store, key);
  const outputs = plan.outputs.map((output, index) => ({
    path: path.posix.join(context.workspace.repository.scope, plan.workingDirectory ?? '', output),
    folder: path.join(folder, String(index)),
  }));
  const complete = () =>
    stat(path.join(folder, 'complete')).then(
      () => true,
      () => false,
    );
  if (await complete()) return { outputs, ran: false };
  // Another run may be filling the same place: it is done once.
  const lock = await acquireMachineLock({
    folder: path.join(store, `${key}.lock`),
    mode: 'exclusive',
    waitMs: lockPatienceMs,
    signal: context.signal,
    onWait: () => context.emit({ type: 'notice', level: 'info', message: `waits for another run that does \`${plan.run}\`` }),
  });
  context.signal.throwIfAborted();
  if (!lock.ok) {
    throw pluginError({
      code: 'setup/locked',
      message: `Another run has been doing \`${plan.run}\` for ${lockPatienceMs / 60_000} minutes.`,
    });
  }
  try {
    if (await complete()) return { outputs, ran: false };
    // Also what a killed run was making here.
    for (const name of await readdir(store))
      if (name !== `${key}.lock` && name.startsWith(key)) await rm(path.join(store, name), { recursive: true, force: true });
    await make({ ...options, folder, outputs });
    return { outputs, ran: true };
  } finally {
    await lock.value[Symbol.asyncDispose]();
  }
}

/** Runs the step in a copy of the tree and moves its outputs into the store. */
async function make(
  options: TreeSetUp & {
    readonly plan: SetupPlan;
    readonly folder: string;
    readonly outputs: readonly SetUpOutput[];
    readonly before: readonly SetUpOutput[];
  },
): Promise<void> {
  const { context, plan, folder, outputs, before } = options;
  const making = `${folder}.${randomBytes(4).toString('hex')}`;
  const copy = path.join(making, 'tree');
  try {
    await mkdir(making, { recursive: true });
    await cp(options.root, copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => path.basename(source) !== '.git',
    });
    await run({ context, plan, copy, before });
    for (const [index, output] of outputs.entries()) {
      const made = path.join(copy, output.path);
      const real = await realpath(made).catch(() => undefined);
      if (real !== undefined && real !== path.resolve(await realpath(copy), output.path)) {
        throw pluginError({
          code: 'setup/linked-output',
          message: `\`setup: ${plan.run}\` left a link at ${plan.outputs[index]} or on the way to it; what it leads to is no part of the tree.`,
          hint: 'Let it make a folder there.',
        });
      }
      if (real === undefined) {
        throw pluginError({
          code: 'setup/no-output',
          message: `\`setup: ${plan.run}\` ran and left no ${plan.outputs[index]}.`,
          hint: 'Name in `outputs:` what it makes, relative to its working directory.',
        });
      }
      // Tools keep caches there; the folders must exist, because the outputs are mounted read-only.
      if (path.basename(output.path) === 'node_modules') {
        for (const cache of cacheFolders) await mkdir(path.join(made, cache), { recursive: true });
      }
    }
    await mkdir(folder, { recursive: true });
    for (const [index, output] of outputs.entries()) await rename(path.join(copy, output.path), path.join(folder, String(index)));
    await writeFile(path.join(folder, 'complete'), `${plan.run}\n`);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
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
  if (!provider.isolates)
    for (const output of before)
      await cp(output.folder, path.join(copy, output.path), { recursive: true, verbatimSymlinks: true });
  else for (const output of before) await mkdir(path.join(copy, output.path), { recursive: true });
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
    message: `\`setup: ${plan.run}\` ended with ${result.exitCode ?? result.status}: ${`${result.stdout}\n${result.stderr}`.trim().slice(-2000)}`,
    hint: 'It runs in a copy of the tree, without your home folder; `network:` of the step limits the hosts that it reaches.',
  });
}
