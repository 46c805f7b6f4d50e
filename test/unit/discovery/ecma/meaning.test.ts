import { describe, expect, it } from 'vitest';
import type { EcmaUnit, Reading } from '../../../../src/discovery/index.ts';
import { readingOf } from '../../../rig/reading.ts';

/** The argument of the one call of `ask` in a.ts. */
async function asked(files: Readonly<Record<string, string>>) {
  const reading = await readingOf(files);
  const unit = reading.ecma('a.ts');
  const call = unit?.nodes('CallExpression').find(({ callee }) => callee.type === 'Identifier' && callee.name === 'ask');
  if (unit === undefined || call === undefined) throw new Error('no call of ask');
  return { reading, unit, call, node: call.arguments[0] };
}
function named(reading: Reading, unit: EcmaUnit, value: ReturnType<Reading['js']['meaningOf']>): string {
  if (value === undefined) return 'nothing';
  switch (value.kind) {
    case 'external':
    case 'made':
      return `${value.kind} ${value.from} ${value.name}`;
    case 'namespace':
      return `namespace ${value.unit.file}`;
    case 'parameter':
      return `parameter ${value.index} ${value.path}`;
    case 'text':
      return `text ${value.text}`;
    case 'list':
      return `list [${value.items.map((item) => named(reading, unit, item)).join(', ')}]`;
    default:
      return `${value.kind} ${value.unit.file}:${value.unit.lineOf(value.node)}`;
  }
}
async function meant(files: Readonly<Record<string, string>>, throughCalls = true): Promise<string> {
  const { reading, unit, node } = await asked(files);
  return named(reading, unit, reading.js.meaningOf(unit, node, { throughCalls }));
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
    ['what is set later', 'let f;\nf = () => 1;\nask(f);', 'function a.ts:2'],
    ['an element of a list', 'const l = [() => 1];\nask(l[0]);', 'function a.ts:1'],
    ['a property by a constant', "const k = 'x'; const o = { x() {} };\nask(o[k]);", 'function a.ts:1'],
    ['a getter', 'class A { get x() { return () => 1; } }\nask(new A().x);', 'function a.ts:1'],
    [
      'what a factory makes of the arguments of this call',
      'const make = (f) => ({ f });\nmake(() => 1);\nconst m = make(() => 2);\nask(m.f);',
      'function a.ts:3',
    ],
    [
      'what a constructor is given in this call',
      'class A { constructor(f) { this.f = f; } }\nconst a = new A(() => 1);\nconst b = new A(() => 2);\nask(b.f);',
      'function a.ts:3',
    ],
    ['a function that calls itself', 'function f(x) { return f([x]); }\nask(f(1));', 'nothing'],
    ['an optional chain', 'const o = { x() {} };\nask(o?.x);', 'function a.ts:1'],
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
    ['export =', 'function f() {} export = f;', `import f = require('./b'); ask(f);`, 'function b.ts:1'],
  ])('across files: %s', async (_, there, here, expected) => {
    expect(await meant({ 'a.ts': here, 'b.ts': there })).toBe(expected);
  });
  it('passes exports on, in a circle too', async () => {
    const files = { 'b.ts': `export * from './c.js';\nexport * from './b.js';`, 'c.ts': 'export const f = () => 1;' };
    expect(await meant({ ...files, 'a.ts': `import { f } from './b.js'; ask(f);` })).toBe('function c.ts:1');
    expect(await meant({ ...files, 'a.ts': `import { g } from './b.js'; ask(g);` })).toBe('nothing');
  });
  it('finds the caller in another file, through a file that passes the function on', async () => {
    const files = {
      'a.ts': 'export function f(x) { ask(x); }',
      'b.ts': `export * from './a.js';`,
      'c.ts': `import { f } from './b.js';\nf(() => 1);`,
    };
    expect(await meant(files)).toBe('function c.ts:2');
  });
  it('does not follow callers where that is not wanted', async () => {
    expect(await meant({ 'a.ts': 'function f(x) { ask(x.y); }\nf({ y() {} });' }, false)).toBe('parameter 0 y');
  });
});

