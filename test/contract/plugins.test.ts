import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtIn } from '../../src/generated/plugins.ts';
import { root } from './sources.ts';

const names = readdirSync(path.join(root, 'plugins')).sort();

it('every plugin folder is in the table of built-in plugins', () => {
  expect(Object.keys(builtIn).sort()).toEqual(names);
});

describe.each(names)('the plugin %s', (name) => {
  const at = (file: string) => path.join(root, 'plugins', name, file);
  it.each(['manifest.ts', 'index.ts', 'README.md', 'index.test.ts'])('has %s', (file) => {
    expect(existsSync(at(file)), `plugins/${name}/${file} is missing: a plugin folder is complete`).toBe(true);
  });
  it('has the name of its folder, the contract 1, and a summary of one line', async () => {
    const manifest = await builtIn[name]?.manifest();
    expect(manifest).toMatchObject({ name, api: 1 });
    expect(manifest?.summary).toMatch(/^[A-Z].{10,110}\.$/);
  });
  it('has a manifest that is data only', async () => {
    const manifest = await builtIn[name]?.manifest();
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
    const text = readFileSync(at('manifest.ts'), 'utf8');
    expect([...text.matchAll(/from '([^']+)'/g)].map((match) => match[1])).toEqual(['../../src/plugin-api.ts']);
  });
  it('is of the kind that its manifest says', async () => {
    const plugin = await builtIn[name]?.plugin();
    expect(plugin?.kind).toBe(plugin?.manifest.kind);
  });
  it('explains its inputs, outputs and findings in its README', async () => {
    const manifest = await builtIn[name]?.manifest();
    const readme = readFileSync(at('README.md'), 'utf8');
    const missing = Object.keys(manifest?.inputs.properties ?? {}).filter((input) => !readme.includes(`\`${input}\``));
    expect(missing, `inputs that plugins/${name}/README.md does not mention`).toEqual([]);
    const codes = manifest?.kind === 'gate' ? Object.keys(manifest.findings) : [];
    expect(
      codes.filter((code) => !readme.includes(code)),
      `finding codes that plugins/${name}/README.md does not mention`,
    ).toEqual([]);
    expect(
      codes.filter((code) => !code.startsWith(`${name}/`)),
      'finding codes start with the name of the plugin',
    ).toEqual([]);
  });
  it('turns red in its tests for every code that it may report', async () => {
    const manifest = await builtIn[name]?.manifest();
    if (manifest?.kind !== 'gate') return;
    const tests = readdirSync(path.join(root, 'plugins', name), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(at(file), 'utf8'))
      .join('\n');
    expect(Object.keys(manifest.findings).filter((code) => !tests.includes(code))).toEqual([]);
  });
});
