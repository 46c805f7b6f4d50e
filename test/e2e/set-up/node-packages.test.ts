// The lines of docs/set-up.md for the package managers of Node, and what goes wrong with other lines.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Files } from '../../rig/repository.ts';
import { command, judged, repositoryOf, sandboxes, setUp, shown } from './rig.ts';

const full = process.env.BEXPERT_TEST === 'full';
const look = { command: 'node packages/a/index.cjs', base: '1', candidate: '2' };
const change = { 'packages/b/index.cjs': "module.exports = '2';\n" };

/** Package `a` says what package `b` is. `from`: where a's package.json says that b comes from. */
const workspace = (from: string, more: Readonly<Record<string, string>> = {}): Files => ({
  'package.json': JSON.stringify({ private: true, name: 'root', workspaces: ['packages/*'] }),
  'packages/a/package.json': JSON.stringify({ name: 'a', version: '1.0.0', dependencies: { b: from, ...more } }),
  'packages/a/index.cjs': "console.log(require('b'));\n",
  'packages/b/package.json': JSON.stringify({ name: 'b', version: '1.0.0', main: 'index.cjs' }),
  'packages/b/index.cjs': "module.exports = '1';\n",
  '.gitignore': 'node_modules\n.pnp.*\n.yarn/*\n!.yarn/releases\n',
});
const key = 'cache-key: ["**/package.json"], outputs: ["**/node_modules"]';

describe('npm workspaces', () => {
  it.each(sandboxes)('run the code of their own tree, sandbox %s', async (sandbox) => {
    await using repository = await repositoryOf({
      files: { ...workspace('1.0.0'), 'bexpert.yml': shown('npm') },
      look,
      finish: (folder) => command(folder, 'npm', 'install', '--package-lock-only', '--offline', '--ignore-scripts'),
    });
    await repository.write(change);
    const ended = await judged(repository, sandbox);
    expect(ended.stdout).toContain('set-up from the store');
    expect(ended.code).toBe(0);
  });
  it('of a package of a monorepo fill the folder of the root', async () => {
    const settings = shown('npm')
      .replace('npm ci', 'cd ../.. && npm ci')
      .replace('[package-lock.json, "**/package.json"]', '[../../package-lock.json, "../../**/package.json"]')
      .replace('"**/node_modules"', '"../../node_modules"');
    await using repository = await repositoryOf({
      files: {
        ...workspace('1.0.0'),
        'packages/a/bexpert.yml': settings,
        'packages/a/playbook.yml':
          'bexpert: 1\nphases:\n  verify:\n    - { id: changed, run: "node index.cjs | grep -x changed.1", evidence: exit-code }\n',
      },
      look,
      finish: (folder) => command(folder, 'npm', 'install', '--package-lock-only', '--offline', '--ignore-scripts'),
    });
    await repository.write({ 'packages/a/index.cjs': "console.log('changed', require('b'));\n" });
    const ended = await judged({ folder: path.join(repository.folder, 'packages/a'), state: repository.state });
    expect(ended.stdout).toMatch(/changed +PASS/);
    expect(ended.code).toBe(0);
  });
});

describe('an output that would let the candidate run the code of base', () => {
  it.each([
    ['a package that was copied', `mkdir -p node_modules && cp -r packages/b node_modules/b`],
    ['a package that was moved', `mkdir -p node_modules && mv packages/b node_modules/b`],
  ])('is refused and never green: %s', async (_what, run) => {
    await using repository = await repositoryOf({ files: { ...workspace('1.0.0'), 'bexpert.yml': setUp(run, key) }, look });
    // Base alone is fine with it.
    expect((await judged(repository)).stdout).toContain('candidate saw 1, not 2');
    await repository.write(change);
    const ended = await judged(repository);
    expect(ended.stdout).toMatch(
      /seen +INVALID .*made on base holds copies of a file that the candidate changed.*: packages\/b\/index\.cjs\. The candidate would run base's code\. \[setup\/stale-copy\]/,
    );
    expect(ended.code).toBe(3);
    // The way out that the hint names.
    await repository.git('checkout', '--quiet', '--', '.');
    await repository.write({ 'bexpert.yml': setUp(run, key.replace('"**/package.json"', '"packages/b/**"')) });
    await repository.commit('name it');
    await repository.write(change);
    expect((await judged(repository)).code).toBe(0);
  });
  it('is made anew where an older base made it', async () => {
    const run = 'mkdir -p node_modules && cp -r packages/b node_modules/b';
    await using repository = await repositoryOf({
      files: { ...workspace('1.0.0'), 'bexpert.yml': setUp(run, key) },
      look: { ...look, base: '2' },
    });
    expect((await judged(repository)).stdout).toContain('base saw 1, not 2');
    await repository.write(change);
    await repository.commit('two');
    expect((await judged(repository)).code).toBe(0);
  });
  it.each(sandboxes)('is refused: packages in a store outside of the tree, sandbox %s', async (sandbox) => {
    const run = 'mkdir -p node_modules "$HOME/store" && cp -r packages/b "$HOME/store/b" && ln -s "$HOME/store/b" node_modules/b';
    await using repository = await repositoryOf({ files: { ...workspace('1.0.0'), 'bexpert.yml': setUp(run, key) }, look });
    await repository.write(change);
    const ended = await judged(repository, sandbox);
    expect(ended.stdout).toMatch(/the link node_modules\/b leads to \/.*\/home\/store\/b.*\[setup\/outside\]/);
    expect(ended.stdout).toContain('docs/set-up.md says how');
    expect(ended.code).toBe(3);
  });
});

