// How the program of the repository is started, and what it takes from its environment: read from its manifest and its source.
import path from 'node:path';
import { type Evidence, type Facts, search } from './detect.ts';
import { portVariables, starts } from './recipes.ts';
import type { RepositoryView } from './repository-view.ts';
import { type Ecosystem, programFiles } from './rules.ts';

export interface Script {
  readonly name: string;
  readonly command: string;
  readonly at: Evidence;
}
interface Found {
  readonly value: string;
  readonly at: Evidence;
}
export interface Program {
  readonly run: Found;
  /** The variable that it takes its port from. */
  readonly port: Found;
  /** A path that says whether it is well. */
  readonly health?: Found;
}
/** Why there is none. */
export interface NoProgram {
  readonly why: string;
}

/** Scripts of package.json, with their lines. */
export function scriptsOf(view: RepositoryView): readonly Script[] {
  const text = view.text('package.json') ?? '';
  let scripts: unknown;
  try {
    scripts = (JSON.parse(text) as { readonly scripts?: unknown }).scripts;
  } catch {
    return [];
  }
  if (typeof scripts !== 'object' || scripts === null) return [];
  const lines = text.split('\n');
  const from = lines.findIndex((line) => /^\s*"scripts"\s*:/.test(line));
  return Object.entries(scripts).flatMap(([name, command]) => {
    if (typeof command !== 'string') return [];
    const index = lines.findIndex((line, at) => at > from && line.trim().startsWith(`${JSON.stringify(name)}:`));
    const at = index < 0 ? { file: 'package.json' } : { file: 'package.json', line: index + 1 };
    return [{ name, command, at }];
  });
}

/** In the words of each language, and as a field of what holds the environment: `environment.PORT`, `{ PORT = 3000 } = process.env`. */
const reads = (name: string): readonly RegExp[] => [
  new RegExp(
    `(?:process\\.env(?:\\.|\\[["'])|environ(?:\\.get)?[[(]\\s*["']|[gG]etenv\\(\\s*["']|env\\(["']|ENV(?:\\.fetch)?[[(]\\s*["']|\\.get(?:<\\w+>)?\\(["']|\\$\\{)(${name})\\b`,
  ),
  new RegExp(`(?:\\.|["'])(${name})\\b|[{,]\\s*(${name})\\s*[,}=:]`),
];
const healthPath =
  /["'`(](\/(?:[\w-]+\/)*(?:healthz?|health[_-]?check|livez|liveness|readyz|readiness|ping|actuator\/health))\/?["'`)]|@(?:Get|Controller)\(["'](healthz?|health[_-]?check|livez|readyz|ping)["']\)/;

/** A variable that the program reads, by a pattern of its name. */
export function variableOf(view: RepositoryView, ecosystem: Ecosystem, name: string): Found | undefined {
  for (const pattern of reads(name)) {
    const seen = search(view, filesOf(view, ecosystem), pattern);
    const value = seen?.match[1] ?? seen?.match[2];
    if (seen !== undefined && value !== undefined) return { value, at: seen.at };
  }
  return undefined;
}
const filesOf = (view: RepositoryView, ecosystem: Ecosystem): readonly string[] =>
  view.files.filter((file) => programFiles[ecosystem].test(file)).slice(0, 3000);

export function programOf(view: RepositoryView, facts: Facts): Program | NoProgram {
  const { ecosystem } = facts;
  const framework = facts.one('framework');
  if (ecosystem === undefined || framework === undefined)
    return { why: 'no framework or server was found that would be started' };
  const run = ecosystem === 'node' ? nodeStart(view) : otherStart(view, framework);
  if (run === undefined) return { why: `no command was found that starts it, such as a script \`start\`` };
  const known = portVariables[framework.is];
  const port = known === undefined ? variableOf(view, ecosystem, '(?:[A-Z0-9]+_)*PORT') : { value: known, at: framework.at };
  if (port === undefined)
    return { why: 'it seems to take its port from no variable such as PORT, so that two of it could not run side by side' };
  const health = search(view, filesOf(view, ecosystem), healthPath);
  const named = health?.match[1] ?? (health?.match[2] === undefined ? undefined : `/${health.match[2]}`);
  return { run, port, ...(health === undefined || named === undefined ? {} : { health: { value: named, at: health.at } }) };
}

/** The line of the script itself where it only starts node: signals reach the program then. */
function nodeStart(view: RepositoryView): Found | undefined {
  const scripts = scriptsOf(view);
  const script = ['start:prod', 'start', 'serve'].flatMap((name) => scripts.find((one) => one.name === name) ?? [])[0];
  if (script !== undefined) {
    const { name, command, at } = script;
    const file = /^node (?:--[\w=-]+ )*(?<file>[\w./-]+)$/.exec(command)?.groups?.file;
    if (file === undefined) return { value: name === 'start' ? 'npm start' : `npm run ${name}`, at };
    const there = view.files.some(
      (one) => one === path.posix.normalize(file) || one.replace(/\.[cm]?js$/, '') === path.posix.normalize(file),
    );
    const built = !there && scripts.some((one) => one.name === 'build');
    return { value: built ? `npm run build && exec ${command}` : command, at };
  }
  const listens = search(
    view,
    view.files.filter((file) => /^(src\/)?(server|index|app|main)\.[cm]?js$/.test(file)),
    /\.listen\(|\bserve\(/,
  );
  return listens === undefined ? undefined : { value: `node ${listens.at.file}`, at: listens.at };
}

function otherStart(view: RepositoryView, framework: { readonly is: string; readonly at: Evidence }): Found | undefined {
  const recipe = starts[framework.is];
  if (recipe === undefined) return undefined;
  const { file } = framework.at;
  const name = /^(\w+)/.exec(framework.at.text ?? '')?.[1] ?? 'app';
  const module = file
    .replace(/\.py$/, '')
    .replace(/^src\//, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
  const app =
    framework.is === 'flask' ? `${file}:${name}` : `${file.startsWith('src/') ? '--app-dir src ' : ''}${module}:${name}`;
  const main = search(
    view,
    view.files.filter((each) => each.endsWith('.go') && !each.endsWith('_test.go')),
    /^func main\(\)/,
  );
  if (recipe.includes('MAIN') && main === undefined) return undefined;
  const folder = path.posix.dirname(main?.at.file ?? '.');
  const at = recipe.includes('MAIN') && main !== undefined ? main.at : framework.at;
  return {
    value: recipe
      .replace('APP', app)
      .replace('FILE', file)
      .replace('MAIN', folder === '.' ? '.' : `./${folder}`),
    at,
  };
}
