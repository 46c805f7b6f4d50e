import type { TreeFolder } from '../workspace/contract.ts';

/** Paths whose content differs between two manifests of one tree, sorted. */
export function touched(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const paths = new Set<string>();
  for (const [path, hash] of before) if (after.get(path) !== hash) paths.add(path);
  for (const path of after.keys()) if (!before.has(path)) paths.add(path);
  return [...paths].sort();
}

/** Runs `work` and says which tracked files of the tree it touched, and which of the judge's own it wrote and put back. */
export async function watched<T>(
  folder: TreeFolder,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly touched: readonly string[] }> {
  const look = async () => [await folder.manifest(), (await folder.stamps?.()) ?? new Map<string, string>()] as const;
  const [manifest, stamps] = await look();
  const value = await work();
  const [later, laterStamps] = await look();
  return { value, touched: [...new Set([...touched(manifest, later), ...touched(stamps, laterStamps)])].sort() };
}
