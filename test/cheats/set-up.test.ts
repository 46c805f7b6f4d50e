// Set-up runs code of the tree; what it leaves is kept, and used by trees that are to be trusted.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../rig/program.ts';
import { TestRepository } from '../rig/repository.ts';

const full = process.env.BEXPERT_TEST === 'full';

const maker = (text: string) => `import fs from 'node:fs';
fs.mkdirSync('made', { recursive: true });
fs.writeFileSync('made/judge.mjs', ${JSON.stringify(text)});
`;
const honest = maker('process.exit(process.env.WRONG === undefined ? 0 : 1);\n');
const poisoned = maker('process.exit(0);\n');
const playbook = `bexpert: 1
phases:
  verify:
    - { id: check, run: WRONG=1 node made/judge.mjs, evidence: exit-code }
`;
const files = {
  'bexpert.yml':
    'bexpert: 1\nsetup:\n  - { run: node make.mjs, outputs: [made], cache-key: [lock.txt] }\nprotect: [bexpert.yml]\n',
  'p.yml': playbook,
  '.gitignore': 'made\n',
  'lock.txt': 'one\n',
  'make.mjs': honest,
};
async function verify(repository: TestRepository, ...more: readonly string[]) {
  const args = ['verify', 'p.yml', '--reporter', 'plain', '--state', repository.state, ...more];
  return program(args, { cwd: repository.folder });
}

describe('set-up of a candidate', () => {
  it('fills no place of the store that base, or another candidate, uses', async () => {
    await using repository = await TestRepository.create(files);
    // The key is base's: base's own code makes what both use.
    await repository.write({ 'make.mjs': poisoned });
    expect((await verify(repository)).code).toBe(1);
    // A key that base does not have: the candidate's code, and its own tree only.
    await repository.write({ 'lock.txt': 'two\n' });
    expect((await verify(repository)).code).toBe(0);
    // The same key without the poison, as a candidate and as base.
    await repository.write({ 'make.mjs': honest });
    expect((await verify(repository)).code).toBe(1);
    await repository.commit('two');
    expect((await verify(repository)).code).toBe(1);
  }, 120_000);
  it.runIf(full)(
    'fills no place of another repository',
    async () => {
      await using one = await TestRepository.create({ ...files, 'make.mjs': poisoned });
      await using two = await TestRepository.create(files);
      expect((await verify(one)).code).toBe(0);
      expect((await verify(two, '--state', one.state)).code).toBe(1);
    },
    120_000,
  );
  it('leaves no link that would bring a folder of this machine into the sandbox, or out of its place', async () => {
    await using repository = await TestRepository.create(files);
    const home = path.join(path.dirname(repository.folder), 'home');
    mkdirSync(path.join(home, 'deep'), { recursive: true });
    writeFileSync(path.join(home, 'judge.mjs'), 'process.exit(0);\n');
    await repository.write({
      'lock.txt': 'three\n',
      'make.mjs': `import fs from 'node:fs';\nfs.symlinkSync(${JSON.stringify(home)}, 'made');\n`,
    });
    const linked = await verify(repository);
    expect(linked.stdout + linked.stderr).toContain('setup/linked-output');
    expect(linked.code).not.toBe(0);
    expect(readdirSync(home)).toEqual(['deep', 'judge.mjs']);

    if (!full) return;
    await repository.write({
      'bexpert.yml': files['bexpert.yml'].replace('[made]', '[made/deep]'),
      'make.mjs': "import fs from 'node:fs';\nfs.mkdirSync('made/deep', { recursive: true });\n",
    });
    await repository.commit('deeper');
    await repository.write({
      'lock.txt': 'four\n',
      'make.mjs': `import fs from 'node:fs';\nfs.symlinkSync(${JSON.stringify(home)}, 'made');\n`,
    });
    const moved = await verify(repository);
    expect(moved.stdout + moved.stderr).toContain('setup/linked-output');
    expect(existsSync(path.join(home, 'deep'))).toBe(true);
  }, 120_000);
});
