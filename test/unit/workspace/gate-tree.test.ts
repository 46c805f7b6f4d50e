import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccessRules } from '../../../src/model/plan.ts';
import { violations } from '../../../src/workspace/violations.ts';
import { type Files, opened, sample, write } from './rig.ts';

const read = (...parts: string[]): string => readFileSync(path.join(...parts), 'utf8');
const test = "it('a', () => {\n  expect(1).toBe(1);\n});\n";
const packageJson = { name: 'x', type: 'module', scripts: { test: 'vitest run' }, dependencies: { a: '1' } };
const base: Files = {
  'src/a.ts': 'a',
  'test/a.test.ts': test,
  'test/b.test.ts': test,
  'vitest.config.ts': 'base',
  'config/jest.config.js': 'base',
  'migrations/1.sql': 'base',
  'package.json': `${JSON.stringify(packageJson, undefined, 2)}\n`,
  'package-lock.json': '{}',
  '.npmrc': { run: 'engine-strict=true' },
};

/** What gates see of a change, and what of it is a violation. */
async function judged(
  change: (root: string) => void,
  options: {
    readonly rules?: AccessRules;
    readonly protect?: readonly string[];
    readonly scope?: string;
    readonly files?: Files;
    readonly outside?: 'closed' | 'as-inside';
  } = {},
) {
  const at = sample(options.files ?? base);
  const { workspace, base: from } = await opened(at, { folder: path.join(at.folder, options.scope ?? '') });
  const work = await workspace.work();
  change(work.root);
  const candidate = await workspace.snapshotWork('Change', from.commit);
  const access = workspace.access(options.rules, options.protect ?? [], options.outside);
  const gate = await workspace.gateTree(candidate, access);
  const broken = await violations({ workspace, access, from: from.tree, to: candidate.tree });
  return {
    gate,
    broken: broken.map(({ path: file }) => file),
    rules: broken.map(({ rule }) => rule),
    workspace,
    from,
    candidate,
  };
}

