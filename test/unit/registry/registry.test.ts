import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtIn } from '../../../src/generated/plugins.ts';
import type { PinnedPlugin } from '../../../src/model/plan.ts';
import { manifestFault } from '../../../src/registry/manifest-check.ts';
import { openRegistry, validateWith } from '../../../src/registry/registry.ts';
import { testGate } from '../../../src/testing.ts';
import { version } from '../../../src/version.ts';
import { knownPlugins, manifests } from '../playbook/known-plugins.ts';
import { foreignFolder } from './foreign-folder.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
async function folder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'bexpert-registry-'));
  folders.push(made);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, file)), { recursive: true });
    writeFileSync(path.join(made, file), text);
  }
  return made;
}

const manifestTs = `import { defineManifest } from 'bexpert/plugin-api';
export const manifest = defineManifest({
  kind: 'gate', name: 'no-drop', api: 1, summary: 'No migration may drop a table.',
  inputs: { type: 'object', properties: { within: { type: 'number', format: 'duration', default: 500, description: 'How long.' } }, additionalProperties: false },
  outputs: { type: 'object', properties: { files: { type: 'integer', description: 'How many.' } }, required: ['files'], additionalProperties: false },
  powers: [], runsOnBase: true,
  findings: { 'no-drop/drop': { means: 'A migration drops a table.', baseline: 'absolute' } },
});
`;
const indexTs = `import { defineGate } from 'bexpert/plugin-api';
import { manifest } from './manifest.ts';
import { unit } from './words.ts';
export default defineGate(manifest, async (inputs): Promise<{ outputs: { files: number }; examined: { unit: string; count: number; min: number }; findings: [] }> => ({
  outputs: { files: inputs.within }, examined: { unit, count: 1, min: 1 }, findings: [],
}), { prove: [{ name: 'drop', expects: 'no-drop/drop', apply: async () => 'applied' }] });
`;
const team = {
  'plugins/no-drop/manifest.ts': manifestTs,
  'plugins/no-drop/index.ts': indexTs,
  'plugins/no-drop/words.ts': "export const unit: string = 'migrations';\n",
};

