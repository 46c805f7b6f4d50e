// A playbook is mended in one go: one call shows every mistake of every file, each in its frame.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../contract/sources.ts';
import { program } from '../rig/program.ts';

const folder = path.join(root, 'test/playbooks/ten');
const expected = path.join(folder, 'expected.txt');
const frames = (text: string): number => text.match(/^\S+:\d+:\d+ error /gm)?.length ?? 0;

describe('a playbook with ten different mistakes', () => {
  it('shows ten frames in one call, and ends with 2', async () => {
    const { code, stdout, stderr } = await program(['validate', 'playbooks/ten.yml'], { cwd: folder });
    if (process.env.UPDATE_EXPECTED === '1') writeFileSync(expected, stdout);
    expect(stdout).toBe(readFileSync(expected, 'utf8'));
    expect({ code, stderr, frames: frames(stdout) }).toEqual({ code: 2, stderr: '', frames: 10 });
    const codes = [...stdout.matchAll(/\[([a-z-]+\/[a-z-]+)\]$/gm)].map(([, found]) => found);
    expect(new Set(codes).size).toBe(10);
  });
  it.each(['run', 'verify', 'plan', 'resolve'])(
    'is refused by %s with the same ten, before anything is done',
    async (command) => {
      const { code, stdout, stderr } = await program([command, 'playbooks/ten.yml', '--input', 'goal=x'], { cwd: folder });
      expect({ code, stdout, frames: frames(stderr) }).toEqual({ code: 2, stdout: '', frames: 10 });
      expect(stderr).toBe(
        readFileSync(expected, 'utf8')
          .split('\n')
          .filter((line) => !line.startsWith('not valid'))
          .join('\n'),
      );
    },
  );
});
