// The set-up of what was found: which files its result depends on, and where in a monorepo they lie.
import path from 'node:path';
import picomatch from 'picomatch';
import { type Evidence, type Facts, placed } from './detect.ts';
import { setUps } from './recipes.ts';
import type { RepositoryView } from './repository-view.ts';

export interface SetUp {
  readonly run: string;
  readonly key: readonly string[];
  readonly outputs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly because: string;
}
/** How programs of the set-up are called. */
export interface Means {
  readonly python: string;
  readonly bin: string;
  readonly go: string;
}

export function setUpOf(view: RepositoryView, facts: Facts): SetUp | undefined {
  const fact = facts.one('packages');
  const recipe = fact === undefined ? undefined : setUps[fact.is];
  if (fact === undefined || recipe === undefined || !needed(view, fact.is)) return undefined;
  // In a package of a monorepo the lock file lies at its root, and so does all that is installed.
  const above = fact.at.file.startsWith('../') ? path.posix.dirname(fact.at.file) : '';
  const inRoot = (name: string): string => path.posix.join(above, name);
  const there = recipe.key.flatMap((name) => keysOf(view, name, above));
  const several = there.some((name) => name.includes('**/package.json'));
  const key = [...new Set(there.filter((name) => !several || name !== inRoot('package.json')))];
  const generated = facts.all('migrations').some(({ is }) => is === 'prisma') ? ' && npx prisma generate' : '';
  const run = asPinned(recipe.run, view.text(inRoot('package.json')) ?? '')
    .replace('REQUIREMENTS', requirementsOf(view))
    .replace('EXTRAS', extrasOf(view));
  return {
    run: above === '' ? `${run}${generated}` : `(cd ${above} && ${run})${generated}`,
    key: generated === '' ? key : [...key, schemaOf(view)],
    outputs: recipe.outputs.map(inRoot),
    env: recipe.env ?? {},
    because: because(fact.at),
  };
}

/** The version that the repository names, `"packageManager": "pnpm@9.15.4+sha512..."`: another one would fetch that one first, or refuse. */
function asPinned(run: string, manifest: string): string {
  const [, name, pinned] = /"packageManager"\s*:\s*"(pnpm|yarn|bun)@(\d+\.\d+\.\d+[\w.-]*)/.exec(manifest) ?? [];
  return run.replace(/^npx --yes (pnpm|yarn|bun)(?:@[\d.]+)?/, (given, tool) =>
    tool === name && pinned !== undefined ? `npx --yes ${tool}@${pinned}` : given,
  );
}

export function meansOf(facts: Facts, setUp: SetUp | undefined): Means {
  const venv = facts.ecosystem === 'python' && setUp !== undefined;
  return {
    python: venv ? '.venv/bin/python' : 'python3',
    bin: venv ? '.venv/bin/' : '',
    go: setUp === undefined ? 'go' : 'GOMODCACHE="$PWD/.go/mod" go',
  };
}

/** What stands beside a line as its reason: `package.json:12 "vitest": "^3.0.0"`. */
export const because = (at: Evidence): string =>
  at.text === undefined ? placed(at) : `${placed(at)}  ${at.text.replace(/,$/, '')}`;

/** Packages that package.json takes from beside the repository: a copy of the repository is without them. */
export function packagesBeside(view: RepositoryView): readonly string[] {
  const named = [...(view.text('package.json') ?? '').matchAll(/"([^"\s]+)"\s*:\s*"(?:file|link|portal):([^"]+)"/g)];
  return named.flatMap(([, name = '', given = '']) => {
    const file = path.posix.normalize(given);
    const inside = view.files.some((known) => known === file || known.startsWith(`${file}/`));
    return (file.startsWith('../') || path.posix.isAbsolute(file)) && !inside ? [`${name} (${given})`] : [];
  });
}

const schemaOf = (view: RepositoryView): string =>
  view.files.find((file) => file.endsWith('schema.prisma')) ?? 'prisma/schema.prisma';

/** A module without requirements needs nothing, nor a project in Python that names none and is imported from where it lies. */
const needed = (view: RepositoryView, is: string): boolean =>
  is === 'go'
    ? /^require\b/m.test(view.text('go.mod') ?? '')
    : is === 'pip-project'
      ? /^\s*"?(optional-)?dependenc|^\[(build-system|dependency-groups)\]|dependencies\]/m.test(
          view.text('pyproject.toml') ?? '',
        ) || view.files.some((file) => /^(setup\.(py|cfg)$|src\/)/.test(file))
      : is !== 'npm-unlocked' || /"(dev)?dependencies"\s*:\s*\{\s*"/i.test(view.text('package.json') ?? '');

/** `*name` is a pattern of files at the root, the other names must be there to count. */
function keysOf(view: RepositoryView, name: string, above: string): readonly string[] {
  const place = (file: string): string => path.posix.join(above, file);
  if (name === '*package.json') {
    const nested = above !== '' || view.files.some((file) => file.endsWith('/package.json') && !file.startsWith('../'));
    return nested ? [place('**/package.json')] : [];
  }
  const matches = name.startsWith('*')
    ? picomatch(name.includes('*', 1) || name.startsWith('*.') ? name : name.slice(1))
    : undefined;
  const folder = above === '' ? '.' : above;
  return view.files.filter((file) =>
    matches === undefined ? file === place(name) : path.posix.dirname(file) === folder && matches(path.posix.basename(file)),
  );
}

function requirementsOf(view: RepositoryView): string {
  const files = view.files.filter((file) =>
    /^requirements([._-](dev|tests?|testing))?\.txt$|^(dev|tests?)[._-]requirements\.txt$/.test(file),
  );
  return files.map((file) => `-r ${file}`).join(' ');
}

/** Extras in which projects keep what their tests need. */
function extrasOf(view: RepositoryView): string {
  const section =
    /^\[project\.optional-dependencies\]\n([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(view.text('pyproject.toml') ?? '')?.[1] ?? '';
  const extras = [...section.matchAll(/^(dev|tests?|testing)\s*=/gm)].map(([, name = '']) => name);
  return extras.length === 0 ? '.' : `".[${extras.join(',')}]"`;
}
