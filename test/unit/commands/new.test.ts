// What `bexpert new` writes: it validates, its own tests pass, and it does in a scene what its README says.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { testAction, testContext, testControls, testGate } from '../../../src/testing.ts';
import { root } from '../../contract/sources.ts';
import { here } from '../../rig/here.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-new-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function bexpert(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { io, said } = here(folder, { env: { XDG_STATE_HOME: path.join(folder, 'state') } });
  return { code: await main(args, io), said: said() };
}

const playbooks = {
  gate: 'bexpert: 1\nphases:\n  verify: [./plugins/my-plugin]\n',
  context: 'bexpert: 1\nphases:\n  context: [./plugins/my-plugin]\n  verify: [tests]\n',
  action: 'bexpert: 1\nphases:\n  context: [schema-map]\n  action: [./plugins/my-plugin]\n  verify: [tests]\n',
};
const kinds = ['gate', 'context', 'action'] as const;
const languages = ['ts', 'js', 'python'] as const;
const each = kinds.flatMap((kind) => languages.map((language) => [kind, language] as const));

describe('a new plugin', () => {
  it.each(each)('of kind %s in %s validates, and its own tests pass', async (kind, language) => {
    const made = await bexpert('new', 'plugin', 'my-plugin', '--kind', kind, '--language', language);
    expect(made, made.said).toMatchObject({ code: 0 });
    const plugin = path.join(folder, 'plugins/my-plugin');
    const files = made.said.split('\n\n')[0]?.split('\n') ?? [];
    for (const file of files) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      expect(text, file).not.toMatch(/\b(NAME|EXT|RUNNER|AS_CONST)\b/);
    }
    writeFileSync(path.join(folder, 'playbook.yml'), playbooks[kind]);
    const validated = await bexpert('validate', 'playbook.yml');
    expect(validated.said).toMatch(/^valid /);
    expect(validated.said).not.toContain('error');

    const scene = { candidate: { 'a.md': 'a TBD' } };
    if (kind === 'gate') {
      expect((await testGate(plugin, scene)).codes).toEqual(['my-plugin/word']);
      expect(await testControls(plugin, { candidate: { 'b.md': '' } })).toMatchObject([{ turned: 'red' }]);
    } else if (kind === 'context') {
      expect((await testContext(plugin, scene)).result).toEqual({
        outputs: { files: 1 },
        brief: [{ title: 'Files', text: 'a.md' }],
      });
    } else expect((await testAction(plugin, scene)).files).toEqual({ 'a.md': 'a TBD\n' });

    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules/bexpert'));
    const command = /test it {2}(.*)/.exec(made.said)?.[1] ?? '';
    const [file = '', ...args] = command.split(' ');
    // A runner that is inside a test runner would report to it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout, stderr } = await promisify(execFile)(file === 'node' ? process.execPath : file, args, { cwd: folder, env });
    expect(stdout + stderr).toMatch(language === 'python' ? /^OK$/m : /\bfail 0$/m);
  });

  it.each(languages)('of %s does not find its word in its own page', async (language) => {
    await bexpert('new', 'plugin', 'my-plugin', '--language', language);
    const page = readFileSync(path.join(folder, 'plugins/my-plugin/README.md'), 'utf8');
    const files = { 'plugins/my-plugin/README.md': page };
    expect((await testGate(path.join(folder, 'plugins/my-plugin'), { candidate: files })).result).toMatchObject({
      examined: { count: 1 },
      findings: [],
    });
  });

  it('is tested with Vitest where the repository has it', async () => {
    writeFileSync(path.join(folder, 'package.json'), '{ "devDependencies": { "vitest": "4.0.0" } }');
    const { said } = await bexpert('new', 'plugin', 'my-plugin');
    expect(said).toContain('test it  npx vitest run plugins/my-plugin');
    expect(readFileSync(path.join(folder, 'plugins/my-plugin/index.test.mjs'), 'utf8')).toContain(
      "import { test } from 'vitest';",
    );
  });

  it('overwrites nothing', async () => {
    mkdirSync(path.join(folder, 'plugins/my-plugin'), { recursive: true });
    writeFileSync(path.join(folder, 'plugins/my-plugin/notes.txt'), 'mine');
    const { code, said } = await bexpert('new', 'plugin', 'my-plugin');
    expect(code).toBe(2);
    expect(said).toContain('plugins/my-plugin exists already. Nothing was written. [cli/new-exists]');
    expect(existsSync(path.join(folder, 'plugins/my-plugin/README.md'))).toBe(false);
  });

  it.each([
    ['coverage', 'a built-in plugin has it'],
    ['MyGate', 'it must be in kebab case'],
    ['../outside', 'it must be in kebab case'],
  ])('cannot be named %s', async (name, why) => {
    const { code, said } = await bexpert('new', 'plugin', name);
    expect(code).toBe(2);
    expect(said).toContain(`A plugin cannot be named \`${name}\`: ${why}`);
    expect(said).toContain('[cli/new-name]');
  });

  it('of a kind that there is none is a wrong call', async () => {
    expect(await bexpert('new', 'plugin', 'x', '--kind', 'service')).toMatchObject({ code: 2 });
    expect(await bexpert('new', 'thing', 'x')).toMatchObject({ code: 2 });
  });
});

describe('a new playbook', () => {
  it('validates', async () => {
    const made = await bexpert('new', 'playbook', 'quality');
    expect(made, made.said).toMatchObject({ code: 0 });
    expect((await bexpert('validate', 'playbooks/quality.yml')).said).toMatch(/^valid {2}playbooks\/quality.yml/);
    expect(await bexpert('new', 'playbook', 'quality')).toMatchObject({ code: 2 });
    expect(readFileSync(path.join(folder, 'playbooks/quality.yml'), 'utf8')).toMatch(/^bexpert: 1\n/);
  });

  it.each(['', 'packages/api'])('names the schema for editors where bexpert is installed, seen from %j', async (scope) => {
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules/bexpert'));
    mkdirSync(path.join(folder, scope), { recursive: true });
    await bexpert('new', 'playbook', 'quality', '--repo', path.join(folder, scope));
    const playbook = path.join(folder, scope, 'playbooks/quality.yml');
    const [, named = ''] = /^# yaml-language-server: \$schema=(.+)\n/.exec(readFileSync(playbook, 'utf8')) ?? [];
    expect(existsSync(path.resolve(path.dirname(playbook), named)), named).toBe(true);
  });
  it('names the schema that a team keeps, since that one knows its plugins and services', async () => {
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules/bexpert'));
    writeFileSync(path.join(folder, 'playbook.schema.json'), (await bexpert('schema', '--with-plugins-of', '.')).said);
    await bexpert('new', 'playbook', 'quality');
    expect(readFileSync(path.join(folder, 'playbooks/quality.yml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/playbook\.schema\.json\n/,
    );
  });
});
