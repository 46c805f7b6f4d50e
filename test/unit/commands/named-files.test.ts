// What a person names in place of a file: folders, links that lead nowhere, what has no end. Each is said, and none is waited for.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { here } from '../../rig/here.ts';
import { TestRepository } from '../../rig/repository.ts';

const playbook = 'bexpert: 1\nphases:\n  verify: [{ id: ok, run: "true" }]\n';
const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-named-'));
const at = (name: string): string => path.join(folder, name);
beforeAll(() => {
  mkdirSync(at('playbooks/folder.yml'), { recursive: true });
  writeFileSync(at('playbooks/quality.yml'), playbook);
  symlinkSync('nowhere.yml', at('gone.yml'));
  symlinkSync('round.yml', at('round.yml'));
  symlinkSync('playbooks/quality.yml', at('link.yml'));
  writeFileSync(at('vast.yml'), '');
  truncateSync(at('vast.yml'), 5 * 1024 ** 3);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bexpert(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { io, said } = here(folder, { env: { XDG_STATE_HOME: at('state') } });
  return { code: await main(args, io), said: said() };
}

describe('a playbook', () => {
  it.each([
    ['.', 'it is a folder'],
    ['playbooks/folder.yml', 'it is a folder'],
    ['gone.yml', 'it is a link to something that is not there'],
    ['round.yml', 'it is a link that leads to itself'],
    ['vast.yml', 'it has 5368709120 bytes, and 16777216 are the limit'],
  ])('`%s` is there and no file to read: %s', async (name, why) => {
    const { code, said } = await bexpert('validate', name);
    expect(said).toContain(`The file \`${name}\` cannot be read: ${why}. [playbook/unreadable]`);
    expect(code).toBe(2);
  });
  it('without an end is read as far as a file may go', async () => {
    const { code, said } = await bexpert('validate', '/dev/zero');
    expect(said).toContain('[yaml/too-large]');
    expect(code).toBe(2);
  });
  it('behind a link, or at the end of a pipe, is one', async () => {
    expect(await bexpert('validate', 'link.yml')).toMatchObject({ code: 0 });
    expect(await bexpert('validate', '/dev/null')).toMatchObject({ code: 2, said: expect.stringContaining('[yaml/empty]') });
  });
  it('is not looked for in folders with such a name', async () => {
    expect(await bexpert('validate')).toEqual({ code: 0, said: 'valid  playbooks/quality.yml  (1 phase, 1 step)\n' });
  });
});

it.each([
  ['adopt', 'gone.yml', 'it is a link to something that is not there'],
  ['migrate', 'gone.yml', 'it is a link to something that is not there'],
  ['migrate', '.', 'it is a folder'],
  ['policy check', '. .', 'it is a folder'],
  ['policy check', 'vast.yml .', 'it has 5368709120 bytes'],
  ['test', 'playbooks', 'it is a folder'],
  ['plan', 'playbooks/quality.yml --inputs-file playbooks', 'it is a folder'],
  ['plan', 'playbooks/quality.yml --inputs-file vast.yml', 'it has 5368709120 bytes'],
  ['validate', '--reporter sarif --report-file nowhere/out.sarif', 'its folder is not there'],
  ['validate', '--reporter sarif --report-file playbooks', 'it is a folder'],
])('`bexpert %s %s` says that %s', async (command, rest, why) => {
  const { code, said } = await bexpert(...command.split(' '), ...rest.split(' '));
  expect(said).toContain(why);
  expect(said).not.toMatch(/\bE[A-Z]{4,}\b/);
  expect(code).toBe(2);
});

it('`bexpert policy check` passes over links that lead nowhere or to themselves', async () => {
  symlinkSync('round.yml', at('playbooks/round.yml'));
  const { code, said } = await bexpert('policy', 'check', 'playbooks/quality.yml', '.', './*');
  rmSync(at('playbooks/round.yml'));
  expect(said).toContain('does not extend it');
  expect(code).toBe(1);
});

describe('what stands where files would be written, or are looked for', () => {
  const repository = (name: string): string => {
    mkdirSync(at(name), { recursive: true });
    return name;
  };
  it('is said by `init` and `new` before anything is written', async () => {
    const repo = repository('taken');
    writeFileSync(at('taken/playbooks'), '');
    writeFileSync(at('taken/plugins'), '');
    for (const call of ['init', 'new playbook own', 'new plugin own']) {
      const { code, said } = await bexpert(...call.split(' '), '--repo', repo);
      expect(said).toMatch(/`(playbooks|plugins)` is no folder\. Nothing was written\. \[cli\/file-in-the-way\]/);
      expect(code).toBe(2);
    }
    expect(readdirSync(at('taken'))).toEqual(['playbooks', 'plugins']);
    expect(await bexpert('plugins', '--repo', repo)).toMatchObject({ code: 0 });
  });
  it('is no bexpert.yml that may be left out', async () => {
    const repo = repository('settings');
    mkdirSync(at('settings/bexpert.yml'));
    for (const command of ['validate', 'verify', 'plan', 'resolve']) {
      const { code, said } = await bexpert(command, 'playbooks/quality.yml', '--repo', repo);
      expect(said).toContain('The file `bexpert.yml` cannot be read: it is a folder. [playbook/unreadable]');
      expect(code).toBe(2);
    }
  });
  it('may be links that lead to themselves', async () => {
    const repo = repository('round');
    symlinkSync('b', at('round/a'));
    symlinkSync('a', at('round/b'));
    await promisify(execFile)('git', ['init', '--quiet'], { cwd: at('round') });
    await promisify(execFile)('git', ['add', '--all'], { cwd: at('round') });
    expect(await bexpert('init', '--repo', repo)).toMatchObject({ code: 0 });
  });
});

it.each(['.', 'gone.yml', '/dev/zero'])('`bexpert verify %s` says why it cannot be read', async (name) => {
  await using repository = await TestRepository.create({ 'a.txt': 'a' });
  const { io, said } = here(folder, { env: { PATH: process.env.PATH, XDG_STATE_HOME: at('state') } });
  const code = await main(['verify', name, '--repo', repository.folder], io);
  expect(said()).toMatch(/\[(playbook\/unreadable|yaml\/too-large)\]/);
  expect(code).toBe(2);
});

it('a playbook that is a link in the repository is what it leads to, as it is in base', async () => {
  await using repository = await TestRepository.create({ 'shared/own.yml': playbook.replace('"true"', '"false"') });
  mkdirSync(path.join(repository.folder, 'playbooks'));
  symlinkSync('../shared/own.yml', path.join(repository.folder, 'playbooks/quality.yml'));
  await repository.commit('link');
  writeFileSync(path.join(repository.folder, 'shared/own.yml'), playbook);
  const { io, said } = here(repository.folder, { env: { PATH: process.env.PATH, XDG_STATE_HOME: at('state') } });
  const code = await main(['verify', 'playbooks/quality.yml', '--sandbox', 'off'], io);
  expect(said()).toMatch(/shared\/own\.yml on disk differs from base's; base's decides/);
  expect(said()).toMatch(/^ {2}ok +FAIL /m);
  expect(code).toBe(1);
});

describe('--repo', () => {
  it('names the folder whose files are meant where none is named', async () => {
    mkdirSync(at('packages/orders/playbooks'), { recursive: true });
    writeFileSync(at('packages/orders/playbooks/own.yml'), playbook);
    writeFileSync(at('packages/orders/bexpert.yml'), 'bexpert: 1\n');
    const repo = ['--repo', 'packages/orders'];
    expect((await bexpert('validate', ...repo)).said).toBe('valid  packages/orders/playbooks/own.yml  (1 phase, 1 step)\n');
    expect((await bexpert('migrate', ...repo)).said).toBe(
      'already version 1  packages/orders/bexpert.yml\nalready version 1  packages/orders/playbooks/own.yml\n',
    );
  });
  it.each(['doctor', 'migrate', 'test', 'validate', 'report', 'plugins', 'explain step.needs'])(
    'that is no folder is refused by %s',
    async (command) => {
      const { code, said } = await bexpert(...command.split(' '), '--repo', 'nowhere');
      expect(said).toContain('`--repo nowhere` is not a folder. [cli/not-a-folder]');
      expect(code).toBe(2);
    },
  );
});
