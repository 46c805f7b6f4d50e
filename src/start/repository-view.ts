// The files of a repository as rules look at them: what git keeps or would keep, read when asked for, at most once.
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface RepositoryView {
  /** Relative to the scope, those nearer to its root first. Manifests at the root of the repository above it begin with `../`. */
  readonly files: readonly string[];
  text(file: string): string | undefined;
}

const longest = 512 * 1024;
const most = 20_000;
/** Not of the repository itself: installed, built, or there to be looked at. */
const left = new Set([
  '.git',
  'node_modules',
  'vendor',
  '.venv',
  'venv',
  'dist',
  'build',
  'target',
  'coverage',
  '__pycache__',
  'examples',
  'example',
  'fixtures',
  '__fixtures__',
  'testdata',
]);
/** What a package of a monorepo shares with the others. */
const shared =
  /^(package\.json|[\w.-]*lock[\w.-]*|npm-shrinkwrap\.json|pnpm-workspace\.yaml|docker-compose\.ya?ml|compose\.ya?ml|nx\.json|turbo\.json)$/;

export async function viewOf(scope: string): Promise<RepositoryView> {
  const root = await git(scope, 'rev-parse', '--show-toplevel');
  const listed = await git(scope, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  const inside =
    listed === undefined
      ? await walked(scope)
      : listed.split('\0').filter((file) => file !== '' && isFile(path.join(scope, file)));
  const above = root === undefined ? '' : path.relative(scope, root.trim());
  const outside =
    above === ''
      ? []
      : (await readdir(path.join(scope, above))).filter((name) => shared.test(name)).map((name) => path.posix.join(above, name));
  return viewOfFiles([...inside, ...outside], (file) => readText(path.join(scope, file)));
}

/** For files that lie elsewhere, too. */
function viewOfFiles(files: readonly string[], read: (file: string) => string | undefined): RepositoryView {
  const texts = new Map<string, string | undefined>();
  const depth = (file: string): number => (file.startsWith('../') ? 99 : file.split('/').length);
  return {
    files: files
      .filter((file) => !file.split('/').some((name) => left.has(name)))
      .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
      .slice(0, most),
    text(file) {
      if (!texts.has(file)) texts.set(file, read(file));
      return texts.get(file);
    },
  };
}

async function git(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)('git', [...args], { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch {
    return undefined;
  }
}

async function walked(scope: string, folder = ''): Promise<readonly string[]> {
  const entries = await readdir(path.join(scope, folder), { withFileTypes: true });
  const below = await Promise.all(
    entries
      .filter(({ name }) => !left.has(name))
      .map((entry): Promise<readonly string[]> | readonly string[] => {
        const place = path.posix.join(folder, entry.name);
        if (entry.isDirectory()) return walked(scope, place);
        return entry.isFile() ? [place] : [];
      }),
  );
  return below.flat();
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    // Nothing there, or a link that leads to itself.
    return false;
  }
}

function readText(file: string): string | undefined {
  try {
    return statSync(file).size > longest ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