it('joins constants to texts, and knows when a text is not constant', async () => {
  const text = async (code: string) => {
    const { reading, unit, node } = await asked({ 'a.ts': code });
    return reading.js.constantText(unit, node);
  };
  expect(await text('const a = \'/x\'; const b = `${a}/y`; ask(b + "/\\u007a\\n");')).toBe('/x/y/z\n');
  expect(await text('ask(`${process.env.X}/y`);')).toBeUndefined();
  expect(await text("enum P { Orders = 'orders', Two = 2 } ask(`/${P.Orders}/v${P.Two}`);")).toBe('/orders/v2');
  expect(await text("const at = (p) => `/v1${p}`; ask(at('/x'));")).toBe('/v1/x');
  expect(await text("const at = (p) => ({ path: '/v1' + p }); at('/y'); ask(at('/x').path);")).toBe('/v1/x');
  expect(await text("ask(process.env.PREFIX || '/api');")).toBe('/api');
});

it('reads literals as JSON, and keeps the source of what is none', async () => {
  const { reading, unit, node } = await asked({
    'a.ts': "const n = -1_000; const rest = { b: [true, null] };\nask({ n, 'a-b': 'x', ...rest, c: z.string(), d() {} });",
  });
  expect(reading.js.jsonOf(unit, node)).toEqual({
    n: -1000,
    'a-b': 'x',
    b: [true, null],
    c: { $source: 'z.string()' },
    d: { $source: 'd() {}' },
  });
});

describe('the turns of a loop', () => {
  const turns = async (code: string) => {
    const { reading, unit, call } = await asked({ 'a.ts': code });
    return reading.js.rounds(unit, call)?.map((round) => {
      const [first, second] = call.arguments;
      const path = reading.js.constantText(unit, first, { round });
      return second === undefined ? path : [path, named(reading, unit, reading.js.meaningOf(unit, second, { round }))];
    });
  };
  const list = "const list = [{ path: '/a', f: () => 1 }, { path: '/b', f() {} }];\n";
  it.each([
    ['forEach', `${list}list.forEach((one) => { ask(one.path, one.f); });`],
    ['forEach that takes the element apart', `${list}list.forEach(({ path, f }) => ask(path, f));`],
    ['for of', `${list}for (const { path, f } of list) ask(path, f);`],
    ['an index', `${list}for (let i = 0; i < list.length; i++) ask(list[i].path, list[i].f);`],
    ['a spread', `${list}for (const { path, f } of [...list.slice()]) ask(path, f);`],
    ['a list that is made of two', `${list}const more = [].concat(list); more.map((x) => ask(x.path, x.f));`],
    ['the entries of an object', `const o = { a: () => 1, b() {} };\nfor (const [k, f] of Object.entries(o)) ask('/' + k, f);`],
    ['the names of an object', `const o = { a: () => 1, b() {} };\nfor (const k in o) ask('/' + k, o[k]);`],
    ['a list that a function is given', `${list}function all(l) { l.forEach((x) => ask(x.path, x.f)); }\nall(list);`],
  ])('%s', async (_, code) => {
    const found = await turns(code);
    expect(found?.map((one) => one?.[0])).toEqual(['/a', '/b']);
    expect(found?.every((one) => /^function a\.ts:\d$/.test(one?.[1] ?? ''))).toBe(true);
  });
  it('one in the other', async () => {
    expect(await turns("for (const a of ['/x', '/y']) for (const b of ['/1', '/2']) ask(a + b);")).toEqual([
      '/x/1',
      '/x/2',
      '/y/1',
      '/y/2',
    ]);
  });
  it('none, and one over what only a running program knows', async () => {
    expect(await turns("ask('/a');")).toEqual(['/a']);
    expect(await turns('for (const x of load()) ask(x);')).toBeUndefined();
    expect(await turns('while (more()) ask(next());')).toBeUndefined();
  });
});
