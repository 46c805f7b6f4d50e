import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'acorn';
import { expect, it } from 'vitest';
import { programPath } from '../rig/program.ts';

const code = readFileSync(programPath, 'utf8');

it('every start loads one file and small parts of Node: no package, no chunk, no node:child_process, no node:crypto', () => {
  const { body } = parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
  const loaded = body.flatMap((part) => (part.type === 'ImportDeclaration' ? [part.source.value] : []));
  expect(loaded).toContain('node:fs');
  const small = ['node:fs', 'node:fs/promises', 'node:module', 'node:os', 'node:path', 'node:process', 'node:url'];
  expect([...new Set(loaded)].filter((name) => !small.includes(String(name)))).toEqual([]);
});

it('what a start loads when it needs it is there', () => {
  const later = [...code.matchAll(/import\("(\.\/[^"]+)"\)/g)].map(([, file = '']) => file);
  expect(later).toContain('./commands/run.js');
  expect(later.filter((file) => !existsSync(path.resolve(path.dirname(programPath), file)))).toEqual([]);
});
