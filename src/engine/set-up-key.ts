// When two trees may share what a set-up step made.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { evaluateTemplate } from '../expression/evaluate.ts';
import { nodePath } from '../host/machine.ts';
import type { SetupPlan } from '../model/plan.ts';
import { pluginError } from '../plugin-api.ts';
import type { RunContext } from './context.ts';
import { contextsOf } from './inputs.ts';

const short = (hash: ReturnType<typeof createHash>): string => hash.digest('hex').slice(0, 32);

/** The place of what one tree alone uses. */
export const ofTree = (key: string, tree: string): string => short(createHash('sha256').update(`${key} ${tree}`));

/**
 * Everything that decides what a set-up step makes: its text, the files that it names, the steps before it, this machine's Node, and
 * whether it sees its tree at the path of the sandbox or at one of this machine. Never shared by repositories: another one's code made it.
 */
export async function keyOf(options: {
  readonly plan: SetupPlan;
  readonly context: RunContext;
  /** Root of the tree, and its hash. */
  readonly root: string;
  readonly tree: string;
  readonly before: string;
}): Promise<string> {
  const { plan, root, context } = options;
  const { id, scope } = context.workspace.repository;
  const hash = createHash('sha256');
  const values = [plan, environmentOf(plan, context, names(context)), context.provider.isolates];
  hash.update(JSON.stringify(['set-up 4', id, options.before, values, nodePath(), (await stat(nodePath())).mtimeMs]));
  // A step that names no files may depend on any of them.
  if (plan.cacheKey.length === 0) return short(hash.update(`\0${options.tree}`));
  const { named, unmatched } = sortByKey({ plan, scope, files: await filesBelow(root, context.plan.setup, scope) });
  if (unmatched[0] !== undefined) throw noKeyFile(unmatched[0]);
  for (const file of named) hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  return short(hash);
}

/** A token that is new every day makes nothing else, and no trace of it goes to the disk. */
const names = ({ secrets = {} }: RunContext): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(secrets).map((name) => [name, name]));

// Left alone, a misspelt name would let every tree share what was made for the first one.
const noKeyFile = (glob: string) =>
  pluginError({
    code: 'setup/no-key-file',
    message: `\`cache-key:\` names ${glob}, and the tree has no such file.`,
    hint: 'Name files that git tracks and that decide what the command makes; paths are relative to the folder of bexpert.yml.',
  });

/** Which files the `cache-key` names, which not, and what it names that is not there. `files` are relative to the root of the tree. */
export function sortByKey(o: { readonly plan: SetupPlan; readonly scope: string; readonly files: readonly string[] }): {
  readonly named: readonly string[];
  readonly other: readonly string[];
  readonly unmatched: readonly string[];
} {
  const fromRoot = (glob: string) => path.posix.join(o.scope, glob);
  const left = o.plan.cacheKey.filter((glob) => glob.startsWith('!')).map((glob) => fromRoot(glob.slice(1)));
  const globs = o.plan.cacheKey.filter((glob) => !glob.startsWith('!'));
  const leave = picomatch(left, { dot: true });
  const takers = globs.map((glob) => ({ glob, takes: picomatch(fromRoot(glob), { dot: true }), met: false }));
  const named = o.files.filter((file) => {
    const mine = takers.filter(({ takes }) => takes(file));
    for (const taker of mine) taker.met = true;
    return mine.length > 0 && !leave(file);
  });
  const taken = new Set(named);
  return {
    named,
    other: o.files.filter((file) => !taken.has(file)),
    unmatched: takers.filter(({ met }) => !met).map(({ glob }) => glob),
  };
}

/** `secrets`: in place of the values of the run. */
export function environmentOf(
  plan: SetupPlan,
  context: RunContext,
  secrets: RunContext['secrets'] = context.secrets,
): Readonly<Record<string, string>> {
  const contexts = { ...contextsOf(context, 1), secrets: secrets ?? {} };
  return Object.fromEntries(
    Object.entries(plan.env).map(([name, template]) => [name, String(evaluateTemplate(template, contexts))]),
  );
}

/**
 * Files below a folder, without what set-up makes of it and without the git folder of a work tree. `scope`: the folder of the scope,
 * relative to `root`.
 */
export async function filesBelow(root: string, setup: readonly SetupPlan[], scope: string): Promise<readonly string[]> {
  const made = setup.flatMap(({ outputs, workingDirectory }) =>
    outputs.map((output) => path.posix.join(scope, workingDirectory ?? '', output)),
  );
  const leave = picomatch(['.git', ...made], { dot: true });
  const visit = async (folder: string): Promise<string[]> => {
    const entries = (await readdir(path.join(root, folder), { withFileTypes: true }))
      .map((entry) => ({ entry, file: path.posix.join(folder, entry.name) }))
      .filter(({ file }) => !leave(file));
    const below = entries.filter(({ entry }) => entry.isDirectory()).map(({ file }) => visit(file));
    const files = entries.filter(({ entry }) => entry.isFile()).map(({ file }) => file);
    return [...files, ...(await Promise.all(below)).flat()];
  };
  return (await visit('')).sort();
}
