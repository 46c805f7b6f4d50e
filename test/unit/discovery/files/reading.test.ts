import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KeptTrees } from '../../../../src/discovery/files/kept.ts';
import { filesIn, openReading, type Reading } from '../../../../src/discovery/index.ts';
import { readingOf } from '../../../rig/reading.ts';

const fine = "import a from 'x';\nexport const fine = a();\n";
const troubles = (reading: Reading) => reading.trouble.map(({ file, line, why }) => `${file}:${line} ${why}`);
/** What is called in the tree of a file. */
const called = (reading: Reading, file: string) =>
  reading
    .ecma(file)
    ?.nodes('CallExpression')
    .map(({ callee }) => reading.ecma(file)?.textOf(callee));

describe('a file that is hard to read is said, and the others are read', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['binary', Uint8Array.of(0x61, 0, 0x62), 'bad.ts:null it is a binary file'],
    ['huge', `// ${'x\n'.repeat(600_000)}`, 'bad.ts:null it has 1,200,003 bytes; files over 1 MiB are not read'],
    [
      'minified',
      `const x = [${'1,'.repeat(15_000)}];`,
      'bad.ts:null it looks minified or generated: a line has over 20,000 characters',
    ],
    ['nested too deep', `x = ${'\n['.repeat(20_000)}`, 'bad.ts:null brackets are more than 500 deep in each other'],
    [
      'with nothing but a mistake',
      'export const x = (;',
      'bad.ts:1 a syntax error; what surrounds it may be missing: line 1 is left out',
    ],
  ])('%s', async (_, content, said) => {
    const reading = await readingOf({ 'bad.ts': content, 'fine.ts': fine });
    expect(troubles(reading)).toEqual([said]);
    expect(called(reading, 'fine.ts')).toEqual(['a']);
    expect(reading.ecma('bad.ts')?.nodes('CallExpression') ?? []).toEqual([]);
  });
  it('Latin-1: it is read, and that is said', async () => {
    const bytes = Uint8Array.from([...'const café = call("é");'].map((one) => one.charCodeAt(0)));
    const reading = await readingOf({ 'a.js': bytes });
    expect(troubles(reading)).toEqual(['a.js:null it is not UTF-8 text; it was read as Latin-1, so letters may be wrong']);
    expect(called(reading, 'a.js')).toEqual(['call']);
  });
  it.each([
    ['UTF-16', [0xff, 0xfe, ...[...'call()'].flatMap((one) => [one.charCodeAt(0), 0])]],
    ['UTF-16 the other way round', [0xfe, 0xff, ...[...'call()'].flatMap((one) => [0, one.charCodeAt(0)])]],
    ['UTF-8 with a mark at its start', [0xef, 0xbb, 0xbf, ...[...'call()'].map((one) => one.charCodeAt(0))]],
  ])('%s is read like any other', async (_, bytes) => {
    const reading = await readingOf({ 'a.ts': Uint8Array.from(bytes) });
    expect([called(reading, 'a.ts'), troubles(reading)]).toEqual([['call'], []]);
  });
  it('links are not followed: to themselves, to what is outside, to folders around them', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-links-'));
    opened.push(folder);
    writeFileSync(path.join(folder, 'fine.ts'), fine);
    symlinkSync('loop.ts', path.join(folder, 'loop.ts'));
    symlinkSync('.', path.join(folder, 'again'));
    symlinkSync('/etc/hostname', path.join(folder, 'outside.ts'));
    const reading = await openReading({ tree: filesIn(folder), stacks: [] });
    expect([...reading.facts.keys()]).toEqual(['fine.ts']);
    const gone = await openReading({ tree: { ...filesIn(folder), glob: async () => ['fine.ts', 'loop.ts'] }, stacks: [] });
    expect(troubles(gone)).toEqual([expect.stringMatching(/^loop\.ts:null it cannot be read: ELOOP/)]);
    expect([...gone.facts.keys()]).toEqual(['fine.ts']);
  });
});
const opened: string[] = [];
afterEach(() => {
  for (const folder of opened.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('of a file with a mistake all is read but the statement that has it', () => {
  it('a half-written expression', async () => {
    const reading = await readingOf({
      'a.ts': "import a from 'x';\nconst r = a();\nr.get('/x', (q, s) => {\n  foo(;\n});\nr.post('/y', h);\n",
    });
    expect(called(reading, 'a.ts')).toEqual(['a', 'r.post']);
    expect(troubles(reading)).toEqual(['a.ts:3 a syntax error; what surrounds it may be missing: lines 3 to 5 are left out']);
    expect(reading.ecma('a.ts')?.lineOf(reading.ecma('a.ts')?.nodes('CallExpression')[1] ?? { start: 0 })).toBe(6);
  });
  it('a merge that nobody finished', async () => {
    const reading = await readingOf({
      'a.ts': 'const a = one();\n<<<<<<< HEAD\nconst b = 2;\n=======\nconst b = 3;\n>>>>>>> x\nlast();\n',
    });
    expect(called(reading, 'a.ts')).toEqual(['one', 'last']);
    expect(troubles(reading)).toEqual([
      'a.ts:2 a syntax error; what surrounds it may be missing: line 2 is left out',
      'a.ts:4 a syntax error; what surrounds it may be missing: lines 4 to 6 are left out',
    ]);
  });
  it('a bracket that is not closed takes the rest along, and that is said', async () => {
    const reading = await readingOf({ 'a.ts': 'const a = one();\nfunction f() {\n  if (x) {\n    b();\n}\nfoo();\n' });
    expect(called(reading, 'a.ts')).toEqual(['one']);
    expect(troubles(reading)).toEqual(['a.ts:2 a syntax error; what surrounds it may be missing: lines 2 to 6 are left out']);
  });
  it('types in a .js file, a return outside of functions and <T>x in TypeScript are none', async () => {
    const reading = await readingOf({
      'a.js': 'const x: number = one();\n',
      'b.js': 'two();\nreturn;\n',
      'c.ts': 'three(<any>x);\n',
      'd.js': 'const page = () => <p>{four()}</p>;\n',
      'e.mjs': '@dec class A { m() { five(); } }\n',
    });
    expect(troubles(reading)).toEqual([]);
    expect(['a.js', 'b.js', 'c.ts', 'd.js', 'e.mjs'].flatMap((file) => called(reading, file))).toEqual([
      'one',
      'two',
      'three',
      'four',
      'five',
    ]);
  });
});

it('keeps as many trees as memory allows, and never two of one file', async () => {
  const reading = await readingOf(Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`f${n}.ts`, `call(${n});`])));
  const [first, second, third, fourth] = [...reading.facts.keys()].map((file) => reading.ecma(file));
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error('not read');
  let forgotten = 0;
  const kept = new KeptTrees(2 * first.text.length, () => {
    forgotten += 1;
  });
  kept.add(first);
  kept.add(second);
  kept.get('f0.ts');
  expect(forgotten).toBe(0);
  kept.add(third);
  expect(forgotten).toBe(1);
  // Somebody holds them still, so they are the ones to give; others would be made again.
  expect([kept.get('f1.ts'), kept.get('f0.ts'), kept.get('f3.ts')]).toEqual([second, first, undefined]);
  const key = reading.js.keyOf(first, first.nodes('CallExpression')[0] ?? first.tree);
  expect(reading.js.at(key)?.node).toBe(first.nodes('CallExpression')[0]);
  expect(reading.js.at('nowhere.ts:1:2:CallExpression')).toBeUndefined();
});

