// Files that a command left in its tree: its report, and what is kept for people. They lie where somebody else's code wrote, so that no
// link is followed and nothing but regular files is opened.
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import type { Artifact } from '../plugin-api.ts';
import type { Ran } from './command.ts';

/** The folder in which everything that the glob can match lies. */
function startOf(glob: string): string {
  const parts = glob.split('/');
  const first = parts.findIndex((part) => /[*?{}[\]()!]/.test(part));
  return parts.slice(0, first < 0 ? -1 : first).join('/');
}

/** Files below `root` that a glob matches, sorted; ignored ones too. */
export async function filesMatching(root: string, globs: readonly string[]): Promise<readonly string[]> {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map((glob) => path.posix.normalize(glob));
  if (wanted.length === 0) return [];
  const matches = picomatch(wanted, {
    dot: true,
    ignore: globs.flatMap((glob) => (glob.startsWith('!') ? [glob.slice(1)] : [])),
  });
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = async (folder: string): Promise<void> => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== '.git') await walk(name);
      else if (entry.isFile() && matches(name)) found.add(name);
    }
  };
  for (const start of new Set(wanted.map(startOf))) {
    // A folder on the way may be a link.
    if (await isPlain(root, start)) await walk(start);
  }
  return [...found].sort();
}

async function isPlain(root: string, folder: string): Promise<boolean> {
  let at = root;
  for (const part of folder.split('/').filter((name) => name !== '' && name !== '.')) {
    const entry = (await readdir(at, { withFileTypes: true }).catch(() => [])).find(({ name }) => name === part);
    if (entry?.isDirectory() !== true) return false;
    at = path.join(at, part);
  }
  return true;
}

/** Its bytes; `size` alone where there are more than `limit`. */
export async function readPlain(file: string, limit: number): Promise<{ readonly size: number; readonly bytes?: Uint8Array }> {
  await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const status = await handle.stat();
  if (!status.isFile()) return { size: 0, bytes: new Uint8Array() };
  return status.size > limit ? { size: status.size } : { size: status.size, bytes: await handle.readFile() };
}

const most = { files: 200, each: 20 * 1024 * 1024, all: 100 * 1024 * 1024 } as const;
const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.png': 'image/png',
  '.sarif': 'application/sarif+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
  '.yml': 'application/yaml',
};

/** Keeps what `artifacts:` names, and says what was left out. */
export async function keepArtifacts(host: Ran['host'], root: string, globs: readonly string[]): Promise<readonly Artifact[]> {
  const kept: Artifact[] = [];
  let size = 0;
  const { log, artifact } = host;
  for (const glob of globs.filter((one) => !one.startsWith('!'))) {
    if ((await filesMatching(root, [glob])).length === 0) log.warn(`artifacts: nothing matches ${glob}.`);
  }
  const files = await filesMatching(root, globs);
  if (files.length > most.files) log.warn(`artifacts: ${files.length} files match, the first ${most.files} are kept.`);
  for (const file of files.slice(0, most.files)) {
    const read = await readPlain(path.join(root, file), Math.min(most.each, most.all - size));
    if (read.bytes === undefined) log.warn(`artifacts: ${file} is left out: it has ${read.size} bytes.`);
    else {
      size += read.size;
      const type = mediaTypes[path.posix.extname(file).toLowerCase()] ?? 'application/octet-stream';
      kept.push(await artifact(file, type, read.bytes));
    }
  }
  return kept;
}
