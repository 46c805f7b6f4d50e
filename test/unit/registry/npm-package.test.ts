import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../../src/registry/registry.ts';
import { gateJson } from './foreign-folder.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
async function folder(files: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'bexpert-npm-'));
  folders.push(made);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, file)), { recursive: true });
    writeFileSync(path.join(made, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return made;
}

const at = 'node_modules/@acme/bexpert-gate-words';
const name = 'npm:@acme/bexpert-gate-words';
const lockOf = (version: string, integrity = 'sha512-a') => ({
  lockfileVersion: 3,
  packages: { [at]: { version, integrity } },
});
const javascript = {
  [`${at}/package.json`]: {
    name: '@acme/bexpert-gate-words',
    version: '1.2.0',
    type: 'module',
    bexpert: { manifest: './dist/manifest.js' },
  },
  [`${at}/dist/manifest.js`]:
    "export const manifest = { kind: 'gate', name: 'words', api: 1, summary: 'Words.', inputs: { type: 'object', properties: {}, additionalProperties: false }, outputs: { type: 'object', properties: {}, additionalProperties: false }, powers: [], runsOnBase: true, findings: {} };",
  [`${at}/dist/index.js`]:
    "import { defineGate } from 'bexpert/plugin-api';\nimport { unit } from '@acme/units';\nimport { manifest } from './manifest.js';\nexport default defineGate(manifest, async () => ({ outputs: {}, examined: { unit, count: 1, min: 1 }, findings: [] }), { prove: [] });",
  'node_modules/@acme/units/package.json': { name: '@acme/units', version: '1.0.0', type: 'module', main: 'index.js' },
  'node_modules/@acme/units/index.js': "export const unit = 'words';",
};

/** `lock`: base's; the registry is asked from a package below the one that has node_modules. */
async function asked(files: Readonly<Record<string, unknown>>, lock: unknown = lockOf('1.2.0')) {
  const root = await folder(files);
  const scope = path.join(root, 'packages/api');
  mkdirSync(scope, { recursive: true });
  const read: string[] = [];
  const registry = openRegistry({
    cacheFolder: await folder(),
    packages: {
      folder: scope,
      readScope: async (file) => {
        read.push(file);
        return file === '../../package-lock.json' && lock !== null ? JSON.stringify(lock) : undefined;
      },
    },
  });
  return { registry, found: await registry.manifest(name), read };
}
const why = async (files: Readonly<Record<string, unknown>>, lock?: unknown): Promise<unknown> => {
  const { found } = await asked(files, lock);
  return !found.ok && found.error.kind === 'broken' ? found.error.facts.why : found;
};

describe('a plugin from npm', () => {
  it('is found in the node_modules above, with its dependencies, and pinned by its content', async () => {
    const { registry, found } = await asked(javascript);
    expect(found).toMatchObject({
      ok: true,
      value: { manifest: { name: 'words' }, origin: name, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const plugin = await registry.load(name, found.ok ? found.value : undefined);
    expect(plugin.kind === 'gate' ? (await plugin.run({}, {})).examined.unit : '').toBe('words');
  });
  it('may be written in another language', async () => {
    const { found } = await asked({
      [`${at}/package.json`]: { name: '@acme/bexpert-gate-words', version: '1.2.0' },
      [`${at}/plugin.json`]: gateJson,
      [`${at}/gate.mjs`]: '',
    });
    expect(found).toMatchObject({ ok: true, value: { manifest: { name: 'words', powers: ['exec'] } } });
  });
  it('that is not the version of the lock file is not used', async () => {
    expect(await why(javascript, lockOf('1.1.0'))).toBe(
      'its version 1.2.0 is installed, and package-lock.json says 1.1.0: `npm ci` installs what it says',
    );
  });
  it('that the lock file does not know is not used', async () => {
    expect(await why(javascript, { packages: {} })).toContain('package-lock.json does not name it');
  });
  it('that was installed from other bytes than the lock file has is not used', async () => {
    const record = { ...javascript, 'node_modules/.package-lock.json': lockOf('1.2.0', 'sha512-b') };
    expect(await why(record)).toBe('what is installed is another 1.2.0 than the one whose hash package-lock.json has');
  });
  it('of a repository without a lock file of npm is pinned by its content alone', async () => {
    const { found, read } = await asked(javascript, null);
    expect(found.ok).toBe(true);
    expect(read).toEqual(['../../package-lock.json', '../../npm-shrinkwrap.json']);
  });
  it('that is not there is a problem in words', async () => {
    expect(await why({})).toBe(
      'the package @acme/bexpert-gate-words is not installed: there is no node_modules/@acme/bexpert-gate-words',
    );
    const lost = {
      ...javascript,
      [`${at}/package.json`]: { version: '1.2.0', bexpert: { manifest: '../../other/manifest.js' } },
    };
    expect(await why(lost)).toContain('there is no such file in the package');
  });
});
