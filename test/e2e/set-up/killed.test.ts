import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { processesWith, until } from '../../rig/journal.ts';
import { start } from '../../rig/program.ts';
import { judged, repositoryOf, sandboxes, setUp } from './rig.ts';

describe('a run that was killed while it did the set-up', () => {
  it.each(sandboxes)('leaves nothing that the next run would take, and in a sandbox no process, sandbox %s', async (sandbox) => {
    const mark = `sleep 47.${process.pid}`;
    // Only the first time does it take long; the tree says so by a file of the candidate.
    const run = `mkdir -p made && echo half > made/value; test -e go || ${mark}; echo whole > made/value`;
    await using repository = await repositoryOf({
      files: { 'bexpert.yml': setUp(run, 'cache-key: [lock], outputs: [made]'), lock: '1', '.gitignore': 'made\n' },
      look: { command: 'cat made/value', base: 'whole', candidate: 'whole' },
    });
    const store = path.join(repository.state, 'store');
    const left = () => (existsSync(store) ? readdirSync(store).filter((name) => !name.endsWith('.lock')) : []);
    const killed = start(
      ['verify', 'playbook.yml', '--base', 'HEAD', '--reporter', 'plain', '--sandbox', sandbox, '--state', repository.state],
      { cwd: repository.folder },
    );
    await until(() => (processesWith(mark).length > 0 ? true : undefined), 'set-up runs');
    killed.child.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    await until(() => {
      const alive = processesWith(mark);
      // Without a sandbox they live on, and one may start another while it is killed.
      if (sandbox === 'off') spawnSync('kill', ['-9', ...alive.map(String)]);
      return alive.length === 0 ? true : undefined;
    }, 'its processes are gone');
    const half = left();
    expect(half).toHaveLength(1);
    await repository.write({ go: '' });
    await repository.commit('go');
    const next = await judged(repository, sandbox);
    expect(next.code, next.stdout).toBe(0);
    expect(left()).toHaveLength(1);
    expect(left()).not.toEqual(half);
  });
});
