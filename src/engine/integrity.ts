import type { TreeFolder } from '../workspace/contract.ts';

/** Paths whose content differs between two manifests of one tree, sorted. */
export function touched(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const paths = new Set<string>();
  for (const [path, hash] of before) if (after.get(path) !== hash) paths.add(path);
  for (const path of after.keys()) if (!before.has(path)) paths.add(path);
  return [...paths].sort();
}

/** Runs `work` and says which tracked files of the tree it touched. */
export async function watched<T>(
  folder: TreeFolder,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly touched: readonly string[] }> {
  const before = await folder.manifest();
  const value = await work();
  return { value, touched: touched(before, await folder.manifest()) };
}
