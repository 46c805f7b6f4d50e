import { describe, expect, it } from 'vitest';
import type { AccessRules } from '../../../src/model/plan.ts';
import { createAccess } from '../../../src/workspace/access.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const packageJson = JSON.stringify({ name: 'x', scripts: { test: 'vitest' }, dependencies: { a: '1' } }, undefined, 2);
const pyproject = `[project]
name = "x"
dependencies = ["flask"]

[tool.ruff.lint]
select = ["E", "F"] # all that count
`;

function accessOf(
  options: {
    readonly rules?: AccessRules;
    readonly protect?: readonly string[];
    readonly base?: Readonly<Record<string, string>>;
  } = {},
) {
  const base = new Map(Object.entries(options.base ?? {}));
  return createAccess({
    rules: options.rules,
    protect: options.protect ?? [],
    base: {
      has: (path) => base.has(path),
      holds: (folder) => [...base.keys()].some((file) => file.startsWith(`${folder}/`)),
      content: (path) => {
        const text = base.get(path);
        return text === undefined ? undefined : bytes(text);
      },
      submodule: () => undefined,
    },
  });
}
const base = {
  'src/a.ts': 'a',
  'migrations/001.sql': 'create',
  'db/migrate/2020_x.rb': 'x',
  'test/a.test.ts': "it('a', () => {\n  expect(a()).toBe(1);\n});\n",
  'src/b.spec.ts': 'b\n',
  'src/__snapshots__/a.snap': 'exports[`a`] = `1`;\n',
  'package.json': packageJson,
  'package-lock.json': '{}',
  'pyproject.toml': pyproject,
};

describe('the default classes', () => {
  const { decide } = accessOf({ base });
  it.each([
    ['bexpert.yml', 'protected'],
    ['packages/api/bexpert.script.yml', 'protected'],
    ['playbooks/migration.yml', 'protected'],
    ['.github/workflows/ci.yml', 'protected'],
    ['.gitlab-ci.yml', 'protected'],
    ['vitest.config.ts', 'protected'],
    ['packages/api/vitest.config.mts', 'protected'],
    ['vite.config.js', 'protected'],
    ['vitest.workspace.ts', 'protected'],
    ['jest.config.cjs', 'protected'],
    ['.mocharc.json', 'protected'],
    ['.c8rc.json', 'protected'],
    ['.nycrc', 'protected'],
    ['test/setup.ts', 'protected'],
    ['vitest.setup.ts', 'protected'],
    ['src/globalSetup.ts', 'protected'],
    ['tests/conftest.py', 'protected'],
    ['tsconfig.json', 'protected'],
    ['tsconfig.build.json', 'protected'],
    ['.eslintrc.cjs', 'protected'],
    ['Makefile', 'protected'],
    ['.npmrc', 'protected'],
    ['packages/a/.npmrc', 'protected'],
    ['.nvmrc', 'protected'],
    ['patches/a+1.patch', 'protected'],
    ['.env', 'protected'],
    ['.git/config', 'protected'],
    ['sub/.git/hooks/x', 'protected'],
    ['.gitattributes', 'protected'],
    ['node_modules/vitest/index.js', 'protected'],
    ['openapi.baseline.yml', 'protected'],
    ['test/log-allowlist.yml', 'protected'],
    ['migrations/001.sql', 'protected'],
    ['db/migrate/2020_x.rb', 'protected'],
    ['migrations/002.sql', 'free'],
    ['test/a.test.ts', 'append-only'],
    ['src/b.spec.ts', 'append-only'],
    ['src/__snapshots__/a.snap', 'append-only'],
    ['test/new.test.ts', 'free'],
    ['package-lock.json', 'review'],
    ['pnpm-lock.yaml', 'review'],
    ['package.json', 'review'],
    ['test/package.json', 'protected'],
    ['packages/new/package.json', 'free'],
    ['src/__mocks__/db.ts', 'review'],
    ['src/a.ts', 'free'],
    ['.gitignore', 'review'],
    ['.editorconfig', 'protected'],
    ['eslint-suppressions.json', 'protected'],
    ['src/.oxlintrc.json', 'protected'],
    ['.stylelintrc.yml', 'protected'],
    ['services/api/ruff.toml', 'protected'],
    ['pyrightconfig.json', 'protected'],
    ['.golangci.yml', 'protected'],
    ['.rubocop_todo.yml', 'protected'],
    ['config/checkstyle/checkstyle.xml', 'protected'],
    ['app/detekt.yml', 'protected'],
    ['phpstan-baseline.neon', 'protected'],
    ['.spectral.yaml', 'protected'],
    ['.gitleaksignore', 'protected'],
    ['sonar-project.properties', 'protected'],
    ['knip.json', 'protected'],
    ['src/checkstyle.ts', 'free'],
    ['src/rules/detekt.ts', 'free'],
    ['pyproject.toml', 'review'],
    ['src/pyproject.toml', 'protected'],
    ['packages/new/pyproject.toml', 'review'],
    ['../other/src/a.ts', 'protected'],
    ['/etc/passwd', 'protected'],
  ])('%s is %s', (path, kind) => {
    expect(decide(path).class).toBe(kind);
    if (!path.startsWith('/')) expect(decide(`./src/.././${path}`).class).toBe(kind);
  });
  it('say which rule decided', () => {
    expect(decide('vitest.config.ts').rule).toBe('protected by default: test and coverage configuration');
    expect(decide('../x').rule).toContain('outside the scope');
  });
});

