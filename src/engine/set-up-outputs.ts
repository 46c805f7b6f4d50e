// Which folders and files a set-up step's `outputs:` come to in the tree that it ran in.
import { chmod, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import type { SetupPlan } from '../model/plan.ts';
import { pluginError } from '../plugin-api.ts';
import { outside } from '../workspace/output-links.ts';
import { cacheFolders } from '../workspace/outputs.ts';

export interface MadeOptions {
  readonly plan: SetupPlan;
  /** The tree that the step ran in. */
  readonly copy: string;
  /** The tree as it was before; what lies there is no output. */
  readonly tree: string;
  /** Folder of the scope, relative to the tree. */
  readonly scope: string;
  /** Outputs of the steps before, relative to the tree. */
  readonly before: readonly string[];
}

/** Paths of the outputs, relative to the tree. Throws a PluginError where one is missing, a link, or not named. */
export async function madeOutputs(options: MadeOptions): Promise<readonly string[]> {
  const { plan, copy, scope } = options;
  const found: string[] = [];
  for (const output of plan.outputs) {
    const at = path.posix.join(scope, plan.workingDirectory ?? '', output);
    if (at === '..' || at.startsWith('../')) throw outside(output, 'it is no path of the repository');
    const named = picomatch.scan(output).isGlob ? await matching(options, at) : [at];
    if (named.length === 0) throw missing(plan, output);
    for (const place of named) await checkPlace({ copy, place, plan, output });
    for (const place of named) found.push(place);
  }
  // One that lies in another comes with it.
  const outermost = [...new Set(found)].filter((place) => !found.some((other) => place.startsWith(`${other}/`)));
  await refuseUnnamed(options, outermost);
  for (const place of outermost) await openToOwner(path.join(copy, place));
  for (const place of outermost) if (path.basename(place) === 'node_modules') await makeCaches(path.join(copy, place));
  return outermost;
}

const missing = (plan: SetupPlan, output: string) =>
  pluginError({
    code: 'setup/no-output',
    message: `\`setup: ${plan.run}\` ran and left no ${output}.`,
    hint: 'Name in `outputs:` what it makes, relative to its working directory.',
  });

async function checkPlace(o: {
  readonly copy: string;
  readonly place: string;
  readonly plan: SetupPlan;
  readonly output: string;
}): Promise<void> {
  const { copy, place, plan, output } = o;
  const real = await realpath(path.join(copy, place)).catch(() => undefined);
  if (real === undefined) throw missing(plan, output);
  if (real === path.resolve(await realpath(copy), place)) return;
  throw pluginError({
    code: 'setup/linked-output',
    message: `\`setup: ${plan.run}\` left a link at ${output} or on the way to it; what it leads to is no part of the tree.`,
    hint: 'Let it make a folder there.',
  });
}

/** New folders and files of the tree for which `take` says yes; what lies in one of them is a part of it. */
async function newBelow(options: MadeOptions, take: (place: string, folder: boolean) => boolean): Promise<string[]> {
  const { copy, tree, before } = options;
  const visit = async (folder: string): Promise<string[]> => {
    const entries = await readdir(path.join(copy, folder), { withFileTypes: true });
    const found = entries
      .filter(({ name }) => name !== '.git')
      .map(async (entry): Promise<string[]> => {
        const place = path.posix.join(folder, entry.name);
        if (before.includes(place)) return [];
        if (take(place, entry.isDirectory()) && !(await holdsFiles(path.join(tree, place)))) return [place];
        return entry.isDirectory() ? visit(place) : [];
      });
    return (await Promise.all(found)).flat();
  };
  return (await visit('')).sort();
}

async function holdsFiles(at: string): Promise<boolean> {
  const facts = await stat(at).catch(() => undefined);
  if (facts?.isDirectory() !== true) return facts !== undefined;
  // The empty folder of a mount point holds nothing.
  return (await readdir(at)).length > 0;
}

function matching(options: MadeOptions, pattern: string): Promise<string[]> {
  const matches = picomatch(pattern, { dot: true });
  return newBelow(options, (place) => matches(place));
}

/**
 * Package managers put a package's own versions of dependencies beside it. Left out, what runs there would silently take the versions of
 * a folder further up.
 */
async function refuseUnnamed(options: MadeOptions, named: readonly string[]): Promise<void> {
  const { copy, plan } = options;
  const covered = (place: string) => named.some((output) => place === output || place.startsWith(`${output}/`));
  const folders = await newBelow(
    options,
    (place, folder) => covered(place) || (folder && path.posix.basename(place) === 'node_modules'),
  );
  for (const place of folders.filter((folder) => !covered(folder))) {
    const names = await readdir(path.join(copy, place));
    if (names.every((name) => cacheFolders.includes(name))) continue;
    throw pluginError({
      code: 'setup/unnamed-output',
      message: `\`setup: ${plan.run}\` made ${place}, which \`outputs:\` does not name; what runs there would go without it, or take other versions.`,
      hint: 'Write `outputs: ["**/node_modules"]`.',
    });
  }
}

/** A folder that its owner may not write can be moved by nobody but root. */
async function openToOwner(at: string): Promise<void> {
  const { mode } = await stat(at);
  if ((mode & 0o200) === 0) await chmod(at, (mode & 0o7777) | 0o200);
}

/** Tools keep caches there; the folders must exist, because the outputs are mounted read-only. */
async function makeCaches(folder: string): Promise<void> {
  if ((await stat(folder)).isDirectory())
    for (const cache of cacheFolders) await mkdir(path.join(folder, cache), { recursive: true });
}
