// What is written for what was found: tables. PYTHON and GO stand for those with what set-up installed, BIN for the folder of its programs.

export interface SetUpRecipe {
  readonly run: string;
  /** `*` files are looked for; the others must be there. */
  readonly key: readonly string[];
  readonly outputs: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
export interface GateRecipe {
  readonly id: string;
  /** A plugin, or a command. */
  readonly uses?: string;
  readonly run?: string;
  /** `findings`, as it is written. */
  readonly findings?: string;
  /** A file without which the tool does not run. */
  readonly needs?: RegExp;
  /** Said beside it. */
  readonly note?: string;
}
export interface MigrationRecipe {
  readonly up: string;
  /** Takes the newest one back; undefined: the tool cannot. */
  readonly down?: string;
  readonly files: readonly string[];
  /** The gate does not find these by itself. */
  readonly elsewhere?: true;
}

const npmOutputs = ['**/node_modules'];
const npmKey = ['package.json', '*package.json'];

/** docs/set-up.md says why each looks as it does. */
export const setUps: Readonly<Record<string, SetUpRecipe>> = {
  npm: { run: 'npm ci', key: ['package-lock.json', ...npmKey], outputs: npmOutputs },
  'npm-unlocked': { run: 'npm install --no-package-lock', key: npmKey, outputs: npmOutputs },
  pnpm: { run: 'npx --yes pnpm@10.34.8 install --frozen-lockfile', key: ['pnpm-lock.yaml', ...npmKey], outputs: npmOutputs },
  yarn: { run: 'corepack yarn install --immutable', key: ['yarn.lock', '.yarnrc.yml', ...npmKey], outputs: npmOutputs },
  'yarn-1': { run: 'npx --yes yarn@1.22.22 install --frozen-lockfile', key: ['yarn.lock', ...npmKey], outputs: npmOutputs },
  bun: { run: 'npx --yes bun install --frozen-lockfile', key: ['*bun.lock', '*bun.lockb', ...npmKey], outputs: npmOutputs },
  uv: {
    run: 'uv sync --frozen',
    key: ['pyproject.toml', 'uv.lock'],
    outputs: ['.venv'],
    env: { UV_PYTHON_PREFERENCE: 'only-system', UV_LINK_MODE: 'copy' },
  },
  poetry: {
    run: 'poetry install --no-interaction',
    key: ['pyproject.toml', '*poetry.lock'],
    outputs: ['.venv'],
    env: { POETRY_VIRTUALENVS_IN_PROJECT: 'true' },
  },
  pipenv: {
    run: 'pipenv install --dev --deploy',
    key: ['Pipfile', '*Pipfile.lock'],
    outputs: ['.venv'],
    env: { PIPENV_VENV_IN_PROJECT: '1' },
  },
  pip: { run: 'python3 -m venv .venv && .venv/bin/pip install REQUIREMENTS', key: ['*requirements*.txt'], outputs: ['.venv'] },
  'pip-project': {
    run: 'python3 -m venv .venv && .venv/bin/pip install -e EXTRAS',
    key: ['pyproject.toml'],
    outputs: ['.venv'],
  },
  bundler: {
    run: 'bundle config set --local path vendor/bundle && bundle install',
    key: ['Gemfile', '*Gemfile.lock', '*.gemspec'],
    outputs: ['vendor/bundle', '.bundle'],
  },
  go: { run: 'GOMODCACHE="$PWD/.go/mod" go mod download', key: ['go.mod', '*go.sum'], outputs: ['.go'] },
  maven: {
    // Surefire fetches what runs the tests only when it runs them.
    run: 'mvn --batch-mode -Dmaven.repo.local=.m2 -Dmaven.test.failure.ignore test',
    key: ['*pom.xml'],
    outputs: ['.m2'],
  },
  gradle: {
    run: 'GRADLE_USER_HOME="$PWD/.gradle-home" ./gradlew --no-daemon testClasses',
    key: ['*build.gradle', '*build.gradle.kts', '*gradle.lockfile'],
    outputs: ['.gradle-home'],
  },
};

/** Runners that the gate `tests` does not know say with their own reports what they ran. */
export const tests: Readonly<Record<string, GateRecipe>> = {
  vitest: { id: 'tests', uses: 'tests' },
  jest: {
    id: 'tests',
    run: 'npx jest --ci --verbose',
    findings: `{ regex: { pattern: '^\\s+✕ (?<message>.+?)(?: \\(\\d+ m?s\\))?$', examined: '^\\s+[✓✕] ', from: stderr } }`,
    note: 'Jest writes no report that bexpert reads without a package more (jest-junit), so what it prints is read.',
  },
  mocha: {
    id: 'tests',
    run: 'npx mocha --reporter xunit --reporter-option output=mocha-report.xml',
    findings: '{ junit: mocha-report.xml }',
  },
  'node:test': { id: 'tests', run: 'node --test --test-reporter=tap', findings: '{ tap: stdout }' },
  pytest: {
    id: 'tests',
    run: 'PYTHON -B -m pytest -p no:cacheprovider --junitxml=pytest-report.xml',
    findings: '{ junit: pytest-report.xml }',
  },
  unittest: {
    id: 'tests',
    run: 'PYTHON -B -m unittest discover DISCOVER',
    findings: `{ regex: { pattern: '^(?:FAIL|ERROR): (?<message>.+)$', examined: '^Ran (?<count>\\d+) tests?', from: stderr } }`,
  },
  django: {
    id: 'tests',
    run: 'PYTHON -B manage.py test',
    findings: `{ regex: { pattern: '^(?:FAIL|ERROR): (?<message>.+)$', examined: '^Ran (?<count>\\d+) tests?', from: stderr } }`,
  },
  rspec: {
    id: 'tests',
    run: 'bundle exec rspec --no-color',
    findings: `{ regex: { pattern: '^rspec (?<file>[^:]+):(?<line>\\d+) # (?<message>.+)$', examined: '^(?<count>\\d+) examples?,' } }`,
  },
  rails: {
    id: 'tests',
    run: 'bin/rails test',
    findings: `{ regex: { pattern: '^(?:bin/)?rails test (?<file>[^:]+):(?<line>\\d+)$', examined: '^(?<count>\\d+) runs?,' } }`,
  },
  go: {
    id: 'tests',
    run: 'GO test -count=1 -v ./...',
    findings: `{ regex: { pattern: '^\\s*--- FAIL: (?<message>\\S+)', examined: '^\\s*--- (?:PASS|FAIL): ' } }`,
  },
  surefire: {
    id: 'tests',
    run: 'mvn --batch-mode --offline -Dmaven.repo.local=.m2 test',
    findings: '{ junit: "target/surefire-reports/*.xml" }',
  },
  gradle: {
    id: 'tests',
    // What set-up made is read-only for gates: https://docs.gradle.org/current/userguide/dependency_caching.html#sec:shared-readonly-cache
    run: 'GRADLE_RO_DEP_CACHE="$PWD/.gradle-home/caches" .gradle-home/wrapper/dists/*/*/*/bin/gradle --no-daemon --offline test',
    findings: '{ junit: "build/test-results/test/*.xml" }',
  },
};

export const linters: Readonly<Record<string, GateRecipe>> = {
  eslint: {
    id: 'lint',
    run: 'npx eslint --format json .',
    findings: '{ eslint: stdout }',
    needs: /^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.\w+)?)$/,
  },
  biome: { id: 'lint', run: 'npx biome lint --reporter=sarif .', findings: '{ sarif: stdout }' },
  tsc: { id: 'types', run: 'npx tsc --noEmit --diagnostics', findings: '{ tsc: stdout }', needs: /^tsconfig\.json$/ },
  ruff: { id: 'lint', run: 'BINruff check --no-cache --output-format sarif .', findings: '{ sarif: stdout }' },
  mypy: {
    id: 'types',
    run: 'PYTHON -m mypy --cache-dir=/dev/null --show-column-numbers --no-pretty .',
    findings: `{ regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+):(?<column>\\d+): (?<severity>error|warning): (?<message>.+?)(?:  \\[(?<rule>[\\w-]+)\\])?$', examined: '\\b(?:checked|in) (?<count>\\d+) (?:source )?files?\\b.*$' } }`,
  },
  flake8: {
    id: 'lint',
    run: 'PYTHON -m flake8 --extend-exclude .venv',
    findings: `{ regex: '^(?<file>[^:]+):(?<line>\\d+):(?<column>\\d+): (?<rule>\\w+) (?<message>.+)$' }`,
  },
  rubocop: {
    id: 'lint',
    run: 'bundle exec rubocop --cache false --format emacs',
    findings: `{ regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+):(?<column>\\d+): (?<severity>\\w): (?:\\[Corre\\w+\\] )?(?<rule>[\\w/]+): (?<message>.+)$' } }`,
  },
  'go vet': {
    id: 'vet',
    run: 'GO vet ./...',
    findings: `{ regex: { pattern: '^(?:vet: )?(?<file>[\\w./-]+\\.go):(?<line>\\d+):(?<column>\\d+): (?<message>.+)$', from: stderr } }`,
  },
  checkstyle: {
    id: 'lint',
    run: 'mvn --batch-mode --offline -Dmaven.repo.local=.m2 checkstyle:checkstyle',
    findings: '{ checkstyle: target/checkstyle-result.xml }',
  },
};