describe('the rules of a step', () => {
  it('are weighed: deny before protect before class before open before edit', () => {
    const { decide } = accessOf({
      base,
      protect: ['test/golden', 'src/pinned.ts'],
      rules: {
        edit: ['src/**'],
        deny: ['src/secret/**', 'test/golden/no.txt'],
        open: [
          { paths: ['test/a.test.ts', 'test/golden/**', 'src/secret/x.ts'], as: 'edit', reason: 'the contract changes' },
          { paths: ['vitest.config.ts'], as: 'review', reason: 'new alias' },
          { paths: ['migrations/001.sql'], as: 'append', reason: 'comment' },
        ],
      },
    });
    expect(decide('test/golden/no.txt').class).toBe('denied');
    expect(decide('src/secret/x.ts').class).toBe('denied');
    expect(decide('test/golden/x.txt')).toEqual({ class: 'protected', rule: 'protected by `protect:`' });
    expect(decide('src/pinned.ts').class).toBe('protected');
    expect(decide('test/a.test.ts')).toEqual({ class: 'free', rule: 'opened as edit by access.open: the contract changes' });
    expect(decide('vitest.config.ts').class).toBe('review');
    expect(decide('migrations/001.sql').class).toBe('append-only');
    expect(decide('src/a.ts').class).toBe('free');
    expect(decide('src/b.spec.ts').class).toBe('append-only');
    expect(decide('package-lock.json').class).toBe('protected');
    expect(decide('lib/x.ts')).toEqual({ class: 'protected', rule: 'protected: not among access.edit of the step' });
  });
  it('open nothing outside the scope', () => {
    const { decide } = accessOf({ rules: { open: [{ paths: ['../**'], as: 'edit', reason: 'why not' }] } });
    expect(decide('../x.ts').class).toBe('protected');
  });
  it('hide what may not be read', () => {
    const { mayRead } = accessOf({ rules: { noRead: ['secrets', '**/*.pem'] } });
    expect([mayRead('secrets/x'), mayRead('a/b.pem'), mayRead('src/a.ts')]).toEqual([false, false, true]);
  });
  it('are told in words', () => {
    const text = accessOf({
      protect: ['test/golden/**'],
      rules: { edit: ['src/**'], open: [{ paths: ['test/**'], as: 'append', reason: 'new cases' }], deny: ['src/x'] },
    }).describe();
    expect(text).toContain('only files that match `src/**`');
    expect(text).toContain('Protected in this repository: `test/golden/**`.');
    expect(text).toContain('Opened for this step, to append: `test/**` (new cases).');
    expect(text).toContain('Denied in this step: `src/x`.');
  });
});