describe('a plugin of the repository', () => {
  it('is bundled, pinned by its content, and runs', async () => {
    const [scopeFolder, cacheFolder] = [await folder(team), await folder()];
    const registry = openRegistry({ scopeFolder, cacheFolder });
    const found = await registry.manifest('./plugins/no-drop');
    expect(found).toMatchObject({
      ok: true,
      value: { manifest: { name: 'no-drop', kind: 'gate' }, origin: './plugins/no-drop' },
    });
    const plugin = await registry.load('./plugins/no-drop', found.ok ? found.value : undefined);
    expect(plugin.kind === 'gate' ? await plugin.run({ within: 7 }, {}) : undefined).toMatchObject({
      outputs: { files: 7 },
      examined: { unit: 'migrations' },
    });
  });
  it('has its inputs and outputs checked under its own name as well', async () => {
    const registry = openRegistry({ scopeFolder: await folder(team), cacheFolder: await folder() });
    await registry.load('./plugins/no-drop');
    expect(await registry.validateInputs('no-drop', {})).toEqual({ ok: true, value: { within: 500 } });
    expect(await registry.validateInputs('./plugins/no-drop', { within: '2s' })).toEqual({ ok: true, value: { within: 2000 } });
    expect(await registry.validateInputs('no-drop', { withn: 1 })).toMatchObject({
      ok: false,
      error: [{ code: 'playbook/unknown-key', hint: expect.stringContaining('Did you mean `within`?') }],
    });
    expect(await registry.validateOutputs('no-drop', { files: 'many' })).toMatchObject({
      ok: false,
      error: [{ code: 'playbook/type' }],
    });
  });
  it('is built once for each content', async () => {
    const [scopeFolder, cacheFolder] = [await folder(team), await folder()];
    const digest = async () => {
      const found = await openRegistry({ scopeFolder, cacheFolder }).manifest('./plugins/no-drop');
      return found.ok ? found.value.digest : undefined;
    };
    const first = await digest();
    expect(await digest()).toBe(first);
    const kept = readdirSync(cacheFolder).length;
    writeFileSync(path.join(scopeFolder, 'plugins/no-drop/words.ts'), "export const unit: string = 'files';\n");
    expect(await digest()).not.toBe(first);
    expect(readdirSync(cacheFolder).length).toBeGreaterThan(kept);
  });
  it('is what it was when it was pinned, even when the folder has changed since', async () => {
    const [scopeFolder, cacheFolder] = [await folder(team), await folder()];
    const before = await openRegistry({ scopeFolder, cacheFolder }).manifest('./plugins/no-drop');
    const pinned = before.ok ? before.value : undefined;
    writeFileSync(path.join(scopeFolder, 'plugins/no-drop/words.ts'), "export const unit: string = 'files';\n");
    const plugin = await openRegistry({ scopeFolder, cacheFolder }).load('./plugins/no-drop', pinned);
    expect(plugin.kind === 'gate' ? (await plugin.run({ within: 1 }, {})).examined.unit : '').toBe('migrations');
    await expect(
      openRegistry({ scopeFolder, cacheFolder: await folder() }).load('./plugins/no-drop', pinned),
    ).rejects.toMatchObject({ code: 'plugin/team' });
  });
  it('may import a package that only the checkout has installed', async () => {
    const base = await folder({
      ...team,
      'plugins/no-drop/words.ts': "import { unit as words } from '@acme/units';\nexport const unit: string = words;\n",
    });
    const checkout = await folder({
      'node_modules/@acme/units/package.json': '{ "name": "@acme/units", "version": "1.0.0", "main": "index.js" }',
      'node_modules/@acme/units/index.js': "exports.unit = 'bricks';",
      'packages/api/bexpert.yml': 'bexpert: 1',
    });
    const registry = openRegistry({
      scopeFolder: base,
      packages: { folder: path.join(checkout, 'packages/api'), readScope: async () => undefined },
      cacheFolder: await folder(),
    });
    const plugin = await registry.load('./plugins/no-drop');
    expect(plugin.kind === 'gate' ? (await plugin.run({ within: 1 }, {})).examined.unit : '').toBe('bricks');
  });
  it('ships programs in its folder assets, which its commands find with host.asset()', async () => {
    const program = "import { word } from '../words.ts';\nprocess.stdout.write(word + process.argv[2]);\n";
    const scopeFolder = await folder({
      'plugins/teller/manifest.ts': manifestTs.replaceAll('no-drop', 'teller').replace('powers: []', "powers: ['exec']"),
      'plugins/teller/index.ts': `import { defineGate } from 'bexpert/plugin-api';
import { manifest } from './manifest.ts';
export default defineGate(manifest, async (_, host) => {
  const said = await host.commands.run('node', [host.asset('tell.mjs'), host.asset('words.txt')]);
  return { outputs: { files: 1 }, examined: { unit: said.stdout + said.stderr, count: 1, min: 1 }, findings: [] };
}, { prove: [{ name: 'drop', expects: 'teller/drop', apply: async () => 'applied' as const }] });
`,
      'plugins/teller/words.ts': "export const word: string = 'told ';\n",
      'plugins/teller/assets/tell.ts': program,
      'plugins/teller/assets/words.txt': 'text',
    });
    const seen = await testGate(path.join(scopeFolder, 'plugins/teller'), { candidate: {}, provider: 'best' });
    expect(seen.result?.examined.unit).toMatch(/^told \/.*words\.txt$/);
  });
  it('in another language is what it was when it was pinned, and nothing else', async () => {
    const program = (unit: string) =>
      `process.stdout.write(JSON.stringify({ outputs: { files: 1 }, examined: { unit: '${unit}', count: 1, min: 1 }, findings: [] }));`;
    await using plugin = await foreignFolder(program('first'));
    const cacheFolder = await folder();
    const options = { pluginFolder: async () => plugin.folder, cacheFolder };
    const found = await openRegistry(options).manifest('./words');
    const pinned = found.ok ? found.value : undefined;
    writeFileSync(path.join(plugin.folder, 'gate.mjs'), program('second'));
    const kept = await openRegistry(options).load('./words', pinned);
    expect((await testGate(kept, { candidate: {} })).result?.examined.unit).toBe('first');
    const changed = await openRegistry(options).manifest('./words');
    expect(changed.ok && changed.value.digest).not.toBe(pinned?.digest);

    writeFileSync(path.join(cacheFolder, pinned?.digest ?? '', 'files/gate.mjs'), program('other'));
    await expect(openRegistry(options).load('./words', pinned)).rejects.toMatchObject({
      code: 'plugin/team',
      message: expect.stringContaining('its code is not what it was when the run began'),
    });
    // What was changed in the cache is written anew for whoever has the original.
    writeFileSync(path.join(plugin.folder, 'gate.mjs'), program('first'));
    const again = await openRegistry(options).load('./words', pinned);
    expect((await testGate(again, { candidate: {} })).result?.examined.unit).toBe('first');
  });
  it('in another language may hold no links', async () => {
    await using plugin = await foreignFolder('');
    symlinkSync('/etc/passwd', path.join(plugin.folder, 'words.txt'));
    const found = await openRegistry({ pluginFolder: async () => plugin.folder, cacheFolder: await folder() }).manifest(
      './words',
    );
    expect(found).toMatchObject({
      ok: false,
      error: { kind: 'broken', facts: { why: 'its folder holds words.txt, which is a link or no regular file' } },
    });
  });
  it('with a schema that is none is refused in words', async () => {
    const broken = manifestTs.replace(
      "inputs: { type: 'object', properties: {",
      "inputs: { type: 'object', properties: { name: { type: 'string', pattern: '(', description: 'Its name.' },",
    );
    const registry = openRegistry({
      scopeFolder: await folder({ ...team, 'plugins/no-drop/manifest.ts': broken }),
      cacheFolder: await folder(),
    });
    const found = await registry.manifest('./plugins/no-drop');
    expect(found).toMatchObject({
      ok: false,
      error: { kind: 'broken', facts: { why: expect.stringContaining('the schemas of its manifest are wrong') } },
    });
  });
  it('cannot have the name of a built-in one', async () => {
    const scopeFolder = await folder({
      'plugins/tests/manifest.ts': manifestTs.replace("'no-drop'", "'tests'"),
      'plugins/tests/index.ts': 'export default {};\n',
    });
    const registry = knownPlugins({ scopeFolder, cacheFolder: await folder() });
    const found = await registry.manifest('./plugins/tests');
    expect(found).toMatchObject({
      ok: false,
      error: { kind: 'broken', facts: { why: 'a built-in plugin has the same name, tests' } },
    });
  });
});