export const migrations: Readonly<Record<string, MigrationRecipe>> = {
  prisma: { up: 'npx prisma migrate deploy', files: ['SCHEMA/migrations/**'] },
  knex: { up: 'npx knex migrate:latest', down: 'npx knex migrate:down', files: ['**/migrations/**'] },
  'node-pg-migrate': { up: 'npx node-pg-migrate up', down: 'npx node-pg-migrate down', files: ['migrations/**'] },
  sequelize: { up: 'npx sequelize-cli db:migrate', down: 'npx sequelize-cli db:migrate:undo', files: ['**/migrations/**'] },
  drizzle: { up: 'npx drizzle-kit migrate', files: ['**/drizzle/**/*.sql'] },
  alembic: {
    up: 'PYTHON -m alembic upgrade head',
    down: 'PYTHON -m alembic downgrade -1',
    files: ['**/versions/*.py'],
    elsewhere: true,
  },
  django: { up: 'PYTHON manage.py migrate --noinput', files: ['**/migrations/0*.py'] },
  rails: { up: 'bin/rails db:migrate', down: 'bin/rails db:rollback', files: ['db/migrate/*.rb'] },
};

/** How a program is started where its manifest does not say it; APP is what the rule of the framework saw. */
export const starts: Readonly<Record<string, string>> = {
  fastapi: 'PYTHON -m uvicorn APP --host 127.0.0.1 --port "$PORT"',
  flask: 'PYTHON -m flask --app APP run --host 127.0.0.1 --port "$PORT"',
  django: 'PYTHON manage.py runserver --noreload "127.0.0.1:$PORT"',
  'http.server': 'PYTHON FILE',
  rails: 'bin/rails server --binding 127.0.0.1 --port "$PORT"',
  gin: 'GO run MAIN',
  'net/http': 'GO run MAIN',
  spring: 'mvn --batch-mode --offline -q -Dmaven.repo.local=.m2 spring-boot:run',
};
/** Variables by which they take their port without a line of the program's own. */
export const portVariables: Readonly<Record<string, string>> = {
  fastapi: 'PORT',
  flask: 'PORT',
  django: 'PORT',
  rails: 'PORT',
  spring: 'SERVER_PORT',
  gin: 'PORT',
};
