import { mkdirSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runsFolder, stateHome } from '../../../src/commands/state-folder.ts';
import { stateFolders } from '../../../src/workspace/state.ts';
import { opened, sample, temporary } from './rig.ts';

describe('the state folder', () => {
  it('is $XDG_STATE_HOME/bexpert, else ~/.local/state/bexpert, else what --state says', () => {
    expect(stateFolders({ env: { HOME: '/home/ada', XDG_STATE_HOME: '/state' } }).home).toBe('/state/bexpert');
    expect(stateFolders({ env: { HOME: '/home/ada' } }).home).toBe('/home/ada/.local/state/bexpert');
    // The XDG base directory specification: relative values are ignored.
    expect(stateFolders({ env: { HOME: '/home/ada', XDG_STATE_HOME: 'state' } }).home).toBe('/home/ada/.local/state/bexpert');
    expect(stateFolders({ env: {} }).home).toBe(path.join(os.homedir(), '.local/state/bexpert'));
    expect(stateFolders({ env: { HOME: '/home/ada' }, state: '/else' }).home).toBe('/else');
    expect(stateHome('kept', { cwd: '/elsewhere', env: {} })).toBe('/elsewhere/kept');
  });
  it('holds the runs of a repository, whichever of its folders or links is asked', async () => {
    const at = sample({ 'packages/api/a.txt': 'a' });
    const link = path.join(temporary(), 'link');
    symlinkSync(path.join(at.folder, 'packages'), link);
    const io = { cwd: at.folder, env: {} };
    const folder = await runsFolder({ repo: '.', state: at.stateHome }, io);
    expect(await runsFolder({ repo: path.join(link, 'api'), state: at.stateHome }, io)).toBe(folder);
    const { repository, workspace } = await opened(at);
    expect(folder).toBe(stateFolders({ env: {}, state: at.stateHome }).of(repository.id).runs);
    expect(repository.id).toMatch(/^[0-9a-f]{16}$/);
    await workspace[Symbol.asyncDispose]();
  });
  it('has a place also for a folder outside every repository', async () => {
    const folder = temporary();
    mkdirSync(path.join(folder, 'x'));
    const io = { cwd: folder, env: { HOME: '/home/ada' } };
    expect(await runsFolder({ repo: 'x' }, io)).toMatch(/^\/home\/ada\/\.local\/state\/bexpert\/[0-9a-f]{16}\/runs$/);
    expect(await runsFolder({ repo: 'x' }, io)).not.toBe(await runsFolder({ repo: '.' }, io));
  });
});
