import { describe, expect, it } from 'vitest';
import { argumentsOf } from '../../../src/javascript/calls.ts';
import { constantText, jsonOf } from '../../../src/javascript/literal.ts';
import { lineOf, type Modules, readModules } from '../../../src/javascript/module.ts';
import { meaningOf } from '../../../src/javascript/values.ts';
import type { Tree } from '../../../src/plugin-api.ts';

const treeOf = (files: Readonly<Record<string, string>>): Tree => ({
  id: 'base',
  hash: '',
  path: '/',
  read: async (file) => files[file] ?? '',
  readBytes: async (file) => new TextEncoder().encode(files[file]),
  exists: async (file) => files[file] !== undefined,
  glob: async (patterns) =>
    patterns.some((one) => one.includes('.{js')) && !patterns.some((one) => one.includes('dist'))
      ? Object.keys(files).sort()
      : [],
});
const read = (files: Readonly<Record<string, string>>): Promise<Modules> =>
  readModules({ tree: treeOf(files), files: [], signal: new AbortController().signal, progress() {} });

/** The argument of the one call of `ask` in a.ts. */
async function asked(files: Readonly<Record<string, string>>, throughCalls = true) {
  const { byFile } = await read(files);
  const module = byFile.get('a.ts');
  const call = module?.root.findAll('call_expression').find((one) => one.field('function')?.text() === 'ask');
  if (module === undefined || call === undefined) throw new Error('no call of ask');
  return { reading: { modules: byFile, throughCalls }, module, node: argumentsOf(call)[0] };
}
async function meant(files: Readonly<Record<string, string>>, throughCalls = true): Promise<string> {
  const { reading, module, node } = await asked(files, throughCalls);
  const value = meaningOf(reading, module, node);
  if (value === undefined) return 'nothing';
  if (value.kind === 'external' || value.kind === 'made') return `${value.kind} ${value.from} ${value.name}`;
  if (value.kind === 'namespace') return `namespace ${value.module.file}`;
  return value.kind === 'parameter'
    ? `parameter ${value.index} ${value.path}`
    : `${value.kind} ${value.module.file}:${lineOf(value.node)}`;
}

describe('what an expression means', () => {
  it.each([
    ['a function', 'const f = () => 1; ask(f);', 'function a.ts:1'],
    ['an inner name before an outer one', 'const f = 1;\nfunction g(f) { ask(f); }', 'parameter 0 '],
    ['a property of a literal', 'const o = { x: { y() {} } };\nask(o.x.y);', 'function a.ts:1'],
    ['what a factory returns', 'const make = () => ({ go() {} });\nconst made = make();\nask(made.go);', 'function a.ts:1'],
    ['what is taken out of a literal', 'const { x: { y = 1 } } = { x: { y: () => 1 } };\nask(y);', 'function a.ts:1'],
    ['a spread', 'const o = { x() {} };\nask({ ...o, z: 1 }.x);', 'function a.ts:1'],
    ['a later property before a spread', 'const o = { x() {} };\nask({ ...o,\nx: () => 1 }.x);', 'function a.ts:3'],
    [
      'a method of a class that another extends',
      'class A { go() {} }\nclass B extends A {}\nask(new B().go);',
      'function a.ts:1',
    ],
    ['a private field', 'class A { #x = () => 1;\n  f() { ask(this.#x); } }', 'function a.ts:1'],
    ['this of an object', 'const o = { go() {},\n  f() { ask(this.go); } };', 'function a.ts:1'],
    ['a class of a package', `import { Pool as P } from 'pg';\nask(new P().query);`, 'made pg Pool.query'],
    ['a package that is required', `const { Pool } = require('node:pg');\nask(Pool);`, 'external pg default.Pool'],
    ['an argument of its caller', 'function f({ deep }) { ask(deep.go); }\nf({ deep: { go() {} } });', 'function a.ts:2'],
    ['an assertion of a type', 'const f = () => 1;\nask((f as unknown)!);', 'function a.ts:1'],
    ['a value or another', 'const f = undefined ?? (() => 1);\nask(f);', 'function a.ts:1'],
    ['what means itself', 'const a = b; const b = a; ask(a);', 'nothing'],
    ['an unknown name', 'ask(nobody);', 'nothing'],
  ])('%s', async (_, text, expected) => {
    expect(await meant({ 'a.ts': text })).toBe(expected);
  });
  it.each([
    ['a default export', 'export default function () {}', `import f from './b.js'; ask(f);`, 'function b.ts:1'],
    [
      'an export under another name',
      'const f = () => 1; export { f as g };',
      `import { g } from './b.js'; ask(g);`,
      'function b.ts:1',
    ],
    ['a whole module', 'export const f = () => 1;', `import * as b from './b.js'; ask(b.f);`, 'function b.ts:1'],
    [
      'a module that is loaded late',
      'export const f = () => 1;',
      `const { f } = await import('./b.js'); ask(f);`,
      'function b.ts:1',
    ],
    ['module.exports', 'module.exports = { f() {} };', `const { f } = require('./b'); ask(f);`, 'function b.ts:1'],
    ['exports.name', 'exports.f = () => 1;', `import { f } from './b'; ask(f);`, 'function b.ts:1'],
    [
      'a parameter of a class of another file',
      'export class B { go() {} }',
      `import type { B } from './b.js'; function f(b: B) { ask(b.go); }`,
      'function b.ts:1',
    ],
  ])('across files: %s', async (_, there, here, expected) => {
    expect(await meant({ 'a.ts': here, 'b.ts': there })).toBe(expected);
  });
  it('passes exports on, in a circle too', async () => {
    const files = { 'b.ts': `export * from './c.js';\nexport * from './b.js';`, 'c.ts': 'export const f = () => 1;' };
    expect(await meant({ ...files, 'a.ts': `import { f } from './b.js'; ask(f);` })).toBe('function c.ts:1');
    expect(await meant({ ...files, 'a.ts': `import { g } from './b.js'; ask(g);` })).toBe('nothing');
  });
  it('does not follow callers where that is not wanted', async () => {
    expect(await meant({ 'a.ts': 'function f(x) { ask(x.y); }\nf({ y() {} });' }, false)).toBe('parameter 0 y');
  });
});

it('joins constants to texts, and knows when a text is not constant', async () => {
  const text = async (code: string) => {
    const { reading, module, node } = await asked({ 'a.ts': code });
    return constantText(reading, module, node);
  };
  expect(await text('const a = \'/x\'; const b = `${a}/y`; ask(b + "/\\u007a\\n");')).toBe('/x/y/z\n');
  expect(await text('ask(`${process.env.X}/y`);')).toBeUndefined();
});

it('reads literals as JSON, and keeps the source of what is none', async () => {
  const { reading, module, node } = await asked({
    'a.ts': "const n = -1_000; const rest = { b: [true, null] };\nask({ n, 'a-b': 'x', ...rest, c: z.string(), d() {} });",
  });
  expect(jsonOf(reading, module, node)).toEqual({
    n: -1000,
    'a-b': 'x',
    b: [true, null],
    c: { $source: 'z.string()' },
    d: { $source: 'd() {}' },
  });
});

it('stops reading when the source is more than memory holds, and says where', async () => {
  const large = `export const x = 1;\n${'// a line of a comment that makes the file large\n'.repeat(18_000)}`;
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`f${n}.ts`, large]));
  const { byFile, notRead } = await read(files);
  expect(byFile.size).toBe(4);
  expect(notRead).toMatchObject([{ file: 'f4.ts', why: expect.stringContaining('2 files from here on are not') }]);
});
