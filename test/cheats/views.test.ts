// What code of a candidate leaves in a folder that a plugin reads and writes with the rights of the runner.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writableView } from '../../src/host/tree-view.ts';
import { isPluginError } from '../../src/plugin-api.ts';
import { temporary } from '../unit/workspace/rig.ts';

it('no link makes a plugin write, read or remove a file elsewhere, also where nothing lies there yet', async () => {
  const [folder, home] = [temporary(), temporary()];
  const view = writableView({ id: 'scratch', hash: '', folder, path: '/scratch', files: async () => [] });
  writeFileSync(path.join(home, 'there'), 'kept');
  mkdirSync(path.join(folder, 'fine'));
  for (const name of ['there', 'new', 'deep/new'])
    symlinkSync(path.join(home, name), path.join(folder, path.basename(name)).concat(name === 'deep/new' ? '2' : ''));
  symlinkSync(path.join(home, 'gone'), path.join(folder, 'way'));
  symlinkSync('later', path.join(folder, 'fine/inside'));
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (isPluginError(error) ? error.code : String(error)),
    );
  for (const name of ['there', 'new', 'new2', 'way/x']) {
    expect(await codeOf(view.write(name, 'mine')), name).toBe('file/outside');
    expect(await codeOf(view.read(name)), name).toMatch(/^file\/(outside|not-found)$/);
  }
  expect(await view.exists('new')).toBe(false);
  await view.remove('new');
  expect([readFileSync(path.join(home, 'there'), 'utf8'), existsSync(path.join(home, 'new'))]).toEqual(['kept', false]);
  await view.write('fine/a/b.txt', 'mine');
  expect(await view.read('fine/a/b.txt')).toBe('mine');
});
