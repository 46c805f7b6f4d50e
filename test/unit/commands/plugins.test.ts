import path from 'node:path';
import { expect, it } from 'vitest';
import { plugins } from '../../../src/commands/plugins.ts';
import { root } from '../../contract/sources.ts';
import { here } from '../../rig/here.ts';

async function called(call: Parameters<typeof plugins>[0]): Promise<{ readonly code: number; readonly said: string }> {
  const { io, said } = here(path.join(root, 'examples'), { env: {} });
  return { code: await plugins(call, io), said: said() };
}

it('a plugin of the repository is shown like a built-in one', async () => {
  const { code, said } = await called({ name: './plugins/money-columns', repo: 'custom-plugin' });
  expect(code).toBe(0);
  expect(said).toContain('money-columns  gate\n  Columns that hold money have an exact type.');
  expect(said).toMatch(/folder +path +"migrations"/);
  const json = await called({ name: './plugins/no-console', repo: 'custom-plugin', json: true });
  expect(JSON.parse(json.said)).toMatchObject({ name: 'no-console', kind: 'gate' });
});

it('plugins of the repository stand in the list, as `uses` names them', async () => {
  const { code, said } = await called({ repo: 'custom-plugin' });
  expect(code).toBe(0);
  expect(said).toMatch(/^gate\n[\s\S]*^ {2}\.\/plugins\/money-columns +Columns that hold money have an exact type\.$/m);
  expect(said).toMatch(/^ {2}coverage /m);
});

it('one that is not there is a wrong call', async () => {
  const { code, said } = await called({ name: './plugins/none', repo: 'custom-plugin' });
  expect(code).toBe(2);
  expect(said).toContain('The plugin `./plugins/none` cannot be used: there is no such folder. [plugin/team]');
});
