// When two trees may share what a set-up step made.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { evaluateTemplate } from '../expression/evaluate.ts';
import { nodePath } from '../host/machine.ts';
import type { SetupPlan } from '../model/plan.ts';
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
  /** Folder of the scope. */
  readonly root: string;
  readonly tree: string;
  readonly before: string;
}): Promise<string> {
  const { plan, root, context } = options;
  const { id } = context.workspace.repository;
  const hash = createHash('sha256');
  const values = [plan, environmentOf(plan, context), context.provider.isolates];
  hash.update(JSON.stringify(['set-up 4', id, options.before, values, nodePath(), (await stat(nodePath())).mtimeMs]));
  // A step that names no files may depend on any of them.
  if (plan.cacheKey.length === 0) hash.update(`\0${options.tree}`);
  for (const file of plan.cacheKey.length === 0 ? [] : (await filesBelow(root, context.plan.setup)).filter(inKey(plan))) {
    hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  }
  return short(hash);
}

/** Does the `cache-key` name this file? Relative to the scope. */
export const inKey = (plan: SetupPlan): ((file: string) => boolean) => picomatch([...plan.cacheKey], { dot: true });

export function environmentOf(plan: SetupPlan, context: RunContext): Readonly<Record<string, string>> {
  const contexts = contextsOf(context, 1);
  return Object.fromEntries(
    Object.entries(plan.env).map(([name, template]) => [name, String(evaluateTemplate(template, contexts))]),
  );
}

/**
 * Files below a folder, without what set-up makes of it and without the git folder of a work tree. `scope`: the folder of the scope,
 * relative to `root`.
 */
export async function filesBelow(root: string, setup: readonly SetupPlan[], scope = ''): Promise<readonly string[]> {
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
