import type { Plan, StepPlan } from '../model/plan.ts';
import type { TreeFolder } from '../workspace/contract.ts';

/** Paths whose content differs between two manifests of one tree, sorted. */
export function touched(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const paths = new Set<string>();
  for (const [path, hash] of before) if (after.get(path) !== hash) paths.add(path);
  for (const path of after.keys()) if (!before.has(path)) paths.add(path);
  return [...paths].sort();
}

/** Can commands that the step starts reach its tree? A plugin without them has a host that only reads. */
export function startsCommands(plan: Plan, step: StepPlan): boolean {
  const powers = step.body.kind === 'plugin' ? plan.plugins[step.body.plugin]?.manifest.powers : undefined;
  return powers === undefined || powers.includes('exec') || powers.includes('write');
}

/** Runs `work` in a copy of the tree that is its own, or in the shared one where nothing could write it. */
export async function looking<T>(
  options: { readonly tree: TreeFolder; readonly own: boolean },
  work: (folder: TreeFolder) => Promise<T>,
): Promise<{ readonly value: T; readonly touched: readonly string[] }> {
  if (!options.own) return { value: await work(options.tree), touched: [] };
  await using copy = await options.tree.copy();
  return await watched(copy, () => work(copy), copy.asWritten?.());
}

interface Seen {
  readonly manifest: ReadonlyMap<string, string>;
  readonly stamps: ReadonlyMap<string, string>;
}

/** Runs `work` and says which tracked files of the tree it touched, and which of the judge's own it wrote and put back. */
export async function watched<T>(
  folder: TreeFolder,
  work: () => Promise<T>,
  known?: Seen,
): Promise<{ readonly value: T; readonly touched: readonly string[] }> {
  const look = async (options?: { readonly anew: true }): Promise<Seen> => ({
    manifest: await folder.manifest(options),
    stamps: (await folder.stamps?.()) ?? new Map<string, string>(),
  });
  const before = known ?? (await look());
  const value = await work();
  const after = await look({ anew: true });
  const files = [...touched(before.manifest, after.manifest), ...touched(before.stamps, after.stamps)];
  return { value, touched: [...new Set(files)].sort() };
}