describe('the gate tree', () => {
  it('is the candidate where only free files changed', async () => {
    const { gate, broken, candidate } = await judged((root) => {
      write(root, { 'src/a.ts': 'A', 'src/new.ts': 'new', 'test/new.test.ts': test, 'migrations/2.sql': 'new' });
    });
    expect(broken).toEqual([]);
    expect(gate.tree).toBe(candidate.tree);
    expect(gate.id).toBe('candidate');
    expect(read(gate.root, 'src/a.ts')).toBe('A');
    expect(read(gate.root, 'migrations/2.sql')).toBe('new');
  });
  it('has base’s protected files: changed, deleted, made executable or turned into links; and none that are new', async () => {
    const { gate, broken } = await judged((root) => {
      write(root, {
        'vitest.config.ts': 'cheat',
        'src/vitest.config.ts': 'cheat',
        '.npmrc': 'script-shell=/bin/true',
        'jest.config.ts': 'cheat',
      });
      rmSync(path.join(root, 'migrations/1.sql'));
      rmSync(path.join(root, 'config'), { recursive: true });
      symlinkSync('src', path.join(root, 'config'));
    });
    expect(read(gate.root, 'vitest.config.ts')).toBe('base');
    expect(read(gate.root, 'migrations/1.sql')).toBe('base');
    expect(read(gate.root, 'config/jest.config.js')).toBe('base');
    expect(read(gate.root, '.npmrc')).toBe('engine-strict=true');
    expect(statSync(path.join(gate.root, '.npmrc')).mode & 0o111).toBe(0o111);
    expect(existsSync(path.join(gate.root, 'jest.config.ts'))).toBe(false);
    expect(existsSync(path.join(gate.root, 'src/vitest.config.ts'))).toBe(false);
    expect(broken).toEqual([
      '.npmrc',
      'config/jest.config.js',
      'jest.config.ts',
      'migrations/1.sql',
      'src/vitest.config.ts',
      'vitest.config.ts',
    ]);
  });
  it('has a protected folder back where a file took its place', async () => {
    const { gate } = await judged((root) => {
      rmSync(path.join(root, 'test'), { recursive: true });
      write(root, { test: 'a file' });
    });
    expect(read(gate.root, 'test/a.test.ts')).toBe(test);
  });
  it('has new cases of existing tests, and base’s tests where their lines changed', async () => {
    const grown = `${test}it('b', () => {\n  expect(2).toBe(2);\n});\n`;
    const { gate, broken, rules } = await judged((root) => {
      write(root, { 'test/a.test.ts': grown, 'test/b.test.ts': test.replace('toBe(1)', 'toBeTruthy()') });
    });
    expect(read(gate.root, 'test/a.test.ts')).toBe(grown);
    expect(read(gate.root, 'test/b.test.ts')).toBe(test);
    expect(broken).toEqual(['test/b.test.ts']);
    expect(rules).toEqual(['append-only by default: tests, fixtures and snapshots that base has; line 2 changed or is gone']);
  });
  it('has existing tests back that were deleted or became links', async () => {
    const { gate, broken } = await judged((root) => {
      rmSync(path.join(root, 'test/a.test.ts'));
      write(root, { 'test/b.test.ts': { link: '../src/a.ts' } });
    });
    expect(read(gate.root, 'test/a.test.ts')).toBe(test);
    expect(read(gate.root, 'test/b.test.ts')).toBe(test);
    expect(broken).toEqual(['test/a.test.ts', 'test/b.test.ts']);
  });
  it('has package.json merged by key: new dependencies arrive, a changed script does not', async () => {
    const honest = { ...packageJson, dependencies: { a: '2', b: '1' }, devDependencies: { c: '3' } };
    const good = await judged((root) =>
      write(root, { 'package.json': `${JSON.stringify(honest, undefined, 2)}\n`, 'package-lock.json': '{"new":1}' }),
    );
    expect(good.broken).toEqual([]);
    expect(good.gate.tree).toBe(good.candidate.tree);
    const bad = await judged((root) =>
      write(root, { 'package.json': JSON.stringify({ ...honest, scripts: { test: 'true' }, overrides: { a: 'file:x' } }) }),
    );
    expect(bad.broken).toEqual(['package.json']);
    expect(JSON.parse(read(bad.gate.root, 'package.json'))).toEqual(honest);
    expect(read(bad.gate.root, 'package.json')).toMatch(/^\{\n {2}"name"/);
  });
  it('has pyproject.toml merged by key, and no new one beside what is there: a rule less does not arrive', async () => {
    const python = {
      ...base,
      'pyproject.toml': '[project]\nname = "x"\ndependencies = ["flask"]\n\n[tool.ruff.lint]\nselect = ["ALL"] # all\n',
    };
    const change = (to: string) => (root: string) =>
      write(root, {
        'pyproject.toml': to,
        'src/pyproject.toml': '[tool.ruff]\nextend = "/dev/null"\n',
        '.ruff.toml': 'ignore = ["E"]\n',
      });
    const honest = python['pyproject.toml'].replace('["flask"]', '["flask", "httpx"]');
    const good = await judged((root) => write(root, { 'pyproject.toml': honest }), { files: python });
    expect(good.broken).toEqual([]);
    expect(read(good.gate.root, 'pyproject.toml')).toBe(honest);
    const bad = await judged(change(honest.replace('"ALL"', '"E"')), { files: python });
    expect([...bad.broken].sort()).toEqual(['.ruff.toml', 'pyproject.toml', 'src/pyproject.toml']);
    expect(read(bad.gate.root, 'pyproject.toml')).toMatch(/httpx[\s\S]*select = \[ "ALL" \]/);
    expect(existsSync(path.join(bad.gate.root, 'src/pyproject.toml'))).toBe(false);
    expect(existsSync(path.join(bad.gate.root, '.ruff.toml'))).toBe(false);
  });
  it('does not take a package.json that says a key twice', async () => {
    const twice = `{"scripts":{"test":"true"},${JSON.stringify({ ...packageJson, dependencies: { b: '1' } }).slice(1)}`;
    const { gate } = await judged((root) => write(root, { 'package.json': twice }));
    expect(read(gate.root, 'package.json')).not.toContain('"true"');
    expect(JSON.parse(read(gate.root, 'package.json'))).toEqual({ ...packageJson, dependencies: { b: '1' } });
  });
  it('has what the steps opened', async () => {
    const rules: AccessRules = { open: [{ paths: ['vitest.config.ts'], as: 'edit', reason: 'new alias' }] };
    const { gate, broken } = await judged((root) => write(root, { 'vitest.config.ts': 'opened' }), { rules });
    expect(read(gate.root, 'vitest.config.ts')).toBe('opened');
    expect(broken).toEqual([]);
  });
  it('has base’s files where the repository protects them', async () => {
    const { gate, broken } = await judged((root) => write(root, { 'src/a.ts': 'A', 'src/golden.txt': 'new' }), {
      protect: ['src'],
    });
    expect(read(gate.root, 'src/a.ts')).toBe('a');
    expect(existsSync(path.join(gate.root, 'src/golden.txt'))).toBe(false);
    expect(broken).toEqual(['src/a.ts', 'src/golden.txt']);
  });
  it('in a monorepo has base’s files everywhere outside the scope', async () => {
    const { gate, broken, rules } = await judged(
      (root) => write(root, { 'the api/src/a.ts': 'A', 'other/b.ts': 'B', 'new.ts': 'n' }),
      {
        scope: 'the api',
        files: { 'the api/src/a.ts': 'a', 'other/b.ts': 'b', 'package.json': '{}' },
      },
    );
    expect(read(gate.root, 'the api/src/a.ts')).toBe('A');
    expect(read(gate.root, 'other/b.ts')).toBe('b');
    expect(existsSync(path.join(gate.root, 'new.ts'))).toBe(false);
    expect(broken).toEqual(['new.ts', 'other/b.ts']);
    expect(rules[0]).toContain('outside the scope');
  });
  it('in a monorepo where nothing acts has the change of other packages, and base’s judges there as here', async () => {
    const files = { 'packages/api/src/a.ts': 'a', 'packages/shared/b.ts': 'b', 'packages/shared/b.test.ts': test };
    const { gate, broken } = await judged(
      (root) =>
        write(root, {
          'packages/shared/b.ts': 'B',
          'packages/shared/new.ts': 'n',
          'packages/shared/b.test.ts': test.replace('toBe(1)', 'toBeTruthy()'),
          '.github/workflows/ci.yml': 'on: push',
          'playbooks/all.yml': 'bexpert: 1',
          'packages/api/src/a.ts': 'A',
        }),
      { scope: 'packages/api', files, outside: 'as-inside' },
    );
    expect(read(gate.root, 'packages/api/src/a.ts')).toBe('A');
    expect(read(gate.root, 'packages/shared/b.ts')).toBe('B');
    expect(read(gate.root, 'packages/shared/new.ts')).toBe('n');
    expect(read(gate.root, 'packages/shared/b.test.ts')).toBe(test);
    expect(existsSync(path.join(gate.root, '.github'))).toBe(false);
    expect(existsSync(path.join(gate.root, 'playbooks'))).toBe(false);
    expect(broken).toEqual(['.github/workflows/ci.yml', 'packages/shared/b.test.ts', 'playbooks/all.yml']);
  });
});

describe('violations', () => {
  it('are links that lead out of the tree, wherever they lie', async () => {
    const { broken, rules } = await judged((root) => {
      write(root, {
        'src/up': { link: '../../x' },
        'src/abs': { link: '/etc/passwd' },
        'src/fine': { link: '../test/a.test.ts' },
      });
    });
    expect(broken).toEqual(['src/abs', 'src/up']);
    expect(rules).toEqual(['a symbolic link that leads out of the tree', 'a symbolic link that leads out of the tree']);
  });
  it('are judged against base, also when a later attempt goes on from an earlier one', async () => {
    const { workspace, candidate } = await judged((root) => write(root, { 'test/a.test.ts': `${test}it('b', () => {});\n` }));
    const work = await workspace.work();
    write(work.root, { 'test/a.test.ts': `${test}it('b', () => { expect(1).toBe(1); });\n` });
    const access = workspace.access(undefined, []);
    const second = await workspace.snapshotWork('Second', candidate.commit);
    expect(await violations({ workspace, access, from: candidate.tree, to: second.tree })).toEqual([]);
    write(work.root, { 'test/a.test.ts': "it('b', () => {});\n" });
    const third = await workspace.snapshotWork('Third', second.commit);
    expect(await violations({ workspace, access, from: second.tree, to: third.tree })).toHaveLength(1);
    await workspace[Symbol.asyncDispose]();
  });
});
