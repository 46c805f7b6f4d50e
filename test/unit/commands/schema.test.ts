import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { type SchemaCall, schema } from '../../../src/commands/schema.ts';
import { main } from '../../../src/main.ts';
import { root } from '../../contract/sources.ts';
import { LanguageServer } from '../../editor/language-server.ts';
import { here } from '../../rig/here.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});
async function temporary(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-schema-'));
  folders.push(folder);
  return folder;
}

async function called(call: SchemaCall): Promise<{ readonly code: number; readonly printed: string; readonly said: string }> {
  const { io, printed, told } = here(root, { env: {} });
  return { code: await schema(call, io), printed: printed(), said: told() };
}

const fitting = (text: string) => {
  const ajv = new Ajv({
    strict: true,
    allowMatchingProperties: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  });
  ajv.addVocabulary(['patternErrorMessage']);
  return ajv.compile(JSON.parse(text));
};
const using = (uses: string, inputs: object) => ({ bexpert: 1, phases: { verify: [{ uses, with: inputs }] } });

describe('bexpert schema', () => {
  it('prints the schema that is published, and says how an editor finds it', async () => {
    const { code, printed, said } = await called({});
    expect(code).toBe(0);
    expect(said).toContain('# yaml-language-server: $schema=playbook.schema.json');
    const fits = fitting(printed);
    expect(fits(using('tests', { timeout: '5s' }))).toBe(true);
    expect(fits(using('tests', { timeoutt: '5s' }))).toBe(false);
  });
  it('knows the plugins of a repository: what they take is checked and completed', async () => {
    const { code, printed, said } = await called({ withPluginsOf: 'examples/custom-plugin' });
    expect(code).toBe(0);
    expect(said).toContain('With ./plugins/money-columns, ./plugins/no-console.');
    const fits = fitting(printed);
    expect(fits(using('./plugins/money-columns', { folder: 'migrations' }))).toBe(true);
    expect(fits(using('./plugins/money-columns', { foldre: 'migrations' }))).toBe(false);
    expect(fits({ ...using('tests', {}), defaults: { './plugins/money-columns': { foldre: 1 } } })).toBe(false);

    const folder = await temporary();
    await writeFile(path.join(folder, 'team.schema.json'), printed);
    {
      await using server = await LanguageServer.start();
      const text = '# yaml-language-server: $schema=team.schema.json\nbexpert: 1\nphases:\n  verify:\n';
      let files = 0;
      const offered = async (end: string) =>
        (await server.complete(path.join(folder, `playbook-${++files}.yml`), `${text}${end}`)).map(({ label }) => label);
      expect(await offered('    - uses: ‸\n')).toEqual(expect.arrayContaining(['./plugins/money-columns', 'tests']));
      expect(await offered('    - uses: ./plugins/money-columns\n      with:\n        ‸\n')).toContain('folder');
    }
  });
  it('knows the package that a playbook names, wherever it is written', async () => {
    const folder = await temporary();
    const packed = path.join(folder, 'node_modules/@acme/money-columns');
    await cp(path.join(root, 'examples/custom-plugin/plugins/money-columns'), packed, { recursive: true });
    await writeFile(path.join(packed, 'package.json'), '{ "name": "@acme/money-columns", "version": "1.0.0" }');
    await writeFile(path.join(folder, 'bexpert.yml'), 'bexpert: 1\nphases:\n  verify: [tests, "npm:@acme/money-columns"]\n');
    const { code, printed, said } = await called({ withPluginsOf: folder });
    expect(code, said).toBe(0);
    expect(fitting(printed)(using('npm:@acme/money-columns', { foldre: 'migrations' }))).toBe(false);
    await writeFile(path.join(folder, 'bexpert.yml'), 'bexpert: 1\nphases:\n  verify:\n    - uses: npm:@acme/none\n');
    const gone = await called({ withPluginsOf: folder });
    expect(gone.code).toBe(2);
    expect(gone.said).toContain('The plugin `npm:@acme/none` cannot be used');
  });
  describe('with the names that the playbooks of a repository give', () => {
    const repository = async (): Promise<string> => {
      const folder = await temporary();
      await mkdir(path.join(folder, 'playbooks/base'), { recursive: true });
      const files = {
        'bexpert.yml': `bexpert: 1
extends: ./playbooks/base/team.yml
secrets: { SEED_KEY: { env: SEED_KEY } }
auth: { admin: { run: node token.mjs } }
services:
  db: { uses: postgres }
  gone: null
`,
        'playbooks/base/team.yml': 'bexpert: 1\nservices:\n  search: { run: node search.mjs, dependencies: [db] }\n',
        'playbooks/half.yml': 'bexpert: 1\nservices: { web: { run: \n',
      };
      for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text);
      const { code, printed, said } = await called({ withPluginsOf: folder });
      expect(code, said).toBe(0);
      expect(said).toContain('It offers the services db, search.\n');
      await writeFile(path.join(folder, 'team.schema.json'), printed);
      return folder;
    };
    it('an editor offers services, tokens and secrets where they are mentioned', async () => {
      const folder = await repository();
      await using server = await LanguageServer.start();
      const text = '# yaml-language-server: $schema=team.schema.json\nbexpert: 1\n';
      let files = 0;
      const offered = async (end: string) =>
        (await server.complete(path.join(folder, `playbook-${++files}.yml`), `${text}${end}`)).map(({ label }) => label);
      expect(await offered('phases:\n  verify:\n    - uses: load\n      with:\n        service: ‸\n')).toEqual(
        expect.arrayContaining(['db', 'search']),
      );
      expect(await offered('phases:\n  verify:\n    - uses: tests\n      services:\n        - ‸\n')).toEqual(['db', 'search']);
      expect(await offered('phases:\n  verify:\n    - uses: tests\n      services: [‸]\n')).toEqual(
        expect.arrayContaining(['db', 'search']),
      );
      expect(await offered('services:\n  web:\n    run: node web.mjs\n    dependencies: [‸]\n')).toEqual(
        expect.arrayContaining(['db', 'search']),
      );
      expect(await offered('services:\n  ‸\n')).toEqual(expect.arrayContaining(['db', 'search']));
      expect(await offered('auth:\n  ‸\n')).toContain('admin');
      expect(await offered('setup:\n  - run: npm ci\n    secrets: [‸]\n')).toContain('SEED_KEY');
    });
    it('any other name is allowed: what a file extends may bring it', async () => {
      const folder = await repository();
      const fits = fitting(await readFile(path.join(folder, 'team.schema.json'), 'utf8'));
      expect(fits(using('load', { service: 'other' }))).toBe(true);
      expect(fits(using('load', { service: '${{ inputs.service }}' }))).toBe(true);
      expect(fits(using('load', { service: 3 }))).toBe(false);
      const step = { uses: 'tests', services: { append: ['other'] } };
      expect(fits({ bexpert: 1, services: { other: { run: 'x' }, db: null }, phases: { verify: [step] } })).toBe(true);
      expect(fits({ bexpert: 1, services: { db: { rnu: 'x' } }, phases: { verify: ['tests'] } })).toBe(false);
    });
  });
  it('names what is broken, rather than leave it out', async () => {
    const folder = await temporary();
    await cp(path.join(root, 'examples/custom-plugin/plugins'), path.join(folder, 'plugins'), { recursive: true });
    await writeFile(path.join(folder, 'plugins/money-columns/plugin.json'), '{ "name": ');
    const { code, printed, said } = await called({ withPluginsOf: folder });
    expect(code).toBe(2);
    expect(printed).toBe('');
    expect(said).toContain('./plugins/money-columns');
    expect(said).toContain('[plugin/team]');
  });
  it('prints that of tests of playbooks, which is published too', async () => {
    const { code, printed, said } = await called({ tests: true });
    expect(code).toBe(0);
    expect(said).toContain('# yaml-language-server: $schema=playtest.schema.json');
    expect(printed).toBe(await readFile(path.join(root, 'schema/playtest.schema.json'), 'utf8'));
  });
  it('is of playbooks or of their tests', async () => {
    const { io, told } = here(root, { env: {} });
    expect(await main(['schema', '--tests', '--with-plugins-of', '.'], io)).toBe(2);
    expect(told()).toContain('--tests');
  });
  it('wants a folder', async () => {
    const { code, said } = await called({ withPluginsOf: 'package.json' });
    expect(code).toBe(2);
    expect(said).toContain('`--with-plugins-of package.json` is not a folder.');
  });
});