describe('append-only', () => {
  const { judge } = accessOf({ base });
  const before = base['test/a.test.ts'];
  const verdict = (after: string | undefined, from = before) =>
    judge({ path: 'test/a.test.ts', before: bytes(from), after: after === undefined ? undefined : bytes(after) });
  it('lets new cases follow, before, between and after', () => {
    expect(verdict(`import { b } from '../src/b.js';\n${before}it('b', () => {\n  expect(b()).toBe(2);\n});\n`)).toEqual({
      allowed: true,
    });
    expect(verdict(before)).toEqual({ allowed: true });
  });
  it('lets what an earlier edit of the same step added change again', () => {
    const once = `${before}it('b', () => {});\n`;
    expect(verdict(`${before}it('b', () => { expect(1).toBe(1); });\n`, once)).toEqual({ allowed: true });
    expect(verdict(before, once)).toEqual({ allowed: true });
  });
  it.each([
    ['a changed line', before.replace('toBe(1)', 'toBeTruthy()')],
    ['a removed line', before.replace('  expect(a()).toBe(1);\n', '')],
    ['a removed file', undefined],
    ['an empty file', ''],
    ['the lines in another order', before.split('\n').reverse().join('\n')],
    ['an added skip', `describe.skip('all', () => {\n${before}});\n`],
    ['an added only', `${before}it.only('b', () => {});\n`],
    ['an added xit', `${before}xit('b', () => {});\n`],
    ['a comment around it', `/*\n${before}*/\n`],
    ['a return before the assertion', before.replace('  expect', '  return;\n  expect')],
    ['an end of the process', `process.exit(0);\n${before}`],
    ['other line ends', before.replaceAll('\n', '\r\n')],
    ['a false condition around it', `if (false) {\n${before}}\n`],
  ])('refuses %s', (_, after) => {
    const result = verdict(after);
    expect(result.allowed).toBe(false);
    expect(result).toMatchObject({ rule: expect.stringContaining('append-only by default') });
  });
  it('keeps the bytes of files that are no text', () => {
    const { judge: of } = accessOf({ base: { 'test/x.bin': 'a\0b' } });
    expect(of({ path: 'test/x.bin', before: bytes('a\0b'), after: bytes('a\0bc') }).allowed).toBe(true);
    expect(of({ path: 'test/x.bin', before: bytes('a\0b'), after: bytes('xa\0b') }).allowed).toBe(false);
  });
  it('lets new files be', () => {
    expect(judge({ path: 'test/new.test.ts', before: undefined, after: bytes('it.skip()') }).allowed).toBe(true);
  });
});

