// What to write for a repository, put together from facts and recipes; how it is laid out as YAML is said in compose.ts.
import path from 'node:path';
import { type Fact, type Facts, placed } from './detect.ts';
import { type Program, programOf, scriptsOf, variableOf } from './program.ts';
import { type GateRecipe, linters, migrations, tests } from './recipes.ts';
import type { RepositoryView } from './repository-view.ts';
import { because, type Means, meansOf, packagesBeside, type SetUp, setUpOf } from './set-up.ts';

export interface Gate extends GateRecipe {
  readonly env?: Readonly<Record<string, string>>;
  readonly because: string;
  readonly with?: Readonly<Record<string, string | readonly string[]>>;
  /** Only then, when nothing of it changed. */
  readonly whenChanged?: readonly string[];
  readonly services?: readonly string[];
}
export interface Database {
  readonly because: string;
  readonly migrate?: { readonly up: string; readonly because: string };
  readonly seed?: { readonly run: string; readonly because: string };
  /** The variable that its address stands in. */
  readonly variable: string;
}
export interface Proposal {
  readonly setUp?: SetUp;
  readonly database?: Database;
  readonly api?: Program & { readonly env: readonly Setting[] };
  readonly gates: readonly Gate[];
  /** Defaults of plugins, by plugin. */
  readonly facts: Facts;
  /** What was not found, or was found and is left out, and why. */
  readonly left: readonly string[];
}
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly because: string;
}

const titles: Readonly<Record<string, string>> = { mysql: 'MySQL', mongodb: 'MongoDB', redis: 'Redis', sqlite: 'SQLite' };

export function proposalOf(view: RepositoryView, facts: Facts): Proposal {
  const left: string[] = [];
  const setUp = setUpOf(view, facts);
  const means = meansOf(facts, setUp);
  const fill = (text: string): string => filled(text, means, facts);
  const migration = migrationOf(view, facts, fill);
  const database = databaseOf({ view, facts, migration, fill, left });
  const api = apiOf({ view, facts, database, fill, left });
  const services = database === undefined ? [] : ['db'];
  const gates = [
    ...testGates({ view, facts, fill, database, services, left }),
    ...facts.all('linter').flatMap((fact): readonly Gate[] => {
      const recipe = linters[fact.is];
      if (recipe === undefined || (recipe.needs !== undefined && !view.files.some((file) => recipe.needs?.test(file)))) return [];
      return [{ ...recipe, run: fill(recipe.run ?? ''), because: because(fact.at) }];
    }),
    ...migrationGate({ migration, database, left }),
    ...logGate({ facts, api, left }),
  ];
  for (const beside of packagesBeside(view))
    left.push(
      `The package ${beside} lies outside the repository, where the set-up does not find it: put it into the repository, and install it from there.`,
    );
  for (const other of facts.besides) left.push(`There is ${other} besides; only ${facts.ecosystem} is looked at here.`);
  return {
    ...(setUp === undefined ? {} : { setUp }),
    ...(database === undefined ? {} : { database }),
    ...(api === undefined ? {} : { api }),
    gates: unique(gates),
    facts,
    left,
  };
}

function filled(text: string, { python, bin, go }: Means, facts: Facts): string {
  const folder = path.posix.dirname(facts.one('tests')?.at.file ?? '.');
  return text
    .replace('PYTHON', python)
    .replace('BIN', bin)
    .replace(/\bGO(?= )/, go)
    .replace(' DISCOVER', folder === '.' ? '' : ` -s ${folder}`);
}

/** Two linters, or two type checkers, need two names. */
function unique(gates: readonly Gate[]): readonly Gate[] {
  return gates.map((gate, index) =>
    gates.findIndex(({ id }) => id === gate.id) === index
      ? gate
      : { ...gate, id: `${gate.id}-${(/[\w-]+/.exec(gate.because.split('"')[1] ?? '')?.[0] ?? index).toString()}` },
  );
}