describe('a built-in plugin', () => {
  it('is pinned by the version of bexpert', async () => {
    const registry = openRegistry({ scopeFolder: '/', cacheFolder: '/' });
    const [name = ''] = registry.names;
    expect(await registry.manifest(name)).toMatchObject({ ok: true, value: { digest: version, origin: 'built-in' } });
  });
  it('that does not exist is an error with a way out', async () => {
    const registry = knownPlugins({ scopeFolder: '/', cacheFolder: '/' });
    await expect(registry.load('testz')).rejects.toMatchObject({ brand: 'bexpert/plugin-error', code: 'plugin/unknown' });
    expect(await registry.manifest('constructor')).toMatchObject({ ok: false, error: { kind: 'unknown' } });
  });
  it.each(Object.keys(builtIn))('%s finds nothing wrong with its own defaults', async (name) => {
    const manifest = await builtIn[name]?.manifest();
    if (manifest === undefined) throw new Error(`${name} has no manifest`);
    const registry = openRegistry({ scopeFolder: '/', cacheFolder: '/' });
    expect(manifestFault(manifest, name)).toBe(undefined);
    const { problems } = await registry.examine(name, {});
    expect(problems.filter(({ code }) => code !== 'playbook/missing-key')).toEqual([]);
  });
});

describe('inputs', () => {
  const coverage = manifests.find(({ name }) => name === 'coverage');
  if (coverage === undefined) throw new Error('there is no coverage');
  it('get their defaults, and amounts become numbers', async () => {
    expect(await validateWith(coverage, { lines: '80%', critical: [{ files: 'src/**', lines: 100 }] })).toEqual({
      ok: true,
      value: { lines: 80, report: 'summary', critical: [{ files: 'src/**', lines: 100 }] },
    });
  });
  it('have one problem for each mistake', async () => {
    const result = await validateWith(coverage, {
      lines: 'most',
      include: 'src',
      report: 5,
      critical: [{ lines: -1, fils: 'a' }, 'b'],
    });
    expect(result.ok ? [] : result.error.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'playbook/form: `lines` takes a percentage such as `10%` or `99.9%`, and this is the text `most`.',
      'playbook/type: `include` takes a list of globs, and this is the text `src`.',
      'playbook/type: `report` takes one of `summary`, `full`, and this is the number 5.',
      'playbook/missing-key: `files` is missing in `critical[0]` of `with` of coverage.',
      'playbook/unknown-key: There is no key `fils` in `critical[0]` of `with` of coverage.',
      'playbook/type: `critical[1]` takes a map with the keys `files`, `lines`, and this is the text `b`.',
    ]);
  });
});

it('a plugin that was pinned as built-in is found by its name', async () => {
  const registry = knownPlugins({ scopeFolder: '/', cacheFolder: '/' });
  const found = await registry.manifest('tests');
  const pinned: PinnedPlugin | undefined = found.ok ? { ...found.value, digest: '0.0.1' } : undefined;
  await expect(registry.load('tests', pinned)).rejects.toThrow('tests is a manifest only');
});
