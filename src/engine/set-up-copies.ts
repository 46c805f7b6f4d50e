// Set-up outputs that hold copies of the tree's own code: a vendor folder, a package that was installed and not linked. Base and
// candidate may share them only while that code is the same, or the candidate's tests would run base's code and be green.
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../plugin-api.ts';

/** Files of the tree, relative to its root, with the sha256 of the content that was copied. */
export type Copies = Readonly<Record<string, string>>;

/** Texts that many packages have word for word and that nothing runs; `authors.py` is none. */
const inert = /^(?:\.|(?:licen[cs]e|readme|changelog|notice|authors|contributing)[\w-]*(?:\.(?:md|txt|rst|adoc|html?))?$)/i;

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Which of `files` lie in the outputs too, by name and content. Both are relative to `tree` and `copy`, the tree after set-up. */
export async function copiesIn(o: {
  readonly tree: string;
  readonly files: readonly string[];
  readonly copy: string;
  readonly outputs: readonly string[];
}): Promise<Copies> {
  const byName = groups(o.files);
  const found: Record<string, string> = {};
  /** Folders of the tree with the folders that files of theirs were copied to. */
  const pairs = new Set<string>();
  const pairOf = (source: string, file: string): string => `${path.dirname(source)}\0${path.dirname(file)}`;
  const empty: { readonly source: string; readonly file: string }[] = [];
  const look = async (file: string, sources: readonly string[]): Promise<void> => {
    const { size } = await lstat(file);
    for (const source of sources) {
      const facts = await lstat(path.join(o.tree, source));
      if (!facts.isFile() || facts.size !== size) continue;
      if (size === 0) empty.push({ source, file });
      if (size === 0 || (found[source] !== undefined && pairs.has(pairOf(source, file)))) continue;
      const content = await readFile(path.join(o.tree, source));
      if (!content.equals(await readFile(file))) continue;
      found[source] = digest(content);
      pairs.add(pairOf(source, file));
    }
  };
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const at = path.join(folder, entry.name);
      if (entry.isDirectory()) await visit(at);
      else if (entry.isFile()) await look(at, byName.get(entry.name) ?? []);
    }
  };
  for (const output of o.outputs) {
    const at = path.join(o.copy, output);
    if ((await lstat(at)).isDirectory()) await visit(at);
    else await look(at, byName.get(path.basename(at)) ?? []);
  }
  // An empty `__init__.py` is in every package: one is a copy where files beside it are.
  for (const { source, file } of empty) if (pairs.has(pairOf(source, file))) found[source] = digest(new Uint8Array());
  return found;
}

function groups(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = path.posix.basename(file);
    if (inert.test(name)) continue;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [file]);
    else known.push(file);
  }
  return byName;
}

/** The copied files that this tree has otherwise, or not at all. */
export async function staleCopies(copies: Copies, tree: string): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [file, content] of Object.entries(copies)) {
    const at = path.join(tree, file);
    const own = await readFile(at).catch(() => undefined);
    if (own === undefined || digest(own) !== content) stale.push(file);
  }
  return stale;
}

export const staleCopy = (run: string, stale: readonly string[]) =>
  pluginError({
    code: 'setup/stale-copy',
    message: `What \`setup: ${run}\` made on base holds copies of ${stale.length === 1 ? 'a file' : `${stale.length} files`} that the candidate changed, and the \`cache-key\` does not name: ${stale.slice(0, 5).join(', ')}. The candidate would run base's code.`,
    hint: 'Let it link to the code of the tree (an editable install, a workspace package) instead of copying it, or name the files in `cache-key:`.',
  });