describe('what `outputs` and `cache-key` leave out', () => {
  it('is refused where packages of their own lie: other versions would be found further up', async () => {
    const run = 'mkdir -p node_modules/b packages/a/node_modules/b node_modules/.cache packages/b/node_modules/.vite';
    await using repository = await repositoryOf({
      files: { ...workspace('1.0.0'), 'bexpert.yml': setUp(run, 'cache-key: ["**/package.json"], outputs: [node_modules]') },
      look,
    });
    const ended = await judged(repository);
    expect(ended.stdout).toContain('made packages/a/node_modules, which `outputs:` does not name');
    expect(ended.stdout).toContain('[setup/unnamed-output]\n    hint: Write `outputs: ["**/node_modules"]`.');
    expect(ended.code).toBe(3);
  });
  it('is refused where a name of the key is misspelt: nothing would ever change it', async () => {
    await using repository = await repositoryOf({
      files: {
        ...workspace('1.0.0'),
        'bexpert.yml': setUp('mkdir node_modules', 'cache-key: [package.json, package-lock.jsn], outputs: [node_modules]'),
      },
      look,
    });
    const ended = await judged(repository);
    expect(ended.stdout).toContain('`cache-key:` names package-lock.jsn, and the tree has no such file. [setup/no-key-file]');
    expect(ended.code).toBe(3);
  });
});

describe.runIf(full)('package managers that come from the registry', { timeout: 240_000 }, () => {
  let tools = '';
  beforeAll(() => {
    tools = mkdtempSync(path.join(os.tmpdir(), 'bexpert-tools-'));
    command(
      tools,
      'npm',
      'install',
      '--ignore-scripts',
      '--prefix',
      tools,
      '@yarnpkg/cli-dist@4.18.1',
      'yarn@1.22.22',
      'pnpm@10.34.8',
    );
  }, 240_000);
  afterAll(() => rmSync(tools, { recursive: true, force: true }));

  const external = { 'is-number': '7.0.0' };
  const berry = '.yarn/releases/yarn-4.18.1.cjs';
  const berryFiles = (linker: string): Files => ({
    ...workspace('workspace:*', external),
    '.yarnrc.yml': `nodeLinker: ${linker}\nyarnPath: ${berry}\n`,
    [berry]: readFileSync(path.join(tools, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'), 'utf8'),
    'yarn.lock': '',
  });
  const berryLock = (folder: string) => command(folder, 'node', berry, 'install', '--mode=update-lockfile', '--no-immutable');
  const bin = (name: string) => path.join(tools, 'node_modules/.bin', name);
  const yarn1 = () => path.join(tools, 'node_modules/yarn/bin/yarn.js');
  const pnpmFiles = (): Files => ({
    ...workspace('workspace:*', external),
    'pnpm-workspace.yaml': 'packages: ["packages/*"]\n',
  });
  const pnpmLock = (folder: string) => command(folder, bin('pnpm'), 'install', '--lockfile-only');
  const yarnLock = (folder: string) => {
    command(folder, 'node', yarn1(), 'install', '--ignore-scripts');
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
  };

  describe.each(sandboxes)('run the code of their own tree, sandbox %s', (sandbox) => {
    it.each([
      ['pnpm', pnpmFiles, pnpmLock, look],
      ['Yarn 1', () => workspace('1.0.0', external), yarnLock, look],
      ['Yarn with node_modules', () => berryFiles('node-modules'), berryLock, look],
      [
        "Yarn with Plug'n'Play",
        () => berryFiles('pnp'),
        berryLock,
        { ...look, command: 'node -r ./.pnp.cjs packages/a/index.cjs' },
      ],
    ])('%s', async (heading, files, finish, seen) => {
      await using repository = await repositoryOf({ files: { ...files(), 'bexpert.yml': shown(heading) }, look: seen, finish });
      await repository.write(change);
      const ended = await judged(repository, sandbox);
      expect(ended.stdout).toContain('set-up from the store');
      expect(ended.code, ended.stdout).toBe(0);
    });
  });
  it.each([
    [
      'a virtual store of pnpm',
      pnpmFiles,
      pnpmLock,
      () => shown('pnpm').replace('--frozen', '--config.virtual-store-dir="$HOME/virtual" --frozen'),
      'setup/outside',
    ],
    [
      'a global virtual store of pnpm',
      pnpmFiles,
      pnpmLock,
      () => shown('pnpm').replace('npx', 'CI= npx').replace('--frozen', '--config.enable-global-virtual-store=true --frozen'),
      'setup/outside',
    ],
    [
      "a global cache of Yarn with Plug'n'Play",
      () => berryFiles('pnp'),
      berryLock,
      () =>
        shown("Yarn with Plug'n'Play")
          .replace(/ {4}env:.*\n/, '')
          .replace(', ".yarn/{cache,unplugged}"', ''),
      'setup/outside',
    ],
    ['a file: dependency of Yarn 1', () => workspace('file:../b'), yarnLock, () => shown('Yarn 1'), 'setup/stale-copy'],
  ])('refuse %s', async (_what, files, finish, settings, code) => {
    await using repository = await repositoryOf({ files: { ...files(), 'bexpert.yml': settings() }, look, finish });
    await repository.write(change);
    const ended = await judged(repository);
    expect(ended.stdout).toContain(`[${code}]`);
    expect(ended.code).toBe(3);
  });
});