it('knows what a scope depends on, whatever its language', async () => {
  const reading = await readingOf({
    'package.json': '{"dependencies":{"express":"^5.0.0"}}',
    'pyproject.toml':
      '[project]\ndependencies = ["FastAPI[all]>=0.115", "sqlalchemy"]\n[tool.poetry.dependencies]\npython = "^3.12"\ndjango = "5.0"\n',
    'requirements.txt': '# web\nflask==3.0\n-r other.txt\n',
    'go.mod': 'module x\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n)\nrequire gorm.io/gorm v1.25.0\n',
    'pom.xml': '<dependency><artifactId>spring-boot-starter-web</artifactId><version>3.4.0</version></dependency>',
    Gemfile: "gem 'rails', '~> 8.0'\ngem \"pg\"\n",
    'broken/package.json': '{',
  });
  expect(Object.fromEntries(reading.packages)).toEqual({
    express: '^5.0.0',
    fastapi: '>=0.115',
    sqlalchemy: '',
    django: '5.0',
    flask: '==3.0',
    'github.com/gin-gonic/gin': 'v1.10.0',
    'gorm.io/gorm': 'v1.25.0',
    'spring-boot-starter-web': '3.4.0',
    rails: '~> 8.0',
    pg: '',
  });
});

it('says by marks which files matter', async () => {
  const reading = await readingOf({
    'a.ts': "import { Controller } from '@nestjs/common';\n@Controller('x') class A extends B.C {}\nexport const GET = () => 1;",
    'b.js': "const { drizzle } = require('drizzle-orm/pg-core'); db.pgTable('x');",
  });
  const files = (mark: string | RegExp) => reading.marked(mark).join(' ');
  expect(['@nestjs/common', '@Controller', 'extends B.C', 'export GET'].map(files)).toEqual(['a.ts', 'a.ts', 'a.ts', 'a.ts']);
  expect(['drizzle-orm', 'drizzle-orm/pg-core', 'call pgTable'].map(files)).toEqual(['b.js', 'b.js', 'b.js']);
  expect([files(/^(@Controller|call pgTable)$/), files('express')]).toEqual(['a.ts b.js', '']);
});
