import { createHash, randomBytes } from 'node:crypto';
import { cp, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import type { TreeFolder } from '../workspace/contract.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

interface TestTreeOptions {
  readonly id: TreeFolder['id'];
  readonly root: string;
  /** Folders of this machine that stand in the tree, by path. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Does the provider mount? Else the outputs are linked into the folder. */
  readonly mounted: boolean;
}

async function walk(root: string, leave: ReadonlySet<string>, folder = ''): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const file = path.posix.join(folder, entry.name);
    if (leave.has(file) || file === '.git') continue;
    if (entry.isDirectory()) found.push(...(await walk(root, leave, file)));
    else found.push(file);
  }
  return found.sort();
}

async function manifestOf(root: string, leave: ReadonlySet<string>): Promise<Map<string, string>> {
  const manifest = new Map<string, string>();
  for (const file of await walk(root, leave)) {
    const full = path.join(root, file);
    const facts = await lstat(full);
    const content = facts.isSymbolicLink() ? await readlink(full) : await readFile(full);
    manifest.set(file, `${createHash('sha256').update(content).digest('hex')} ${facts.mode.toString(8)}`);
  }
  return manifest;
}

/** A name for the content of a folder; equal content has equal names. */
async function nameOf(root: string, leave: ReadonlySet<string>): Promise<string> {
  const hash = createHash('sha1');
  for (const [file, content] of await manifestOf(root, leave)) hash.update(`${file}\0${content}\n`);
  return hash.digest('hex');
}

/** The content of all files of a folder that are no set-up outputs, as text. */
export async function filesIn(root: string, outputs: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const files = await walk(root, new Set(Object.keys(outputs)));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(path.join(root, file), 'utf8')])));
}

export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content);
  }
}

/** A plain folder as a tree: no git, no protected files; set-up outputs are shared. */
export async function folderTree(options: TestTreeOptions): Promise<TreeFolder> {
  const { id, root, outputs, mounted } = options;
  const leave = new Set(Object.keys(outputs));
  for (const [at, from] of Object.entries(outputs)) {
    const full = path.join(root, at);
    await mkdir(path.dirname(full), { recursive: true });
    if (mounted) await mkdir(full, { recursive: true });
    else await symlink(from, full).catch(() => undefined);
  }
  return {
    id,
    root,
    tree: await nameOf(root, leave),
    mounts: ({ writable }): readonly Mount[] => [
      { from: root, at: insidePaths.tree, mode: writable ? 'read-write' : 'read-only' },
      ...(mounted
        ? Object.entries(outputs).map(
            ([at, from]): Mount => ({ from, at: path.posix.join(insidePaths.tree, at), mode: 'read-only' }),
          )
        : []),
    ],
    manifest: () => manifestOf(root, leave),
    async copy() {
      const to = `${root}-${randomBytes(4).toString('hex')}`;
      await cp(root, to, { recursive: true, verbatimSymlinks: true });
      return folderTree({ ...options, root: to });
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}
