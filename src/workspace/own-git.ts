// The runner's own repository: bare, in the state folder, without hooks, filters or monitors; it borrows objects from the user's and
// is the only one that looks at trees which somebody else wrote.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Content } from './content.ts';
import { parseListing } from './entries.ts';
import { bareEnvironment, type Environment, type Git, gitWith } from './git.ts';
import { type ObjectFormat, Objects } from './objects.ts';

export interface OwnGit {
  readonly gitDir: string;
  readonly git: Git;
  /** Without a repository; for making others. */
  readonly plain: Git;
  readonly objects: Objects;
  /** Contents by tree, read once. */
  readonly contents: Map<string, Promise<Content>>;
}

const identity = { name: 'bexpert', email: 'bexpert@localhost' };
/** Author and committer of commits that no person reads. */
export const ownIdentity: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: identity.name,
  GIT_AUTHOR_EMAIL: identity.email,
  GIT_COMMITTER_NAME: identity.name,
  GIT_COMMITTER_EMAIL: identity.email,
};

/**
 * Beats every .gitattributes: bytes on disk are bytes in git. A value would not do for working-tree-encoding, which must be
 * unspecified to have no effect.
 */
export const rawAttributes = '* -text -filter -ident !working-tree-encoding\n';

const config = `[core]
	repositoryformatversion = FORMAT
	bare = true
	filemode = true
	symlinks = true
	autocrlf = false
	safecrlf = false
	fsmonitor = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	protectNTFS = false
	protectHFS = false
[gc]
	auto = 0
[maintenance]
	auto = false
`;

/** Object folders of a repository and of those that it borrows from itself. */
export async function objectFolders(commonDir: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    if (found.has(folder) || (await stat(folder).catch(() => undefined)) === undefined) return;
    found.add(folder);
    const lines = await readFile(path.join(folder, 'info/alternates'), 'utf8').catch(() => '');
    for (const line of lines.split('\n')) {
      if (line !== '' && !line.startsWith('#')) await visit(path.resolve(folder, unquoted(line)));
    }
  };
  await visit(path.join(commonDir, 'objects'));
  return [...found];
}

/** Git quotes paths of alternates as in C where they begin with a quotation mark. */
function unquoted(line: string): string {
  if (!line.startsWith('"')) return line;
  try {
    return String(JSON.parse(line));
  } catch {
    return line;
  }
}
const quoted = (folder: string): string => (/^["#]|[\n\r]/.test(folder) ? JSON.stringify(folder) : folder);

/** Git directories of the submodules of a repository that were cloned here. */
export async function submoduleGitDirs(gitDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (entries.some(({ name }) => name === 'HEAD') && entries.some(({ name }) => name === 'objects')) {
      found.push(folder);
      await visit(path.join(folder, 'modules'), depth + 1);
      return;
    }
    // A submodule's name may hold slashes.
    if (depth < 12) for (const entry of entries) if (entry.isDirectory()) await visit(path.join(folder, entry.name), depth + 1);
  };
  await visit(path.join(gitDir, 'modules'), 0);
  return found;
}

async function initialise(o: { readonly gitDir: string; readonly git: Git; readonly format: ObjectFormat }): Promise<void> {
  const draft = `${o.gitDir}.${randomBytes(6).toString('hex')}`;
  await mkdir(path.dirname(o.gitDir), { recursive: true });
  const format = o.format === 'sha1' ? [] : ['--object-format=sha256'];
  await o.git.ask(['init', '--quiet', '--bare', '--template=', ...format, draft]);
  const extension = o.format === 'sha1' ? '' : '[extensions]\n\tobjectFormat = sha256\n';
  await writeFile(path.join(draft, 'config'), config.replace('FORMAT', o.format === 'sha1' ? '0' : '1') + extension);
  await mkdir(path.join(draft, 'info'), { recursive: true });
  await writeFile(path.join(draft, 'info/attributes'), rawAttributes);
  await rename(draft, o.gitDir).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    // Another run of the same repository was quicker, and made the same.
    if ((await stat(path.join(o.gitDir, 'HEAD')).catch(() => undefined)) === undefined) throw error;
  });
}

/** Opens the runner's repository for a user's one, and makes it where it is not there yet. */
export async function openOwnGit(o: {
  readonly gitFolder: string;
  readonly borrowFrom: readonly string[];
  readonly format: ObjectFormat;
  readonly env: Environment;
}): Promise<OwnGit> {
  const gitDir = o.gitFolder;
  const env = bareEnvironment(o.env, gitDir);
  const plain = gitWith({ first: [], env });
  const there = await stat(path.join(gitDir, 'HEAD')).catch(() => undefined);
  if (there === undefined) await initialise({ gitDir, git: plain, format: o.format });
  const alternates = path.join(gitDir, 'objects/info/alternates');
  const wanted = o.borrowFrom.map((folder) => `${quoted(folder)}\n`).join('');
  if ((await readFile(alternates, 'utf8').catch(() => '')) !== wanted) {
    await mkdir(path.dirname(alternates), { recursive: true });
    const draft = `${alternates}.${randomBytes(6).toString('hex')}`;
    await writeFile(draft, wanted);
    await rename(draft, alternates);
  }
  const git = gitWith({ first: [`--git-dir=${gitDir}`], env });
  return { gitDir, git, plain, objects: new Objects({ gitDir, format: o.format }), contents: new Map() };
}

export async function listTree(own: OwnGit, tree: string) {
  const listing = parseListing(await own.git.bytes(['ls-tree', '-r', '-t', '-z', '--full-tree', tree]));
  own.objects.know([...listing.entries.values()].map(({ oid }) => oid));
  own.objects.know([...listing.trees, tree]);
  return listing;
}

/** Contents of blobs, in one process. */
export async function readBlobs(own: OwnGit, oids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(oids)];
  const contents = new Map<string, Buffer>();
  if (wanted.length === 0) return contents;
  const output = await own.git.bytes(['cat-file', '--batch'], { stdin: `${wanted.join('\n')}\n` });
  let at = 0;
  for (const oid of wanted) {
    const end = output.indexOf('\n', at);
    const size = Number(/^\S+ blob (\d+)$/.exec(output.toString('latin1', at, end))?.[1]);
    if (Number.isNaN(size)) throw new Error(`git cat-file: no blob ${oid}: ${output.toString('utf8', at, end)}`);
    contents.set(oid, output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}

/** A commit of the runner, for the record; `parents` may be the user's. */
export function writeCommit(
  own: OwnGit,
  o: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const args = ['commit-tree', o.tree, ...o.parents.flatMap((parent) => ['-p', parent])];
  return own.git.ask(args, { stdin: `${o.message}\n`, env: o.env ?? ownIdentity });
}
