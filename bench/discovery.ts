// `npm run bench:discovery`: maps back ends whose tables and routes are known, and counts what is found, missed and wrong.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { routeStacks, tableStacks } from '../src/discovery/index.ts';
import { layOut } from './discovery-files.ts';
import { type Adapter, byHand, type Kept, pageTables, type Result, withTables } from './discovery-page.ts';
import { type Mapped, scoresOf, type Truth } from './discovery-score.ts';
import { subjects } from './discovery-subjects.ts';

const root = path.resolve(import.meta.dirname, '..');
const at = (...parts: readonly string[]): string => path.join(root, ...parts);
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

type Output = Mapped & { readonly stats: { readonly 'not-understood': number } };

function mapped(folder: string): Output {
  const args = [at('dist/cli.js'), 'map', folder, '--format', 'json', '--only', 'schema,routes', '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1024 * 1024 * 1024 });
  if (status === 0) return JSON.parse(stdout) as Output;
  // Nothing to map: everything is missed, and that counts.
  if (status === 2) return { schema: { tables: [] }, contracts: { routes: [] }, stats: { 'not-understood': 0 } };
  throw new Error(`the map of ${folder} ended with ${status}:\n${stderr}`);
}

function resultOf(o: Pick<Result, 'subject' | 'kind' | 'stack' | 'repository' | 'commit'>, truth: Truth, folder: string): Result {
  const map = mapped(folder);
  return { ...o, made: truth.made, ...scoresOf(truth, map), notUnderstood: map.stats['not-understood'] };
}

/** Fixtures whose truth is known. */
function fixtures(): readonly Result[] {
  return ['api-contracts', 'schema-map'].flatMap((plugin) => {
    const folder = at('plugins', plugin, 'fixtures');
    return readdirSync(folder)
      .filter((name) => existsSync(path.join(folder, name, 'truth.json')))
      .map((stack) => {
        const truth = fixtureTruth(read(path.join(folder, stack, 'truth.json')), madeOf(path.join(folder, stack)));
        return resultOf(
          {
            subject: `${plugin}/${stack}`,
            kind: 'fixture',
            stack: plugin === 'api-contracts' ? { routes: stack } : { tables: stack },
          },
          truth,
          path.join(folder, stack),
        );
      });
  });
}

type Columns = readonly (string | { readonly name: string })[] | Readonly<Record<string, unknown>>;
/** Each maker prints what its framework or database gives: tables as a list or by name, or a list of columns that begin with their table. */
interface FixtureTruth {
  readonly routes?: readonly { readonly method: string; readonly path: string }[];
  readonly tables?: readonly { readonly name: string; readonly columns: Columns }[] | Readonly<Record<string, Columns>>;
  readonly columns?: readonly (readonly [table: string, column: string, ...unknown[]])[];
}
const isList = <Item>(value: readonly Item[] | object): value is readonly Item[] => Array.isArray(value);
const columnNames = (columns: Columns): readonly string[] =>
  isList(columns) ? columns.map((one) => (typeof one === 'string' ? one : one.name)) : Object.keys(columns);

/** A program beside it made it, by asking the framework or the database; without one a person wrote it. */
const madeOf = (folder: string): string =>
  readdirSync(folder).some((file) => /^truth\.(?!json$)/.test(file)) ? 'by its framework' : byHand;

function fixtureTruth({ routes, tables, columns }: FixtureTruth, made: string): Truth {
  const byName: Record<string, string[]> = {};
  for (const [table, column] of columns ?? []) byName[table] = [...(byName[table] ?? []), column];
  const listed =
    tables === undefined ? [] : isList(tables) ? tables.map((one) => [one.name, one.columns] as const) : Object.entries(tables);
  for (const [name, own] of listed) byName[name] = [...columnNames(own)];
  return {
    made,
    ...(routes === undefined ? {} : { routes: routes.map(({ method, path: route }) => `${method} ${route}`) }),
    ...(Object.keys(byName).length === 0 ? {} : { tables: byName }),
  };
}

async function adapters(): Promise<readonly Adapter[]> {
  const described = async (about: Adapter['about'], list: typeof routeStacks | typeof tableStacks) => {
    const loaded = await Promise.all([...list].map((load) => load()));
    return loaded.map(({ name, language, knownFrom }) => ({ about, name, language, knownFrom }));
  };
  return [...(await described('routes', routeStacks)), ...(await described('tables', tableStacks))];
}

/** What is kept: of a stack that is not read yet the list would be all that there is. */
const shortened = (result: Result): Result => ({
  ...result,
  missed: result.missed.slice(0, 20),
  wrong: result.wrong.slice(0, 20),
});

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    subject: { type: 'string' },
    subjects: { type: 'string', default: process.env.BEXPERT_SUBJECTS ?? '' },
    fetch: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-discovery-'));
const results: Result[] = [];
const absent: string[] = [];
try {
  for (const subject of subjects.filter(({ name }) => values.subject === undefined || name === values.subject)) {
    const to = path.join(folder, 'files', subject.name);
    const laid = layOut({
      subject,
      to,
      mirrors: values.subjects === '' ? undefined : values.subjects,
      fetchInto: values.fetch ? path.join(folder, 'fetched') : undefined,
    });
    if (laid === undefined) {
      absent.push(subject.name);
      continue;
    }
    const { name, repository, commit, stack, scope = '' } = subject;
    const truth = read<Truth>(at('bench/truth', `${name}.json`));
    results.push(resultOf({ subject: name, kind: 'public', stack, repository, commit }, truth, path.join(to, scope)));
    rmSync(to, { recursive: true, force: true });
  }
  if (values.subject === undefined) results.push(...fixtures());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print(pageTables(results));
for (const { subject, missed, wrong } of results) {
  if (missed.length + wrong.length === 0) continue;
  print(`\n${subject}`);
  const most = values.subject === undefined ? 10 : 1000;
  for (const one of missed.slice(0, most)) print(`  missed  ${one}`);
  for (const one of wrong.slice(0, most)) print(`  wrong   ${one}`);
  const left = Math.max(0, missed.length - most) + Math.max(0, wrong.length - most);
  if (left > 0) print(`  and ${left} more: --subject ${subject}`);
}
for (const name of absent)
  print(`Not here, so nothing is said of it: ${name}. --subjects names a folder of mirrors; --fetch gets it.`);
if (values.write) {
  if (values.subject !== undefined || absent.length > 0) {
    print('Nothing was written: a part of the subjects would take the place of all.');
    process.exitCode = 2;
  } else {
    const kept: Kept = { adapters: await adapters(), results: results.map(shortened) };
    writeFileSync(at('bench/results/discovery.json'), `${JSON.stringify(kept, undefined, 1)}\n`);
    const page = at('docs/discovery.md');
    const text = withTables(readFileSync(page, 'utf8'), kept);
    if (text === undefined) throw new Error('docs/discovery.md has lost the markers of its tables');
    writeFileSync(page, text);
  }
}
