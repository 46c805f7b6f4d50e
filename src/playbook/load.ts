// Finding a playbook: a file, or one that comes with bexpert.
import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../diagnostics/nearest.ts';
import { packageRoot } from '../package-root.ts';
import type { Complaints } from './complaints.ts';
import { readNamed } from './named-file.ts';
import { Source } from './source.ts';

export interface Loaded {
  readonly source: Source;
  /** It comes with bexpert: a repository's bexpert.yml stands above it. */
  readonly shipped: boolean;
  /** Absolute path. */
  readonly path: string;
}

/** A test of a playbook lies beside it, and is none. */
const isYaml = (name: string): boolean => /(?<!\.test)\.ya?ml$/.test(name);
const shippedFolder = (): string => path.join(packageRoot(), 'playbooks');

function yamlFiles(folder: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && isYaml(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Reads it, or complains with what there is. `read` stands in for the disk where what counts is another commit. */
export async function loadPlaybook(options: {
  readonly playbook: string;
  readonly cwd: string;
  /** Absolute folder of the scope. */
  readonly scopeFolder: string;
  readonly read: ((absolutePath: string) => Promise<string | undefined>) | undefined;
  readonly complaints: Complaints;
}): Promise<Loaded | undefined> {
  const { playbook, cwd, complaints } = options;
  const named = playbook.startsWith('bexpert:') ? playbook.slice('bexpert:'.length) : playbook;
  const own = path.join(shippedFolder(), isYaml(named) ? named : `${named}.yml`);
  // A file name is not the name of a shipped playbook: where the file is missing, another one must not take its place.
  const bare = /^[\w.-]+$/.test(named) && (playbook !== named || !isYaml(named));
  const file = path.resolve(cwd, playbook);
  let unread: string | undefined;
  if (!playbook.startsWith('bexpert:')) {
    const shipped = path.dirname(file) === shippedFolder();
    const found = await sourceOf(playbook, file, shipped ? undefined : options.read);
    if (found instanceof Source) return { source: found, shipped, path: file };
    unread = found;
  }
  if (bare) {
    const source = await sourceOf(`bexpert:${path.basename(own, '.yml')}`, own, undefined);
    if (source instanceof Source) return { source, shipped: true, path: own };
  }
  if (unread !== undefined) {
    complaints.add('playbook/unreadable', { playbook, why: unread });
    return undefined;
  }
  const shipped = yamlFiles(shippedFolder()).map((name) => name.replace(/\.ya?ml$/, ''));
  const files = filesNear(file, options);
  const plain = (name: string) => path.basename(name).replace(/\.ya?ml$/, '');
  const near =
    nearest(playbook, [...files, ...shipped]) ??
    files.find((name) => plain(name) === plain(named)) ??
    nearest(plain(named), shipped);
  complaints.add('playbook/not-found', { playbook, files, shipped, ...(near === undefined ? {} : { near }) });
  return undefined;
}

/** A text says why what is there cannot be read. */
async function sourceOf(
  label: string,
  file: string,
  read: ((file: string) => Promise<string | undefined>) | undefined,
): Promise<Source | string | undefined> {
  if (read !== undefined) {
    const text = await read(file);
    if (text !== undefined) return new Source(label, text);
    const there = readNamed(file);
    return there.ok || there.error.missing ? undefined : there.error.why;
  }
  // At once: nothing else is going on, and each trip through Node's pool of threads takes longer than the file.
  const bytes = readNamed(file);
  if (bytes.ok) return Source.fromBytes(label, bytes.value);
  return bytes.error.missing ? undefined : bytes.error.why;
}

/** Playbooks in the folder that was named, the current one, the scope, and the `playbooks` of both, as a person would type them. */
function filesNear(
  file: string,
  { cwd, scopeFolder }: { readonly cwd: string; readonly scopeFolder: string },
): readonly string[] {
  const around = [...new Set([cwd, scopeFolder])].flatMap((folder) => [path.join(folder, 'playbooks'), folder]);
  const folders = [...new Set([path.dirname(file), ...around])];
  const names = folders.flatMap((folder) => yamlFiles(folder).map((name) => path.relative(cwd, path.join(folder, name))));
  return [...new Set(names)]
    .filter((name) => !/(^|\/)(bexpert(\.\w+)?|openapi|docker-compose|pnpm-workspace|pnpm-lock)\.ya?ml$/.test(name))
    .slice(0, 20);
}