interface Migration {
  readonly fact: Fact;
  readonly up: string;
  readonly down?: string;
  readonly files: readonly string[];
  readonly elsewhere?: true;
}
function migrationOf(view: RepositoryView, facts: Facts, fill: (text: string) => string): Migration | undefined {
  const all = facts.all('migrations');
  const folder = all.find(({ is }) => is === 'folder');
  const files = folder === undefined ? ['**/migrations/**'] : [path.posix.join(path.posix.dirname(folder.at.file), '**')];
  const script = all.find(({ is }) => is === 'npm-script');
  if (script !== undefined) {
    const scripts = scriptsOf(view);
    const up = scripts.find(({ name }) => /^(db:)?migrat(e|ions?)(:(up|run|deploy|latest))?$/.test(name));
    const down =
      scripts.find(({ name }) => /migrat/.test(name) && /(down|rollback|revert|undo)/.test(name)) ??
      scripts.find(({ name }) => name === 'db:rollback');
    return {
      fact: script,
      up: `npm run ${up?.name ?? 'migrate'}`,
      ...downOf(down?.name, up?.command),
      files,
    };
  }
  for (const fact of all) {
    const recipe = migrations[fact.is];
    if (recipe === undefined) continue;
    const schema = path.posix.dirname(fact.at.file);
    return {
      fact,
      up: fill(recipe.up),
      ...(recipe.down === undefined ? {} : { down: fill(recipe.down) }),
      files: recipe.files.map((glob) => glob.replace('SCHEMA', schema)),
      ...(recipe.elsewhere === undefined ? {} : { elsewhere: recipe.elsewhere }),
    };
  }
  return undefined;
}

/** A script that takes the newest back; else the way back of the tool that the script for the way there starts. */
function downOf(script: string | undefined, up: string | undefined): { readonly down?: string } {
  if (script !== undefined) return { down: `npm run ${script}` };
  for (const recipe of Object.values(migrations)) {
    const [there, back] = [recipe.up, recipe.down].map((line) => line?.replace(/^npx /, ''));
    if (there === undefined || back === undefined || up === undefined) continue;
    const command = up.replace(/^npx /, '');
    if (command === there || command.startsWith(`${there} `)) return { down: `npx ${command.replace(there, back)}` };
  }
  return {};
}

function databaseOf(o: {
  readonly view: RepositoryView;
  readonly facts: Facts;
  readonly migration: Migration | undefined;
  readonly fill: (text: string) => string;
  readonly left: string[];
}): Database | undefined {
  const { view, facts, migration, left } = o;
  const fact = facts.one('database');
  if (fact === undefined || facts.ecosystem === undefined) return undefined;
  if (fact.is !== 'postgres') {
    const what = `${titles[fact.is] ?? fact.is} (${placed(fact.at)})`;
    if (fact.is !== 'sqlite')
      left.push(`${what}: bexpert starts PostgreSQL only. A service of your own is \`run:\` with the command that starts it.`);
    return undefined;
  }
  const variable = variableOf(view, facts.ecosystem, '[A-Z0-9_]*(?:DATABASE|POSTGRES|PG|DB)[A-Z0-9_]*(?:UR[LI]|DSN)');
  if (variable === undefined)
    left.push('No variable was found that the program takes the address of its database from; it gets DATABASE_URL.');
  const folder = facts.all('migrations').find(({ is }) => is === 'folder');
  if (migration === undefined)
    left.push(
      folder === undefined
        ? 'No migrations were found: the database is empty. `migrate:` of the service is the command that makes its tables.'
        : `No command was found that applies the migrations (${placed(folder.at)}): it belongs to \`migrate:\` of the service db.`,
    );
  const seed = scriptsOf(view).find(({ name }) => name === 'seed' || name === 'db:seed');
  return {
    because: because(fact.at),
    variable: variable?.value ?? 'DATABASE_URL',
    ...(migration === undefined ? {} : { migrate: { up: migration.up, because: because(migration.fact.at) } }),
    ...(seed === undefined ? {} : { seed: { run: `npm run ${seed.name}`, because: placed(seed.at) } }),
  };
}

function apiOf(o: {
  readonly view: RepositoryView;
  readonly facts: Facts;
  readonly database: Database | undefined;
  readonly fill: (text: string) => string;
  readonly left: string[];
}): Proposal['api'] {
  const { view, facts, database, fill, left } = o;
  const lacking = [facts.one('database'), facts.one('cache')].find(
    (fact) => fact !== undefined && fact.is !== 'postgres' && fact.is !== 'sqlite',
  );
  const program = programOf(view, facts);
  if ('why' in program) {
    left.push(`The program is no service here: ${program.why}.`);
    return undefined;
  }
  if (lacking !== undefined) {
    left.push(
      `The program is no service here, since it needs ${titles[lacking.is] ?? lacking.is} (${placed(lacking.at)}). It starts with \`${fill(program.run.value)}\` (${placed(program.run.at)}).`,
    );
    return undefined;
  }
  return {
    ...program,
    run: { ...program.run, value: fill(program.run.value) },
    env: settingsOf(view, [program.port.value, database?.variable ?? '']),
  };
}

