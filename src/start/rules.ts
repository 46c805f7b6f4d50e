// What a repository is made of, and by which file or line one sees it: a table. Rules of one aspect stand in order of preference.

export const aspects = [
  'packages',
  'workspace',
  'tests',
  'coverage',
  'framework',
  'logger',
  'database',
  'cache',
  'migrations',
  'interface',
  'linter',
] as const;
export type Aspect = (typeof aspects)[number];
export type Ecosystem = 'node' | 'python' | 'ruby' | 'go' | 'jvm';

export interface Rule {
  readonly about: Aspect;
  /** What it is; the key of recipes. */
  readonly is: string;
  /** Missing: of every one. */
  readonly of?: Ecosystem;
  readonly files: RegExp;
  /** A line of one of the files; without it the file itself is the sign. */
  readonly line?: RegExp;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const any = (names: readonly string[]): string => `(?:${names.map(escaped).join('|')})`;

const packageJson = /^(\.\.\/)*package\.json$/;
const requirements = /^(pyproject\.toml|requirements[\w.-]*\.(txt|in)|requirements\/[\w.-]+\.txt|setup\.(cfg|py)|Pipfile)$/;
const jvmBuild = /^(pom\.xml|build\.gradle(\.kts)?|gradle\/libs\.versions\.toml)$/;
const compose = /^(\.\.\/)*(docker-)?compose[\w.-]*\.ya?ml$/;
const javascript = /^(?!.*(^|\/)(test|tests|__tests__|examples?|bench)\/)(?!.*\.(test|spec)\.).*\.[cm]?[jt]sx?$/;
const python = /^(?!.*(^|\/)(tests?|examples?|migrations|alembic)\/)(?!.*(^|\/)(test_[\w]+|[\w]+_test|conftest)\.py$).*\.py$/;
const goCode = /^(?!.*_test\.go$).*\.go$/;

type Short = (about: Aspect, is: string, ...names: readonly string[]) => Rule;
/** A dependency by the line that declares it with a version; a script of the same name is none. */
const npm: Short = (about, is, ...names) => ({
  about,
  is,
  of: 'node',
  files: packageJson,
  line: new RegExp(`(?:^|[{,])\\s*"${any(names)}"\\s*:\\s*"(?:[\\^~>=<*v\\d]|workspace:|catalog:|npm:|latest)`),
});
const pip: Short = (about, is, ...names) => ({
  about,
  is,
  of: 'python',
  files: requirements,
  line: new RegExp(`^\\s*(?:\\w+\\s*=\\s*\\[\\s*)?["']?${any(names)}(?=$|[\\s\\[<>=~!;,"'])`, 'i'),
});
const gem: Short = (about, is, ...names) => ({
  about,
  is,
  of: 'ruby',
  files: /^Gemfile$/,
  line: new RegExp(`^\\s*gem\\s+["']${any(names)}["']`),
});
const gomod: Short = (about, is, ...names) => ({
  about,
  is,
  of: 'go',
  files: /^go\.mod$/,
  line: new RegExp(`^\\s*(?:require\\s+)?${any(names)}(?:/v\\d+)?\\s+v`),
});
const jar: Short = (about, is, ...names) => ({
  about,
  is,
  of: 'jvm',
  files: jvmBuild,
  line: new RegExp(`${any(names)}(?=[<:"'\\s])`),
});
const image = (about: Aspect, is: string, ...names: readonly string[]): Rule => ({
  about,
  is,
  files: compose,
  line: new RegExp(`^\\s*image:\\s*["']?(?:[\\w.-]+/)*${any(names)}(?=[:"'\\s]|$)`),
});
const file = (about: Aspect, is: string, files: RegExp, of?: Ecosystem): Rule => ({
  about,
  is,
  files,
  ...(of === undefined ? {} : { of }),
});

export const rules: readonly Rule[] = [
  // ---- Package managers: the file that fixes versions says which -----------------------------------------------------------------
  file('packages', 'pnpm', /^(\.\.\/)*pnpm-lock\.yaml$/, 'node'),
  { about: 'packages', is: 'yarn', of: 'node', files: /^(\.\.\/)*\.?yarn(\.lock|rc\.yml)$/, line: /^(__metadata:|yarnPath:)/ },
  file('packages', 'yarn-1', /^(\.\.\/)*yarn\.lock$/, 'node'),
  file('packages', 'bun', /^(\.\.\/)*bun\.lockb?$/, 'node'),
  file('packages', 'npm', /^(\.\.\/)*(package-lock|npm-shrinkwrap)\.json$/, 'node'),
  file('packages', 'npm-unlocked', /^package\.json$/, 'node'),
  file('packages', 'uv', /^uv\.lock$/, 'python'),
  file('packages', 'poetry', /^poetry\.lock$/, 'python'),
  { about: 'packages', is: 'poetry', of: 'python', files: /^pyproject\.toml$/, line: /^\[tool\.poetry\]/ },
  file('packages', 'pipenv', /^Pipfile(\.lock)?$/, 'python'),
  file('packages', 'pip', /^requirements[\w.-]*\.txt$/, 'python'),
  { about: 'packages', is: 'pip-project', of: 'python', files: /^pyproject\.toml$/, line: /^\[project\]/ },
  file('packages', 'bundler', /^Gemfile$/, 'ruby'),
  file('packages', 'go', /^go\.mod$/, 'go'),
  file('packages', 'maven', /^pom\.xml$/, 'jvm'),
  file('packages', 'gradle', /^build\.gradle(\.kts)?$/, 'jvm'),
  // ---- Monorepos -----------------------------------------------------------------------------------------------------------------
  file('workspace', 'pnpm', /^pnpm-workspace\.yaml$/),
  { about: 'workspace', is: 'npm', files: /^package\.json$/, line: /(?:^|[{,])\s*"workspaces"\s*:/ },
  file('workspace', 'go', /^go\.work$/),
  { about: 'workspace', is: 'maven', files: /^pom\.xml$/, line: /<modules>/ },
  // ---- Test runners --------------------------------------------------------------------------------------------------------------
  npm('tests', 'vitest', 'vitest'),
  npm('tests', 'jest', 'jest'),
  npm('tests', 'mocha', 'mocha'),
  { about: 'tests', is: 'node:test', of: 'node', files: /^package\.json$/, line: /"test[\w:-]*"\s*:\s*".*\bnode\b.*\s--test\b/ },
  { about: 'tests', is: 'node:test', of: 'node', files: /\.[cm]?js$/, line: /['"]node:test['"]/ },
  pip('tests', 'pytest', 'pytest'),
  {
    about: 'tests',
    is: 'pytest',
    of: 'python',
    files: /^(pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml)$/,
    line: /^\[(tool[.:])?pytest/,
  },
  { about: 'tests', is: 'django', of: 'python', files: /^manage\.py$/, line: /DJANGO_SETTINGS_MODULE/ },
  { about: 'tests', is: 'unittest', of: 'python', files: /\.py$/, line: /^\s*(import unittest|from unittest import)\b/ },
  gem('tests', 'rspec', 'rspec', 'rspec-rails'),
  { about: 'tests', is: 'rails', of: 'ruby', files: /^test\/test_helper\.rb$/, line: /rails\/test_help/ },
  { about: 'tests', is: 'go', of: 'go', files: /_test\.go$/, line: /^func (Test|Fuzz|Example)/ },
  { about: 'tests', is: 'surefire', of: 'jvm', files: /^pom\.xml$/, line: /junit|testng|spring-boot-starter-test/ },
  {
    about: 'tests',
    is: 'gradle',
    of: 'jvm',
    files: /^build\.gradle(\.kts)?$/,
    line: /useJUnitPlatform|junit|testng|spring-boot-starter-test/,
  },
  npm('coverage', 'vitest', '@vitest/coverage-v8'),
  // ---- Frameworks ----------------------------------------------------------------------------------------------------------------
  npm('framework', 'nest', '@nestjs/core'),
  npm('framework', 'fastify', 'fastify'),
  npm('framework', 'hono', 'hono'),
  npm('framework', 'koa', 'koa'),
  npm('framework', 'express', 'express'),
  { about: 'framework', is: 'node:http', of: 'node', files: javascript, line: /\b(http\.createServer|createServer)\(/ },
  { about: 'framework', is: 'fastapi', of: 'python', files: python, line: /^(\w+)\s*(?::[^=]+)?=\s*(?:fastapi\.)?FastAPI\(/ },
  { about: 'framework', is: 'django', of: 'python', files: /^manage\.py$/, line: /DJANGO_SETTINGS_MODULE/ },
  { about: 'framework', is: 'flask', of: 'python', files: python, line: /^(\w+)\s*(?::[^=]+)?=\s*(?:flask\.)?Flask\(/ },
  {
    about: 'framework',
    is: 'http.server',
    of: 'python',
    files: python,
    line: /\b(ThreadingHTTPServer|HTTPServer|make_server)\(/,
  },
  { about: 'framework', is: 'gin', of: 'go', files: goCode, line: /\bgin\.(Default|New)\(\)/ },
  { about: 'framework', is: 'net/http', of: 'go', files: goCode, line: /\bhttp\.(ListenAndServe|Server\{|Serve\()/ },
  gem('framework', 'rails', 'rails'),
  jar('framework', 'spring', 'spring-boot-starter-web', 'spring-boot-starter-webflux'),
  // ---- Does the program write a log? ---------------------------------------------------------------------------------------------
  npm('logger', 'pino', 'pino', 'nestjs-pino', 'pino-http'),
  npm('logger', 'winston', 'winston'),
  npm('logger', 'bunyan', 'bunyan'),
  npm('logger', 'morgan', 'morgan'),
  npm('logger', 'nest', '@nestjs/core'),
  { about: 'logger', is: 'fastify', of: 'node', files: javascript, line: /\blogger\s*:\s*(?!false\b|undefined\b)[\w{]/ },
  {
    about: 'logger',
    is: 'console',
    of: 'node',
    files: javascript,
    line: /\bconsole\.(log|info)\(.*\b(listening|started|running|ready)\b/i,
  },
  { about: 'logger', is: 'uvicorn', of: 'python', files: requirements, line: /^\s*["']?uvicorn\b/i },
  { about: 'logger', is: 'django', of: 'python', files: /^manage\.py$/, line: /DJANGO_SETTINGS_MODULE/ },
  { about: 'logger', is: 'logging', of: 'python', files: python, line: /\blogging\.basicConfig\(/ },
  { about: 'logger', is: 'http.server', of: 'python', files: python, line: /\b(ThreadingHTTPServer|HTTPServer|make_server)\(/ },
  { about: 'logger', is: 'gin', of: 'go', files: goCode, line: /\bgin\.Default\(\)/ },
  { about: 'logger', is: 'go', of: 'go', files: goCode, line: /\b(log|slog|logger)\.(Print\w*|Info\w*)\(/ },
  gem('logger', 'rails', 'rails'),
  jar('logger', 'spring', 'spring-boot-starter-web', 'spring-boot-starter-webflux'),
  // ---- Databases -----------------------------------------------------------------------------------------------------------------
  npm('database', 'postgres', 'pg', 'postgres', 'pg-promise', '@prisma/adapter-pg', 'slonik'),
  { about: 'database', is: 'postgres', files: /(^|\/)schema\.prisma$/, line: /^\s*provider\s*=\s*"postgres(ql)?"/ },
  pip('database', 'postgres', 'psycopg', 'psycopg2', 'psycopg2-binary', 'psycopg-binary', 'asyncpg', 'pg8000'),
  { about: 'database', is: 'postgres', of: 'python', files: python, line: /django\.db\.backends\.postgresql/ },
  gem('database', 'postgres', 'pg'),
  gomod(
    'database',
    'postgres',
    'github.com/jackc/pgx',
    'github.com/lib/pq',
    'gorm.io/driver/postgres',
    'github.com/uptrace/bun/driver/pgdriver',
  ),
  jar('database', 'postgres', 'org.postgresql', 'r2dbc-postgresql'),
  {
    about: 'database',
    is: 'postgres',
    files: /^(knexfile|ormconfig|drizzle\.config|config\/database)\.\w+$/,
    line: /['"]?(client|type|dialect|adapter)['"]?\s*:\s*['"]?(pg|postgres)/,
  },
  npm('database', 'mysql', 'mysql', 'mysql2', 'mariadb'),
  { about: 'database', is: 'mysql', files: /(^|\/)schema\.prisma$/, line: /^\s*provider\s*=\s*"mysql"/ },
  pip('database', 'mysql', 'pymysql', 'mysqlclient', 'aiomysql', 'mysql-connector-python'),
  gem('database', 'mysql', 'mysql2', 'trilogy'),
  gomod('database', 'mysql', 'github.com/go-sql-driver/mysql', 'gorm.io/driver/mysql'),
  jar('database', 'mysql', 'mysql-connector-j', 'mysql-connector-java', 'mariadb-java-client'),
  npm('database', 'mongodb', 'mongodb', 'mongoose'),
  pip('database', 'mongodb', 'pymongo', 'motor', 'mongoengine', 'beanie'),
  gem('database', 'mongodb', 'mongoid', 'mongo'),
  gomod('database', 'mongodb', 'go.mongodb.org/mongo-driver'),
  jar('database', 'mongodb', 'spring-boot-starter-data-mongodb', 'mongodb-driver-sync'),
  npm('database', 'sqlite', 'better-sqlite3', 'sqlite3', 'sqlite'),
  { about: 'database', is: 'sqlite', files: /(^|\/)schema\.prisma$/, line: /^\s*provider\s*=\s*"sqlite"/ },
  {
    about: 'database',
    is: 'sqlite',
    of: 'python',
    files: python,
    line: /^\s*import sqlite3\b|django\.db\.backends\.sqlite3|sqlite:\/\/|sqlite\+/,
  },
  gem('database', 'sqlite', 'sqlite3'),
  gomod('database', 'sqlite', 'github.com/mattn/go-sqlite3', 'modernc.org/sqlite', 'gorm.io/driver/sqlite'),
  image('database', 'postgres', 'postgres', 'postgis/postgis', 'timescaledb', 'pgvector'),
  image('database', 'mysql', 'mysql', 'mariadb'),
  image('database', 'mongodb', 'mongo'),
  npm('cache', 'redis', 'ioredis', 'redis', '@redis/client'),
  pip('cache', 'redis', 'redis', 'aioredis'),
  gem('cache', 'redis', 'redis', 'sidekiq'),
  gomod('cache', 'redis', 'github.com/redis/go-redis', 'github.com/go-redis/redis'),
  jar('cache', 'redis', 'spring-boot-starter-data-redis', 'jedis'),
  image('cache', 'redis', 'redis', 'valkey'),
  // ---- Migrations ----------------------------------------------------------------------------------------------------------------
  {
    about: 'migrations',
    is: 'npm-script',
    of: 'node',
    files: /^package\.json$/,
    line: /(?:^|[{,])\s*"(db:)?migrat(e|ions?)(:(up|run|deploy|latest))?"\s*:/,
  },
  file('migrations', 'prisma', /(^|\/)prisma\/(.*\/)?schema\.prisma$/, 'node'),
  npm('migrations', 'knex', 'knex'),
  npm('migrations', 'node-pg-migrate', 'node-pg-migrate'),
  npm('migrations', 'sequelize', 'sequelize-cli'),
  npm('migrations', 'drizzle', 'drizzle-kit'),
  file('migrations', 'alembic', /^alembic\.ini$/, 'python'),
  { about: 'migrations', is: 'django', of: 'python', files: /^manage\.py$/, line: /DJANGO_SETTINGS_MODULE/ },
  file('migrations', 'rails', /^db\/migrate\/\d+_\w+\.rb$/, 'ruby'),
  { about: 'migrations', is: 'folder', files: /(^|\/)(db\/)?migrations?\/(.*\/)?[\w.-]+\.sql$/ },
  // ---- Descriptions of the interface ---------------------------------------------------------------------------------------------
  {
    about: 'interface',
    is: 'openapi',
    files: /(openapi|swagger)[\w.-]*\.(ya?ml|json)$/i,
    line: /^\s*["']?(openapi|swagger)["']?\s*:/,
  },
  file('interface', 'graphql', /\.(graphql|gql|graphqls)$/),
  // ---- Linters and type checkers -------------------------------------------------------------------------------------------------
  npm('linter', 'eslint', 'eslint'),
  npm('linter', 'biome', '@biomejs/biome'),
  npm('linter', 'tsc', 'typescript'),
  pip('linter', 'ruff', 'ruff'),
  pip('linter', 'mypy', 'mypy'),
  pip('linter', 'flake8', 'flake8'),
  gem('linter', 'rubocop', 'rubocop', 'rubocop-rails'),
  file('linter', 'go vet', /^go\.mod$/, 'go'),
  { about: 'linter', is: 'checkstyle', of: 'jvm', files: /^pom\.xml$/, line: /maven-checkstyle-plugin/ },
];

/** The files by which one knows how much of a repository is written in what. */
export const sourceFiles: Readonly<Record<Ecosystem, RegExp>> = {
  node: /\.[cm]?[jt]sx?$/,
  python: /\.py$/,
  ruby: /\.rb$/,
  go: /\.go$/,
  jvm: /\.(java|kt|groovy|scala)$/,
};
/** Source without tests and examples, in which routes and environment variables are looked for. */
export const programFiles: Readonly<Record<Ecosystem, RegExp>> = {
  node: javascript,
  python,
  ruby: /^(app|config|lib)\/.*\.rb$/,
  go: goCode,
  jvm: /(^|\/)src\/main\/.*\.(java|kt|properties|ya?ml)$/,
};
