// What `bexpert init` concludes from repositories of many stacks, and that what it writes is valid for each.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { type Stack, stacks } from './stacks.ts';

const parent = mkdtempSync(path.join(os.tmpdir(), 'bexpert-init-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

let count = 0;
function folderOf(files: Stack): string {
  const folder = path.join(parent, String(count++));
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}
async function bexpert(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { io, said } = here(cwd, { env: { XDG_STATE_HOME: path.join(parent, 'state') } });
  return { code: await main(args, io), said: said() };
}
/** The two files that init writes, without comments. */
async function written(
  files: Stack,
): Promise<{ readonly said: string; readonly settings: string; readonly playbook: string; readonly all: string }> {
  const folder = folderOf(files);
  const { code, said } = await bexpert(folder, 'init');
  expect(code, said).toBe(0);
  expect(said).not.toMatch(/error|warning/);
  const text = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const bare = (file: string): string =>
    text(file)
      .replace(/^\s*#.*\n/gm, '')
      .replace(/ # .*$/gm, '');
  return {
    said,
    settings: bare('bexpert.yml'),
    playbook: bare('playbooks/quality.yml'),
    all: text('bexpert.yml') + text('playbooks/quality.yml'),
  };
}
const stack = (name: string): Stack => {
  const files = stacks[name];
  if (files === undefined) throw new Error(`no stack ${name}`);
  return files;
};

const tested = Object.keys(stacks).filter((name) => name !== 'nothing');
it.each(tested)('%s: what is written is valid', async (name) => {
  const { said } = await written(stack(name));
  expect(said).toMatch(/^valid /m);
});

describe('a service with Vitest, Fastify and PostgreSQL', () => {
  it('is set up, started and judged by what its files say', async () => {
    const { settings, playbook } = await written(stack('npm, Vitest, Fastify, PostgreSQL'));
    expect(settings).toBe(`bexpert: 1
setup:
  - run: npm ci
    cache-key: [package-lock.json, package.json]
    outputs: ["**/node_modules"]
services:
  db:
    uses: postgres
    migrate: npm run migrate
    seed: npm run seed
  api:
    run: node src/server.js
    dependencies: [db]
    env:
      PORT: \${{ service.port }}
      DATABASE_URL: \${{ services.db.url }}
      JWT_SECRET: not-a-secret
    ready: { http: /healthz, within: 20s }
defaults:
  tests: { services: [db] }
  coverage: { services: [db] }
  migration:
    up: npm run migrate
    down: npm run migrate:down
  log-scan: { requests: [{ path: /healthz }] }
`);
    expect(playbook).toContain(
      '    - tests\n    - coverage\n    - uses: migration\n      when-changed: ["migrations/**"]\n    - log-scan\n',
    );
  });
  it('has the place of each reason beside it', async () => {
    const { all } = await written(stack('npm, Vitest, Fastify, PostgreSQL'));
    expect(all).toContain('# package.json:11  "pg": "^8.0.0"');
    expect(all).toContain('PORT: ${{ service.port }} # src/server.js:4');
    expect(all).toContain('JWT_SECRET: not-a-secret # .env.example:3');
    expect(all).toContain('# - OpenAPI (openapi.yml:1)');
  });
});

const says: readonly (readonly [string, readonly string[]])[] = [
  [
    'pnpm, Jest, Express, MongoDB',
    [
      'pnpm@10.34.8 install --frozen-lockfile',
      'npx jest --ci --verbose',
      'needs MongoDB (package.json:9)',
      'npx eslint --format json .',
    ],
  ],
  [
    'yarn 1, Mocha, Koa, MySQL',
    [
      'yarn@1.22.22 install',
      '{ junit: mocha-report.xml }',
      'MySQL (package.json:8): bexpert starts PostgreSQL only',
      'with: { command: npx mocha }',
    ],
  ],
  [
    'yarn 4, Vitest, Hono',
    [
      'corepack yarn install --immutable',
      '    - tests\n',
      'run: npm start',
      'id: types',
      'needs the package @vitest/coverage-v8',
    ],
  ],
  ['bun, node:test, no framework', ['{ tap: stdout }', 'with: { command: node --test }', 'no framework or server was found']],
  [
    'npm, Jest, NestJS, Prisma',
    [
      'npm ci && npx prisma generate',
      'migrate: npx prisma migrate deploy',
      'run: npm run build && exec node dist/main',
      'http: /health,',
      'no command was found that takes the newest back',
    ],
  ],
  [
    'pip, pytest, FastAPI, Alembic, PostgreSQL',
    [
      'pip install -r requirements-dev.txt -r requirements.txt',
      '.venv/bin/python -B -m pytest -p no:cacheprovider --junitxml=pytest-report.xml',
      'run: .venv/bin/python -m uvicorn app.main:app --host 127.0.0.1 --port "$PORT"',
      'files: ["**/versions/*.py"]',
      'down: .venv/bin/python -m alembic downgrade -1',
      'run: .venv/bin/ruff check',
      'id: types',
      'DATABASE_URL: ${{ services.db.url }}',
    ],
  ],
  [
    'poetry, Django, PostgreSQL',
    [
      'poetry install --no-interaction',
      'POETRY_VIRTUALENVS_IN_PROJECT: "true"',
      '.venv/bin/python -B manage.py test',
      'manage.py migrate --noinput',
      'runserver --noreload',
    ],
  ],
  ['uv, pytest, Flask, SQLite', ['uv sync --frozen', '--app src/app.py:app run']],
  ['pyproject, pytest', ['.venv/bin/pip install -e ".[dev]"']],
  [
    'Python without dependencies, unittest',
    ['python3 -B -m unittest discover -s tests', 'run: python3 app.py', 'http: /healthz,'],
  ],
  [
    'Go, gin, PostgreSQL',
    [
      'GOMODCACHE="$PWD/.go/mod" go mod download',
      'GOMODCACHE="$PWD/.go/mod" go run ./cmd/api',
      'go test -count=1 -v ./...',
      'go vet',
      'within: 2m',
    ],
  ],
  [
    'Bundler, RSpec, Rails, PostgreSQL',
    ['bundle exec rspec', 'up: bin/rails db:migrate', 'bin/rails server', 'bundle exec rubocop'],
  ],
  [
    'Maven, JUnit, Spring, PostgreSQL',
    ['target/surefire-reports/*.xml', 'SERVER_PORT: ${{ service.port }}', 'http: /actuator/health'],
  ],
  ['Gradle, JUnit', ['build/test-results/test/*.xml', 'GRADLE_RO_DEP_CACHE="$PWD/.gradle-home/caches"']],
];
it('says something of every stack', () => {
  expect(new Set([...says.map(([name]) => name), 'npm, Vitest, Fastify, PostgreSQL', 'nothing'])).toEqual(
    new Set(Object.keys(stacks)),
  );
});
it.each(says)('%s: says what it found', async (name, words) => {
  const { all } = await written(stack(name));
  // Comments go on over lines.
  const flat = `${all}\n${all.replaceAll(/\n\s*#\s+(?!-)/g, ' ')}`;
  for (const each of words) expect(flat).toContain(each);
});

it('reads manifests that say much on one line', async () => {
  const manifest =
    '{ "scripts": { "start": "node a.js", "migrate": "node m.js" },\n  "dependencies": { "express": "^5.0.0", "pg": "^8.0.0" }, "devDependencies": { "jest": "^29.0.0" } }\n';
  const { said, settings } = await written({
    'package.json': manifest,
    'package-lock.json': '{}\n',
    'a.js': 'app.listen(process.env.PORT);\n',
  });
  expect(said).toMatch(
    /tests +jest +package\.json:2\n +framework +express +package\.json:2\n +database +postgres +package\.json:2\n +migrations +npm-script +package\.json:1/,
  );
  expect(settings).toContain('    migrate: npm run migrate\n');
  expect(settings).toContain('    run: node a.js\n');
});
it('takes a script for no dependency of the same name', async () => {
  const { said } = await written({
    'package.json': '{\n  "scripts": {\n    "jest": "node --test",\n    "test": "node --test"\n  }\n}\n',
  });
  expect(said).toMatch(/tests +node:test +package\.json:4/);
  expect(said).not.toMatch(/tests +jest/);
});

it('takes the version of pnpm that the repository names, and of its root in a monorepo', async () => {
  const files = { ...stack('pnpm, Jest, Express, MongoDB') };
  const manifest = (files['package.json'] ?? '').replace(
    '"name": "app"',
    '"name": "app", "packageManager": "pnpm@9.15.4+sha512.ab"',
  );
  const { settings } = await written({ ...files, 'package.json': manifest });
  expect(settings).toContain('- run: npx --yes pnpm@9.15.4 install --frozen-lockfile\n');
});
it('takes migrations back with the tool that the script for the way there starts', async () => {
  const migrate = async (command: string) => {
    const { settings } = await written({
      'package.json': JSON.stringify({
        scripts: { start: 'node a.js', migrate: command },
        dependencies: { pg: '8', express: '5' },
      }),
      'a.js': 'app.listen(process.env.PORT);\n',
    });
    return settings;
  };
  expect(await migrate('knex migrate:latest --knexfile db/knexfile.js')).toContain(
    '    up: npm run migrate\n    down: npx knex migrate:down --knexfile db/knexfile.js\n',
  );
  expect(await migrate('node-pg-migrate up')).toContain('    down: npx node-pg-migrate down\n');
  expect(await migrate('prisma migrate deploy')).not.toContain('down:');
  expect(await migrate('node scripts/migrate.js up')).not.toContain('down:');
});

describe('a repository in which nothing is found', () => {
  it('is told so, and what a gate could be', async () => {
    const folder = folderOf(stack('nothing'));
    const { said } = await bexpert(folder, 'init');
    expect(said).toContain('Nothing was found that is known here.');
    expect(said).toContain('No tests were found.');
    expect(said).toContain('add a gate   playbooks/quality.yml asks for `tests`, which is for Vitest');
    expect(said).not.toContain('red today?');
    expect(said).toMatch(/^valid /m);
  });
});

describe('what is there', () => {
  it('is never overwritten', async () => {
    const folder = folderOf({ ...stack('Gradle, JUnit'), 'bexpert.yml': 'bexpert: 1\n' });
    const { code, said } = await bexpert(folder, 'init');
    expect({ code, said: said.split('\n')[0] }).toEqual({
      code: 2,
      said: 'error bexpert.yml exists already. Nothing was written. [cli/init-exists]',
    });
    expect(readFileSync(path.join(folder, 'bexpert.yml'), 'utf8')).toBe('bexpert: 1\n');
    expect((await bexpert(folder, 'init', '--dry-run')).said).toContain('# ---- playbooks/quality.yml ----');
  });
  it('is left alone by --dry-run', async () => {
    const folder = folderOf(stack('Gradle, JUnit'));
    expect((await bexpert(folder, 'init', '--dry-run', '--name', 'pull-request')).said).toContain('name: pull-request');
    expect((await bexpert(folder, 'init')).code).toBe(0);
  });
});

describe('for programs', () => {
  it('says what was found and where, and the files that were written', async () => {
    const folder = folderOf(stack('pip, pytest, FastAPI, Alembic, PostgreSQL'));
    const dry = await bexpert(folder, 'init', '--dry-run', '--json');
    const { code, said } = await bexpert(folder, 'init', '--json');
    expect(code).toBe(0);
    expect(said).toBe(dry.said);
    const answer = JSON.parse(said) as { readonly found: unknown; readonly files: Readonly<Record<string, string>> };
    expect(answer).toMatchObject({ format: 1, gates: ['tests', 'lint', 'types', 'migration', 'log-scan'] });
    expect(answer.found).toContainEqual({ about: 'framework', is: 'fastapi', file: 'app/main.py', line: 4 });
    expect(answer.files['bexpert.yml']).toBe(readFileSync(path.join(folder, 'bexpert.yml'), 'utf8'));
  });
});

describe('a monorepo', () => {
  const files = {
    'package.json': '{\n  "workspaces": ["packages/*"],\n  "devDependencies": {\n    "vitest": "4.1.12"\n  }\n}\n',
    'package-lock.json': '{}\n',
    'packages/api/package.json':
      '{\n  "scripts": { "start": "node server.js" },\n  "dependencies": {\n    "express": "5.0.0"\n  }\n}\n',
    'packages/api/server.js': 'app.listen(process.env.PORT);\n',
    'packages/api/server.test.js': '',
    'packages/docs/package.json': '{}\n',
  };
  it('asks for which package', async () => {
    const { code, said } = await bexpert(folderOf(files), 'init');
    expect(code).toBe(2);
    expect(said).toContain('bexpert init --repo packages/api');
    expect(said).toContain('`packages/api`, `packages/docs`; `--repo .` takes the root');
  });
  it('is set up at its root for one package', async () => {
    const folder = folderOf(files);
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    const { code, said } = await bexpert(folder, 'init', '--repo', 'packages/api');
    expect(code, said).toBe(0);
    const settings = readFileSync(path.join(folder, 'packages/api/bexpert.yml'), 'utf8');
    expect(settings).toContain('run: (cd ../.. && npm ci)');
    expect(settings).toContain('cache-key: [../../package-lock.json, "../../**/package.json"]');
    expect(settings).toContain('outputs: ["../../**/node_modules"]');
    expect(readFileSync(path.join(folder, 'packages/api/playbooks/quality.yml'), 'utf8')).toContain('    - tests\n');
  });
});

describe('what lies around the repository', () => {
  it('is said where package.json takes a package from there, which a copy of the repository is without', async () => {
    const manifest = (from: string): Stack => ({
      'package.json': `{ "devDependencies": { "bexpert": "file:${from}", "vitest": "4.0.0" } }\n`,
      'package-lock.json': '{}\n',
      'vendor/bexpert-0.1.0.tgz': '',
    });
    expect((await written(manifest('../bexpert-0.1.0.tgz'))).said).toContain(
      'The package bexpert (../bexpert-0.1.0.tgz) lies outside the repository',
    );
    expect((await written(manifest('vendor/bexpert-0.1.0.tgz'))).said).not.toContain('outside');
  });
});

describe('a project in Python', () => {
  const test = { 'tests/test_a.py': 'import unittest\n\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n' };
  it('that names no packages is installed nowhere', async () => {
    const { settings, playbook } = await written({ ...test, 'pyproject.toml': '[project]\nname = "shop"\n' });
    expect(settings).not.toContain('setup');
    expect(playbook).toContain('run: python3 -B -m unittest');
  });
  it.each([
    ['dependencies', { 'pyproject.toml': '[project]\nname = "shop"\ndependencies = ["flask"]\n' }],
    ['extras', { 'pyproject.toml': '[project]\nname = "shop"\n[project.optional-dependencies]\ndev = ["ruff"]\n' }],
    ['a build', { 'pyproject.toml': '[project]\nname = "shop"\n[build-system]\nrequires = ["setuptools"]\n' }],
    ['its modules below src', { 'pyproject.toml': '[project]\nname = "shop"\n', 'src/shop/__init__.py': '' }],
  ])('that has %s is installed', async (_, files) => {
    const { settings, playbook } = await written({ ...test, ...files });
    expect(settings).toContain('pip install -e');
    expect(playbook).toContain('run: .venv/bin/python -B -m unittest');
  });
});
