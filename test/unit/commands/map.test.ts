import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { root } from '../../contract/sources.ts';
import { here } from '../../rig/here.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function temporary(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-map-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}
async function called(cwd: string, ...args: readonly string[]) {
  const { io, printed, told } = here(cwd);
  return { code: await main(['map', ...args], io), printed: printed(), told: told() };
}
const app = (route: string): string =>
  `import express from 'express';\nconst app = express();\napp.get('${route}', (req, res) => res.end());\napp.listen(1);\n`;

describe('bexpert map of the example', () => {
  it('prints the tables, the routes, and where requests wait', async () => {
    const { code, printed, told } = await called(root, 'examples/orders-api');
    expect(code).toBe(0);
    expect(printed).toContain('4 tables, 3 relations, 3 migrations (all with a way back).');
    expect(printed).toContain('7 routes, 7 documented operations; 0 undocumented, 0 without a route, 1 other difference.');
    expect(printed).toContain('`GET /customers/{id}`: the file asks for the scope orders:read; the code runs app.requireScope()');
    expect(printed).toContain('4 findings.');
    expect(printed).toMatch(/`src\/orders\/store.js:75` \*\*query-in-loop\*\*.*\n.*\n {2}Reached by `GET \/orders`/);
    expect(printed).toContain('  orders }o--|| customers : "customer_id"');
    expect(told).toMatch(/^4 tables, 21 columns, .* 4 findings; nothing not understood; \d+ files, [\d.]+ s\.\n$/);
  });
  it('as JSON fits the schema that `bexpert schema --map` prints', async () => {
    const { printed } = await called(root, 'examples/orders-api', '--format', 'json', '--quiet');
    const map = JSON.parse(printed) as {
      readonly stats: object;
      readonly scopes: readonly string[];
      readonly io: { readonly findings: unknown };
    };
    expect(map.stats).toMatchObject({ tables: 4, columns: 21, routes: 7, operations: 7, findings: 4, 'not-understood': 0 });
    expect(map.scopes).toEqual(['.']);
    const { io, printed: schema } = here(root);
    expect(await main(['schema', '--map'], io)).toBe(0);
    const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(schema()) as object);
    expect(fits(map) ? [] : fits.errors).toEqual([]);
    expect(fits({ ...map, io: { ...map.io, findings: [{}] } })).toBe(false);
  });
  it('prints only what is asked for, into a file', async () => {
    const file = path.join(temporary(), 'map.mmd');
    const { code, printed, told } = await called(
      root,
      'examples/orders-api',
      '--only',
      'schema',
      '--format',
      'mermaid',
      '--output',
      file,
      '--quiet',
    );
    expect({ code, printed, told }).toEqual({ code: 0, printed: '', told: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^erDiagram\n {2}customers \{/);
  });
  it('puts first what the goal names', async () => {
    const { printed } = await called(root, 'examples/orders-api', '--only', 'schema', '--goal', 'refund a payment', '--quiet');
    expect(/^\| `(\w+)`/m.exec(printed)?.[1]).toBe('payments');
  });
});

describe('the files that are mapped', () => {
  it('are those that git keeps or would keep, where there is a repository', async () => {
    const folder = temporary({ 'a.js': app('/tracked'), 'b.js': app('/new'), 'c.js': app('/ignored'), '.gitignore': 'c.js\n' });
    spawnSync('git', ['init', '-q'], { cwd: folder });
    spawnSync('git', ['add', 'a.js'], { cwd: folder });
    const { printed } = await called(folder);
    expect(printed).toContain('`/tracked`');
    expect(printed).toContain('`/new`');
    expect(printed).not.toContain('/ignored');
  });
  it('are all in a folder without a repository, but what is installed and what links lead to', async () => {
    const folder = temporary({ 'src/a.js': app('/own'), 'node_modules/x/index.js': app('/installed') });
    const outside = temporary({ 'secret.js': app('/outside') });
    symlinkSync(outside, path.join(folder, 'src/elsewhere'));
    symlinkSync(folder, path.join(folder, 'src/itself'));
    symlinkSync(path.join(outside, 'secret.js'), path.join(folder, 'src/b.js'));
    const { code, printed } = await called(folder);
    expect(code).toBe(0);
    expect(printed).toContain('1 route; no OpenAPI file was found.');
    expect(printed).toContain('`/own`');
  });
  it('are those of one service with --path', async () => {
    const folder = temporary({ 'one/app.js': app('/one'), 'two/app.js': app('/two') });
    spawnSync('git', ['init', '-q'], { cwd: folder });
    const { printed } = await called(folder, '--path', 'two');
    expect(printed).toContain('`/two`');
    expect(printed).not.toContain('`/one`');
  });
  it('are read and never run: not by git either', async () => {
    const folder = temporary({ 'a.js': `${app('/x')}require('node:fs').writeFileSync(__dirname + '/ran', '');\n` });
    spawnSync('git', ['init', '-q'], { cwd: folder });
    spawnSync('git', ['config', 'core.fsmonitor', `touch ${path.join(folder, 'ran')};`], { cwd: folder });
    expect((await called(folder)).code).toBe(0);
    expect(existsSync(path.join(folder, 'ran'))).toBe(false);
  });
});

describe('a wrong call of map', () => {
  it.each([
    [['nowhere'], '`bexpert map nowhere` is not a folder.'],
    [['--path', 'nowhere'], '`--path nowhere` is not a folder.'],
    [['--only', 'tables'], '--only takes schema, routes, io, with commas between them, and not `tables`'],
    [['--max-tokens', 'few'], '--max-tokens few is no whole number from 200'],
    [['--output', 'no/such/file.md'], '--output no/such/file.md cannot be written: its folder is not there'],
    [['--format', 'pdf'], 'it is one of md, json, mermaid, html'],
    [[], 'There is nothing to map in '],
  ])('%j says what is wrong', async (args, words) => {
    const { code, printed, told } = await called(temporary({ 'readme.txt': 'x' }), ...args);
    expect(told).toContain(words);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
  });
  it('of the example, after its back end was taken away, is no green answer', async () => {
    const folder = temporary();
    cpSync(path.join(root, 'examples/orders-api/README.md'), path.join(folder, 'README.md'));
    expect((await called(folder)).code).toBe(2);
  });
});
