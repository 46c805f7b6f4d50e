import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFetched } from '../../../src/workspace/fetched-file.ts';
import { folderOf, planOf, preparedOf, whereOf } from './prepare-files.ts';
import { prepareFolder, shown } from './prepare-folder.ts';

const gates = 'phases:\n  verify: [tests]\n';

describe('a playbook that extends a file', () => {
  it('says what is different, and has the rest from below', async () => {
    const plan = await planOf({
      'playbook.yml':
        'bexpert: 1\nextends: templates/backend.yml\nbudget: { usd: 3 }\nprotect: ["golden/**"]\nphases:\n  verify:\n    steps:\n      - id: coverage\n        with: { lines: 90 }\n      - log-scan\n',
      'templates/backend.yml':
        'bexpert: 1\nname: backend\nextends: ./base.yml\nbudget: { usd: 5, time: 10m }\nphases:\n  verify: [tests, { uses: coverage, with: { lines: 80, label: all } }]\n',
      'templates/base.yml':
        'bexpert: 1\nprotect: ["test/**"]\nenv: { LANG: C }\nservices: { api: { run: node api.js } }\ndefaults: { log-scan: {} }\n',
    });
    expect(plan).toMatchObject({ name: 'playbook', budget: { usd: 3, timeMs: 600_000 }, protect: ['test/**', 'golden/**'] });
    expect(plan.env).toEqual({ LANG: { kind: 'literal', value: 'C' } });
    expect(plan.phases[0]?.steps.map(({ id }) => id)).toEqual(['tests', 'coverage', 'log-scan']);
    expect(plan.phases[0]?.steps[1]?.body).toMatchObject({ with: { kind: 'literal', value: { lines: 90, label: 'all' } } });
    expect(plan.sources.map(({ file }) => file)).toEqual(['playbook.yml', 'templates/base.yml', 'templates/backend.yml']);
    expect(plan.sources.every(({ digest }) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
  });
  it('removes what null removes: keys, phases, and steps that have nothing left to run', async () => {
    const good = await planOf({
      'playbook.yml':
        'bexpert: 1\nextends: base.yml\nbudget: null\nphases:\n  more: null\n  verify:\n    steps:\n      - { id: coverage, uses: null }\n',
      'base.yml': `bexpert: 1\nbudget: { usd: 5 }\nphases:\n  verify: [tests, coverage]\n  more: { kind: verify, steps: [migration] }\n`,
    });
    expect(good.budget).toEqual({ reserve: 0 });
    expect(good.phases.map(({ id, steps }) => [id, steps.map((step) => step.id)])).toEqual([['verify', ['tests']]]);
  });
  it('stands above bexpert.yml, and what it extends below', async () => {
    const plan = await planOf({
      'playbook.yml': `bexpert: 1\nextends: base.yml\nenv: { C: playbook }\n${gates}`,
      'base.yml': 'bexpert: 1\nenv: { A: base, B: base, C: base }\n',
      'bexpert.yml': 'bexpert: 1\nextends: own.yml\nenv: { B: bexpert, C: bexpert }\n',
      'own.yml': 'bexpert: 1\nenv: { A: own, B: own, D: own }\n',
    });
    const values = Object.fromEntries(
      Object.entries(plan.env).map(([name, value]) => [name, value.kind === 'literal' ? value.value : undefined]),
    );
    expect(values).toEqual({ A: 'own', B: 'bexpert', C: 'playbook', D: 'own' });
  });
  it('that comes with bexpert stands below all that bexpert.yml extends', async () => {
    const folder = folderOf({
      'bexpert.yml':
        'bexpert: 1\nextends: company.yml\nservices: { db: { uses: postgres }, api: { run: node api.js } }\ninputs: { goal: { default: x } }\n',
      'company.yml': 'bexpert: 1\nname: company\nbudget: { usd: 1 }\nfinal: [budget.usd]\n',
    });
    const { plan, diagnostics } = await prepareFolder(folder, { playbook: 'migration' });
    expect(diagnostics).toEqual([]);
    expect(plan).toMatchObject({ name: 'migration', budget: { usd: 1, tokens: 2_000_000 } });
    expect(plan?.sources.map(({ file }) => file)).toEqual(['bexpert:migration', 'bexpert.yml', 'company.yml']);
  });
  it('takes a file once that both extend', async () => {
    const plan = await planOf({
      'playbook.yml': `bexpert: 1\nextends: company.yml\n${gates}`,
      'bexpert.yml': 'bexpert: 1\nextends: ./company.yml\nsetup: { append: [{ run: npm run build }] }\n',
      'company.yml': 'bexpert: 1\nsetup: [{ run: npm ci }]\n',
    });
    expect(plan.setup.map(({ run }) => run)).toEqual(['npm ci', 'npm run build']);
    expect(plan.sources.map(({ file }) => file)).toEqual(['playbook.yml', 'bexpert.yml', 'company.yml']);
  });
  it('may extend one that comes with bexpert, whose inputs bexpert.yml gives', async () => {
    const plan = await planOf({
      'playbook.yml': 'bexpert: 1\nextends: bexpert:migration\n',
      'bexpert.yml':
        'bexpert: 1\ninputs: { goal: { default: Add a column }, other: { default: for another } }\nservices: { db: { uses: postgres }, api: { run: node api.js } }\n',
    });
    expect(plan.inputs).toEqual({ goal: 'Add a column', 'max-slowdown': 10 });
    expect(plan.sources.map(({ file }) => file)).toEqual(['playbook.yml', 'bexpert.yml', 'bexpert:migration']);
  });
  it('shows problems of every file at their lines, with the line that brings the file in', async () => {
    const result = await preparedOf({
      'playbook.yml': `bexpert: 1\nextends: base.yml\nbudgt: {}\n${gates}`,
      'base.yml': 'bexpert: 1\nextends: deep.yml\nservice: {}\nrequires: ">=99"\n',
      'deep.yml': 'bexpert: 2\nenv: { A: [\n',
    });
    expect(result.diagnostics.map(whereOf)).toEqual([
      'yaml/unclosed deep.yml:2:6',
      'playbook/unknown-key base.yml:3:1',
      'playbook/unknown-key playbook.yml:3:1',
    ]);
    expect(result.diagnostics[0]?.related).toMatchObject([
      { place: { file: 'base.yml', range: { start: { line: 2, column: 10 } } } },
    ]);
    expect(result.plan).toBeUndefined();
    const versions = await preparedOf({
      'playbook.yml': `bexpert: 1\nextends: base.yml\n${gates}`,
      'base.yml': 'bexpert: 2\nrequires: ">=99"\n',
    });
    expect(versions.diagnostics.map(whereOf)).toEqual(['playbook/version base.yml:1:10', 'playbook/requires base.yml:2:11']);
  });
  it('cannot extend a file that is too large, is empty, or lists several', async () => {
    const codes = async (files: Readonly<Record<string, string>>) => (await preparedOf(files)).diagnostics.map(whereOf);
    const playbook = `bexpert: 1\nextends: base.yml\n${gates}`;
    expect(await codes({ 'playbook.yml': playbook, 'base.yml': `bexpert: 1\n# ${'x'.repeat(1024 * 1024)}\n` })).toEqual([
      'yaml/too-large base.yml:1:1',
    ]);
    expect(await codes({ 'playbook.yml': playbook, 'base.yml': '' })).toEqual(['yaml/empty base.yml:1:1']);
    expect(await codes({ 'playbook.yml': `bexpert: 1\nextends: [a.yml, b.yml]\n${gates}` })).toEqual([
      'playbook/type playbook.yml:2:10',
    ]);
  });
  it.each([
    ['/etc/base.yml', 'absolute'],
    ['C:\\base.yml', 'absolute'],
    ['templates\\base.yml', 'backslashes'],
    ['base', 'names no .yml'],
    ['bexpert:../migration', 'the name of a playbook'],
    ['npm:@acme', 'the name of a package'],
    ['npm:../x/y.yml', 'the name of a package'],
    ['git+https://host/acme.git#backend.yml', 'names no commit'],
    ['git+https://me@host/acme.git@v1.2#backend.yml', '`v1.2` is no full commit'],
    ['git+https://host/acme.git@feature/x#backend.yml', '`feature/x` is no full commit'],
    ['git+https://host/acme.git@0123456#backend.yml', '`0123456` is no full commit'],
    [`git+https://host/acme.git@${'a'.repeat(40)}`, 'names no .yml file'],
    [`git+ext::sh@${'a'.repeat(40)}#backend.yml`, 'is no address'],
  ])('refuses the address %s', async (address, why) => {
    const result = await preparedOf({ 'playbook.yml': `bexpert: 1\nextends: '${address}'\n${gates}` });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['reuse/form']);
    expect(shown(result)).toContain(why);
  });
});

describe('a playbook that extends a file of a package', () => {
  const playbook = (name = 'npm:@acme/playbooks/backend.yml') => `bexpert: 1\nextends: ${name}\n${gates}`;
  it('finds the package of the scope, and files beside it in the package', async () => {
    const plan = await planOf({
      'playbook.yml': playbook(),
      'node_modules/@acme/playbooks/backend.yml': 'bexpert: 1\nextends: ./parts/base.yml\nenv: { A: one }\n',
      'node_modules/@acme/playbooks/parts/base.yml': 'bexpert: 1\nextends: npm:other/more.yml\nenv: { B: two }\n',
      'node_modules/other/more.yml': 'bexpert: 1\nenv: { C: three }\n',
    });
    expect(Object.keys(plan.env)).toEqual(['C', 'B', 'A']);
    expect(plan.sources.map(({ file }) => file)).toContain('node_modules/@acme/playbooks/parts/base.yml');
  });
  it('takes the package that is installed beside the playbook before that of the scope', async () => {
    const folder = folderOf({
      'team/playbook.yml': playbook(),
      'team/node_modules/@acme/playbooks/backend.yml': 'bexpert: 1\nenv: { A: near }\n',
      'node_modules/@acme/playbooks/backend.yml': 'bexpert: 1\nenv: { A: far }\n',
    });
    const { plan } = await prepareFolder(folder, { playbook: 'team/playbook.yml' });
    expect(plan?.env).toEqual({ A: { kind: 'literal', value: 'near' } });
  });
  it('cannot leave the package, neither by a path nor by a link', async () => {
    const folder = folderOf({
      'playbook.yml': playbook('npm:acme/../secret.yml'),
      'secret.yml': 'bexpert: 1\nenv: { A: secret }\n',
      'node_modules/acme/backend.yml': 'bexpert: 1\nextends: ../../secret.yml\n',
      'node_modules/acme/package.json': '{}',
    });
    const codes = async () => (await prepareFolder(folder)).diagnostics.map(whereOf);
    expect(await codes()).toEqual(['reuse/escapes playbook.yml:2:10']);
    writeFileSync(path.join(folder, 'playbook.yml'), playbook('npm:acme/backend.yml'));
    expect(await codes()).toEqual(['reuse/escapes node_modules/acme/backend.yml:2:10']);
    rmSync(path.join(folder, 'node_modules/acme/backend.yml'));
    symlinkSync('../../secret.yml', path.join(folder, 'node_modules/acme/backend.yml'));
    expect(await codes()).toEqual(['reuse/escapes playbook.yml:2:10']);
  });
  it('takes a package that is linked into node_modules, as workspaces and pnpm do', async () => {
    const folder = folderOf({
      'playbook.yml': playbook('npm:acme/backend.yml'),
      'packages/acme/backend.yml': 'bexpert: 1\nenv: { A: one }\n',
    });
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync('../packages/acme', path.join(folder, 'node_modules/acme'));
    const { plan } = await prepareFolder(folder);
    expect(plan?.sources.map(({ file }) => file)).toEqual(['playbook.yml', 'packages/acme/backend.yml']);
  });
  it('says which file is missing in the package', async () => {
    const result = await preparedOf({
      'playbook.yml': playbook('npm:acme/bakend.yml'),
      'node_modules/acme/backend.yml': 'bexpert: 1\n',
    });
    expect(shown(result)).toContain('Did you mean `backend.yml`?');
  });
});

describe('a playbook that extends a file of a git commit', () => {
  const git = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@bexpert.invalid', '-c', 'commit.gpgsign=false', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  function repository(files: Readonly<Record<string, string>>): { readonly folder: string; readonly commit: string } {
    const folder = folderOf(files);
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message=one');
    return { folder, commit: git(folder, 'rev-parse', 'HEAD') };
  }
  const reading = (folder: string) => ({
    readGit: (address: Parameters<typeof readFetched>[0]) => readFetched(address, { folder, env: process.env }),
  });

  it('fetches the commit once, reads files beside it from the same commit, and then needs no network', async () => {
    const { folder, commit } = repository({
      'backend.yml': 'bexpert: 1\nextends: parts/base.yml\nenv: { A: one }\n',
      'parts/base.yml': 'bexpert: 1\nenv: { B: two }\n',
    });
    writeFileSync(path.join(folder, 'parts/base.yml'), 'bexpert: 1\nenv: { B: changed }\n');
    git(folder, 'commit', '--quiet', '--all', '--message=two');
    const kept = folderOf({});
    const files = { 'playbook.yml': `bexpert: 1\nextends: git+file://${folder}@${commit}#backend.yml\n${gates}` };
    const plan = await planOf(files, reading(kept));
    expect(plan.env).toEqual({ B: { kind: 'literal', value: 'two' }, A: { kind: 'literal', value: 'one' } });
    expect(plan.sources.map(({ file }) => file).slice(1)).toEqual([
      `git+file://${folder}@${commit}#parts/base.yml`,
      `git+file://${folder}@${commit}#backend.yml`,
    ]);
    rmSync(folder, { recursive: true });
    expect((await planOf(files, reading(kept))).env).toEqual(plan.env);
  });
  it('says what is missing: the repository, the commit, the file', async () => {
    const { folder, commit } = repository({ 'backend.yml': 'bexpert: 1\n' });
    const said = async (address: string) =>
      shown(await preparedOf({ 'playbook.yml': `bexpert: 1\nextends: ${address}\n${gates}` }, reading(folderOf({}))));
    expect(await said(`git+file://${folder}-none@${commit}#backend.yml`)).toContain('it could not be fetched: ');
    expect(await said(`git+file://${folder}@${'0'.repeat(39)}1#backend.yml`)).toContain(
      'the repository does not have that commit',
    );
    expect(await said(`git+file://${folder}@${commit}#bakend.yml`)).toContain('the commit has no file `bakend.yml`');
    expect(await said(`git+file://${folder}@${commit}#backend.yml`)).toBe('');
  });
});
