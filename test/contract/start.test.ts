import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';
import { parse } from 'acorn';
import { expect, it } from 'vitest';
import { programPath } from '../rig/program.ts';
import { root } from './sources.ts';

const dist = path.dirname(programPath);
const front = path.join(dist, 'front.cjs');
const code = readFileSync(front, 'utf8');
const cacheName = `front-${process.version}-${process.platform}-${process.arch}.cache`;

it('every start loads one file and small parts of Node: no package, no chunk, no promises of files, no streams, no crypto', () => {
  const names = (text: string) => [...text.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(([, name = '']) => name);
  expect(JSON.parse(readFileSync(path.join(dist, 'package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
  const start = readFileSync(programPath, 'utf8');
  expect(() => parse(start, { ecmaVersion: 'latest', sourceType: 'script', allowHashBang: true })).not.toThrow();
  expect(names(start)).toEqual(['node:fs', 'node:vm']);
  expect([...new Set(names(code))].sort()).toEqual([
    './words.cjs',
    './yaml.cjs',
    'node:buffer',
    'node:events',
    'node:fs',
    'node:os',
    'node:path',
    'node:process',
  ]);
  // What is read byte by byte must have one byte for each character.
  expect(code.match(/[^\0-\x7f]/)).toBe(null);
});

it('a playbook with nothing wrong is checked with that one file alone', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-start-'));
  try {
    for (const file of ['cli.js', 'front.cjs', 'package.json', cacheName]) cpSync(path.join(dist, file), path.join(folder, file));
    const args = ['validate', 'playbooks/migration.yml', '--repo', 'examples/orders-api'];
    const call = () => spawnSync(process.execPath, [path.join(folder, 'cli.js'), ...args], { cwd: root, encoding: 'utf8' });
    expect(call()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('valid  playbooks/migration.yml') });
    // The words for what is wrong are the first thing that is missed.
    args[1] = 'playbooks/missing.yml';
    expect(call().stderr).toContain("Cannot find module './words.cjs'");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('what a start loads when it needs it is there, and is loaded by the module that starts', () => {
  const later = [...code.matchAll(/\bload\("(\.\/[^"]+)"\)/g)].map(([, file = '']) => file);
  expect(later).toContain('./commands/run.mjs');
  expect(later.filter((file) => !existsSync(path.resolve(dist, file)))).toEqual([]);
  expect(code.match(/\bimport\(["'`]/g)).toBe(null);
});

it('what V8 compiled lies beside the code, and V8 takes it', () => {
  expect(statSync(programPath).mode & 0o777).toBe(0o755);
  expect(readdirSync(dist).filter((name) => name.endsWith('.cache'))).toEqual([cacheName]);
  const cachedData = readFileSync(path.join(dist, cacheName));
  expect(new Script(code, { filename: front, cachedData }).cachedDataRejected).toBe(false);
});

it.each([
  ['with its compiled code', undefined],
  ['without it', ''],
  ['with one that V8 refuses', 'not compiled code'],
])('starts in another folder than it was built in, %s', (_name, cache) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-start-'));
  try {
    for (const part of ['dist', 'package.json']) cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    if (cache === '') rmSync(path.join(folder, 'dist', cacheName));
    else if (cache !== undefined) writeFileSync(path.join(folder, 'dist', cacheName), cache);
    writeFileSync(
      path.join(folder, 'dist/commands/plugins.mjs'),
      'export const plugins = async () => { throw new Error("from here") };',
    );
    const call = (...args: readonly string[]) =>
      spawnSync(process.execPath, [path.join(folder, 'dist/cli.js'), ...args], { cwd: folder, encoding: 'utf8' });
    expect(call('--version')).toMatchObject({ status: 0, stderr: '' });
    const bug = call('plugins');
    expect(bug.status).toBe(70);
    expect(bug.stderr).toContain('Error: from here');
    expect(bug.stderr).toMatch(/dist\/front\.cjs:\d+:\d+/);
    expect(bug.stderr).not.toContain(path.join(root, 'dist'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