describe('package.json', () => {
  const change = (edit: (document: Record<string, unknown>) => void): Uint8Array => {
    const document = JSON.parse(packageJson) as Record<string, unknown>;
    edit(document);
    return bytes(JSON.stringify(document, undefined, 2));
  };
  const of = (after: Uint8Array | undefined, access = accessOf({ base })) =>
    access.judge({ path: 'package.json', before: bytes(packageJson), after });
  it('may change its dependencies', () => {
    expect(
      of(change((document) => Object.assign(document, { dependencies: { a: '2', b: '1' }, devDependencies: { c: '1' } }))),
    ).toEqual({ allowed: true });
  });
  it.each([
    ['scripts', { scripts: { test: 'true' } }, 'scripts.test'],
    ['overrides', { overrides: { vitest: 'file:stub' } }, 'overrides'],
    ['type', { type: 'module' }, 'type'],
    ['c8', { c8: { exclude: ['**'] } }, 'c8'],
  ])('may not change %s, and the key is named', (_, more, key) => {
    const result = of(change((document) => Object.assign(document, more)));
    expect(result).toMatchObject({ allowed: false, rule: expect.stringContaining(`the key \`${key}\` changed`) });
  });
  it('may not be removed, broken or become something else', () => {
    expect(of(undefined).allowed).toBe(false);
    expect(of(bytes('{')).allowed).toBe(false);
    expect(of(bytes('[]')).allowed).toBe(false);
  });
  it('opens and protects single keys', () => {
    const rules = { open: [{ paths: ['package.json#scripts.build'], as: 'edit' as const, reason: 'new bundler' }] };
    const access = accessOf({ base, rules, protect: ['package.json#dependencies'] });
    expect(
      of(
        change((document) => Object.assign(document, { scripts: { test: 'vitest', build: 'x' } })),
        access,
      ).allowed,
    ).toBe(true);
    expect(
      of(
        change((document) => Object.assign(document, { scripts: { test: 'true' } })),
        access,
      ).allowed,
    ).toBe(false);
    expect(
      of(
        change((document) => Object.assign(document, { dependencies: {} })),
        access,
      ).allowed,
    ).toBe(false);
  });
  it('is free where the whole file was opened', () => {
    const access = accessOf({ base, rules: { open: [{ paths: ['package.json'], as: 'edit', reason: 'split the package' }] } });
    expect(
      of(
        change((document) => Object.assign(document, { scripts: {} })),
        access,
      ).allowed,
    ).toBe(true);
  });
});

describe('pyproject.toml', () => {
  const access = accessOf({ base });
  const of = (after: string | undefined, by = access) =>
    by.judge({ path: 'pyproject.toml', before: bytes(pyproject), after: after === undefined ? undefined : bytes(after) });
  const more = pyproject.replace('["flask"]', '["flask", "httpx"]');

  it('may change its dependencies, wherever they stand', () => {
    expect(of(more)).toEqual({ allowed: true });
    expect(of(`${pyproject}\n[dependency-groups]\ndev = ["pytest"]\n[tool.poetry.group.dev.dependencies]\na = "1"\n`)).toEqual({
      allowed: true,
    });
  });
  it.each([
    ['a rule that is left out', pyproject.replace('"E", ', ''), 'tool.ruff'],
    ['the same said as a dotted key', `tool.ruff.lint.ignore = ["ALL"]\n${pyproject.replace(/\n\[tool.*/s, '')}`, 'tool.ruff'],
    ['settings of a tool that had none', `${pyproject}\n[tool.pytest.ini_options]\naddopts = "-k nothing"\n`, 'tool.pytest'],
    ['a plugin for pytest', `${pyproject}\n[project.entry-points.pytest11]\nx = "x"\n`, 'project.entry-points'],
  ])('may not bring %s, and the key is named', (_, after, key) => {
    expect(of(after)).toMatchObject({ allowed: false, rule: expect.stringContaining(`the key \`${key}\` changed`) });
  });
  it('may not be removed or broken', () => {
    expect(of(undefined).allowed).toBe(false);
    expect(of('[tool')).toMatchObject({ allowed: false, rule: expect.stringContaining('it is no TOML document') });
    expect(of(`${pyproject}[project]\n`).allowed).toBe(false);
  });
  it('opens single keys', () => {
    const rules = { open: [{ paths: ['pyproject.toml#tool.ruff'], as: 'edit' as const, reason: 'a rule fewer' }] };
    expect(of(pyproject.replace('"E", ', ''), accessOf({ base, rules }))).toEqual({ allowed: true });
    expect(of(`${pyproject}[tool.mypy]\n`, accessOf({ base, rules })).allowed).toBe(false);
  });
  it('reaches the gates with the new dependency and base’s settings, and as it was written where it may', () => {
    const text = (after: string) => Buffer.from(access.settle('pyproject.toml', bytes(pyproject), bytes(after))).toString('utf8');
    expect(text(more)).toBe(more);
    const cheat = text(`${more}ignore = ["ALL"]\n`);
    expect(cheat).toContain('httpx');
    expect(cheat).toContain('select = [ "E", "F" ]');
    expect(cheat).not.toContain('ALL');
    expect(text('[tool')).toBe(pyproject);
  });
});