/** What the team's own example of an environment says, but for addresses of what runs elsewhere. */
function settingsOf(view: RepositoryView, known: readonly string[]): readonly Setting[] {
  const file = view.files.find((name) => /^\.env\.(example|sample|template|dist)$/.test(name));
  if (file === undefined) return [];
  return (view.text(file) ?? '').split('\n').flatMap((line, index): readonly Setting[] => {
    const [, name = '', value = ''] = /^(?:export )?([A-Z][A-Z0-9_]*)=["']?([^"'#]+?)["']?\s*$/.exec(line.trim()) ?? [];
    if (name === '' || known.includes(name) || /:\/\/|\$\{/.test(value) || /^(PG|POSTGRES|DB_|MYSQL|NODE_ENV$)/.test(name))
      return [];
    return [{ name, value, because: `${file}:${index + 1}` }];
  });
}

function testGates(o: {
  readonly view: RepositoryView;
  readonly facts: Facts;
  readonly fill: (text: string) => string;
  readonly database: Database | undefined;
  readonly services: readonly string[];
  readonly left: string[];
}): readonly Gate[] {
  const { facts, fill, database, services, left } = o;
  const fact = facts.one('tests');
  const recipe = fact === undefined ? undefined : tests[fact.is];
  if (fact === undefined || recipe === undefined) {
    left.push(
      'No tests were found. A gate for them is `{ id: tests, run: <the command>, findings: { junit: <its report> } }`, or `tests` for Vitest.',
    );
    return [];
  }
  const env = database === undefined || recipe.uses !== undefined ? {} : { [database.variable]: '${{ services.db.url }}' };
  const gate: Gate = {
    ...recipe,
    ...(recipe.run === undefined ? {} : { run: fill(recipe.run) }),
    because: because(fact.at),
    ...(services.length === 0 || recipe.uses !== undefined ? {} : { services, env }),
  };
  const command = fact.is === 'node:test' ? 'node --test' : fact.is === 'mocha' ? 'npx mocha' : undefined;
  const covering = facts.one('coverage');
  const covered: readonly Gate[] =
    fact.is === 'vitest' && covering !== undefined
      ? [
          {
            id: 'coverage',
            uses: 'coverage',
            because: because(covering.at),
            note: 'Without limits: not more may be uncovered than on base.',
          },
        ]
      : command !== undefined
        ? [
            {
              id: 'coverage',
              uses: 'coverage',
              with: { command },
              ...(services.length === 0 ? {} : { services, env }),
              because: because(fact.at),
              note: 'Without limits: not more may be uncovered than on base.',
            },
          ]
        : [];
  if (covered.length === 0)
    left.push(
      fact.is === 'vitest'
        ? 'Coverage is not measured: the gate `coverage` needs the package @vitest/coverage-v8.'
        : 'Coverage is not measured: the gate `coverage` reads Vitest, and other runners of Node that run the code as it lies on disk.',
    );
  return [gate, ...covered];
}

function migrationGate(o: {
  readonly migration: Migration | undefined;
  readonly database: Database | undefined;
  readonly left: string[];
}): readonly Gate[] {
  const { migration, database, left } = o;
  if (migration === undefined || database === undefined) return [];
  if (migration.down === undefined) {
    left.push(
      `Migrations (${placed(migration.fact.at)}) are not taken up, down and up again: no command was found that takes the newest back. With one: \`- { uses: migration, with: { up: ..., down: ... } }\`.`,
    );
    return [];
  }
  return [
    {
      id: 'migration',
      uses: 'migration',
      because: because(migration.fact.at),
      whenChanged: migration.files,
      with: { ...(migration.elsewhere === undefined ? {} : { files: migration.files }), up: migration.up, down: migration.down },
    },
  ];
}

function logGate(o: { readonly facts: Facts; readonly api: Proposal['api']; readonly left: string[] }): readonly Gate[] {
  const { facts, api, left } = o;
  if (api === undefined) return [];
  const logger = facts.one('logger');
  if (logger === undefined) left.push('The log is not read: it seems that the program writes none.');
  else if (api.health === undefined)
    left.push('The log is not read: no path such as /healthz was found that may be asked. `log-scan` takes `requests`.');
  else return [{ id: 'log-scan', uses: 'log-scan', because: because(logger.at) }];
  return [];
}
