import { describe, expect, it } from 'vitest';
import { readingOf } from '../../../rig/reading.ts';

const code = 'export const x = 1;';
const resolved = async (files: Readonly<Record<string, string>>, from: string, specifier: string) => {
  const reading = await readingOf({ [from]: code, ...files });
  return reading.js.resolve(from, specifier);
};

describe('a specifier means the file that', () => {
  it.each([
    ['lies beside', { 'src/b.ts': code }, 'src/a.ts', './b', 'src/b.ts'],
    ['TypeScript calls by the name that it will have', { 'src/b.ts': code }, 'src/a.ts', './b.js', 'src/b.ts'],
    ['is a JavaScript file of that name', { 'src/b.js': code }, 'src/a.ts', './b.js', 'src/b.js'],
    ['is the index of a folder', { 'src/b/index.tsx': code }, 'src/a.ts', './b', 'src/b/index.tsx'],
    ['is the index of the own folder', { 'src/index.ts': code }, 'src/a.ts', '.', 'src/index.ts'],
    ['is the index of the folder above', { 'index.ts': code }, 'src/a.ts', '..', 'index.ts'],
    ['lies outside of the tree: none', {}, 'a.ts', '../b', undefined],
    ['is a package: none', {}, 'a.ts', 'express', undefined],
    [
      'is built in: none',
      { 'fs.ts': code, 'tsconfig.json': '{"compilerOptions":{"baseUrl":"."}}' },
      'a.ts',
      'node:fs',
      undefined,
    ],
    [
      'paths of tsconfig give, with comments in it',
      {
        'src/lib/b.ts': code,
        'tsconfig.json': '{ // paths\n "compilerOptions": { "paths": { "@lib/*": ["./src/lib/*"], }, /* no base */ } }',
      },
      'src/a.ts',
      '@lib/b',
      'src/lib/b.ts',
    ],
    [
      'paths relative to baseUrl give, the longest first',
      {
        'src/b.ts': code,
        'src/special/b.ts': code,
        'tsconfig.json': '{"compilerOptions":{"baseUrl":"src","paths":{"@/*":["*"],"@/s/*":["special/*"]}}}',
      },
      'src/deep/a.ts',
      '@/s/b',
      'src/special/b.ts',
    ],
    [
      'baseUrl gives',
      { 'src/b.ts': code, 'tsconfig.json': '{"compilerOptions":{"baseUrl":"./"}}' },
      'src/a.ts',
      'src/b',
      'src/b.ts',
    ],
    [
      'a configuration that is extended gives',
      {
        'libs/b.ts': code,
        'tsconfig.base.json': '{"compilerOptions":{"paths":{"b":["libs/b.ts"]}}}',
        'apps/x/tsconfig.json': '{"extends":"../../tsconfig.base.json"}',
      },
      'apps/x/a.ts',
      'b',
      'libs/b.ts',
    ],
    [
      'a package of the workspace exports',
      {
        'packages/b/package.json': '{"name":"@me/b","exports":{".":{"types":"./dist/index.d.ts","import":"./dist/index.js"}}}',
        'packages/b/src/index.ts': code,
      },
      'apps/a.ts',
      '@me/b',
      'packages/b/src/index.ts',
    ],
    [
      'a package of the workspace exports by a pattern',
      { 'packages/b/package.json': '{"name":"b","exports":{"./*":"./lib/*.js"}}', 'packages/b/src/deep/c.ts': code },
      'apps/a.ts',
      'b/deep/c',
      'packages/b/src/deep/c.ts',
    ],
    [
      'is main of a package of the workspace',
      { 'b/package.json': '{"name":"b","main":"start.js"}', 'b/start.js': code },
      'a/a.ts',
      'b',
      'b/start.js',
    ],
    [
      'imports of the package give',
      { 'package.json': '{"imports":{"#db/*":"./src/db/*.js"}}', 'src/db/b.ts': code },
      'src/a.ts',
      '#db/b',
      'src/db/b.ts',
    ],
    [
      'module-alias gives',
      { 'package.json': '{"_moduleAliases":{"@root":"src"}}', 'src/b.js': code },
      'src/x/a.ts',
      '@root/b',
      'src/b.js',
    ],
    [
      'the folder of the application has',
      { 'app/package.json': '{}', 'app/server/b.ts': code },
      'app/a.ts',
      '~/server/b',
      'app/server/b.ts',
    ],
  ])('%s', async (_, files, from, specifier, expected) => {
    expect(await resolved(files as Readonly<Record<string, string>>, from, specifier)).toBe(expected);
  });
  it('is found though configurations extend each other in a circle, and one of them is broken', async () => {
    const files = {
      'tsconfig.json': '{"extends":"./tsconfig.b.json"}',
      'tsconfig.b.json': '{"extends":"./tsconfig.json","compilerOptions":{"paths":{"b":["b.ts"]}}}',
      'x/tsconfig.json': '{ broken',
      'b.ts': code,
    };
    expect(await resolved(files, 'x/a.ts', 'b')).toBe('b.ts');
  });
});
