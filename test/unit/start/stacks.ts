// Repositories as their frameworks' own generators and guides lay them out, small: the files by which one sees what they are.
export type Stack = Readonly<Record<string, string>>;

const packageJson = (rest: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ name: 'app', ...rest }, undefined, 2)}\n`;
const vitest = { vitest: '4.1.12', '@vitest/coverage-v8': '4.1.12' };

export const stacks: Readonly<Record<string, Stack>> = {
  'npm, Vitest, Fastify, PostgreSQL': {
    'package.json': packageJson({
      scripts: {
        start: 'node src/server.js',
        migrate: 'node scripts/migrate.js up',
        'migrate:down': 'node scripts/migrate.js down',
        seed: 'node seed.js',
      },
      dependencies: { fastify: '5.0.0', pg: '^8.0.0' },
      devDependencies: vitest,
    }),
    'package-lock.json': '{}\n',
    'src/server.js':
      "import Fastify from 'fastify';\nconst app = Fastify({ logger: true });\napp.get('/healthz', () => ({}));\nawait app.listen({ port: Number(process.env.PORT) });\n",
    'src/db.js': 'export const url = process.env.DATABASE_URL;\n',
    'migrations/0001_orders.up.sql': 'CREATE TABLE orders (id int);\n',
    'openapi.yml': 'openapi: 3.1.0\n',
    '.env.example': 'PORT=3000\nDATABASE_URL=postgres://localhost/app\nJWT_SECRET=not-a-secret\n',
  },
  'pnpm, Jest, Express, MongoDB': {
    'package.json': packageJson({
      scripts: { start: 'node index.js', test: 'jest' },
      dependencies: { express: '^5.0.0', mongoose: '^8.0.0' },
      devDependencies: { jest: '^29.0.0', eslint: '^9.0.0' },
    }),
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'eslint.config.js': 'export default [];\n',
    'index.js': "require('express')().listen(process.env.PORT || 3000);\n",
    'index.test.js': "test('a', () => {});\n",
  },
  'yarn 1, Mocha, Koa, MySQL': {
    'package.json': packageJson({
      scripts: { start: 'node app.js' },
      dependencies: { koa: '^2.0.0', mysql2: '^3.0.0' },
      devDependencies: { mocha: '^11.0.0' },
    }),
    'yarn.lock': '# yarn lockfile v1\n',
    'app.js': 'app.listen(process.env.PORT);\n',
  },
  'yarn 4, Vitest, Hono': {
    'package.json': packageJson({
      scripts: { start: 'tsx src/index.ts' },
      dependencies: { hono: '^4.0.0' },
      devDependencies: { vitest: '^3.0.0', typescript: '^5.0.0' },
    }),
    'yarn.lock': '__metadata:\n  version: 8\n',
    'tsconfig.json': '{}\n',
    'src/index.ts': 'serve({ fetch: app.fetch, port: Number(process.env.PORT) });\n',
  },
  'bun, node:test, no framework': {
    'package.json': packageJson({ scripts: { test: 'node --test' } }),
    'bun.lock': '{}\n',
    'test/a.test.js': "import { test } from 'node:test';\n",
  },
  'npm, Jest, NestJS, Prisma': {
    'package.json': packageJson({
      scripts: { build: 'nest build', start: 'nest start', 'start:prod': 'node dist/main' },
      dependencies: { '@nestjs/core': '^11.0.0', '@prisma/client': '^6.0.0' },
      devDependencies: { jest: '^29.0.0', prisma: '^6.0.0', typescript: '^5.0.0' },
    }),
    'package-lock.json': '{}\n',
    'tsconfig.json': '{}\n',
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    'src/main.ts': 'await app.listen(process.env.PORT ?? 3000);\n',
    'src/health.controller.ts': "@Controller('health')\nexport class HealthController {}\n",
  },
  'pip, pytest, FastAPI, Alembic, PostgreSQL': {
    'requirements.txt': 'fastapi==0.115.0\nuvicorn[standard]\nSQLAlchemy\npsycopg2-binary>=2.9\nalembic\n',
    'requirements-dev.txt': 'pytest>=8\nruff\nmypy\n',
    'app/main.py':
      'import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\nurl = os.environ["DATABASE_URL"]\n\n@app.get("/healthz")\ndef healthz():\n    return {}\n',
    'alembic.ini': '[alembic]\n',
    'alembic/versions/0001_orders.py': 'revision = "1"\n',
    'tests/test_main.py': 'def test_a():\n    assert True\n',
  },
  'poetry, Django, PostgreSQL': {
    'pyproject.toml':
      '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\ndjango = "^5.0"\npsycopg = "^3.2"\n',
    'poetry.lock': '',
    'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'shop/settings.py': 'DATABASES = {}\n',
  },
  'uv, pytest, Flask, SQLite': {
    'pyproject.toml': '[project]\nname = "app"\ndependencies = ["flask"]\n[dependency-groups]\ndev = ["pytest"]\n',
    'uv.lock': 'version = 1\n',
    'src/app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\n',
  },
  'pyproject, pytest': {
    'pyproject.toml':
      '[project]\nname = "lib"\ndependencies = []\n\n[project.optional-dependencies]\ndev = ["pytest"]\ndocs = ["sphinx"]\n',
    'lib/__init__.py': '',
  },
  'Python without dependencies, unittest': {
    'app.py':
      'import os\nfrom http.server import ThreadingHTTPServer\nThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), None)\n# "/healthz"\n',
    'tests/test_app.py': 'import unittest\n',
  },
  'Go, gin, PostgreSQL': {
    'go.mod':
      'module example.com/orders\n\ngo 1.22\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgithub.com/jackc/pgx/v5 v5.6.0\n)\n',
    'go.sum': '',
    'cmd/api/main.go':
      'package main\n\nfunc main() {\n\tr := gin.Default()\n\tr.GET("/healthz", ok)\n\tpgx.Connect(os.Getenv("DATABASE_URL"))\n\tr.Run()\n}\n',
    'orders_test.go': 'package orders\n\nfunc TestA(t *testing.T) {}\n',
  },
  'Bundler, RSpec, Rails, PostgreSQL': {
    Gemfile: "source 'https://rubygems.org'\ngem 'rails', '~> 8.0'\ngem 'pg'\ngem 'rspec-rails'\ngem 'rubocop'\n",
    'Gemfile.lock': '',
    'config/routes.rb': "get '/healthz', to: 'health#show'\n",
    'db/migrate/20260101000000_orders.rb': 'class Orders; end\n',
    'spec/a_spec.rb': "RSpec.describe 'a' do\nend\n",
  },
  'Maven, JUnit, Spring, PostgreSQL': {
    'pom.xml':
      '<project>\n<artifactId>spring-boot-starter-web</artifactId>\n<artifactId>spring-boot-starter-test</artifactId>\n<groupId>org.postgresql</groupId>\n</project>\n',
    'src/main/java/App.java': 'class App {}\n',
    'src/main/resources/application.yml': 'url: ${DATABASE_URL}\npath: "/actuator/health"\n',
  },
  'Gradle, JUnit': {
    'build.gradle.kts': 'tasks.test { useJUnitPlatform() }\n',
    'src/main/java/App.java': 'class App {}\n',
  },
  nothing: { 'README.md': '# Nothing\n' },
};
